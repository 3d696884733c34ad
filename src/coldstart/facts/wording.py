"""Write a fact's value as a person would: "10,240 MB", "15 minutes", "15 December 2025", "40%"."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Final

from coldstart.errors import CourseError
from coldstart.facts.model import Fact, Value

UNITS: Final = {
    "B": ("byte", "bytes"),
    "KB": ("KB", "KB"),
    "MB": ("MB", "MB"),
    "GB": ("GB", "GB"),
    "ms": ("ms", "ms"),
    "s": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "d": ("day", "days"),
    "vCPU": ("vCPU", "vCPUs"),
    "fraction": ("", ""),
    "%": ("%", "%"),
    "requests/s": ("request per second", "requests per second"),
}
"""Unit to its words for one and for many."""

_NOTHING = re.compile(r"(?!)")
_DURATIONS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def bare(value: Value) -> str:
    """Return the value for a sentence: thousands separators, dates in words, a list joined with "and"."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,}"
        case date():
            return f"{value.day} {value:%B %Y}"
        case list():
            return " and ".join(filter(None, (", ".join(value[:-1]), value[-1])))
    return str(value)


def code(value: Value) -> str:
    """Return the value as it stands in code: ``10240``, ``2025-12-15``."""
    match value:
        case bool():
            return str(value).lower()
        case list():
            return ", ".join(value)
    return str(value)


def quantity(value: Value, unit: str | None) -> str:
    """Return the value with its unit: "10,240 MB", "1 vCPU", "2 versions"."""
    noun = _noun(value, unit)
    return bare(value) + ("" if noun in ("", "%") else " ") + noun


def human(value: Value, unit: str | None) -> str:
    """Return the value in the largest unit that divides it ("15 minutes" for 900 s) or as a percentage ("40%" for a fraction)."""
    if isinstance(value, int | float) and unit == "fraction":
        return f"{value:.0%}"
    if isinstance(value, int) and unit == "s":
        for noun, seconds in _DURATIONS:
            if value and value % seconds == 0:
                count = value // seconds
                return f"{count:,} {noun}{'' if count == 1 else 's'}"
    return quantity(value, unit)


FORMS: Final[dict[str, Callable[[Fact], str]]] = {
    "": lambda fact: quantity(fact.value, fact.unit),
    "value": lambda fact: bare(fact.value),
    "code": lambda fact: code(fact.value),
    "human": lambda fact: human(fact.value, fact.unit),
}
"""What may follow the id in ``{fact:ID:form}``."""


def written(fact: Fact, form: str) -> str:
    """Return a fact in one of the ``FORMS``.

    Raises:
        CourseError: There is no such form.
    """
    if form not in FORMS:
        raise CourseError(f"{{fact:{fact.id}:{form}}}: the form must be one of {', '.join(filter(None, FORMS))}.")
    return FORMS[form](fact)


def typed(fact: Fact) -> re.Pattern[str]:
    """Return what matches a fact's figure with its unit, in any of the ways people write it; nothing where it has no unit."""
    if isinstance(fact.value, bool) or not isinstance(fact.value, int | float) or fact.unit in (None, "fraction"):
        return _NOTHING
    one, _, many = str(fact.unit).partition("|")
    units = {one, *UNITS.get(one, (one, many or f"{one}s"))}
    grouped = f"{fact.value:,}"
    return _figure(frozenset({grouped, grouped.replace(",", "")}), frozenset(units), human(fact.value, fact.unit))


@cache
def _figure(numbers: frozenset[str], units: frozenset[str], spoken: str) -> re.Pattern[str]:
    number, unit = ("|".join(map(re.escape, sorted(words, reverse=True))) for words in (numbers, units))
    return re.compile(rf"(?<![\w.,])(?:(?:{number})[ -]?(?:{unit})|{re.escape(spoken)})(?!\w)")


def _noun(value: Value, unit: str | None) -> str:
    if unit is None:
        return ""
    one, _, many = unit.partition("|")
    one, many = UNITS.get(unit, (one, many or f"{one}s"))
    return one if value == 1 else many
