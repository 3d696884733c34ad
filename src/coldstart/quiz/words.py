"""What the two faces of the mock exam say in the same words."""

from collections.abc import Mapping
from typing import Final

from coldstart.quiz import exams
from coldstart.quiz.places import Question
from coldstart.quiz.sitting import Sitting

LISTED: Final = 15  # questions: more of them are counted only


def clock(seconds: float) -> str:
    """Return a time as a clock shows it: "1:52:03"."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def welcome(sitting: Sitting, missing: Mapping[str, int], *, new: bool) -> str:
    """Say what begins or goes on.

    Args:
        sitting: The exam.
        missing: Domain to how many questions the course has too few for it.
        new: Whether it begins.
    """
    total, left = len(sitting.questions), clock(sitting.left)
    gone = len(sitting.exam.questions) - total
    first = (
        f"A mock exam of {total} questions in {left}, which you answer in any order. A question without an answer counts as wrong, "
        "and there are no points for a part of an answer. What was correct is told at the end."
        if new
        else f"Your exam goes on at question {sitting.exam.at + 1} of {total}, with {left} left."
    )
    titles = {each.id: each.title for each in exams.outline().domains}
    lacking = [f"{number} of {titles[domain]}" for domain, number in missing.items()]
    notes = [
        f"The course has too few questions of a domain ({', '.join(lacking)}); questions of the others stand in."
        if lacking
        else "",
        f"Questions that have left the course and do not count: {gone}." if gone else "",
        "Time counts while the exam is open. Every answer is kept at once: leave when you must, and `coldstart exam` goes on.",
    ]
    return "\n\n".join([first, *filter(None, notes)])


def unfinished(sitting: Sitting) -> str:
    """Say which questions have no complete answer or a flag."""
    parts = [("without a complete answer", sitting.open), ("flagged", sitting.flagged)]
    told = [f"{len(places)} {what}{_listed(places)}." for what, places in parts if places]
    return " ".join(told) or "Every question has an answer."


def _listed(places: list[int]) -> str:
    return f": {', '.join(map(str, places))}" if len(places) <= LISTED else ""


def question_state(sitting: Sitting, question: Question) -> str:
    """Say in a word or two where a question stands."""
    marked, wanted = len(sitting.picked(question)), question["choose"]
    state = "answered" if marked == wanted else f"{marked} of {wanted} marked" if marked else "open"
    return f"{state}, flagged" if question["id"] in sitting.exam.flags else state
