"""One run through a section's questions, whatever shows them: what was asked, what was answered, what was missed."""

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from coldstart.course import section
from coldstart.paths import SITE

Question = dict[str, Any]
"""A question of the bank."""

WIDTH: Final = 80


@dataclass
class Session:
    """The questions of a bank in their order, and the answers given so far."""

    bank: dict[str, Any]
    answers: dict[str, bool] = field(default_factory=dict)

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
        correct = {option["id"] for option in question["options"] if option["correct"]} == picked
        self.answers[question["id"]] = correct
        return correct

    def summary(self, width: int = WIDTH) -> str:
        """Say how far it went, and where to read again: each place once, with the questions that lead there.

        Args:
            width: Of a line, in characters. Questions are cut to it; an address stays whole, to be clicked.
        """
        given, total = len(self.answers), len(self.questions)
        share = f" ({self.right / given:.0%})".replace("%", " %") if given else ""
        lines = [f"You answered {given} of {total} questions, {self.right} correctly{share}."]
        lines += ["", "Worth reading again:"] if self.missed else []
        for address, questions in groupby(sorted(self.missed, key=_place), key=_address):
            lines += ["", address, *(f"  {_gist(question, width - 2)}" for question in questions)]
        return "\n".join(lines)


def verdict(option: dict[str, Any], picked: set[str]) -> str:
    """Say in words whether an option was right, and whether it was chosen."""
    standing = "Correct" if option["correct"] else "Wrong"
    return f"{standing}, your answer" if option["id"] in picked else standing


def wanted(question: Question) -> str:
    """Say how many options to choose: "one answer", "2 answers"."""
    return "one answer" if question["choose"] == 1 else f"{question['choose']} answers"


def _place(question: Question) -> tuple[str, str]:
    return question["section"]["slug"], question["section"]["anchor"]


def _address(question: Question) -> str:
    """Return where to read again: the page if the site is built, else the chapter's file."""
    slug, anchor = _place(question)
    page, chapter = SITE / f"{slug}.html", section(slug).chapter
    return f"{page.as_uri() if page.exists() else chapter}#{anchor}"


def _gist(question: Question, limit: int) -> str:
    prose = re.sub(r"```.*?```", "", question["stem"]["text"], flags=re.DOTALL)
    words = " ".join(prose.replace("**", "").split())
    return words if len(words) <= limit else words[: limit - 1].rsplit(" ", 1)[0] + " …"
