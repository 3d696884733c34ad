"""The quiz as a page needs it: the custom element with its bank inside, and what readers without JavaScript see.

The page also loads, once, from ``book/assets/quiz/``, the style sheet and ``SCRIPTS`` in their order::

    <link rel="stylesheet" href="assets/quiz/coldstart-quiz.css">
    <script defer src="assets/quiz/progress.js"></script>

Not ``type="module"``: browsers refuse modules from ``file://``. The files are valid as either, and so is one made of their texts.
"""

import json
import string
from html import escape
from typing import Any, Final

from coldstart.quiz import exams
from coldstart.quiz.bank import bank

SCRIPTS: Final = ("progress.js", "question.js", "coldstart-quiz.mjs")
"""What the element is made of."""

PAGES: Final = {
    "practice": ("bank.js", "../vendor/ts-fsrs.js", "schedule.js", "progress-view.js", "practice.js"),
    "exam": (
        "bank.js",
        "exam-draw.js",
        "exam-clock.js",
        "exam-sheet.js",
        "exam-sitting.js",
        "exam-report.js",
        "exam.js",
    ),
}
"""What the pages that ask across sections are made of besides; each puts ``<coldstart-practice>``, ``<coldstart-exam>`` to work.

They also load ``pages.css`` and, from ``assets/bank/``, every bank (``registered``) and the exam (``exam``).
"""

LABELS: Final = {
    "full": "Every fact behind this answer is checked by machine.",
    "partial": "Some of the facts behind this answer are checked by machine.",
    "cited": "This answer rests on AWS's documentation.",
}
"""Proof label to a sentence; ``question.js`` says the same, and the next."""
FOUND_BY_RUNNING: Final = "This answer was found by running the code."


def element(section: str) -> str:
    """Return ``<coldstart-quiz>`` with the bank and the fallback inside, ready to stand in a page.

    Args:
        section: ``14-aliases``.

    Raises:
        CourseError: As ``coldstart.quiz.bank.bank``.
    """
    return embed(bank(section))


def embed(items: dict[str, Any]) -> str:
    """Return ``<coldstart-quiz>`` for any bank."""
    return (
        f'<coldstart-quiz section="{items["section"]}" data-search-exclude>'
        f'<script type="application/json">{_embedded(items)}</script>{_fallback(items)}</coldstart-quiz>'
    )


def registered(items: dict[str, Any]) -> str:
    """Return a script that hands a section's bank to the pages that ask across sections; ``file://`` has no other way."""
    return f'((globalThis.coldstart ??= {{}}).banks ??= {{}})["{items["section"]}"] = {_json(items)};\n'


def exam(name: str = exams.CURRENT) -> str:
    """Return a script that hands them an exam: what it asks for, and what its skills are called.

    Raises:
        CourseError: As ``coldstart.quiz.exams.outline``.
    """
    outline = {"id": name, **exams.outline(name).model_dump(mode="json")}
    return f'((globalThis.coldstart ??= {{}}).exams ??= {{}})["{name}"] = {_json(outline)};\n'


def label(question: dict[str, Any]) -> str:
    """Return a sentence that says what an answer rests on."""
    proof = question["proof"]
    return FOUND_BY_RUNNING if proof["run"] else LABELS[proof["label"]]


def noscript(section: str) -> str:
    """Return the questions of a section with folded answers, in plain HTML."""
    return _fallback(bank(section))


def _embedded(items: dict[str, Any]) -> str:
    """Return JSON that cannot end the script element that it stands in."""
    return _json(items).replace("<", "\\u003c")


def _json(items: dict[str, Any]) -> str:
    return json.dumps(items, ensure_ascii=False, separators=(",", ":"))


def _fallback(items: dict[str, Any]) -> str:
    return f'<ol class="cq-fallback">{"".join(map(_question, items["questions"]))}</ol>'


def _question(question: dict[str, Any]) -> str:
    options = "".join(f"<li>{option['html']}</li>" for option in question["options"])
    lettered = list(zip(string.ascii_uppercase, question["options"], strict=False))
    keys = " and ".join(letter for letter, option in lettered if option["correct"])
    whys = "".join(
        f"<dt>{letter} is {'correct' if option['correct'] else 'wrong'}</dt><dd>{option['why']['html']}</dd>"
        for letter, option in lettered
    )
    sources = "".join(f'<li><a href="{escape(url)}">{escape(url)}</a></li>' for url in question["sources"])
    return (
        f'<li>{question["stem"]["html"]}<ol type="A">{options}</ol>'
        f"<details><summary>Answer</summary><p><strong>{keys}.</strong> {label(question)}</p>"
        f"<dl>{whys}</dl><ul>{sources}</ul></details></li>"
    )
