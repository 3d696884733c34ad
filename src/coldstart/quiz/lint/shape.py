"""Rules about the build of a question: how many options, what it refers to, what its label may say."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from coldstart import course
from coldstart.facts import Facts
from coldstart.quiz.bank import figures
from coldstart.quiz.exams import skills
from coldstart.quiz.lint.finding import of_item
from coldstart.quiz.model import Question, Trace

COUNT_WORDS: Final = {2: "TWO", 3: "THREE"}

_CUE = re.compile(r"\(Choose (\w+)\.\)")
_CATCH_ALL = re.compile(
    r"\b(all|none|any|both|neither) of the (above|other)|\bboth [a-f] and [a-f]\b|^(true|false|yes|no)\.?$",
    re.IGNORECASE,
)
_ANCHOR = re.compile(r"^#{1,6} .*\{[^}]*#([\w-]+)[^}]*\}\s*$", re.MULTILINE)
_SPAN = re.compile(r"`([^`]+)`")


@of_item("error")
def shape(item: Question, _facts: Facts) -> Iterator[str]:
    """As in the exam: 4 options with 1 key, or 5 to 6 options with 2 to 3 keys."""
    options, keys = len(item.options), len(item.keys)
    if item.type != "multiple_response" and (options, keys) != (4, 1):
        yield f"give it 4 options and 1 correct one, not {options} and {keys}"
    if item.type == "multiple_response" and (options not in (5, 6) or keys not in (2, 3)):
        yield f"give it 5 or 6 options and 2 or 3 correct ones, not {options} and {keys}"
    for option in item.options:
        if "\n" in option.text.strip():
            yield f"write option {option.id} on one line"


@of_item("error")
def cue(item: Question, _facts: Facts) -> Iterator[str]:
    """A multiple response stem ends by saying how many to choose; no other stem does."""
    said = _CUE.findall(item.stem)
    expected = [COUNT_WORDS.get(len(item.keys), "?")] if item.type == "multiple_response" else []
    if said != expected or (said and not item.stem.rstrip().endswith(f"(Choose {said[-1]}.)")):
        yield f"end the stem with (Choose {expected[0]}.)" if expected else "remove (Choose ...) from the stem"


@of_item("error")
def catch_all(item: Question, _facts: Facts) -> Iterator[str]:
    """No "all of the above", no option about other options, no plain true or false."""
    for option in item.options:
        if match := _CATCH_ALL.search(option.text.strip()):
            yield f"option {option.id}: say what you mean instead of {match[0]!r}"


@of_item("error")
def order(item: Question, facts: Facts) -> Iterator[str]:
    """Options that are figures stand in order."""
    values = figures([facts.expand(option.text) for option in item.options])
    if values and values not in (sorted(values), sorted(values, reverse=True)):
        yield "put the figures of the options in order"


@of_item("error")
def references(item: Question, _facts: Facts) -> Iterator[str]:
    """Section, heading, skills and sources exist."""
    slug, anchor = item.section.split("#")
    if slug != item.where.path.stem:
        yield f"section {item.section} is another section's; move the question or correct it"
    elif anchor not in anchors(slug):
        yield f"the chapter {slug} has no heading with {{#{anchor}}}; known: {', '.join(anchors(slug)) or 'none'}"
    for skill in item.skills:
        if skill not in skills():
            yield f"skill {skill} is not in quizzes/exams/dva-c03.yaml"
    if not any(source.startswith("https://docs.aws.amazon.com/") for source in item.sources):
        yield "name at least one page of docs.aws.amazon.com among the sources"


@of_item("error")
def label(item: Question, facts: Facts) -> Iterator[str]:
    """The proof label says what the facts, and the run of a trace item's code, can carry."""
    proven = [facts[fact_id].machine_proven for fact_id in item.facts] + [True] * isinstance(item, Trace)
    earned = "full" if proven and all(proven) else "partial" if any(proven) else "cited"
    if item.proof != earned and not (item.proof == "partial" and earned == "full"):
        yield f"its facts earn the label {earned!r}, not {item.proof!r}"


@of_item("error")
def traced(item: Question, facts: Facts) -> Iterator[str]:
    """The options of a trace item say different things, each in code spans, so that a run can be compared with them."""
    if not isinstance(item, Trace):
        return
    shown = [spans(facts.expand(option.text)) for option in item.options]
    for option, words in zip(item.options, shown, strict=True):
        if not words:
            yield f"option {option.id}: write what the run shows in `code`, one span for each value or line"
        elif shown.count(words) > 1:
            yield f"option {option.id} shows the same as another; a run could not tell them apart"


def spans(text: str) -> list[str]:
    """Return the code spans of a text."""
    return _SPAN.findall(text)


@cache
def anchors(slug: str) -> tuple[str, ...]:
    """Return the explicit anchors of a chapter's headings: ``## Weights {#weights}``."""
    chapter = course.section(slug).chapter
    return tuple(_ANCHOR.findall(chapter.read_text(encoding="utf-8"))) if chapter.exists() else ()
