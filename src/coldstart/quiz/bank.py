"""The bank: the questions of a section as the one JSON that the page, the terminal and the exports read.

Schema 1::

    {"schema": 1, "section": "14-aliases", "title": "Aliases",
     "questions": [{
        "id", "type": "multiple_choice" | "multiple_response" | "trace", "choose": 1, "level", "skills": [...], "shuffle": true,
        "section": {"slug", "anchor"},
        "stem": {"html", "text"},
        "options": [{"id", "correct", "html", "text", "why": {"html", "text"}}],
        "sources": ["https://..."],
        "proof": {"label": "full", "run": false, "facts": [{"id", "claim", "by": ["model", "doc"]}]}}]}

``html`` is safe to insert, ``text`` is the same as Markdown. Options are in a stable shuffled order that does not betray the key;
a surface shuffles again where ``shuffle`` is true (it is false for options that are figures in order).
``choose`` says how many options are correct, which is all that a surface needs to know of the type; ``run`` that the key was found by running the code.
"""

import random
import re
from collections.abc import Sequence
from typing import Any, Final

from coldstart import course, facts
from coldstart.errors import CourseError
from coldstart.facts.wording import bare
from coldstart.quiz import render
from coldstart.quiz.model import Option, Question, Trace, questions

SCHEMA: Final = 1

_FIGURE = re.compile(r"^`?(-?[\d,]*\.?\d+)`?\s*(?:%|[A-Za-z/]+(?: per [a-z]+)?)?$")


def bank(section: str, seed: int | None = None) -> dict[str, Any]:
    """Return the questions of a section, rendered, every fact filled in.

    Args:
        section: ``14-aliases`` or ``14``.
        seed: Order of questions and options; None keeps the questions as they were written.

    Raises:
        CourseError: The section or one of its facts is unknown, it has no questions, or the file has a fault.
    """
    found = course.section(section)
    return build(found.slug, found.title, questions(found.slug), facts.load(), seed)


def build(
    slug: str,
    title: str,
    asked: Sequence[Question],
    known: facts.Facts,
    seed: int | None = None,
) -> dict[str, Any]:
    """Return a bank of any questions; see ``bank`` for the usual ones."""
    items = [_placed(question, known, seed) for question in asked]
    if seed is not None:
        random.Random(seed).shuffle(items)  # noqa: S311 - an order, not a secret
    return {"schema": SCHEMA, "section": slug, "title": title, "questions": items}


def every(seed: int | None = None) -> dict[str, dict[str, Any]]:
    """Return the questions of all sections by their id, in the order of the course.

    Args:
        seed: Order of options.

    Raises:
        CourseError: As ``bank``.
    """
    banks = (bank(section.slug, seed) for section in course.sections() if section.quiz.exists())
    return {question["id"]: question for items in banks for question in items["questions"]}


def figures(texts: list[str]) -> list[float] | None:
    """Return the numbers of options that are all figures, such as "128 MB", else None."""
    matches = [_FIGURE.match(text.strip()) for text in texts]
    return [float(match[1].replace(",", "")) for match in matches if match] if all(matches) else None


def _placed(question: Question, known: facts.Facts, seed: int | None) -> dict[str, Any]:
    try:
        return _question(question, known, seed)
    except CourseError as error:
        raise CourseError(f"{question.where}: {error}") from error


def _question(question: Question, known: facts.Facts, seed: int | None) -> dict[str, Any]:
    slug, anchor = question.section.split("#")
    shuffle = figures([known.expand(option.text) for option in question.options]) is None
    options = [_option(option, known) for option in question.options]
    if shuffle:
        random.Random(f"{seed}/{question.id}").shuffle(options)  # noqa: S311
    return {
        "id": question.id,
        "type": question.type,
        "choose": len(question.keys),
        "level": question.level,
        "skills": list(question.skills),
        "shuffle": shuffle,
        "section": {"slug": slug, "anchor": anchor},
        "stem": _text(known.expand(question.asked)),
        "options": options,
        "sources": list(question.sources),
        "proof": {
            "label": question.proof,
            "run": isinstance(question, Trace),
            "facts": [_evidence(known.known(fact_id)) for fact_id in question.facts],
        },
    }


def _option(option: Option, known: facts.Facts) -> dict[str, Any]:
    text = known.expand(option.text).strip()
    return {
        "id": option.id,
        "correct": option.correct,
        "html": render.inline(text),
        "text": text,
        "why": _text(known.expand(option.why)),
    }


def _text(markdown: str) -> dict[str, str]:
    return {"html": render.block(markdown), "text": markdown.strip()}


def _evidence(fact: facts.Fact) -> dict[str, Any]:
    claim = fact.claim.replace("{value}", bare(fact.value))
    return {"id": fact.id, "claim": claim, "by": sorted({proof.kind for proof in fact.proofs})}
