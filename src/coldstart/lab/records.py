"""What the last run of a lab found, in ``build/records``: the site prints it on the lab's page."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from coldstart.files import write_whole
from coldstart.lab.checking import Result
from coldstart.paths import RECORDS

PASSED: Final = ("ran_at", "target", "python", "boto3")
"""What is kept of the last run that passed."""


@dataclass(frozen=True)
class Record:
    """One run of one lab.

    Attributes:
        slug: The section.
        seconds: How long the run took, kernel included.
        target: Where it ran, for a person.
        emulator: Version of the emulator; empty elsewhere.
        isolation: What kept functions apart there, for a person; empty elsewhere.
        outcome: ``passed``, ``failed`` (a check) or ``error`` (a cell).
        checks: Name, whether it passed, and the message, of every check.
        python: Version of the interpreter that ran it.
        boto3: Version of the SDK.
    """

    slug: str
    seconds: float
    target: str
    emulator: str
    isolation: str
    outcome: str
    checks: tuple[dict[str, Any], ...]
    python: str
    boto3: str


def write(record: Record) -> None:
    """Write a run's record in place of the one before; what that says of the last run that passed is kept until one passes again."""
    path = RECORDS / f"{record.slug}.json"
    data = {"ran_at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(record)}
    passed = _last_passed(path) if record.outcome != "passed" else None
    write_whole(path, json.dumps({**data, **({"last_passed": passed} if passed else {})}, indent=1) + "\n")


def _last_passed(path: Path) -> dict[str, str] | None:
    """Return when and on what a lab last passed, by its record; a spoilt one tells nothing."""
    try:
        before = json.loads(path.read_text())
        passed = before if before["outcome"] == "passed" else before.get("last_passed")
        return {name: str(passed.get(name, "")) for name in PASSED} if passed else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def remember(slug: str, results: Sequence[Result]) -> None:
    """Append what a learner's checks found to the history; a full disk does not stop the lab."""
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [json.dumps({"at": moment, "slug": slug, "check": r.name, "passed": r.passed}) + "\n" for r in results]
    with suppress(OSError):
        RECORDS.mkdir(parents=True, exist_ok=True)
        with (RECORDS / "checks.jsonl").open("a") as history:
            history.writelines(lines)
