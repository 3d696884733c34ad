"""Exams as data (``quizzes/exams/*.yaml``): the domains with their share, and the skills that questions are tagged with."""

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Final

from pydantic import Field, TypeAdapter, model_validator

from coldstart.errors import CourseError
from coldstart.facts.source import Strict, read_one
from coldstart.paths import QUIZZES

CURRENT: Final = "dva-c03"


class Domain(Strict):
    """A domain of an exam; its skills begin with its id."""

    id: Annotated[str, Field(pattern=r"^\d$")]
    title: Annotated[str, Field(min_length=1)]
    percent: Annotated[int, Field(gt=0)]


class Outline(Strict):
    """What an exam asks for.

    Attributes:
        name: For people.
        source: AWS's page about it.
        questions: How many it asks.
        minutes: Time for them.
        domains: With their share of the exam, 100 per cent together.
        touched: The skills that Lambda touches (``lambda`` in the file): each has questions in the bank.
        skills: Id to a few words.
    """

    name: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(pattern=r"^https://\S+$")]
    questions: Annotated[int, Field(gt=0)]
    minutes: Annotated[int, Field(gt=0)]
    domains: Annotated[tuple[Domain, ...], Field(min_length=1)]
    touched: Annotated[tuple[str, ...], Field(alias="lambda")]
    skills: dict[str, str]

    @model_validator(mode="after")
    def _is_consistent(self) -> "Outline":
        total = sum(domain.percent for domain in self.domains)
        if total != 100:  # noqa: PLR2004 - per cent
            raise ValueError(f"expected the domains' per cent to make 100 together, found {total}")
        known = {domain.id for domain in self.domains}
        if lost := [skill for skill in self.skills if domain([skill]) not in known]:
            raise ValueError(f"expected every skill to begin with the id of a domain, found {lost[0]!r}")
        if lost := [skill for skill in self.touched if skill not in self.skills]:
            raise ValueError(f"expected 'lambda' to name skills of the exam, found {lost[0]!r}")
        return self


_SHAPE: Final = TypeAdapter(Outline)
_KEYS: Final = frozenset([*Outline.model_fields, *Domain.model_fields, "lambda"])


@cache
def outline(exam: str = CURRENT) -> Outline:
    """Return what an exam asks for.

    Raises:
        CourseError: There is no such exam, or its file has a fault; with file and line.
    """
    file = QUIZZES / "exams" / f"{exam}.yaml"
    if not file.exists():
        known = ", ".join(sorted(path.stem for path in file.parent.glob("*.yaml")))
        raise CourseError(f"There is no exam {exam!r}; the exams are: {known}.", status=2)
    return read_one(file, _SHAPE, _KEYS)


def skills(exam: str = CURRENT) -> dict[str, str]:
    """Return the skills of an exam: id to a few words."""
    return dict(outline(exam).skills)


def domain(tagged: Sequence[str]) -> str:
    """Return the domain of a question: that of the first skill it is tagged with, which is what it is most about."""
    return tagged[0].partition(".")[0]
