"""Exams as data: the skills that questions are tagged with (``quizzes/exams/*.yaml``)."""

from functools import cache
from typing import Any

from ruamel.yaml import YAML

from coldstart.paths import QUIZZES


@cache
def skills(exam: str = "dva-c03") -> dict[str, str]:
    """Return the skills of an exam: id to a few words."""
    data: dict[str, Any] = YAML(typ="safe").load(QUIZZES / "exams" / f"{exam}.yaml")
    return dict(data["skills"])
