"""What the platform itself writes into a function's log, as text or as JSON records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from localstack_dockerless.executor import report
from localstack_dockerless.executor.report import Failure


@dataclass(frozen=True, slots=True)
class Figures:
    """What there is to report of an invocation.

    Attributes:
        duration: Milliseconds.
        memory_size: MB, configured.
        memory_used: MB, the most so far in this environment.
        init: Milliseconds, on a cold start.
        failure: What the platform had to answer instead of the function.
        produced: Bytes of the response.
    """

    duration: float
    memory_size: int
    memory_used: int
    init: float | None
    failure: Failure | None
    produced: int


class Lines(Protocol):
    """One kind of platform lines; each method gives those of one moment."""

    def init_start(self) -> list[str]:
        """INIT begins."""

    def init_done(self, milliseconds: float, phase: str, failure: Failure | None, *, provisioned: bool) -> list[str]:
        """INIT is over; `phase` is "init", or "invoke" when it was repeated."""

    def start(self, request_id: str, version: str, trace_id: str) -> list[str]:
        """INVOKE begins."""

    def done(self, request_id: str, figures: Figures, trace_id: str) -> list[str]:
        """INVOKE is over."""

    def kept(self, log: str) -> str:
        """Of a whole log, what the function's log levels leave."""


@dataclass(frozen=True, slots=True)
class TextLines:
    """START, END, REPORT and their kin.

    Attributes:
        first: The INIT_START line, or nothing.
    """

    first: str = ""

    def init_start(self) -> list[str]:
        """INIT_START."""
        return [self.first] if self.first else []

    def init_done(self, milliseconds: float, phase: str, failure: Failure | None, *, provisioned: bool) -> list[str]:
        """INIT_REPORT of an initialization that failed, or of one for provisioned concurrency."""
        told = failure or (provisioned and phase == "init")
        return [report.init_report(milliseconds, phase, failure)] if told else []

    def start(self, request_id: str, version: str, trace_id: str) -> list[str]:
        """START."""
        return [report.start(request_id, version)]

    def done(self, request_id: str, figures: Figures, trace_id: str) -> list[str]:
        """END and REPORT."""
        f = figures
        figures_line = report.report(request_id, f.duration, f.memory_size, f.memory_used, f.init, f.failure)
        return [report.end(request_id), figures_line]

    def kept(self, log: str) -> str:
        """All of it: text has no levels."""
        return log
