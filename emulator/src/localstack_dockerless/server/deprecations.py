"""Runtimes that have had their day: after a date no function can be created with one, after another none be updated.

What exists goes on answering. The dates are those of https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from localstack.aws.api.lambda_ import InvalidParameterValueException


class Blocked(NamedTuple):
    """The first days on which something is refused."""

    creation: date
    update: date


_POSTPONED: Final = Blocked(date(2027, 2, 1), date(2027, 3, 3))
_AL2: Final = Blocked(date(2027, 7, 31), date(2027, 8, 31))
_LONG_AGO: Final = Blocked(date(2024, 2, 8), date(2024, 3, 12))
_SHORTLY_BEFORE: Final = Blocked(date(2024, 1, 9), date(2024, 2, 8))

BLOCKED: Final[dict[str, Blocked]] = {
    "nodejs12.x": Blocked(date(2023, 3, 31), date(2023, 4, 30)),
    "dotnetcore3.1": Blocked(date(2023, 4, 3), date(2023, 5, 3)),
    **dict.fromkeys(("nodejs14.x", "python3.7", "ruby2.7"), _SHORTLY_BEFORE),
    **dict.fromkeys(("go1.x", "java8", "provided"), _LONG_AGO),
    **dict.fromkeys(("nodejs16.x", "nodejs18.x", "nodejs20.x"), _POSTPONED),
    **dict.fromkeys(("python3.8", "python3.9", "python3.10"), _POSTPONED),
    **dict.fromkeys(("ruby3.2", "dotnet6", "dotnet8", "provided.al2"), _POSTPONED),
    **dict.fromkeys(("python3.11", "java17", "java11", "java8.al2"), _AL2),
    "ruby3.3": Blocked(date(2027, 4, 30), date(2027, 5, 31)),
    "nodejs22.x": Blocked(date(2027, 6, 1), date(2027, 7, 1)),
    "ruby3.4": Blocked(date(2028, 4, 30), date(2028, 5, 31)),
    "nodejs24.x": Blocked(date(2028, 6, 1), date(2028, 7, 1)),
    "python3.12": Blocked(date(2028, 11, 30), date(2029, 1, 10)),
    "dotnet10": Blocked(date(2028, 12, 14), date(2029, 1, 15)),
    **dict.fromkeys(
        ("python3.13", "python3.14", "java21", "java25", "provided.al2023"),
        Blocked(date(2029, 7, 31), date(2029, 8, 31)),
    ),
}
"""By identifier."""


def check_creation(runtime: str | None, today: date | None = None) -> None:
    """Refuse a new function.

    Args:
        runtime: of the function.
        today: in UTC; the machine's clock if left out.

    Raises:
        InvalidParameterValueException: the runtime is blocked.
    """
    blocked = BLOCKED.get(runtime or "")
    if blocked and (today or _today()) >= blocked.creation:
        raise _refusal(runtime)


def check_update(runtime: str | None, today: date | None = None) -> None:
    """Refuse the update of a function that has, or shall have, the runtime; see `check_creation`."""
    blocked = BLOCKED.get(runtime or "")
    if blocked and (today or _today()) >= blocked.update:
        raise _refusal(runtime)


def _today() -> date:
    return datetime.now(UTC).date()


def _refusal(runtime: str | None) -> InvalidParameterValueException:
    return InvalidParameterValueException(
        f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. "
        "We recommend you use a supported runtime while creating or updating functions.",
        Type="User",
    )
