"""The life cycle of one execution environment: INIT, INVOKE, freeze, SHUTDOWN.

An environment has no thread of its own. Whoever initializes it or invokes it serves its Runtime API and reads its
output until there is a result; between invocations its processes are frozen and nothing needs serving.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from localstack_dockerless.executor import report
from localstack_dockerless.executor.lines import Figures, Lines, TextLines
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
        lines: How the platform's own lines are written.
        note: A line the log of the first invocation begins with, or nothing.
        entrypoint_problem: Why the program that the function brings as its runtime cannot be started, or nothing.
    """

    timeout: float
    memory_mb: int
    version: str
    init_limit: float = INIT_LIMIT
    provisioned: bool = False
    lines: Lines = field(default_factory=TextLines)
    note: str = ""
    entrypoint_problem: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What an invocation gave.

    Attributes:
        log: START, END, REPORT and what was printed between (and before, at a cold start).
        figures: What the log reports.
    """

    body: bytes
    is_error: bool
    log: str
    figures: Figures


class Environment:
    """One execution environment.

    Args:
        settings: See there.
        make_box: Builds the sandbox, given the address of the Runtime API ("127.9.3.77:9001").
        closed: Called once, when everything has been given back.
    """

    def __init__(self, settings: Settings, make_box: Callable[[str], Box], closed: Callable[[], None]) -> None:
        self._settings = settings
        self._on_closed = closed
        self._log = Log()
        self._process = Process(make_box, self._print)
        self._init_ms: float | None = None
        self._finished = 0.0
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
            self._say(self._settings.lines.init_start())
            self._say([self._settings.note] if self._settings.note else [])
            failure = self._start("init", time.monotonic() + self._settings.init_limit, "")
            if failure is None:
                self._process.freeze()
            return failure

    def invoke(self, invocation: Invocation) -> Result:
        """INVOKE: hands over the event and waits for the result, the timeout or the end of the process.

        Raises:
            Stopped: See there.
        """
        with self._work():
            begun = time.monotonic()
            outcome = self._invoke(invocation, begun + self._settings.timeout)
            return self._result(invocation, outcome, (self._finished - begun) * 1000)

    def renew(self) -> None:
        """Ends the process; the next invocation starts another one.

        Raises:
            Stopped: See there.
        """
        with self._work():
            self._process.end()

    def stop(self) -> None:
        """SHUTDOWN: ends the processes at once, also a running invocation, and gives everything back.

        It does not wait: a thread that works for this environment notices, and tidies up itself. May be repeated.
        """
        self._stopping = True
        if not self._closed:
            self._process.interrupt()
        self._close_if_stopped()

    def retire(self) -> None:
        """SHUTDOWN, but a running invocation may finish first. It does not wait either."""
        self._retiring = True
        self._close_if_stopped()

    @contextlib.contextmanager
    def _work(self) -> Iterator[None]:
        try:
            with self._working:
                if self._stopping or self._retiring:
                    raise NotBegun
                yield
        except Interrupted:
            raise Stopped from None
        finally:
            self._close_if_stopped()

    def _close_if_stopped(self) -> None:
        """Both who stops and who works call this last, so one of the two finds the environment free."""
        if (self._stopping or self._retiring) and self._working.acquire(blocking=False):
            try:
                if not self._closed:
                    self._closed = True
                    self._process.close()
                    self._on_closed()
            finally:
                self._working.release()

    def _say(self, lines: list[str]) -> None:
        for line in lines:
            self._log.line(line)

    def _print(self, data: bytes) -> None:
        """Every invocation has a log of its own."""
        self._log.add(data)

    # INIT

    def _start(self, phase: str, deadline: float, request_id: str) -> Failure | None:
        """Starts the process and waits for READY; a failure leaves no process behind."""
        begun, api = time.monotonic(), self._process.api
        self._process.start()
        event = self._process.wait(lambda: api.phase in (Phase.READY, Phase.INIT_FAILED), deadline)
        self._finished = time.monotonic()
        milliseconds = (self._finished - begun) * 1000
        if event is Event.DONE and api.phase is Phase.READY:
            self._note_init(phase, milliseconds)
            return None
        failure = self._init_failure(event, request_id)
        self._process.end()
        self._say_init(phase, milliseconds, failure)
        return failure

    def _note_init(self, phase: str, milliseconds: float) -> None:
        """A repeated INIT is part of the invocation's duration."""
        self._say_init(phase, milliseconds)
        if phase == "init" and not self._settings.provisioned:
            self._init_ms = milliseconds

    def _say_init(self, phase: str, milliseconds: float, failure: Failure | None = None) -> None:
        lines, provisioned = self._settings.lines, self._settings.provisioned
        self._say(lines.init_done(milliseconds, phase, failure, provisioned=provisioned))

    def _init_failure(self, event: Event, request_id: str) -> Failure:
        if self._settings.entrypoint_problem:
            return report.invalid_entrypoint(request_id, self._settings.entrypoint_problem)
        reply = self._process.api.reply
        if event is Event.DONE and reply:
            return Failure("error", reply.error_type or "Runtime.Unknown", reply.body)
        return self._failure(event, request_id)

    # INVOKE

    def _invoke(self, invocation: Invocation, deadline: float) -> Reply | Failure:
        if self._process.is_running:
            self._process.thaw()
            failure = None
        else:
            failure = self._start("invoke", deadline, invocation.request_id)
        lines, version = self._settings.lines, self._settings.version
        self._say(lines.start(invocation.request_id, version, invocation.trace_id))
        return failure or self._exchange(invocation, deadline)

    def _exchange(self, invocation: Invocation, deadline: float) -> Reply | Failure:
        self._process.throttle(on=True)
        self._process.api.reply = None
        event = self._process.wait(self._answered(invocation), deadline)
        self._finished = time.monotonic()
        # A result that was posted counts, whatever became of the process afterwards.
        outcome = self._process.api.reply or self._failure(event, invocation.request_id)
        if event is Event.DONE:
            self._process.freeze()
        else:
            self._process.end()
        return outcome

    def _answered(self, invocation: Invocation) -> Callable[[], bool]:
        """True once the runtime has answered and asks for the next event; it gets this one when it asks first."""
        api, delivered = self._process.api, False

        def done() -> bool:
            nonlocal delivered
            if api.phase is not Phase.READY:
                return False
            if delivered:
                return api.reply is not None
            delivered = api.deliver(invocation)
            return False

        return done

    def _failure(self, event: Event, request_id: str) -> Failure:
        end = self._process.exit
        if event is Event.EXITED and end:
            return report.exited(request_id, status=end.status, signal=end.signal, out_of_memory=end.out_of_memory)
        return report.timed_out(request_id, self._settings.timeout)

    def _result(self, invocation: Invocation, outcome: Reply | Failure, milliseconds: float) -> Result:
        failure = outcome if isinstance(outcome, Failure) else None
        # What goes beyond the configured memory is what the process was killed for.
        used = min(self._process.peak_mb, self._settings.memory_mb)
        init, self._init_ms = self._init_ms, None
        duration = min(milliseconds, failure.most) if failure else milliseconds
        figures = Figures(duration, self._settings.memory_mb, used, init, failure, len(outcome.body))
        self._say(self._settings.lines.done(invocation.request_id, figures, invocation.trace_id))
        log, self._log = self._log, Log()
        text = self._settings.lines.kept(log.text())
        return Result(outcome.body, isinstance(outcome, Failure) or outcome.is_error, text, figures)
