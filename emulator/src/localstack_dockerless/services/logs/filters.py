"""Metric filters: what log events add to metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from localstack_dockerless.observability.metrics import add
from localstack_dockerless.services.logs.patterns import Pattern, compiled

MAX_DIMENSIONS = 3


def apply(backend: Any, group: str, events: Sequence[Mapping[str, Any]]) -> None:
    """Count the events of a group.

    Args:
        backend: moto's, of the account and region.
        group: the log group they were written to.
        events: `timestamp` in milliseconds and `message`.
    """
    for one in [one for one in backend.filters.metric_filters if one["logGroupName"] == group]:
        pattern = compiled(one.get("filterPattern") or "")
        matching = [event for event in events if pattern.matches(event["message"])]
        for transformation in one["metricTransformations"]:
            data = [datum for event in matching if (datum := _datum(transformation, pattern, event))]
            if not matching and "defaultValue" in transformation and events:
                data = [_of(transformation, float(transformation["defaultValue"]), events[0]["timestamp"])]
            if data:
                add(backend.account_id, backend.region_name, transformation["metricNamespace"], data)


def _datum(transformation: Mapping[str, Any], pattern: Pattern, event: Mapping[str, Any]) -> dict[str, Any] | None:
    """None for an event whose value is no number, or that lacks a dimension."""
    message = event["message"]
    value = transformation["metricValue"]
    if value.startswith("$"):
        value = pattern.value(message, value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    selectors = transformation.get("dimensions") or {}
    named = {name: pattern.value(message, selector) for name, selector in selectors.items()}
    if None in named.values() or not math.isfinite(number):
        return None
    datum = _of(transformation, number, event["timestamp"])
    if named:
        datum["Dimensions"] = [{"Name": name, "Value": str(text)} for name, text in named.items()]
    return datum


def _of(transformation: Mapping[str, Any], value: float, at: int) -> dict[str, Any]:
    timestamp = datetime.fromtimestamp(at / 1000, UTC)
    name, unit = transformation["metricName"], transformation.get("unit", "None")
    return {"MetricName": name, "Value": value, "Timestamp": timestamp, "Unit": unit}
