"""Lint of the questions: what makes an item fair, as functions over data, and ``check()`` that prints what they find.

The rules follow the research on multiple-choice items (Haladyna, Downing and Rodriguez 2002; Pham 2018: a key that is the longest
option gives itself away; Butler and Roediger 2008: feedback on every option undoes the harm of reading wrong ones).
``shape``, ``wording`` and ``numbers`` look at one question, ``whole`` at questions side by side.
"""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from coldstart import course
from coldstart.facts import Facts, load
from coldstart.quiz.lint import numbers, shape, whole, wording
from coldstart.quiz.lint.finding import BANK_RULES, ITEM_RULES, Finding
from coldstart.quiz.model import Question, questions

__all__ = ["Finding", "check", "findings", "numbers", "of_course", "shape", "whole", "wording"]


def findings(items: Sequence[Question], facts: Facts | None = None) -> list[Finding]:
    """Return every fault of these questions: those of one after the other, then those of several together."""
    facts = load() if facts is None else facts
    readable = [item for item in items if not _unknown(item, facts)]
    return [
        *(finding for item in items for finding in _of_one(item, facts)),
        *(finding for rule in BANK_RULES for finding in rule(readable, facts)),
    ]


def of_course() -> list[Finding]:
    """Return every fault of the course's questions, and of the bank that they make together."""
    items, facts = _all(), load()
    found = findings(items, facts)
    unreadable = any(finding.rule == "facts" for finding in found)
    return found if unreadable else [*found, *whole.coverage(items, facts)]


def check(console: Console | None = None) -> int:
    """Lint every section that has questions, and print what is wrong.

    Returns:
        0 without errors (warnings do not count), else 1.
    """
    console = console or Console()
    found = of_course()
    if found:
        table = Table(
            Column("place", no_wrap=True), Column("rule", no_wrap=True), "what to do", box=None, pad_edge=False
        )
        for finding in found:
            table.add_row(str(finding.where), f"{finding.rule} ({finding.level})", escape(finding.message))
        console.print(table)
    errors = sum(finding.level == "error" for finding in found)
    console.print(f"{len(_all())} questions, {errors} errors, {len(found) - errors} warnings.")
    return 1 if errors else 0


def _all() -> list[Question]:
    return [item for section in course.sections() if section.quiz.exists() for item in questions(section.slug)]


def _of_one(item: Question, facts: Facts) -> list[Finding]:
    """Apply every rule; a question whose facts are unknown cannot be read, so that is all there is to say about it."""
    if unknown := _unknown(item, facts):
        message = f"there is no fact {' or '.join(unknown)}; correct the id or add it to book/facts/"
        return [Finding(item.where, item.id, "facts", "error", message)]
    said = [(name, level, message) for name, level, rule in ITEM_RULES for message in rule(item, facts)]
    return [Finding(item.where, item.id, *parts) for parts in said]


def _unknown(item: Question, facts: Facts) -> list[str]:
    return [fact_id for fact_id in item.fact_ids() if fact_id not in facts]
