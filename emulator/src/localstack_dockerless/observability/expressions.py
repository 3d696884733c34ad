"""Metric math: `100 * errors / invocations` in GetMetricData.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from localstack.aws.api import CommonServiceException
from localstack.services.cloudwatch.provider_v2 import CloudwatchProvider
from localstack.utils.patch import Patches

Series = dict[datetime, float]
Value = float | Series

_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_OF_EACH: Mapping[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}
_OF_ALL: Mapping[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "AVG": lambda values: sum(values) / len(values),
    "MIN": min,
    "MAX": max,
}


def add_to(patches: Patches) -> None:
    """Add expressions to GetMetricData, where they end in an InternalError."""
    patches.function(CloudwatchProvider.get_metric_data, _get_metric_data)


def _get_metric_data(original: Any, provider: CloudwatchProvider, context: Any, **request: Any) -> Any:
    queries = request.pop("metric_data_queries")
    _check(queries)
    stats = [query for query in queries if "MetricStat" in query]
    page = original(provider, context, metric_data_queries=stats, **request)
    found = {result["Id"]: result for result in page["MetricDataResults"]}
    series: dict[str, Value] = {
        name: dict(zip(result["Timestamps"], result["Values"], strict=True)) for name, result in found.items()
    }
    for query in queries:
        if "Expression" in query:
            series[query["Id"]] = evaluate(query["Expression"], series)
            newest_first = request.get("scan_by") != "TimestampAscending"
            found[query["Id"]] = _result(query, series[query["Id"]], newest_first=newest_first)
    page["MetricDataResults"] = [found[query["Id"]] for query in queries if query.get("ReturnData", True)]
    return page


def _check(queries: list[Any]) -> None:
    names = [query["Id"] for query in queries]
    if len(set(names)) < len(names):
        raise _invalid("The values for parameter id in MetricDataQueries are not unique.")
    for query in queries:
        if ("MetricStat" in query) == ("Expression" in query):
            raise _invalid("A MetricDataQuery must have either MetricStat or Expression.")


def _result(query: Any, value: Value, *, newest_first: bool) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _invalid(f"Error in expression '{query['Id']}': the result is not a time series.")
    times = sorted(value, reverse=newest_first)
    label = query.get("Label") or query["Id"]
    values = [value[at] for at in times]
    return {"Id": query["Id"], "Label": label, "StatusCode": "Complete", "Timestamps": times, "Values": values}


def evaluate(expression: str, series: Mapping[str, Value]) -> Value:
    """The value of an expression over series that have been computed before it.

    Raises:
        CommonServiceException: ValidationError; the expression is malformed or uses what is not there.
    """
    try:
        return _value(ast.parse(expression.strip(), mode="eval").body, series)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError) as error:
        raise _invalid(f"Error in expression '{expression}': {error}") from error


def _value(node: ast.expr, series: Mapping[str, Value]) -> Value:
    match node:
        case ast.Constant(int() | float() as number):
            return float(number)
        case ast.Name(name):
            if name not in series:
                raise ValueError(f"Undefined variable {name}")
            return series[name]
        case ast.UnaryOp(ast.USub(), operand):
            return _combine(operator.mul, -1.0, _value(operand, series))
        case ast.BinOp(left, symbol, right) if type(symbol) in _OPERATORS:
            return _combine(_OPERATORS[type(symbol)], _value(left, series), _value(right, series))
        case ast.Call(ast.Name(name), arguments):
            times = {at for one in series.values() if isinstance(one, dict) for at in one}
            return _call(name, [_list(argument, series) for argument in arguments], times)
    raise ValueError("unsupported syntax")


def _list(node: ast.expr, series: Mapping[str, Value]) -> list[Value]:
    return [_value(item, series) for item in (node.elts if isinstance(node, ast.List) else [node])]


def _call(name: str, arguments: list[list[Value]], times: set[datetime]) -> Value:
    match name, arguments:
        case "FILL", [[dict() as one], [float() as missing]]:
            return {at: one.get(at, missing) for at in times}
        case (("ABS" | "CEIL" | "FLOOR"), [[dict() as one]]):
            return {at: float(_OF_EACH[name](value)) for at, value in one.items()}
        case (("SUM" | "AVG" | "MIN" | "MAX"), [[dict() as one]]):
            return float(_OF_ALL[name](list(one.values()))) if one else 0.0
        case (("SUM" | "AVG" | "MIN" | "MAX"), [several]):
            return _over([one for one in several if isinstance(one, dict)], _OF_ALL[name])
    raise ValueError(f"unsupported function {name}, or unsupported arguments for it")


def _over(several: list[Series], function: Callable[[list[float]], float]) -> Series:
    times = {at for one in several for at in one}
    return {at: float(function([one[at] for one in several if at in one])) for at in times}


def _combine(function: Callable[[float, float], float], left: Value, right: Value) -> Value:
    """Two series meet where both have a value; what cannot be divided has none."""
    if not isinstance(left, dict) and not isinstance(right, dict):
        return function(left, right) if right or function is not operator.truediv else math.nan
    times = left.keys() if isinstance(left, dict) else right.keys()  # type: ignore[union-attr]
    pairs = {at: (_at(left, at), _at(right, at)) for at in times}
    return {
        at: function(one, other)
        for at, (one, other) in pairs.items()
        if one is not None and other is not None and (other or function is not operator.truediv)
    }


def _at(value: Value, at: datetime) -> float | None:
    return value.get(at) if isinstance(value, dict) else value


def _invalid(message: str) -> CommonServiceException:
    return CommonServiceException("ValidationError", message, 400, True)
