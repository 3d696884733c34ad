"""Every line of the notes that the course grew out of has its place in a chapter."""

import re
from itertools import chain

import pytest
from ruamel.yaml import YAML

from coldstart.course import section
from coldstart.paths import BOOK
from coldstart.quiz.lint.shape import anchors

COVERAGE = YAML(typ="safe").load(BOOK / "coverage.yaml")


def lines_of(entry):
    """Return the numbers that "26-27" or 28 stands for."""
    first, _, last = str(entry["lines"]).partition("-")
    return range(int(first), int(last or first) + 1)


def test_no_line_is_missing_and_none_is_there_twice():
    listed = chain.from_iterable(map(lines_of, COVERAGE["taught"]))
    assert sorted([*listed, *COVERAGE["blank"]]) == list(range(1, COVERAGE["lines"] + 1))


@pytest.mark.parametrize("entry", COVERAGE["taught"], ids=lambda entry: f"lines-{entry['lines']}")
def test_it_is_taught_where_the_list_says(entry):
    for place in entry["at"]:
        slug, _, anchor = place.partition("#")
        assert anchor in anchors(slug), f"{section(slug).chapter.name} has no heading {{#{anchor}}}: {entry['topic']}"


def test_topics_are_our_own_words():
    assert not [entry for entry in COVERAGE["taught"] if not re.search(r"\w", entry["topic"])]
