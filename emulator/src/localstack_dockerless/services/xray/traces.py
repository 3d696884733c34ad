"""Traces put together from their segments.

https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
HTTP = {"HttpURL": "url", "HttpMethod": "method", "UserAgent": "user_agent", "ClientIp": "client_ip"}
"""What a summary tells of the request, by where a segment has it."""
DEEPEST = 100  # subsegments within each other
LATEST = 253_402_300_800  # Unix time: the year 10000
ServiceKey = tuple[str, str]
"""Name and type."""


@dataclass(frozen=True)
class Trace:
    """One trace.

    Attributes:
        documents: its segments, in the order of time; subsegments that were sent on their own among them.
    """

    identifier: str
    documents: Sequence[Document]

    @property
    def segments(self) -> list[Document]:
        """Segments proper: each is a service at work."""
        return [one for one in self.documents if one.get("type") != "subsegment"]

    @property
    def start(self) -> float:
        """Unix time in seconds."""
        return float(min((one["start_time"] for one in self.documents), default=0.0))

    @property
    def end(self) -> float:
        """Unix time in seconds."""
        return float(max((one.get("end_time") or one["start_time"] for one in self.documents), default=0.0))

    @property
    def roots(self) -> list[Document]:
        """Segments whose parent is not here."""
        known = {one["id"] for one, _ in self.parts()}
        return [one for one in self.segments if one.get("parent_id") not in known]

    def parts(self) -> Iterator[tuple[Document, Document]]:
        """Every segment and subsegment, with the document it stands in."""
        for document in self.documents:
            yield from ((part, document) for part in _within(document))


def _within(part: Document) -> Iterator[Document]:
    yield part
    for inner in part.get("subsegments") or []:
        yield from _within(inner)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value < LATEST


def _is_object(value: Any) -> bool:
    return value is None or isinstance(value, dict)


def _is_http(value: Any) -> bool:
    if not _is_object(value) or not all(_is_object((value or {}).get(name)) for name in ("request", "response")):
        return False
    request, response = ((value or {}).get(name) or {} for name in ("request", "response"))
    texts = (request[name] for name in HTTP.values() if name in request)
    return all(map(_is_text, texts)) and isinstance(response.get("status", 0), int)


def _is_annotations(value: Any) -> bool:
    return _is_object(value) and all(
        isinstance(one, str) or (isinstance(one, int | float) and math.isfinite(one)) for one in (value or {}).values()
    )


_REQUIRED: Mapping[str, Callable[[Any], bool]] = {"id": _is_text, "name": _is_text, "start_time": _is_time}
_OPTIONAL: Mapping[str, Callable[[Any], bool]] = {
    "end_time": _is_time,
    "http": _is_http,
    "annotations": _is_annotations,
    **dict.fromkeys(("parent_id", "origin", "namespace", "user"), lambda value: value is None or _is_text(value)),
    "subsegments": lambda value: value is None or isinstance(value, list),
}


def _is_sound(part: Any, depth: int = 0) -> bool:
    """Whether a part has what the rest relies on; function code may send anything, and moto keeps it."""
    if not isinstance(part, dict) or depth > DEEPEST:
        return False
    return (
        all(check(part.get(name)) for name, check in _REQUIRED.items())
        and all(check(part[name]) for name, check in _OPTIONAL.items() if name in part)
        and all(_is_sound(inner, depth + 1) for inner in part.get("subsegments") or [])
    )


def of(collection: Mapping[str, Any]) -> list[Trace]:
    """The traces that moto keeps, by id; a segment may be sent in progress first, and counts once."""
    traces = [Trace(identifier, _documents(held["segments"])) for identifier, held in list(collection.items())]
    return [trace for trace in traces if trace.documents]


def _documents(held: Sequence[Any]) -> list[Document]:
    documents: dict[str, Document] = {}
    for segment in list(held):
        try:
            document = json.loads(segment.raw)
        except (ValueError, RecursionError):
            continue
        if not _is_sound(document):
            continue
        before = documents.get(document["id"])
        if before is None or before.get("in_progress") or "end_time" in document:
            documents[document["id"]] = document
    return sorted(documents.values(), key=lambda document: document["start_time"])


def key(document: Document) -> ServiceKey:
    """What service a segment, or a call to one, is about."""
    if document.get("namespace") == "aws":
        return document["name"], f"AWS::{document['name']}"
    return document["name"], document.get("origin") or ("remote" if document.get("namespace") else "")


def summary(trace: Trace, account: str) -> Document:
    """An entry of GetTraceSummaries."""
    parts = [part for part, _ in trace.parts()]
    root = (trace.roots or trace.segments or list(trace.documents))[0]
    services = dict.fromkeys(key(one) for one in trace.segments)
    return {
        "Id": trace.identifier,
        "StartTime": trace.start,
        "Duration": round(trace.end - trace.start, 3),
        "ResponseTime": round((root.get("end_time") or trace.end) - root["start_time"], 3),
        **{f"Has{flag.title()}": any(part.get(flag) for part in parts) for flag in ("fault", "error", "throttle")},
        "IsPartial": any(one.get("in_progress") and "end_time" not in one for one in trace.documents),
        "Http": _http(root.get("http") or {}),
        "Annotations": _annotations(parts),
        "Users": [{"UserName": one["user"], "ServiceIds": []} for one in trace.segments if one.get("user")],
        "ServiceIds": [service(name, account) for name in services],
        "EntryPoint": service(key(root), account),
    }


def service(name: ServiceKey, account: str) -> Document:
    """A ServiceId."""
    return {"Name": name[0], "Names": [name[0]], "AccountId": account, "Type": name[1]}


def _http(http: Document) -> Document:
    request, response = http.get("request") or {}, http.get("response") or {}
    found = {name: request[source] for name, source in HTTP.items() if source in request}
    return {**found, **({"HttpStatus": response["status"]} if "status" in response else {})}


def _annotations(parts: Sequence[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = {}
    for part in parts:
        for name, value in (part.get("annotations") or {}).items():
            kind = {bool: "BooleanValue", int: "NumberValue", float: "NumberValue"}.get(type(value), "StringValue")
            found.setdefault(name, []).append({"AnnotationValue": {kind: value}, "ServiceIds": []})
    return found
