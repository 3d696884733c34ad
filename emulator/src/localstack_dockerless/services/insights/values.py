"""The values of fields: texts, numbers, times and nothing."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]
"""One log event, or one line of a result, by field."""

_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_DECIMALS = 4
_YEAR_10000 = 253_402_300_800_000  # milliseconds


class Time(float):
    """Milliseconds since 1970."""


def text(value: Any) -> str:
    """As a result shows it."""
    match value:
        case Time() if 0 <= value < _YEAR_10000:
            return f"{datetime.fromtimestamp(value / 1000, UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3]
        case bool():
            return str(int(value))
        case float():
            return str(int(value)) if value.is_integer() else repr(round(value, _DECIMALS))
        case _:
            return str(value)


def number(value: Any) -> float | None:
    """The finite number that a value is or spells, or None."""
    if value is None or (isinstance(value, str) and not _NUMBER.fullmatch(value)):
        return None
    found = float(value)
    return found if math.isfinite(found) else None


def same(left: Any, right: Any) -> bool:
    """Numbers as numbers, everything else as texts; nothing equals nothing but itself."""
    if left is None or right is None:
        return left is right
    one, other = number(left), number(right)
    return one == other if one is not None and other is not None else text(left) == text(right)


def order(value: Any) -> tuple[int, float, str]:
    """For sorting: numbers before texts."""
    found = number(value)
    return (0, found, "") if found is not None else (1, 0.0, text(value))


def period(literal: str) -> int:
    """Milliseconds of `5m`.

    Raises:
        ValueError: it is no such thing.
    """
    found = re.fullmatch(r"(\d+)\s*(ms|s|m|h|d|w)[a-z]*", literal)
    if not found or not int(found[1]):
        raise ValueError(literal)
    return int(found[1]) * _UNITS[found[2]]
