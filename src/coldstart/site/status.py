"""The status page: when each section's lab last passed, on what, and how much of what the section says is proven."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from coldstart.course import Section
from coldstart.facts import Facts
from coldstart.site.records import Passed, Record, moment

HEAD: Final = """\
---
title: Status
description: When each lab last passed on this machine, on which versions, and how much of each section is proven.
---

# Status

Every lab runs with its solutions whenever the tests run, and each run leaves a record. This page is made from the records of the machine
that built it; `.venv/bin/coldstart run 14` runs the lab of section 14, and so on. A fact counts as proven by machine if AWS's own description of its service proves it: not only a lab, and not only a citation.
The [register of numbers](numbers.md) tells for each what stands behind it.

"""
TABLE: Final = "| Section | Its lab | Facts, questions |\n| --- | --- | --- |\n"


@dataclass(frozen=True)
class State:
    """What is known of a section.

    Attributes:
        section: The section.
        record: Its lab's last run here, None if there was none.
        facts: How many facts it has.
        proven: How many of them are proven by machine.
        questions: How many its quiz has.
    """

    section: Section
    record: Record | None
    facts: int
    proven: int
    questions: int


def state(section: Section, record: Record | None, facts: Facts, questions: int) -> State:
    """Return what is known of a section; its facts are those of the file that has its name."""
    own = [fact for fact in facts.values() if fact.where.path.stem == section.slug.partition("-")[2]]
    return State(section, record, len(own), sum(fact.machine_proven for fact in own), questions)


def page(states: Sequence[State], facts: Facts) -> str:
    """Return the Markdown of the page.

    Args:
        states: Of the sections, in the order of the course.
        facts: All of the course's, those that belong to no section among them.
    """
    return HEAD + _summary(states, facts) + "\n\n" + TABLE + "".join(map(_row, states))


def _summary(states: Sequence[State], facts: Facts) -> str:
    proven = sum(fact.machine_proven for fact in facts.values())
    passed = sum(bool(one.record and one.record.outcome == "passed") for one in states)
    questions = sum(one.questions for one in states)
    return (
        f"**In all:** {passed} of {len(states)} labs passed when they last ran; {proven} of {len(facts)} facts are proven by machine "
        f"({proven / max(1, len(facts)):.0%}); {questions} questions."
    )


def _row(one: State) -> str:
    link = f"{one.section.number} [{one.section.title}]({one.section.chapter.name})"
    share = f"{one.proven} of {one.facts} proven by machine" if one.facts else "no facts"
    questions = f"{one.questions} question{'' if one.questions == 1 else 's'}"
    return f"| {link} | {_lab(one)} | {share}; {questions} |\n"


def _lab(one: State) -> str:
    record = one.record
    if not record:
        return "no record: it has not run on this machine"
    checks = f"{record.passed} of {record.checks} checks"
    if record.outcome == "passed":
        return f"**passed**, {checks} in {record.seconds:.1f} s. {_when(record.last_passed)}"
    how = "ended in an error" if record.outcome == "error" else f"failed, {checks}"
    before = (
        f"It last passed: {_when(record.last_passed)}" if record.last_passed else "It has not passed on this machine"
    )
    return f"**{how}**, {moment(record.ran_at)}. {before}"


def _when(passed: Passed | None) -> str:
    """Say when and on which versions, as far as the record tells."""
    return f"{moment(passed.at)}; {', '.join(passed.versions)}" if passed else ""
