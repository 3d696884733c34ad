"""How an invocation of a hostile function may end, each with the words for the table in the README."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deployed import Answer


@dataclass(frozen=True)
class End:
    """An end.

    Args:
        words: What the README says of it.
        holds: Whether an answer is that.
    """

    words: str
    holds: Callable[[Answer], bool]

    def __or__(self, other: End) -> End:
        return End(f"{self.words} or {other.words}", lambda answer: self.holds(answer) or other.holds(answer))


def _failed(error_type: str, message: str) -> Callable[[Answer], bool]:
    def holds(answer: Answer) -> bool:
        if answer.error != "Unhandled" or not isinstance(answer.value, dict):
            return False
        told = answer.value
        return told.get("errorType") == error_type and bool(re.search(message, told.get("errorMessage", "")))

    return holds


TIMED_OUT = End("`Sandbox.Timedout`", _failed("Sandbox.Timedout", r"Error: Task timed out after \d+\.00 seconds$"))
OUT_OF_MEMORY = End(
    "`Runtime.ExitError`, out of memory",
    lambda answer: (
        _failed("Runtime.ExitError", "signal: killed$")(answer) and "Error Type: Runtime.OutOfMemory" in answer.report
    ),
)
KILLED = End("`Runtime.ExitError`, killed", _failed("Runtime.ExitError", "signal: killed$"))
TOO_LARGE = End(
    "`Function.ResponseSizeTooLarge`",
    _failed("Function.ResponseSizeTooLarge", r"exceeded maximum allowed payload size \(6291556 bytes\)"),
)


def exited(reason: str) -> End:
    """The process ended, and this is what AWS says of it."""
    return End(f"`Runtime.ExitError`, {reason}", _failed("Runtime.ExitError", f"Error: .*{re.escape(reason)}$"))


def raised(error_type: str) -> End:
    """The handler, or the client it runs behind, raised."""
    return End(f"`{error_type}`", _failed(error_type, ""))


def returned(words: str, check: Callable[[Any], bool]) -> End:
    """The function goes on, and what it tried was refused or harmless."""
    return End(words, lambda answer: answer.error is None and check(answer.value))


def refused(*, but: str = "") -> End:
    """Nothing of what it tried was done, except what matches ``but``."""

    def check(value: dict[str, str]) -> bool:
        done = [what for what, end in value.items() if end.startswith("done")]
        return bool(value) and all(but and re.fullmatch(but, what) for what in done)

    return returned("refused", check)


ANY = End("anything that is the function's own", lambda _answer: True)
