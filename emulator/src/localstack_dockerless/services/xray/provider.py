"""What can be asked about traces; moto keeps the segments, and makes nothing of them."""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Iterable
from typing import Any

from localstack.aws.api import CommonServiceException
from localstack.services.plugins import Service
from localstack.utils.patch import Patches

from localstack_dockerless.services.moto import service
from localstack_dockerless.services.xray import graph, traces
from localstack_dockerless.services.xray.traces import Trace

LOCK = threading.RLock()
_patches = Patches()


def create() -> Service:
    """X-Ray."""
    load()
    from moto.xray.models import XRayBackend

    if not _patches.patches:
        _patches.function(XRayBackend.process_segment, _process)
        _patches.apply()
    handlers = {
        "GetTraceSummaries": _summaries,
        "BatchGetTraces": _batch,
        "GetServiceGraph": _service_graph,
        "GetTraceGraph": _trace_graph,
    }
    return service("xray", handlers, LOCK)


def load() -> None:
    """Import moto's, one thread after the other: its package imports itself in a circle, and fails for two at once."""
    with LOCK:
        importlib.import_module("moto.xray.models")


def _process(original: Any, backend: Any, document: Any) -> None:
    """What is no segment is refused by itself; moto fails, and with it every segment that was sent together."""
    from moto.xray.exceptions import BadSegmentException

    try:
        original(backend, document)
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise BadSegmentException(code="JSONFormatError", message="Bad JSON data") from error


def _traces(context: Any) -> list[Trace]:
    from moto.xray.models import xray_backends

    return traces.of(xray_backends[context.account_id][context.region]._segment_collection._traces)


def _between(context: Any, request: Any) -> Iterable[Trace]:
    start, end = request["StartTime"].timestamp(), request["EndTime"].timestamp()
    if end < start:
        raise CommonServiceException("InvalidRequestException", "End time is before start time", 400, True)
    return (trace for trace in _traces(context) if start <= trace.start <= end)


def _summaries(context: Any, request: Any) -> Any:
    if request.get("FilterExpression"):
        raise CommonServiceException("InvalidRequestException", "Filter expressions are not supported here", 400, True)
    found = [traces.summary(trace, context.account_id) for trace in _between(context, request)]
    found.sort(key=lambda summary: summary["StartTime"], reverse=True)
    return {"TraceSummaries": found, "TracesProcessedCount": len(found), "ApproximateTime": request["EndTime"]}


def _batch(context: Any, request: Any) -> Any:
    known = {trace.identifier: trace for trace in _traces(context)}
    return {
        "Traces": [_complete(known[name]) for name in request["TraceIds"] if name in known],
        "UnprocessedTraceIds": [name for name in request["TraceIds"] if name not in known],
    }


def _complete(trace: Trace) -> Any:
    segments = [{"Id": one["id"], "Document": json.dumps(one)} for one in trace.documents]
    duration = round(trace.end - trace.start, 3)
    return {"Id": trace.identifier, "Duration": duration, "LimitExceeded": False, "Segments": segments}


def _service_graph(context: Any, request: Any) -> Any:
    services = graph.services(list(_between(context, request)), context.account_id)
    times = {name: request[name] for name in ("StartTime", "EndTime")}
    return {**times, "Services": services, "ContainsOldGroupVersions": False}


def _trace_graph(context: Any, request: Any) -> Any:
    wanted = [trace for trace in _traces(context) if trace.identifier in request["TraceIds"]]
    return {"Services": graph.services(wanted, context.account_id)}
