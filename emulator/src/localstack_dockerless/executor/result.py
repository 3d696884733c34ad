"""What an invocation gives."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass

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
        extensions: Of the duration, milliseconds that only extensions still took; None without any.
    """

    duration: float
    memory_size: int
    memory_used: int
    init: float | None = None
    failure: Failure | None = None
    extensions: float | None = None

    @property
    def runtime(self) -> float:
        """Of the duration, milliseconds until the runtime was done."""
        return self.duration - (self.extensions or 0)


@dataclass(frozen=True, slots=True)
class Result:
    """What an invocation gave.

    Attributes:
        log: START, END, REPORT and what was printed between (and before, at a cold start).
        figures: What the log reports; None where the environment was stopped before it did.
        rest: The same with log and figures, where extensions still work on the invocation: then there are none here.
    """

    body: bytes
    is_error: bool
    log: str = ""
    figures: Figures | None = None
    rest: Rest | None = None


class Rest(Future[Result]):
    """The result of an invocation on which extensions still work."""

    def __init__(self) -> None:
        super().__init__()
        self._is_settled = threading.Event()

    def set_result(self, result: Result) -> None:
        """It is there; everybody who asked for a call gets it first."""
        super().set_result(result)
        self._is_settled.set()

    def wait(self) -> Result:
        """The result, once all of its consequences have taken effect: the environment is free, too."""
        self._is_settled.wait()
        return self.result()
