"""The platform's records of what happens: the same in the log of a function whose LogFormat is JSON and in telemetry.

https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from localstack_dockerless.executor import report
from localstack_dockerless.executor.report import Failure
from localstack_dockerless.executor.result import Figures

Record = dict[str, Any]


def event(kind: str, record: Any) -> str:
    """A record with its time and type ("platform.start"), as JSON."""
    now = datetime.now(UTC)
    time = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"
    return json.dumps({"time": time, "type": kind, "record": record}, separators=(",", ":"))


def init_start(function: Mapping[str, Any], kind: str, phase: str) -> Record:
    """The record of platform.initStart.

    Args:
        function: `runtimeVersion`, `runtimeVersionArn`, `functionName`, `functionVersion`, `instanceId`,
            `instanceMaxMemory` (bytes).
        kind: "on-demand" or "provisioned-concurrency".
        phase: "init", or "invoke" where an invocation repeats it.
    """
    return {"initializationType": kind, "phase": phase, **function}


def init_runtime_done(kind: str, phase: str, failure: Failure | None) -> Record:
    """The record of platform.initRuntimeDone."""
    return {"initializationType": kind, "phase": phase, **_status(failure)}


def init_report(kind: str, phase: str, failure: Failure | None, milliseconds: float) -> Record:
    """The record of platform.initReport."""
    return {**init_runtime_done(kind, phase, failure), "metrics": {"durationMs": round(milliseconds, 3)}}


def extension(name: str, state: str, events: Sequence[str], error_type: str) -> Record:
    """The record of platform.extension."""
    return {"name": name, "state": state, "events": list(events), **({"errorType": error_type} if error_type else {})}


def telemetry_subscription(name: str, types: Sequence[str]) -> Record:
    """The record of platform.telemetrySubscription."""
    return {"name": name, "state": "Subscribed", "types": list(types)}


def start(request_id: str, function_arn: str, version: str, trace_id: str) -> Record:
    """The record of platform.start."""
    return {"requestId": request_id, "functionArn": function_arn, "version": version, **_tracing(trace_id)}


def runtime_done(request_id: str, trace_id: str, failure: Failure | None, milliseconds: float, produced: int) -> Record:
    """The record of platform.runtimeDone.

    Args:
        request_id: Of the invocation.
        trace_id: Its X-Ray header.
        failure: What the platform had to answer instead of the runtime.
        milliseconds: Since the beginning.
        produced: Bytes of the response.
    """
    record = {"requestId": request_id, **_status(failure), **_tracing(trace_id)}
    duration = {"durationMs": round(milliseconds, 3)}
    if failure:
        return {**record, "metrics": duration}
    begun = f"{datetime.now(UTC) - timedelta(milliseconds=milliseconds):%Y-%m-%dT%H:%M:%S.%fZ}"
    spans = [{"name": "responseLatency", "start": begun, **duration}]
    return {**record, "spans": spans, "metrics": {**duration, "producedBytes": produced}}


def done(request_id: str, trace_id: str, figures: Figures) -> Record:
    """The record of platform.report."""
    metrics = {
        "durationMs": round(figures.duration, 3),
        "billedDurationMs": report.billed(figures.duration, figures.init),
        "memorySizeMB": figures.memory_size,
        "maxMemoryUsedMB": figures.memory_used,
    }
    if figures.init is not None:
        metrics["initDurationMs"] = round(figures.init, 3)
    return {"requestId": request_id, "metrics": metrics, **_tracing(trace_id), **_status(figures.failure)}


def _status(failure: Failure | None) -> Record:
    """An error that the handler raised is the function's own: for the platform the invocation succeeded."""
    if failure is None:
        return {"status": "success"}
    return {"status": failure.status, **({"errorType": failure.error_type} if failure.error_type else {})}


def _tracing(trace_id: str) -> Record:
    """Only of invocations that are traced."""
    if "Sampled=1" not in trace_id:
        return {}
    parent = re.search(r"Parent=([0-9a-f]+)", trace_id)
    return {"tracing": {**({"spanId": parent[1]} if parent else {}), **trace_context(trace_id)}}


def trace_context(trace_id: str) -> dict[str, str]:
    """The trace an invocation is part of, as extensions get it, too."""
    return {"type": "X-Amzn-Trace-Id", "value": trace_id}
