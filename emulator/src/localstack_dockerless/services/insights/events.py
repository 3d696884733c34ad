"""What is known of a log event: the fields that Insights discovers.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from localstack_dockerless.services.insights.values import Row, Time

MAX_FIELDS = 200
MB = 1_000_000  # so that `@memorySize / 1000 / 1000` gives what the function is configured with

_TYPE = re.compile(r"(START|END|REPORT|INIT_START|INIT_REPORT)\b")
_REQUEST = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_FIGURES = {
    "@duration": (re.compile(r"\bREPORT\b.*?\tDuration: ([\d.]+) ms"), 1),
    "@billedDuration": (re.compile(r"\bBilled Duration: ([\d.]+) ms"), 1),
    "@initDuration": (re.compile(r"\bInit Duration: ([\d.]+) ms"), 1),
    "@memorySize": (re.compile(r"\bMemory Size: (\d+) MB"), MB),
    "@maxMemoryUsed": (re.compile(r"\bMax Memory Used: (\d+) MB"), MB),
}
_DECODER = json.JSONDecoder()


def row(message: str, timestamp: int, ingested: int, stream: str, log: str, pointer: str) -> Row:
    """The fields of an event.

    Args:
        message: as it was written.
        timestamp: milliseconds.
        ingested: milliseconds.
        stream: the log stream's name.
        log: "account:log group".
        pointer: what names the event.
    """
    fields: Row = {
        "@timestamp": Time(timestamp),
        "@ingestionTime": Time(ingested),
        "@message": message,
        "@logStream": stream,
        "@log": log,
        "@ptr": pointer,
    }
    return {**_embedded(message), **_of_lambda(message), **fields}


def _of_lambda(message: str) -> Row:
    found: Row = {}
    kind = _TYPE.match(message)
    if kind:
        found["@type"] = kind[1]
    request = _REQUEST.search(message)
    if request and (kind or "\t" in message):
        found["@requestId"] = request[0]
    if kind and kind[1] == "REPORT":
        for name, (pattern, factor) in _FIGURES.items():
            if figure := pattern.search(message):
                found[name] = float(figure[1]) * factor
    return found


def _embedded(message: str) -> Row:
    """The first JSON object in a message, by the path to each value."""
    at = message.find("{")
    if at < 0:
        return {}
    try:
        found, _ = _DECODER.raw_decode(message, at)
    except (ValueError, RecursionError):
        return {}
    flat = _flat("", found)
    return {name: value for (name, value), _ in zip(flat, range(MAX_FIELDS), strict=False)}


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from _flat(f"{path}.{key}" if path else str(key), inner)
    elif value is not None:
        yield path, float(value) if isinstance(value, bool | int | float) else value
