"""When a question is due again: FSRS over the log of answers, in days.

Nothing of it is stored. Whoever has the log has the schedule, the browser too, and a merge of two logs is a merge of two schedules.
Days are calendar days in UTC, and a question is due from the beginning of one: the hour at which somebody learns changes nothing.
Correct is FSRS's Good, wrong its Again; its default weights, a retention of 0.9, no steps within a day, no fuzz.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from itertools import groupby
from operator import attrgetter
from typing import Final

from fsrs import Card, Rating, Scheduler

from coldstart.quiz.progress import Answer

_FSRS: Final = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def cards(log: Iterable[Answer]) -> dict[str, Card]:
    """Return FSRS's card of every question that was answered.

    Args:
        log: Answers in any order; they are replayed in the order of their times.
    """
    ordered = sorted(log, key=attrgetter("question", "at"))
    return {question: _replayed(answers) for question, answers in groupby(ordered, key=attrgetter("question"))}


def due(log: Iterable[Answer]) -> dict[str, date]:
    """Return the day on which each answered question is due, the earliest first."""
    days = {question: card.due.date() for question, card in cards(log).items()}
    return dict(sorted(days.items(), key=lambda entry: (entry[1], entry[0])))


def today() -> date:
    """Return the day, as the schedule counts days."""
    return datetime.now(UTC).date()


def _replayed(answers: Iterable[Answer]) -> Card:
    card = Card(card_id=0)
    for answer in answers:
        day = datetime.combine(answer.time.date(), time(), UTC)
        card, _ = _FSRS.review_card(card, Rating.Good if answer.correct else Rating.Again, day)
    return card
