"""When a lab last ran, on what, and how it ended: read from the record that every run writes."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from coldstart.errors import CourseError
from coldstart.paths import RECORDS


@dataclass(frozen=True)
class Passed:
    """A run in which every check held.

    Attributes:
        at: When, in UTC.
        versions: Of what it ran on, each in words: ``Python 3.13.1``.
    """

    at: datetime
    versions: tuple[str, ...]


@dataclass(frozen=True)
class Record:
    """The outcome of a lab's last run on this machine.

    Attributes:
        ran_at: When, in UTC.
        seconds: How long it took.
        target: What it ran against, in words.
        outcome: ``passed``, ``failed`` (a check) or ``error`` (a cell).
        passed: Checks that held.
        checks: Checks in all.
        isolation: What kept functions apart there, in words; empty where that was AWS's affair.
        last_passed: The last run that passed, this one or one before; None if there was none.
    """

    ran_at: datetime
    seconds: float
    target: str
    outcome: str
    passed: int
    checks: int
    isolation: str
    last_passed: Passed | None

    @property
    def sentence(self) -> str:
        """When, on what and how it ended: the rest of a sentence that begins with "Last run, with its solutions, on"."""
        ending = f"{self.passed} of {self.checks} checks passed"
        if self.outcome == "error":
            ending = "a cell ended in an error"
        return f"{moment(self.ran_at)}, on {self.target}, in {self.seconds:.1f} s: {ending}."


def moment(at: datetime) -> str:
    """Return a moment in words, "23 November 2026, 14:05 UTC"."""
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def load(slug: str) -> Record | None:
    """Return the record of a section's lab, None if the lab has not run here.

    Raises:
        CourseError: The record is there and cannot be read.
    """
    path = RECORDS / f"{slug}.json"
    if not path.exists():
        return None
    try:
        return _record(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(
            f"{path} is not the record of a lab run ({error!r}); write it anew: .venv/bin/coldstart run {slug}."
        ) from error


def _record(data: dict[str, Any]) -> Record:
    checks = data["checks"]
    return Record(
        ran_at=_utc(data["ran_at"]),
        seconds=float(data["seconds"]),
        target=str(data["target"]),
        outcome=str(data["outcome"]),
        passed=sum(bool(check["passed"]) for check in checks),
        checks=len(checks),
        isolation=str(data.get("isolation", "")),
        last_passed=_passed(data if data["outcome"] == "passed" else data.get("last_passed")),
    )


def _passed(data: dict[str, Any] | None) -> Passed | None:
    if not data:
        return None
    versions = [f"{name} {data[key]}" for name, key in (("Python", "python"), ("boto3", "boto3")) if data.get(key)]
    return Passed(_utc(data["ran_at"]), (str(data["target"]), *versions))


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
