"""What the last run of a lab found, in ``build/records``: the site prints it on the lab's page."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from coldstart.lab.checking import Result
from coldstart.lab.files import write_whole
from coldstart.paths import RECORDS


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
    """

    slug: str
    seconds: float
    target: str
    emulator: str
    isolation: str
    outcome: str
    checks: tuple[dict[str, Any], ...]


def write(record: Record) -> None:
    """Write a run's record in place of the one before."""
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    write_whole(RECORDS / f"{record.slug}.json", json.dumps({"ran_at": moment, **asdict(record)}, indent=1) + "\n")


def remember(slug: str, results: Sequence[Result]) -> None:
    """Append what a learner's checks found to the history; a full disk does not stop the lab."""
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [json.dumps({"at": moment, "slug": slug, "check": r.name, "passed": r.passed}) + "\n" for r in results]
    with suppress(OSError):
        RECORDS.mkdir(parents=True, exist_ok=True)
        with (RECORDS / "checks.jsonl").open("a") as history:
            history.writelines(lines)
