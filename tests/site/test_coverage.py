"""Every line of the notes that the course grew out of has its place in a chapter."""

import re
from itertools import chain

import pytest
from ruamel.yaml import YAML

from coldstart.course import section, sections
from coldstart.paths import BOOK
from coldstart.quiz.lint.shape import anchors

COVERAGE = YAML(typ="safe").load(BOOK / "coverage.yaml")


def lines_of(entry):
    """Return the numbers that "26-27" or 28 stands for."""
    first, _, last = str(entry["lines"]).partition("-")
    return range(int(first), int(last or first) + 1)


def test_no_line_is_missing_and_none_is_there_twice():
    listed = chain.from_iterable(map(lines_of, [*COVERAGE["taught"], *COVERAGE["planned"]]))
    assert sorted([*listed, *COVERAGE["blank"]]) == list(range(1, COVERAGE["lines"] + 1))


@pytest.mark.parametrize("entry", COVERAGE["taught"], ids=lambda entry: f"lines-{entry['lines']}")
def test_it_is_taught_where_the_list_says(entry):
    for place in entry["at"]:
        slug, _, anchor = place.partition("#")
        assert anchor in anchors(slug), f"{section(slug).chapter.name} has no heading {{#{anchor}}}: {entry['topic']}"


@pytest.mark.parametrize("entry", COVERAGE["planned"], ids=lambda entry: f"lines-{entry['lines']}")
def test_what_is_only_planned_waits_for_a_section_that_is_not_written(entry):
    written = {section.slug for section in sections()}
    assert not {place.partition("#")[0] for place in entry["at"]} <= written, "move it to `taught`"


def test_topics_are_our_own_words():
    assert not [entry for entry in [*COVERAGE["taught"], *COVERAGE["planned"]] if not re.search(r"\w", entry["topic"])]
