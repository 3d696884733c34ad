"""One run through a section's questions, whatever shows them: what was asked, what was answered, what was missed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from coldstart.quiz.places import Question, again

WIDTH: Final = 80


def _nowhere(question: Question, picked: set[str], correct: bool) -> None:
    """Record nothing."""


@dataclass
class Session:
    """The questions of a bank in their order, and the answers given so far.

    Attributes:
        record: Is told every answer, to keep it: the question, the ids of the chosen options, whether they are correct.
    """

    bank: dict[str, Any]
    answers: dict[str, bool] = field(default_factory=dict)
    record: Callable[[Question, set[str], bool], None] = _nowhere

    @property
    def questions(self) -> list[Question]:
        """All questions."""
        return list(self.bank["questions"])

    @property
    def current(self) -> Question | None:
        """The first question without an answer; None at the end."""
        return next((question for question in self.questions if question["id"] not in self.answers), None)

    @property
    def right(self) -> int:
        """How many answers were correct."""
        return sum(self.answers.values())

    @property
    def missed(self) -> list[Question]:
        """The questions that were answered wrongly."""
        return [question for question in self.questions if self.answers.get(question["id"]) is False]

    def answer(self, question: Question, picked: set[str]) -> bool:
        """Record the ids of the chosen options, and say whether they are exactly the correct ones."""
        correct = is_correct(question, picked)
        self.answers[question["id"]] = correct
        self.record(question, picked, correct)
        return correct

    def summary(self, width: int = WIDTH) -> str:
        """Say how far it went, and where to read again: each place once, with the questions that lead there.

        Args:
            width: Of a line, in characters. Questions are cut to it; an address stays whole, to be clicked.
        """
        given, total = len(self.answers), len(self.questions)
        share = f" ({self.right / given:.0%})".replace("%", " %") if given else ""
        lines = [f"You answered {given} of {total} questions, {self.right} correctly{share}."]
        return "\n".join([*lines, *again(self.missed, width)])


def is_correct(question: Question, picked: set[str]) -> bool:
    """Say whether the chosen options are exactly the correct ones: there are no points for a part."""
    return {option["id"] for option in question["options"] if option["correct"]} == picked


def verdict(option: dict[str, Any], picked: set[str]) -> str:
    """Say in words whether an option was right, and whether it was chosen."""
    standing = "Correct" if option["correct"] else "Wrong"
    return f"{standing}, your answer" if option["id"] in picked else standing


def wanted(question: Question) -> str:
    """Say how many options to choose: "one answer", "2 answers"."""
    return "one answer" if question["choose"] == 1 else f"{question['choose']} answers"
