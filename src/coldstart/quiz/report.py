"""What a mock exam tells: shares of correct answers, all together, by domain and by skill. Pure; ``coldstart.quiz.show`` prints it.

No scaled score is told: AWS makes it from the difficulty of an exam's questions, which nobody knows for ours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from coldstart.quiz.places import Question
from coldstart.quiz.progress import FinishedExam
from coldstart.quiz.session import is_correct
from coldstart.quiz.sitting import domain

NO_SCALED_SCORE: Final = (
    "This is the share of correct answers. AWS reports a scaled score instead, which weighs in how difficult an exam's questions "
    "were and leaves out those that it only tries; no share can be turned into it, and none says who would pass."
)


class Share(NamedTuple):
    """How many of some questions were answered correctly."""

    right: int
    asked: int

    def __str__(self) -> str:
        return f"{self.right / self.asked:.0%}".replace("%", " %") if self.asked else "-"


@dataclass(frozen=True)
class Marked:
    """A question with what was picked; nothing counts as wrong."""

    question: Question
    picked: frozenset[str]

    @property
    def correct(self) -> bool:
        """Whether exactly the correct options were picked."""
        return is_correct(self.question, set(self.picked))


class Report:
    """The result of an exam.

    Args:
        exam: What was answered.
        bank: All questions by id, their options in the order that the exam showed.
    """

    def __init__(self, exam: FinishedExam, bank: Mapping[str, Question]) -> None:
        self.exam = exam
        known = (bank[each] for each in exam.questions if each in bank)
        self.marked = [Marked(each, frozenset(exam.answers.get(each["id"], []))) for each in known]

    @property
    def gone(self) -> int:
        """How many of its questions have left the course; they do not count."""
        return len(self.exam.questions) - len(self.marked)

    @property
    def missed(self) -> list[Question]:
        """The questions that were not answered correctly."""
        return [each.question for each in self.marked if not each.correct]

    @cached_property
    def whole(self) -> Share:
        """The share of all questions."""
        return _share(self.marked)

    @cached_property
    def domains(self) -> dict[str, Share]:
        """Domain to its share; a question counts for the domain of its first skill, and once."""
        return _shares((domain(each.question), each) for each in self.marked)

    @cached_property
    def skills(self) -> dict[str, Share]:
        """Skill to its share; a question counts for each of its skills."""
        return _shares((skill, each) for each in self.marked for skill in each.question["skills"])


def _shares(pairs: Iterable[tuple[str, Marked]]) -> dict[str, Share]:
    groups: dict[str, list[Marked]] = {}
    for name, each in pairs:
        groups.setdefault(name, []).append(each)
    return {name: _share(groups[name]) for name in sorted(groups, key=_in_order)}


def _share(marked: list[Marked]) -> Share:
    return Share(sum(each.correct for each in marked), len(marked))


def _in_order(skill: str) -> list[int]:
    return [int(part) for part in skill.split(".") if part.isdecimal()]
