"""What the platform tells subscribers of the Telemetry API about one execution environment.

https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from localstack_dockerless.executor.extensions import Extension, Function
from localstack_dockerless.executor.report import Failure, billed
from localstack_dockerless.executor.runtime_api import Invocation, Reply
from localstack_dockerless.executor.telemetry import Telemetry

_TRACING = "X-Amzn-Trace-Id"


def tracing(trace_id: str) -> dict[str, str]:
    """The trace context of an invocation, as extensions get it, too."""
    return {"type": _TRACING, "value": trace_id}


class Events:
    """Words the events; where nobody can get them, it does nothing.

    Args:
        telemetry: Where they go.
        function: Whose environment it is.
        initialization: "on-demand" or "provisioned-concurrency".
    """

    def __init__(self, telemetry: Telemetry, function: Function, initialization: str) -> None:
        self._telemetry = telemetry
        self._function = function
        self._initialization = initialization

    def init_start(self, phase: str, runtime: str, arn: str) -> None:
        """INIT begins.

        Args:
            phase: "init", or "invoke" where an invocation repeats it.
            runtime: "python:3.13".
            arn: Of the runtime version.
        """
        function = self._function
        self._telemetry.platform(
            "initStart",
            initializationType=self._initialization,
            phase=phase,
            functionName=function.name,
            functionVersion=function.version,
            runtimeVersion=runtime or None,
            runtimeVersionArn=arn or None,
        )

    def init_runtime_done(self, phase: str, failure: Failure | None) -> None:
        """The runtime is ready, or will not be."""
        record = {"initializationType": self._initialization, "phase": phase}
        self._telemetry.platform("initRuntimeDone", **record, **_status(failure))

    def init_report(self, phase: str, milliseconds: float, failure: Failure | None) -> None:
        """INIT is over."""
        record = {"initializationType": self._initialization, "phase": phase}
        metrics = {"durationMs": round(milliseconds, 3)}
        self._telemetry.platform("initReport", **record, **_status(failure), metrics=metrics)

    def extension(self, one: Extension) -> None:
        """An extension, at the end of INIT."""
        self._telemetry.platform(
            "extension",
            name=one.name,
            state=one.state.value,
            events=list(one.events),
            errorType=one.error_type or None,
        )

    def start(self, invocation: Invocation) -> None:
        """The invocation begins."""
        if self._telemetry.is_on:
            self._telemetry.platform(
                "start",
                requestId=invocation.request_id,
                version=self._function.version,
                tracing=tracing(invocation.trace_id),
            )

    def runtime_done(self, invocation: Invocation, outcome: Reply | Failure, milliseconds: float) -> None:
        """The runtime has finished the invocation and asks for the next event, or never will.

        Args:
            invocation: Which.
            outcome: What it gave.
            milliseconds: Since the beginning.
        """
        if not self._telemetry.is_on:
            return
        failure = outcome if isinstance(outcome, Failure) else None
        metrics: dict[str, Any] = {"durationMs": round(milliseconds, 3)}
        if not failure:
            metrics["producedBytes"] = len(outcome.body)
        start = f"{datetime.now(UTC) - timedelta(milliseconds=milliseconds):%Y-%m-%dT%H:%M:%S.%fZ}"
        span = {"name": "responseLatency", "start": start, "durationMs": round(milliseconds, 3)}
        self._telemetry.platform(
            "runtimeDone",
            requestId=invocation.request_id,
            **_status(failure, outcome),
            tracing=tracing(invocation.trace_id),
            spans=None if failure else [span],
            metrics=metrics,
        )

    def report(
        self,
        invocation: Invocation,
        outcome: Reply | Failure,
        milliseconds: float,
        memory: tuple[int, int],
        init: float | None,
    ) -> None:
        """The invocation is over.

        Args:
            invocation: Which.
            outcome: What the platform reports.
            milliseconds: From beginning to end.
            memory: MB, configured and used.
            init: Milliseconds of a cold start.
        """
        if not self._telemetry.is_on:
            return
        failure = outcome if isinstance(outcome, Failure) else None
        metrics = {
            "durationMs": round(milliseconds, 3),
            "billedDurationMs": billed(milliseconds, init),
            "memorySizeMB": memory[0],
            "maxMemoryUsedMB": memory[1],
        }
        if init is not None:
            metrics["initDurationMs"] = round(init, 3)
        status = _status(failure, outcome)
        trace = tracing(invocation.trace_id)
        self._telemetry.platform("report", requestId=invocation.request_id, **status, metrics=metrics, tracing=trace)


def _status(failure: Failure | None, outcome: Reply | Failure | None = None) -> dict[str, str]:
    """What became of it: "error" is the function's own; "failure" and "timeout" are the platform's."""
    if failure and failure.status == "timeout":
        return {"status": "timeout"}
    if failure:
        return {"status": "failure" if outcome else "error", "errorType": failure.error_type}
    if isinstance(outcome, Reply) and outcome.is_error:
        return {"status": "error", **({"errorType": outcome.error_type} if outcome.error_type else {})}
    return {"status": "success"}
