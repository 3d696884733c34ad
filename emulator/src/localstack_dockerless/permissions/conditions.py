"""The Condition block: operators, by name, and how several values count.

Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import ipaddress
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from localstack_dockerless.permissions.matching import (
    Context,
    UnresolvedVariableError,
    expand,
    glob,
    matches_arn,
    plain,
)

Test = Callable[[str, str], bool]
"""Whether a value of the request is what a value of the policy asks for; takes the policy's first."""


def _compare(read: Callable[[str], Any], relation: Callable[[Any, Any], bool]) -> Test:
    def test(wanted: str, given: str) -> bool:
        with contextlib.suppress(ValueError, InvalidOperation, OverflowError, TypeError):
            return relation(read(given), read(wanted))
        return False

    return test


def _number(text: str) -> Decimal:
    number = Decimal(text.strip())
    if not number.is_finite():
        raise ValueError(text)
    return number


def _date(text: str) -> datetime:
    """ISO 8601 as W3C has it, or seconds since 1970."""
    if re.fullmatch(r"\d{5,}(\.\d+)?", text):
        return datetime.fromtimestamp(float(text), UTC)
    moment = datetime.fromisoformat(text.strip().replace("z", "Z"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _binary(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error


@lru_cache(maxsize=1024)
def _network(text: str) -> Any:
    return ipaddress.ip_network(text.strip(), strict=False)


def _in_network(wanted: str, given: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(given) in _network(wanted)
    return False


def _equal(wanted: str, given: str) -> bool:
    return plain(wanted) == given


def _equal_ignoring_case(wanted: str, given: str) -> bool:
    return plain(wanted).lower() == given.lower()


_ORDER: Final = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
TESTS: Final[dict[str, Test]] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": glob,
    "ArnEquals": matches_arn,
    "ArnLike": matches_arn,
    **{f"Numeric{name}": _compare(_number, relation) for name, relation in _ORDER.items()},
    **{f"Date{name}": _compare(_date, relation) for name, relation in _ORDER.items()},
    "Bool": _equal_ignoring_case,
    "BinaryEquals": _compare(_binary, operator.eq),
    "IpAddress": _in_network,
}
NEGATIONS: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}
WITH_VARIABLES: Final = ("String", "Arn")
"""Beginnings of the names of operators in whose values policy variables are replaced."""
_OPERATORS: Final = {name.lower(): name for name in (*TESTS, *NEGATIONS)}
_NAME = re.compile(
    r"(?:(?P<each>ForAllValues|ForAnyValue):)?(?P<operator>[A-Za-z]+?)(?P<optional>IfExists)?", re.IGNORECASE
)


@dataclass(frozen=True)
class Condition:
    """One operator with one key.

    Args:
        operator: as in TESTS or NEGATIONS, or "Null".
        key: in lower case.
        values: what the policy asks for; one of them has to be true.
        each: "forallvalues", "foranyvalue", or empty.
        optional: whether a request without the key is taken (IfExists).
        variables: whether the policy's version knows variables.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    each: str = ""
    optional: bool = False
    variables: bool = True

    def holds(self, context: Context) -> bool:
        """Whether the request is as the condition asks."""
        value = context.get(self.key)
        given = [value] if isinstance(value, str) else list(value or ())
        if self.operator == "Null":
            return any((wanted.lower() == "true") == (not given) for wanted in self.values)
        if not given:
            return self._without_value()
        tested = [self._test(context, one) for one in given]
        if self.each:
            return all(tested) if self.each == "forallvalues" else any(tested)
        # Not asked for a set: a key with several values is denied by any of them, and granted by any of them.
        return all(tested) if self.operator in NEGATIONS else any(tested)

    def _without_value(self) -> bool:
        if self.each:
            return self.each == "forallvalues" or self.optional
        return self.optional or self.operator in NEGATIONS

    def _test(self, context: Context, given: str) -> bool:
        negated = self.operator in NEGATIONS
        test = TESTS[NEGATIONS.get(self.operator, self.operator)]
        return any(test(wanted, given) for wanted in self._wanted(context)) != negated

    def _wanted(self, context: Context) -> Iterable[str]:
        for value in self.values:
            if not self.variables or not self.operator.startswith(WITH_VARIABLES):
                yield value
                continue
            with contextlib.suppress(UnresolvedVariableError):  # what is not there equals nothing
                yield expand(value, context)


def condition(name: str, key: str, values: tuple[str, ...], *, variables: bool) -> Condition:
    """Read an operator's name.

    Raises:
        ValueError: there is no such operator.
    """
    parts = _NAME.fullmatch(name)
    known = parts and ({"null": "Null"} | _OPERATORS).get(parts["operator"].lower())
    if not parts or not known or (known == "Null" and (parts["each"] or parts["optional"])):
        raise ValueError(name)
    each, optional = (parts["each"] or "").lower(), bool(parts["optional"])
    return Condition(known, key.lower(), values, each, optional, variables)
