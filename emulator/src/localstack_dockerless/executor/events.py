"""What the platform says about one execution environment, to its log and to subscribers of the Telemetry API."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from localstack_dockerless.executor import records, report
from localstack_dockerless.executor.extensions import Extension
from localstack_dockerless.executor.records import Record
from localstack_dockerless.executor.report import Failure
from localstack_dockerless.executor.result import Figures
from localstack_dockerless.executor.runtime_api import Invocation, Reply
from localstack_dockerless.executor.settings import Settings
from localstack_dockerless.executor.telemetry import Telemetry


class Events:
    """One method for each thing that happens.

    Args:
        settings: Whose environment it is, and how it logs.
        telemetry: Who gets the records.
        write: Called with each line of the log.
    """

    def __init__(self, settings: Settings, telemetry: Telemetry, write: Callable[[str], None]) -> None:
        self._settings = settings
        self._telemetry = telemetry
        self._write = write

    def init_start(self, phase: str) -> None:
        """INIT begins.

        Args:
            phase: "init", or "invoke" where an invocation repeats it.
        """
        settings, about = self._settings, self._settings.about
        text = (
            [report.init_start(about["runtimeVersion"], about["runtimeVersionArn"])]
            if about.get("runtimeVersion")
            else []
        )
        record = records.init_start(about, settings.initialization, phase)
        self._tell("initStart", record, text if phase == "init" else [])
        if phase == "init" and settings.note:
            self._write(settings.note)

    def init_runtime_done(self, phase: str, failure: Failure | None) -> None:
        """The runtime is ready, or will not be."""
        record = records.init_runtime_done(self._settings.initialization, phase, failure)
        self._tell("initRuntimeDone", record)

    def extension(self, one: Extension) -> None:
        """An extension, at the end of INIT."""
        known = (one.name, one.state.value, one.events, one.error_type)
        self._tell("extension", records.extension(*known), [report.extension(*known)])

    def subscribed(self, name: str, types: Sequence[str]) -> None:
        """An extension subscribed to telemetry."""
        record = records.telemetry_subscription(name, types)
        self._tell("telemetrySubscription", record, [report.telemetry(name, types)])

    def init_report(self, phase: str, milliseconds: float, failure: Failure | None) -> None:
        """INIT is over; text tells of a failure and of provisioned concurrency alone."""
        settings = self._settings
        told = failure or (settings.provisioned and phase == "init")
        text = [report.init_report(milliseconds, phase, failure)] if told else []
        self._tell("initReport", records.init_report(settings.initialization, phase, failure, milliseconds), text)

    def start(self, invocation: Invocation) -> None:
        """The invocation begins."""
        request_id, version = invocation.request_id, self._settings.version
        record = records.start(request_id, self._settings.function_arn, version, invocation.trace_id)
        self._tell("start", record, [report.start(request_id, version)])

    def runtime_done(self, invocation: Invocation, outcome: Reply | Failure, milliseconds: float) -> None:
        """The runtime has finished the invocation and asks for the next event, or never will.

        Args:
            invocation: Which.
            outcome: What it gave.
            milliseconds: Since the beginning.
        """
        failed, produced = (outcome, 0) if isinstance(outcome, Failure) else (None, outcome.produced)
        record = records.runtime_done(invocation.request_id, invocation.trace_id, failed, milliseconds, produced)
        self._tell("runtimeDone", record)

    def report(self, invocation: Invocation, figures: Figures) -> None:
        """The invocation is over."""
        request_id, f = invocation.request_id, figures
        line = report.report(request_id, f.duration, f.memory_size, f.memory_used, f.init, f.failure)
        record = records.done(request_id, invocation.trace_id, figures)
        self._tell("report", record, [report.end(request_id), line])

    def _tell(self, what: str, record: Record, text: Sequence[str] = ()) -> None:
        kind = f"platform.{what}"
        for line in self._settings.lines.of(kind, record, text):
            self._write(line)
        self._telemetry.platform(kind, record)
