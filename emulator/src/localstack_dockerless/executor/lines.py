"""What the platform itself writes into a function's log, as text or as JSON records.

Levels: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from localstack_dockerless.executor import records
from localstack_dockerless.executor.records import Record

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_SYNONYMS = {"WARNING": "WARN", "CRITICAL": "FATAL"}
_DETAILS = ("platform.initRuntimeDone", "platform.runtimeDone")


class Lines(Protocol):
    """One kind of platform lines.

    Attributes:
        are_json: Whether the function's own lines are meant to be JSON, too.
    """

    are_json: ClassVar[bool]

    def of(self, kind: str, record: Record, text: Sequence[str]) -> Sequence[str]:
        """The lines of something that happened.

        Args:
            kind: "platform.start".
            record: What it says in JSON.
            text: What it says in text, START or END and their kin; often nothing.
        """

    def kept(self, log: str) -> str:
        """Of a whole log, what the function's log levels leave."""


@dataclass(frozen=True, slots=True)
class TextLines:
    """START, END, REPORT and their kin."""

    are_json: ClassVar[bool] = False

    def of(self, kind: str, record: Record, text: Sequence[str]) -> Sequence[str]:
        """The text."""
        return text

    def kept(self, log: str) -> str:
        """All of it: text has no levels."""
        return log


@dataclass(frozen=True, slots=True)
class JsonLines:
    """Platform lines as JSON.

    Attributes:
        system: The SystemLogLevel.
        application: The ApplicationLogLevel.
    """

    system: str
    application: str
    are_json: ClassVar[bool] = True

    def of(self, kind: str, record: Record, text: Sequence[str]) -> Sequence[str]:
        """The record, if its level reaches the SystemLogLevel."""
        return [records.event(kind, record)] if _reaches(level(kind, record), self.system) else []

    def kept(self, log: str) -> str:
        """Without the lines below the ApplicationLogLevel; a line that names no level stays."""
        if self.application == LEVELS[0]:
            return log
        return "".join(line for line in log.splitlines(keepends=True) if self._is_kept(line))

    def _is_kept(self, line: str) -> bool:
        if not line.startswith("{") or '"level"' not in line:
            return True
        try:
            named = str(json.loads(line).get("level")).upper()
        except (ValueError, RecursionError):
            return True
        named = _SYNONYMS.get(named, named)
        return named not in LEVELS or _reaches(named, self.application)


def level(kind: str, record: Record) -> str:
    """The level of a platform record, which the function's SystemLogLevel is compared with."""
    if record.get("status", "success") != "success" or "errorType" in record:
        return "WARN"
    on_demand = record.get("initializationType") == "on-demand"
    return "DEBUG" if kind in _DETAILS or (kind == "platform.initReport" and on_demand) else "INFO"


def _reaches(one: str, lowest: str) -> bool:
    return LEVELS.index(one) >= LEVELS.index(lowest)
