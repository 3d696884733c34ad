"""The life cycle of one execution environment: INIT, INVOKE, freeze, SHUTDOWN.

An environment has no thread of its own. Whoever initializes it or invokes it serves its Runtime API and reads its
output until there is a result; between invocations its processes are frozen and nothing needs serving.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from localstack_dockerless.executor import report
from localstack_dockerless.executor.events import Events, tracing
from localstack_dockerless.executor.extensions import Extensions, Function
from localstack_dockerless.executor.output import Log
from localstack_dockerless.executor.process import Event, Interrupted, Process
from localstack_dockerless.executor.report import Failure
from localstack_dockerless.executor.runtime_api import Invocation, Phase, Reply
from localstack_dockerless.sandbox import Box

INIT_LIMIT = 10.0
"""Seconds for INIT on demand; after that it is repeated within the first invocation."""


class Stopped(Exception):  # noqa: N818 - not an error: somebody wanted it
    """The environment was stopped while it worked."""


class NotBegun(Stopped):
    """It was stopped before it did anything, so the invocation can go elsewhere."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a function's configuration says about its environments.

    Attributes:
        timeout: Seconds an invocation may take.
        memory_mb: Configured memory.
        version: "$LATEST" or a number, for the START line.
        init_limit: Seconds for INIT.
        provisioned: Whether INIT happens ahead of invocations and is not billed with one.
        first_line: The INIT_START line.
        note: A line the log of the first invocation begins with, or nothing.
        function: What extensions are told of it.
        external: The files of its external extensions, by name.
        json_lines: Whether it logs JSON.
        runtime: Name and ARN of the runtime version, for telemetry.
    """

    timeout: float
    memory_mb: int
    version: str
    init_limit: float = INIT_LIMIT
    provisioned: bool = False
    first_line: str = ""
    note: str = ""
    function: Function = field(default_factory=Function)
    external: Mapping[str, Path] = field(default_factory=dict)
    json_lines: bool = False
    runtime: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Result:
    """What an invocation gave.

    Attributes:
        log: START, END, REPORT and what was printed between (and before, at a cold start).
        rest: The log, where extensions still work on the invocation; then `log` is empty.
    """

    body: bytes
    is_error: bool
    log: str = ""
    rest: Future[str] | None = None


class Environment:
    """One execution environment.

    Args:
        settings: See there.
        make_box: Builds the sandbox, given the address of the Runtime API ("127.9.3.77:9001").
        closed: Called once, when everything has been given back, with what extensions printed at the end.
    """

    def __init__(self, settings: Settings, make_box: Callable[[str], Box], closed: Callable[[str], None]) -> None:
        self._settings = settings
        self._on_closed = closed
        self._log = Log()
        self._extensions = Extensions(settings.function)
        self._process = Process(
            make_box,
            self._print,
            self._extensions,
            settings.external,
            json_lines=settings.json_lines,
            subscribed=lambda name, types: self._log.line(report.telemetry(name, types)),
        )
        kind = "provisioned-concurrency" if settings.provisioned else "on-demand"
        self._events = Events(self._process.telemetry, settings.function, kind)
        self._later: Callable[[], None] | None = None
        self._waiting: tuple[Future[str], str] | None = None
        self._had_extensions = False
        self._init_ms: float | None = None
        self._finished = self._deadline = 0.0
        self._working = threading.Lock()
        self._stopping = self._retiring = self._closed = False

    # What others ask for

    def initialize(self) -> Failure | None:
        """INIT: starts the runtime and waits until it asks for an event.

        Returns:
            None if it did; otherwise what went wrong. The next invocation tries again.

        Raises:
            Stopped: See there.
        """
        with self._work():
            for line in (self._settings.first_line, self._settings.note):
                if line:
                    self._log.line(line)
            failure = self._start("init", time.monotonic() + self._settings.init_limit, "")
            if failure is None:
                self._process.freeze()
            return failure

    def invoke(self, invocation: Invocation) -> Result:
        """INVOKE: hands over the event and waits for the result, the timeout or the end of the process.

        It does not wait for extensions that go on after the function: see `Result.rest`.

        Raises:
            Stopped: See there.
        """
        with self._work():
            begun = time.monotonic()
            deadline = begun + self._settings.timeout
            failure = self._begin(invocation, deadline)
            if failure:
                return self._result(invocation, failure, failure, begun)
            event = self._exchange(invocation, deadline)
            reply = self._process.api.reply
            if event is not Event.DONE or not reply or self._extensions.all_ready:
                return self._finish(invocation, begun, event)
            return self._leave(invocation, begun, reply)

    def renew(self) -> None:
        """Ends the process; the next invocation starts another one.

        Raises:
            Stopped: See there.
        """
        with self._work():
            self._process.end()

    def stop(self) -> None:
        """SHUTDOWN: ends the processes, also a running invocation, and gives everything back.

        It does not wait: extensions may take their time, and a thread that works for this environment notices, and
        tidies up itself. Called again, it ends everything at once.
        """
        self._stopping = True
        if self._working.locked() and not self._closed:
            self._process.interrupt()
        self._close_if_stopped()

    def retire(self) -> None:
        """SHUTDOWN, but a running invocation may finish first. It does not wait either."""
        self._retiring = True
        self._close_if_stopped()

    @contextlib.contextmanager
    def _work(self) -> Iterator[None]:
        self._working.acquire()
        try:
            if self._stopping or self._retiring:
                raise NotBegun
            yield
        except Interrupted:
            raise Stopped from None
        finally:
            if self._later:
                self._hand_over()
            else:
                self._working.release()
                self._close_if_stopped()

    def _hand_over(self) -> None:
        """Another thread does what is left to do; until then the environment is at work."""

        def run() -> None:
            try:
                while self._later:
                    step, self._later = self._later, None
                    step()
            except Interrupted:
                pass
            finally:
                self._working.release()
                self._close_if_stopped()
                self._tell()

        threading.Thread(target=run, name="dockerless-extensions", daemon=True).start()

    def _tell(self) -> None:
        """Whoever waits for the end of an invocation that had been left to extensions gets its log."""
        waiting, self._waiting = self._waiting, None
        if waiting:
            waiting[0].set_result(waiting[1])

    def _close_if_stopped(self) -> None:
        """Both who stops and who works call this last, so one of the two finds the environment free."""
        if not (self._stopping or self._retiring) or not self._working.acquire(blocking=False):
            return
        if not self._closed and self._process.lingers:
            self._had_extensions = True
            self._later = lambda: self._process.shut_down("spindown")
            self._hand_over()
            return
        try:
            if not self._closed:
                self._closed = True
                self._process.close()
                self._on_closed(self._log.text() if self._had_extensions else "")
        finally:
            self._working.release()

    def _print(self, data: bytes) -> None:
        """Every invocation has a log of its own."""
        self._log.add(data)

    # INIT

    def _start(self, phase: str, deadline: float, request_id: str) -> Failure | None:
        """Starts the process and waits until runtime and extensions are ready; a failure leaves no process behind."""
        begun = time.monotonic()
        self._process.start()
        self._events.init_start(phase, *self._settings.runtime)
        event = self._process.wait(lambda: self._initialized(phase), deadline)
        self._finished = time.monotonic()
        milliseconds = (self._finished - begun) * 1000
        is_ready = event is Event.DONE and self._process.api.phase is Phase.READY
        failure = None if is_ready else self._init_failure(event, request_id)
        self._note_extensions(phase, milliseconds, failure)
        if not failure:
            self._note_init(phase, milliseconds)
            return None
        self._log.line(report.init_report(milliseconds, phase, failure))
        self._process.shut_down(_shutdown_reason(failure))
        return failure

    def _initialized(self, phase: str) -> bool:
        self._process.advance()
        api, extensions = self._process.api, self._extensions
        if api.phase is Phase.READY and extensions.is_open:
            extensions.close_registration()
            self._events.init_runtime_done(phase, None)
        return api.phase is Phase.INIT_FAILED or (api.phase is Phase.READY and extensions.all_ready)

    def _note_extensions(self, phase: str, milliseconds: float, failure: Failure | None) -> None:
        if failure and self._extensions.is_open:
            self._events.init_runtime_done(phase, failure)
        for one in self._extensions.known:
            self._log.line(report.extension(one.name, one.state.value, one.events, one.error_type))
            self._events.extension(one)
        self._events.init_report(phase, milliseconds, failure)
        self._process.telemetry.end_init()

    def _note_init(self, phase: str, milliseconds: float) -> None:
        """A repeated INIT is part of the invocation's duration and mentioned nowhere."""
        if phase != "init":
            return
        if self._settings.provisioned:
            self._log.line(report.init_report(milliseconds, phase))
        else:
            self._init_ms = milliseconds

    def _init_failure(self, event: Event, request_id: str) -> Failure:
        reply = self._process.api.reply
        if event is Event.DONE and reply:
            return Failure("error", reply.error_type or "Runtime.Unknown", reply.body)
        return self._failure(event, request_id)

    # INVOKE

    def _begin(self, invocation: Invocation, deadline: float) -> Failure | None:
        """Sees to it that there is a process."""
        failure = None
        if self._process.is_running:
            self._process.thaw()
        else:
            failure = self._start("invoke", deadline, invocation.request_id)
        self._log.line(report.start(invocation.request_id, self._settings.version))
        self._events.start(invocation)
        return failure

    def _exchange(self, invocation: Invocation, deadline: float) -> Event:
        """Has the runtime handle the event."""
        self._process.throttle(on=True)
        self._process.api.reply = None
        self._deadline = deadline
        event = self._process.wait(self._answered(invocation), deadline)
        self._finished = time.monotonic()
        return event

    def _leave(self, invocation: Invocation, begun: float, reply: Reply) -> Result:
        """Leaves the rest of the invocation, which is the extensions', to another thread."""
        rest: Future[str] = Future()

        def finish() -> None:
            self._waiting = rest, ""  # also if it is stopped meanwhile
            event = self._process.wait(lambda: self._extensions.all_ready, self._deadline)
            self._finished = time.monotonic()
            self._waiting = rest, self._finish(invocation, begun, event).log

        self._later = finish
        return Result(reply.body, reply.is_error, rest=rest)

    def _finish(self, invocation: Invocation, begun: float, event: Event) -> Result:
        """The end of an invocation.

        A result that was posted counts, whatever became of the process afterwards; that extensions did not come to an
        end is reported all the same.
        """
        reply = self._process.api.reply
        if event is Event.DONE and reply:
            self._process.freeze()
            return self._result(invocation, reply, None, begun)
        failure = self._failure(event, invocation.request_id)
        reported = failure if self._process.lingers or not reply else None
        self._end(failure)
        return self._result(invocation, reply or failure, reported, begun)

    def _end(self, failure: Failure) -> None:
        """Ends the processes; extensions may take their time, for which the caller does not wait."""
        if self._process.lingers:
            self._process.measure()
            self._later = lambda: self._process.shut_down(_shutdown_reason(failure))
        else:
            self._process.end()

    def _answered(self, invocation: Invocation) -> Callable[[], bool]:
        """True once the runtime has answered and asks for the next event; it gets this one when it asks first."""
        api, extensions, begun = self._process.api, self._extensions, time.monotonic()
        delivered = told = False

        def done() -> bool:
            nonlocal delivered, told
            if api.phase is not Phase.READY:
                return False
            if not delivered:
                delivered = api.deliver(invocation)
                if delivered and len(extensions):
                    extensions.invoke(_lifecycle_event(invocation))
                return False
            if api.reply and not told:
                told = True
                self._events.runtime_done(invocation, api.reply, (time.monotonic() - begun) * 1000)
            return told

        return done

    def _failure(self, event: Event, request_id: str) -> Failure:
        process = self._process
        if event is not Event.EXITED:
            return report.timed_out(request_id, self._settings.timeout)
        if process.launch_problem:
            return report.extension_not_launched(request_id, process.launch_problem)
        crashed, first_error = process.crashed, self._extensions.first_error
        end = (crashed.exit if crashed else None) or process.exit
        assert end is not None  # noqa: S101 - what EXITED means
        if crashed or first_error:
            error_type = first_error or "Extension.Crash"
            return report.extension_exited(request_id, error_type, status=end.status, signal=end.signal)
        return report.exited(request_id, status=end.status, signal=end.signal, out_of_memory=end.out_of_memory)

    def _result(
        self, invocation: Invocation, outcome: Reply | Failure, failure: Failure | None, begun: float
    ) -> Result:
        milliseconds = (self._finished - begun) * 1000
        # What goes beyond the configured memory is what the process was killed for.
        size = self._settings.memory_mb
        used = min(self._process.peak_mb, size)
        init, self._init_ms = self._init_ms, None
        request_id = invocation.request_id
        if failure and failure is outcome:
            self._events.runtime_done(invocation, failure, milliseconds)
        self._log.line(report.end(request_id))
        self._log.line(report.report(request_id, milliseconds, size, used, init, failure))
        self._events.report(invocation, failure or outcome, milliseconds, (size, used), init)
        log, self._log = self._log, Log()
        return Result(outcome.body, isinstance(outcome, Failure) or outcome.is_error, log.text())


def _shutdown_reason(failure: Failure) -> str:
    return "timeout" if failure.status == "timeout" else "failure"


def _lifecycle_event(invocation: Invocation) -> dict[str, object]:
    """INVOKE, as extensions get it."""
    return {
        "deadlineMs": int(invocation.deadline * 1000),
        "requestId": invocation.request_id,
        "invokedFunctionArn": invocation.invoked_arn,
        "tracing": tracing(invocation.trace_id),
    }
