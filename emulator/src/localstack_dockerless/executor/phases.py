"""INIT and INVOKE of one execution environment."""

from __future__ import annotations

import time
from collections.abc import Callable

from localstack_dockerless.executor import records, report
from localstack_dockerless.executor.events import Events
from localstack_dockerless.executor.extensions import Extensions
from localstack_dockerless.executor.network import Network
from localstack_dockerless.executor.output import Log
from localstack_dockerless.executor.process import Event, Process
from localstack_dockerless.executor.report import Failure
from localstack_dockerless.executor.result import Figures, Result
from localstack_dockerless.executor.runtime_api import Invocation, Phase, Reply
from localstack_dockerless.executor.settings import Settings
from localstack_dockerless.sandbox import Box


class Phases:
    """The process of an environment and what it goes through. Used by one thread at a time.

    Args:
        settings: See there.
        make_box: Builds the sandbox, given the address of the Runtime API ("127.9.3.77:9001").
        network: See `Process`.

    Attributes:
        process: The process.
        extensions: Its extensions.
        later: What is left to do after an invocation, which takes time and for which nobody has to wait.
    """

    def __init__(self, settings: Settings, make_box: Callable[[str], Box], network: Network | None = None) -> None:
        self._settings = settings
        self._log = Log()
        self.extensions = Extensions(settings.function)
        self.process = Process(
            make_box,
            self._print,
            self.extensions,
            settings.external,
            json_lines=settings.lines.are_json,
            subscribed=self._subscribed,
            network=network,
        )
        self._events = Events(settings, self.process.telemetry, self._write)
        self.later: Callable[[], None] | None = None
        self._init_ms: float | None = None
        self._runtime_done = self._finished = 0.0
        self._is_told = False

    @property
    def printed(self) -> str:
        """What was printed since the last invocation."""
        return self._settings.lines.kept(self._log.text())

    def initialize(self) -> Failure | None:
        """INIT ahead of the first invocation.

        Returns:
            None if it succeeded, and the process is frozen; otherwise what went wrong.

        Raises:
            Interrupted: `Process.interrupt` was called; so everywhere here.
        """
        failure = self._start("init", time.monotonic() + self._settings.init_limit, "")
        if failure is None:
            self.process.freeze()
        return failure

    def _print(self, data: bytes) -> None:
        """Every invocation has a log of its own."""
        self._log.add(data)

    def _write(self, line: str) -> None:
        self._log.line(line)

    def _subscribed(self, name: str, types: tuple[str, ...]) -> None:
        self._events.subscribed(name, types)

    def _start(self, phase: str, deadline: float, request_id: str) -> Failure | None:
        """Starts the process and waits until runtime and extensions are ready; a failure leaves no process behind."""
        begun = time.monotonic()
        self.process.start()
        self._events.init_start(phase)
        event = self.process.wait(lambda: self._initialized(phase), deadline)
        self._finished = self._runtime_done = time.monotonic()
        milliseconds = (self._finished - begun) * 1000
        is_ready = event is Event.DONE and self.process.api.phase is Phase.READY
        failure = None if is_ready else self._init_failure(event, request_id)
        self._note_init(phase, milliseconds, failure)
        if failure:
            self.process.shut_down(_shutdown_reason(failure))
        return failure

    def _initialized(self, phase: str) -> bool:
        self.process.advance()
        api, extensions = self.process.api, self.extensions
        if api.phase is Phase.READY and extensions.is_open:
            extensions.close_registration()
            self._events.init_runtime_done(phase, None)
        return api.phase is Phase.INIT_FAILED or (api.phase is Phase.READY and extensions.all_ready)

    def _note_init(self, phase: str, milliseconds: float, failure: Failure | None) -> None:
        """A repeated INIT is part of the invocation's duration."""
        if failure and self.extensions.is_open:
            self._events.init_runtime_done(phase, failure)
        for one in self.extensions.known:
            self._events.extension(one)
        self._events.init_report(phase, milliseconds, failure)
        self.process.telemetry.end_init()
        if phase == "init" and not failure and not self._settings.provisioned:
            self._init_ms = milliseconds

    def _init_failure(self, event: Event, request_id: str) -> Failure:
        if self._settings.entrypoint_problem:
            return report.invalid_entrypoint(request_id, self._settings.entrypoint_problem)
        reply = self.process.api.reply
        if event is Event.DONE and reply:
            return Failure("error", reply.error_type or "Runtime.Unknown", reply.body)
        return self._failure(event, request_id)

    def begin(self, invocation: Invocation, deadline: float) -> Failure | None:
        """INVOKE begins: sees to it that there is a process.

        Args:
            invocation: Which.
            deadline: On the clock of `time.monotonic`.

        Returns:
            Why there is none, or None.
        """
        failure, self._is_told = None, False
        if self.process.is_running and not self.process.api.is_deserted:
            self.process.thaw()
        else:
            failure = self._start("invoke", deadline, invocation.request_id)
        self._events.start(invocation)
        return failure

    def fail(self, invocation: Invocation, begun: float, failure: Failure) -> Result:
        """The end of an invocation for which there was no process."""
        return self._result(invocation, failure, failure, begun)

    def exchange(self, invocation: Invocation, deadline: float) -> tuple[Event, Reply | None]:
        """Has the runtime handle the event.

        Returns:
            How waiting for it ended, and what it posted.
        """
        self.process.throttle(on=True)
        self.process.api.reply = None
        event = self.process.wait(self._answered(invocation), deadline)
        self._finished = self._runtime_done = time.monotonic()
        return event, self.process.api.reply

    def wait_for_extensions(self, deadline: float) -> Event:
        """Has the extensions come to an end."""
        event = self.process.wait(lambda: self.extensions.all_ready, deadline)
        self._finished = time.monotonic()
        return event

    def finish(self, invocation: Invocation, begun: float, event: Event) -> Result:
        """The end of an invocation.

        A result that was posted counts, whatever became of the process afterwards; that extensions did not come to an
        end is reported all the same.
        """
        reply = self.process.api.reply
        if event is Event.DONE and reply:
            self.process.freeze()
            return self._result(invocation, reply, None, begun)
        failure = self._failure(event, invocation.request_id)
        reported = failure if self.process.lingers or not reply else None
        self._end(failure)
        return self._result(invocation, reply or failure, reported, begun)

    def _end(self, failure: Failure) -> None:
        """Ends the processes; extensions may take their time, for which the caller does not wait."""
        if self.process.lingers:
            self.process.measure()
            self.later = lambda: self.process.shut_down(_shutdown_reason(failure))
        else:
            self.process.end()

    def _answered(self, invocation: Invocation) -> Callable[[], bool]:
        """True once the runtime has answered and asks for the next event; it gets this one when it asks first."""
        api, extensions, begun = self.process.api, self.extensions, time.monotonic()
        delivered = False

        def done() -> bool:
            nonlocal delivered
            if api.phase is not Phase.READY:
                return False
            if not delivered:
                delivered = api.deliver(invocation)
                if delivered and len(extensions):
                    extensions.invoke(_lifecycle_event(invocation))
            elif api.reply:
                self._tell_runtime_done(invocation, api.reply, (time.monotonic() - begun) * 1000)
                return True
            return False

        return done

    def _tell_runtime_done(self, invocation: Invocation, outcome: Reply | Failure, milliseconds: float) -> None:
        """Once for each invocation, whatever becomes of it."""
        if not self._is_told:
            self._is_told = True
            self._events.runtime_done(invocation, outcome, milliseconds)

    def _failure(self, event: Event, request_id: str) -> Failure:
        process = self.process
        if event is not Event.EXITED:
            return report.timed_out(request_id, self._settings.timeout)
        if process.launch_problem:
            return report.extension_not_launched(request_id, process.launch_problem)
        crashed, first_error = process.crashed, self.extensions.first_error
        out_of_memory = process.exit is not None and process.exit.out_of_memory
        end = crashed.exit if crashed and not out_of_memory else process.exit
        assert end is not None  # noqa: S101 - what EXITED means
        if (crashed or first_error) and not out_of_memory:
            error_type = first_error or "Extension.Crash"
            return report.extension_exited(request_id, error_type, status=end.status, signal=end.signal)
        return report.exited(request_id, status=end.status, signal=end.signal, out_of_memory=end.out_of_memory)

    def _result(
        self, invocation: Invocation, outcome: Reply | Failure, failure: Failure | None, begun: float
    ) -> Result:
        figures = self._figures(begun, failure)
        self._tell_runtime_done(invocation, failure or outcome, figures.runtime)
        self._events.report(invocation, figures)
        log, self._log = self._log, Log()
        is_error = isinstance(outcome, Failure) or outcome.is_error
        return Result(outcome.body, is_error, self._settings.lines.kept(log.text()), figures)

    def _figures(self, begun: float, failure: Failure | None) -> Figures:
        size, (init, self._init_ms) = self._settings.memory_mb, (self._init_ms, None)
        # What goes beyond the configured memory is what the process was killed for.
        used = min(self.process.peak_mb, size)
        until_done, duration = ((end - begun) * 1000 for end in (self._runtime_done, self._finished))
        duration = min(duration, failure.most) if failure else duration
        extensions = max(0.0, duration - until_done) if len(self.extensions) else None
        return Figures(duration, size, used, init, failure, extensions)


def _shutdown_reason(failure: Failure) -> str:
    return "timeout" if failure.status == "timeout" else "failure"


def _lifecycle_event(invocation: Invocation) -> dict[str, object]:
    """INVOKE, as extensions get it."""
    return {
        "deadlineMs": int(invocation.deadline * 1000),
        "requestId": invocation.request_id,
        "invokedFunctionArn": invocation.invoked_arn,
        "tracing": records.trace_context(invocation.trace_id),
    }
