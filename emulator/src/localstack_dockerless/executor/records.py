"""The platform's log records of a function whose LogFormat is JSON, and its log levels.

Records: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
Levels: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localstack_dockerless.executor import report
from localstack_dockerless.executor.lines import Figures
from localstack_dockerless.executor.report import Failure

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_SYNONYMS = {"WARNING": "WARN", "CRITICAL": "FATAL"}

Record = dict[str, Any]


def init_start(function: Mapping[str, Any], *, kind: str) -> Record:
    """The `record` of platform.initStart.

    Args:
        function: `runtimeVersion`, `runtimeVersionArn`, `functionName`, `functionVersion`, `instanceId`,
            `instanceMaxMemory` (bytes).
        kind: "on-demand" or "provisioned-concurrency".
    """
    return {"initializationType": kind, "phase": "init", **function}


def init_done(kind: str, phase: str, failure: Failure | None) -> Record:
    """The `record` of platform.initRuntimeDone."""
    return {"initializationType": kind, "phase": phase, **_status(failure)}


def init_report(kind: str, phase: str, failure: Failure | None, milliseconds: float) -> Record:
    """The `record` of platform.initReport."""
    return {**init_done(kind, phase, failure), "metrics": {"durationMs": round(milliseconds, 3)}}


def start(request_id: str, function_arn: str, version: str, trace_id: str) -> Record:
    """The `record` of platform.start."""
    return {"requestId": request_id, "functionArn": function_arn, "version": version, **_tracing(trace_id)}


def runtime_done(request_id: str, figures: Figures, trace_id: str) -> Record:
    """The `record` of platform.runtimeDone."""
    metrics = {"durationMs": round(figures.duration, 3), "producedBytes": figures.produced}
    return {"requestId": request_id, **_status(figures.failure), **_tracing(trace_id), "metrics": metrics}


def done(request_id: str, figures: Figures, trace_id: str) -> Record:
    """The `record` of platform.report."""
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
    tracing = {"type": "X-Amzn-Trace-Id", "value": trace_id}
    return {"tracing": {**({"spanId": parent[1]} if parent else {}), **tracing}}


def level(kind: str, record: Record) -> str:
    """The level of a platform record, which the function's SystemLogLevel is compared with."""
    if record.get("status", "success") != "success":
        return "WARN"
    on_demand = record.get("initializationType") == "on-demand"
    if kind in ("platform.initRuntimeDone", "platform.runtimeDone") or (kind == "platform.initReport" and on_demand):
        return "DEBUG"
    return "INFO"


@dataclass(frozen=True, slots=True)
class JsonLines:
    """Platform lines as JSON.

    Attributes:
        function: See `init_start`.
        function_arn: As the function was created.
        kind: "on-demand" or "provisioned-concurrency".
        system: The SystemLogLevel.
        application: The ApplicationLogLevel.
    """

    function: Mapping[str, Any]
    function_arn: str
    kind: str
    system: str
    application: str

    def init_start(self) -> list[str]:
        """platform.initStart."""
        return self._lines(("platform.initStart", init_start(self.function, kind=self.kind)))

    def init_done(self, milliseconds: float, phase: str, failure: Failure | None, *, provisioned: bool) -> list[str]:
        """platform.initRuntimeDone and platform.initReport."""
        return self._lines(
            ("platform.initRuntimeDone", init_done(self.kind, phase, failure)),
            ("platform.initReport", init_report(self.kind, phase, failure, milliseconds)),
        )

    def start(self, request_id: str, version: str, trace_id: str) -> list[str]:
        """platform.start."""
        return self._lines(("platform.start", start(request_id, self.function_arn, version, trace_id)))

    def done(self, request_id: str, figures: Figures, trace_id: str) -> list[str]:
        """platform.runtimeDone and platform.report."""
        return self._lines(
            ("platform.runtimeDone", runtime_done(request_id, figures, trace_id)),
            ("platform.report", done(request_id, figures, trace_id)),
        )

    def kept(self, log: str) -> str:
        """Without the lines below the ApplicationLogLevel; a line that names no level stays."""
        if self.application == LEVELS[0]:
            return log
        return "".join(line for line in log.splitlines(keepends=True) if self._is_kept(line))

    def _is_kept(self, line: str) -> bool:
        if not line.startswith("{") or '"level"' not in line:
            return True
        try:
            named = str(json.loads(line).get("level")).upper()
        except (ValueError, RecursionError):
            return True
        named = _SYNONYMS.get(named, named)
        return named not in LEVELS or _reaches(named, self.application)

    def _lines(self, *records: tuple[str, Record]) -> list[str]:
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
        return [
            json.dumps({"time": now, "type": kind, "record": record}, separators=(",", ":"))
            for kind, record in records
            if _reaches(level(kind, record), self.system)
        ]


def _reaches(one: str, lowest: str) -> bool:
    return LEVELS.index(one) >= LEVELS.index(lowest)
