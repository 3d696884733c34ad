"""Functions of the query language.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
"""

from __future__ import annotations

import math
import operator
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localstack_dockerless.observability.ranks import percentile
from localstack_dockerless.services.insights.values import Time, number, order, text

Function = Callable[..., Any]


def _of_numbers(function: Function) -> Function:
    """Nothing, where anything is no number or the result is none."""

    def call(*arguments: Any) -> Any:
        numbers = [number(argument) for argument in arguments]
        if None in numbers:
            return None
        try:
            return number(function(*numbers))
        except (ArithmeticError, ValueError):
            return None

    return call


def _of_texts(function: Function) -> Function:
    def call(*arguments: Any) -> Any:
        if None in arguments:
            return None
        return function(*(text(argument) for argument in arguments))

    return call


def _power(base: float, exponent: float) -> float:
    return math.pow(base, exponent)


OPERATORS: Mapping[str, Function] = {
    "+": _of_numbers(operator.add),
    "-": _of_numbers(operator.sub),
    "*": _of_numbers(operator.mul),
    "/": _of_numbers(operator.truediv),
    "%": _of_numbers(math.fmod),
    "^": _of_numbers(_power),
}

SCALARS: Mapping[str, tuple[int, int, Function]] = {
    # the least and the greatest number of arguments
    "abs": (1, 1, _of_numbers(abs)),
    "ceil": (1, 1, _of_numbers(math.ceil)),
    "floor": (1, 1, _of_numbers(math.floor)),
    "greatest": (1, 20, _of_numbers(max)),
    "least": (1, 20, _of_numbers(min)),
    "log": (1, 1, _of_numbers(math.log)),
    "sqrt": (1, 1, _of_numbers(math.sqrt)),
    "ispresent": (1, 1, lambda value: value is not None),
    "isempty": (1, 1, lambda value: value is None or text(value) == ""),
    "isblank": (1, 1, lambda value: value is None or not text(value).strip()),
    "coalesce": (1, 20, lambda *values: next((value for value in values if value is not None), None)),
    "concat": (1, 20, lambda *values: "".join(text(value) for value in values if value is not None)),
    "strlen": (1, 1, _of_texts(lambda one: float(len(one)))),
    "strcontains": (2, 2, _of_texts(lambda one, part: part in one)),
    "tolower": (1, 1, _of_texts(str.lower)),
    "toupper": (1, 1, _of_texts(str.upper)),
    "trim": (1, 2, _of_texts(str.strip)),
    "ltrim": (1, 2, _of_texts(str.lstrip)),
    "rtrim": (1, 2, _of_texts(str.rstrip)),
    "replace": (3, 3, _of_texts(str.replace)),
    "substr": (2, 3, lambda one, start, length=None: _part(one, start, length)),
    "frommillis": (1, 1, lambda value: None if number(value) is None else Time(number(value) or 0)),
    "tomillis": (1, 1, _of_numbers(float)),
}


def _part(one: Any, start: Any, length: Any) -> str | None:
    begin = number(start)
    if one is None or begin is None:
        return None
    size = number(length)
    return text(one)[int(begin) :][: None if size is None else int(size)]


def _numbers(values: Sequence[Any]) -> list[float]:
    return [found for value in values if (found := number(value)) is not None]


def _if_any(function: Callable[[list[float]], float]) -> Function:
    def call(values: Sequence[Any]) -> float | None:
        numbers = _numbers(values)
        return number(function(numbers)) if numbers else None

    return call


def _present(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if value is not None]


AGGREGATES: Mapping[str, Function] = {
    "count": lambda values: float(len(_present(values))),
    "count_distinct": lambda values: float(len({text(value) for value in _present(values)})),
    "sum": _if_any(sum),
    "avg": _if_any(statistics.fmean),
    "stddev": _if_any(statistics.pstdev),
    "median": _if_any(statistics.median),
    "min": lambda values: min(_present(values), key=order, default=None),
    "max": lambda values: max(_present(values), key=order, default=None),
    "pct": lambda values, percent: _if_any(lambda numbers: percentile(numbers, percent))(values),
    # The rows come in the order of time.
    "earliest": lambda values: next(iter(_present(values)), None),
    "latest": lambda values: next(iter(reversed(_present(values))), None),
}
