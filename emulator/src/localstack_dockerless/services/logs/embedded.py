"""Metrics that log events bring with them, in the embedded metric format (EMF).

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from localstack_dockerless.observability.metrics import add

MAX_METRICS = 100
MAX_VALUES = 100
MAX_DIMENSIONS = 30
MAX_LENGTH = 1024  # of a namespace, a metric's name, and a dimension's value

Datum = dict[str, Any]


class _MalformedError(Exception):
    """The document does not keep to the specification: none of its metrics counts."""


def apply(backend: Any, events: Sequence[Mapping[str, Any]]) -> None:
    """Add what the events measure to the metrics.

    Args:
        backend: moto's, of the account and region.
        events: with their `message`; one that is no EMF document measures nothing.
    """
    found: dict[str, list[Datum]] = defaultdict(list)
    for event in events:
        # Most lines are no documents; looking for the name is much faster than parsing them.
        if '"_aws"' in event["message"]:
            for namespace, datum in _measured(event["message"]):
                found[namespace].append(datum)
    for namespace, data in found.items():
        add(backend.account_id, backend.region_name, namespace, data)


def _measured(message: str) -> list[tuple[str, Datum]]:
    try:
        return list(_data(json.loads(message)))
    except (_MalformedError, ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return []


def _data(document: Any) -> Iterator[tuple[str, Datum]]:
    """Namespace and datum for each metric, dimension set and value."""
    meta = document["_aws"]
    at = datetime.fromtimestamp(meta["Timestamp"] / 1000, UTC)
    for directive in meta["CloudWatchMetrics"]:
        namespace, sets = _text(directive["Namespace"]), [_dimensions(document, one) for one in directive["Dimensions"]]
        _require(len(directive["Metrics"]) <= MAX_METRICS)
        for metric in directive["Metrics"]:
            name, unit = _text(metric["Name"]), metric.get("Unit", "None")
            for value in _values(document[name]):
                for dimensions in sets:
                    datum = {"MetricName": name, "Value": value, "Unit": unit, "Timestamp": at}
                    yield namespace, {**datum, "Dimensions": dimensions}


def _dimensions(document: Mapping[str, Any], names: Sequence[str]) -> list[dict[str, str]]:
    _require(len(names) <= MAX_DIMENSIONS)
    return [{"Name": _text(name), "Value": _text(document[name])} for name in names]


def _values(target: Any) -> list[float]:
    values = target if isinstance(target, list) else [target]
    _require(len(values) <= MAX_VALUES)
    _require(all(isinstance(value, int | float) and not isinstance(value, bool) for value in values))
    return [float(value) for value in values]


def _text(value: Any) -> str:
    _require(isinstance(value, str) and 0 < len(value) <= MAX_LENGTH)
    return str(value)


def _require(condition: bool) -> None:
    if not condition:
        raise _MalformedError
