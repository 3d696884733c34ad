"""Who called whom in a run: read from its traces, or put down by hand.

https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

CLIENT: Final = "client"
SERVICE: Final = "Lambda"
ACCEPTED: Final = 202  # with this status Lambda answers an asynchronous invocation
AT_ONCE: Final = 5  # traces that BatchGetTraces takes
PATIENCE: Final = 60  # seconds
PAUSE: Final = 0.2  # seconds

Document = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One arrow of a sequence diagram.

    Attributes:
        source: Who calls.
        target: Who is called.
        label: What is asked for, in few words: ``PutItem``.
        kind: ``sync`` if the caller waits for the answer, ``async`` if it only hands something over.
        failed: Whether it ended in an error.
        at: When it began, in seconds; what `traced` returns has it, and nothing in a drawing depends on it.
    """

    source: str
    target: str
    label: str = ""
    kind: Literal["sync", "async"] = "sync"
    failed: bool = False
    at: float = 0.0

    @property
    def words(self) -> str:
        """What happened, as a clause."""
        what = f" ({self.label})" if self.label else ""
        end = " and does not wait" if self.kind == "async" else ""
        fails = ", which fails" if self.failed else ""
        return f"{self.source} calls {self.target}{what}{end}{fails}"


def traced(
    xray: Any, since: datetime, count: int = 1, *, sources: Mapping[str, str] | None = None, prefix: str = ""
) -> list[Call]:
    """Return the calls that X-Ray recorded, as they began one after the other.

    Only functions with active tracing are recorded. An asynchronous invocation is two steps: the caller hands the event to Lambda,
    and Lambda calls the function, as often as it tries. Calls that a function itself makes appear if the called function is traced
    too, or if the function sends a subsegment of the call (as the X-Ray SDK does).

    Args:
        xray: A boto3 client of X-Ray.
        since: When the run began, with its time zone; what began before is left out.
        count: How many attempts of functions there must be; it waits until they are there and nothing more comes, for a minute at most.
        sources: Who caused the invocations that nothing in the trace caused, by the function's name: ``{"orders": "queue"}``;
            the client, where this does not say otherwise.
        prefix: What is taken off the names of functions.
    """
    until, before = time.monotonic() + PATIENCE, None
    while True:
        documents = [one for one in _documents(xray, since) if one["start_time"] >= since.timestamp()]
        found = sum(one.get("origin") == "AWS::Lambda::Function" for one in documents)
        if found >= count and documents == before:  # what a function sends of its own calls may come a moment later
            break
        if time.monotonic() > until:
            if found < count:
                print(f"X-Ray has {found} of {count} attempts; is the tracing of every function active?")
            break
        before = documents
        time.sleep(PAUSE)
    return calls(documents, sources or {}, prefix)


def calls(documents: Sequence[Document], sources: Mapping[str, str], prefix: str = "") -> list[Call]:
    """Return the calls in segment documents; see `traced`.

    Args:
        documents: Of segments, and of subsegments that were sent on their own.
        sources: Who caused what nothing else did, by the function's name without the prefix.
        prefix: What is taken off the names.
    """
    story = _Story(documents, sources, prefix)
    return sorted(story.calls(), key=lambda call: call.at)


def _documents(xray: Any, since: datetime) -> list[Document]:
    """Return all segment documents of the traces that began since then; the API counts in whole seconds."""
    pages = xray.get_paginator("get_trace_summaries").paginate(
        StartTime=since - timedelta(seconds=1), EndTime=datetime.now(UTC) + timedelta(seconds=1)
    )
    names = [summary["Id"] for page in pages for summary in page["TraceSummaries"]]
    traces = xray.get_paginator("batch_get_traces")
    answers = [
        answer for at in range(0, len(names), AT_ONCE) for answer in traces.paginate(TraceIds=names[at : at + AT_ONCE])
    ]
    segments = [segment for answer in answers for trace in answer["Traces"] for segment in trace["Segments"]]
    return [json.loads(segment["Document"]) for segment in segments]


class _Story:
    """Segments, and where each of their parts stands."""

    def __init__(self, documents: Sequence[Document], sources: Mapping[str, str], prefix: str) -> None:
        self._sources, self._prefix = sources, prefix
        self._parts = [(part, document) for document in documents for part in _within(document)]
        self._owners = {part["id"]: document for part, document in self._parts}
        self._services = [one for one in documents if one.get("origin") == "AWS::Lambda"]
        self._attempts: dict[str, list[Document]] = defaultdict(list)
        for one in sorted(documents, key=lambda document: float(document["start_time"])):
            owner = self._owners.get(one.get("parent_id", ""), one)
            if one.get("origin") == "AWS::Lambda::Function":
                self._attempts[_request(owner)].append(one)

    def calls(self) -> Iterator[Call]:
        seen = set()
        for service in sorted(self._services, key=lambda document: float(document["start_time"])):
            if (request := _request(service)) not in seen:
                seen.add(request)
                yield from self._invocation(service, self._attempts[request])
        answered = {document.get("parent_id") for document in self._services}
        for part, document in self._parts:
            if part.get("namespace") in ("aws", "remote") and part["id"] not in answered:
                yield self._to_service(part, document)

    def _invocation(self, service: Document, attempts: Sequence[Document]) -> Iterator[Call]:
        name, caller = self._name(service), self._caller(service)
        if service.get("http", {}).get("response", {}).get("status") != ACCEPTED:
            for attempt in attempts:
                yield Call(caller, name, failed=_failed(attempt), at=attempt["start_time"])
            return
        yield Call(caller, SERVICE, f"event for {name}", "async", at=service["start_time"])
        for number, attempt in enumerate(attempts, 1):
            yield Call(SERVICE, name, f"attempt {number}", failed=_failed(attempt), at=attempt["start_time"])

    def _to_service(self, part: Document, document: Document) -> Call:
        owner = document if document is not part else self._owners.get(part.get("parent_id", ""), {"name": CLIENT})
        operation = part.get("aws", {}).get("operation", "")
        return Call(self._name(owner), part["name"], operation, failed=_failed(part), at=part["start_time"])

    def _caller(self, service: Document) -> str:
        cause = self._owners.get(service.get("parent_id", ""))
        if cause and cause.get("type") == "subsegment":  # sent on its own: its parent says of whom it is
            cause = self._owners.get(cause.get("parent_id", ""))
        return self._name(cause) if cause else self._sources.get(self._name(service), CLIENT)

    def _name(self, document: Document) -> str:
        return str(document["name"]).removeprefix(self._prefix)


def _request(service: Document) -> str:
    """Return what all attempts at one invocation have in common."""
    return str(service.get("aws", {}).get("request_id", service["id"]))


def _within(part: Document) -> Iterator[Document]:
    yield part
    for inner in part.get("subsegments") or []:
        yield from _within(inner)


def _failed(part: Document) -> bool:
    return any(part.get(flag) for flag in ("fault", "error", "throttle"))
