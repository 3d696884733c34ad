"""Exams as data: domains with their weight, and the skills that questions are tagged with (``quizzes/exams/*.yaml``)."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from coldstart.paths import QUIZZES


@cache
def exam(name: str = "dva-c03") -> dict[str, Any]:
    """Return an exam: ``name``, ``source``, ``domains`` (id, title, percent), ``skills`` (id to a few words), ``lambda`` (skills that Lambda touches)."""
    data: dict[str, Any] = YAML(typ="safe").load(QUIZZES / "exams" / f"{name}.yaml")
    return data


def skills(name: str = "dva-c03") -> dict[str, str]:
    """Return the skills of an exam: id to a few words."""
    return dict(exam(name)["skills"])


def domain(tagged: Sequence[str]) -> str:
    """Return the domain of a question: that of the first skill it is tagged with, which is what it is most about."""
    return tagged[0].partition(".")[0]
