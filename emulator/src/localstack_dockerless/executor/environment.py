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
from dataclasses import replace

from localstack_dockerless.executor.network import Network
from localstack_dockerless.executor.phases import Phases
from localstack_dockerless.executor.process import Event, Interrupted
from localstack_dockerless.executor.report import Failure
from localstack_dockerless.executor.result import Rest, Result
from localstack_dockerless.executor.runtime_api import Invocation, Reply
from localstack_dockerless.executor.settings import Settings
from localstack_dockerless.sandbox import Box


class Stopped(Exception):  # noqa: N818 - not an error: somebody wanted it
    """The environment was stopped while it worked."""


class NotBegun(Stopped):
    """It was stopped before it did anything, so the invocation can go elsewhere."""


class Environment:
    """One execution environment.

    Args:
        settings: See there.
        make_box: Builds the sandbox, given the address of the Runtime API ("127.9.3.77:9001").
        closed: Called once, when everything has been given back, with what extensions printed at the end.
        network: See `Process`.
    """

    def __init__(
        self,
        settings: Settings,
        make_box: Callable[[str], Box],
        closed: Callable[[str], None],
        network: Network | None = None,
    ) -> None:
        self._timeout = settings.timeout
        self._on_closed = closed
        self._phases = Phases(settings, make_box, network)
        self._process = self._phases.process
        self._waiting: tuple[Rest, Result] | None = None
        self._had_extensions = False
        self._working = threading.Lock()
        self._stopping = self._retiring = self._closed = False

    def initialize(self) -> Failure | None:
        """INIT: starts the runtime and waits until it asks for an event.

        Returns:
            None if it did; otherwise what went wrong. The next invocation tries again.

        Raises:
            Stopped: See there.
        """
        with self._work():
            return self._phases.initialize()

    def invoke(self, invocation: Invocation) -> Result:
        """INVOKE: hands over the event and waits for the result, the timeout or the end of the process.

        It does not wait for extensions that go on after the function: see `Result.rest`.

        Raises:
            Stopped: See there.
        """
        with self._work():
            begun, phases = time.monotonic(), self._phases
            deadline = begun + self._timeout
            failure = phases.begin(invocation, deadline)
            if failure:
                return phases.fail(invocation, begun, failure)
            event, reply = phases.exchange(invocation, deadline)
            if event is not Event.DONE or not reply or phases.extensions.all_ready:
                return phases.finish(invocation, begun, event)
            return self._leave(invocation, begun, deadline, reply)

    def _leave(self, invocation: Invocation, begun: float, deadline: float, reply: Reply) -> Result:
        """Leaves the rest of the invocation, which is the extensions', to another thread."""
        rest = Rest()
        answer = Result(reply.body, reply.is_error)

        def finish() -> None:
            self._waiting = rest, answer  # also if it is stopped meanwhile
            event = self._phases.wait_for_extensions(deadline)
            self._waiting = rest, self._phases.finish(invocation, begun, event)

        self._phases.later = finish
        return replace(answer, rest=rest)

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
            if self._phases.later:
                self._hand_over()
            else:
                self._working.release()
                self._close_if_stopped()

    def _hand_over(self) -> None:
        """Another thread does what extensions have left to do; until then the environment is at work."""
        self._had_extensions = True

        def run() -> None:
            try:
                while step := self._phases.later:
                    self._phases.later = None
                    step()
            except Interrupted:
                pass
            finally:
                self._working.release()
                self._tell()
                self._close_if_stopped()

        try:
            threading.Thread(target=run, name="dockerless-extensions", daemon=True).start()
        except RuntimeError:  # there are too many threads
            run()

    def _tell(self) -> None:
        """Whoever waits for the end of an invocation that had been left to extensions gets its result."""
        waiting, self._waiting = self._waiting, None
        if waiting:
            waiting[0].set_result(waiting[1])

    def _close_if_stopped(self) -> None:
        """Both who stops and who works call this last, so one of the two finds the environment free."""
        if not (self._stopping or self._retiring) or not self._working.acquire(blocking=False):
            return
        if not self._closed and self._process.lingers:
            self._phases.later = lambda: self._process.shut_down("spindown")
            self._hand_over()
            return
        try:
            if not self._closed:
                self._closed = True
                self._process.close()
                self._on_closed(self._phases.printed if self._had_extensions else "")
        finally:
            self._working.release()
