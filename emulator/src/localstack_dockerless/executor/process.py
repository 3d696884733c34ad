"""The runtime's process, and the loop that serves it while somebody waits for it."""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections.abc import Callable
from enum import Enum, auto

from localstack_dockerless.executor import peers
from localstack_dockerless.executor.bell import Bell
from localstack_dockerless.executor.output import Output
from localstack_dockerless.executor.runtime_api import RuntimeApi
from localstack_dockerless.sandbox import Box, Exit

_KILL_LIMIT = 5.0
"""Seconds for a killed process to be gone."""

_READS = 16
"""Reads of the output in a row, however much there is: a flood must not keep the loop from seeing the time."""


class Interrupted(Exception):  # noqa: N818 - not an error: somebody wanted it
    """`interrupt` was called while somebody waited."""


class Event(Enum):
    """How waiting ended."""

    DONE = auto()
    EXITED = auto()
    TIMED_OUT = auto()


class Process:
    """One process at a time, its Runtime API, its output and its limits.

    Args:
        make_box: Builds the sandbox, given the address of the Runtime API ("127.9.3.77:9001").
        printed: Called with what the process prints.

    Attributes:
        api: The Runtime API.
        exit: How the process ended, or None.
        peak_mb: The most memory this process has used so far, in MB, with its children.
    """

    def __init__(self, make_box: Callable[[str], Box], printed: Callable[[bytes], None]) -> None:
        self._printed = printed
        self._output: Output | None = None
        self.exit: Exit | None = None
        self.peak_mb = 0
        self._started = self._throttled = self._interrupted = False
        with contextlib.ExitStack() as made:  # given back at once if a later part cannot be made
            self._selector = selectors.DefaultSelector()
            made.callback(self._selector.close)
            self._bell = Bell()
            made.callback(self._bell.close)
            self._selector.register(self._bell.reader, selectors.EVENT_READ, self._bell.silence)
            self.api = RuntimeApi(self._selector, self._is_own)
            made.callback(self.api.close)
            self._box = make_box(self.api.address)
            made.callback(self._box.close)
            self._box.on_exit(self._exited)
            self._made = made.pop_all()

    @property
    def is_running(self) -> bool:
        """Whether there is a process, as far as anybody knows."""
        return self._started and self.exit is None

    def start(self) -> None:
        """Starts a process, without its CPU limit: that begins with the first event.

        Raises:
            Exception: The sandbox could not; there is no process then.
        """
        self.end()
        self.throttle(on=False)
        self.api.restart()
        self.exit, self.peak_mb = None, 0
        self._output = Output()
        self._selector.register(self._output.reader, selectors.EVENT_READ, self._read_output)
        try:
            self._box.start(self._output.writer)
        except BaseException:
            self._drop_output()
            raise
        self._output.close_writer()
        self._started = True

    def wait(self, done: Callable[[], bool], deadline: float) -> Event:
        """Serves the process until something is true, it ends, or the time has come.

        Args:
            done: Asked after everything that happens.
            deadline: On the clock of `time.monotonic`.

        Raises:
            Interrupted: See there.
        """
        while not done():
            if self._interrupted:
                raise Interrupted
            if self.exit is not None:
                self._serve_what_is_left()
                return Event.DONE if done() else Event.EXITED
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return Event.TIMED_OUT
            self._serve(remaining)
        return Event.DONE

    def freeze(self) -> None:
        """Stops all processes and takes note of what they printed and used."""
        self._box.freeze()
        # Only now: a thread of the function could print for ever.
        self._read_output()
        self._measure()

    def thaw(self) -> None:
        """Lets them go on. Whoever connected while they could not is a stranger."""
        self.api.refuse_strangers()
        self._box.thaw()

    def throttle(self, *, on: bool) -> None:
        """Holds them to the function's CPU share, or not."""
        if self._throttled is not on:
            self._throttled = on
            self._box.throttle(on)

    def end(self) -> None:
        """Kills whatever is left of the process, so that the next one starts from nothing but its /tmp."""
        if not self._started:
            return
        self._started = False
        self._measure()
        self._box.kill()
        limit = time.monotonic() + _KILL_LIMIT
        while self.exit is None and time.monotonic() < limit:
            self._serve(limit - time.monotonic())
        self._read_output()
        self._drop_output()

    def interrupt(self) -> None:
        """Kills it, and has `wait` raise in whatever thread is in there. From any thread; returns at once."""
        self._interrupted = True
        self._bell.ring()
        self._box.kill()

    def close(self) -> None:
        """Gives everything back."""
        self._drop_output()
        self._made.close()

    def _serve(self, seconds: float) -> int:
        events = self._selector.select(seconds)
        for key, _ in events:
            # Serving one may have closed another.
            if key.fd in self._selector.get_map():
                key.data()
        return len(events)

    def _serve_what_is_left(self) -> None:
        """Requests and output of a process that is gone: all of it is in the kernel's buffers by now."""
        while self._serve(0):
            pass

    def _read_output(self) -> None:
        """What is in the pipe, or a good part of it when more keeps coming; at its end, the pipe is put away."""
        for _ in range(_READS):
            data = self._output.read() if self._output else None
            if data is None:
                return
            if not data:
                self._drop_output()
            self._printed(data)

    def _drop_output(self) -> None:
        if self._output is not None:
            with contextlib.suppress(KeyError):
                self._selector.unregister(self._output.reader)
            self._output.close()
            self._output = None

    def _measure(self) -> None:
        self.peak_mb = max(self.peak_mb, self._box.peak_memory_mb())

    def _exited(self, end: Exit) -> None:
        """Called from the sandbox's thread."""
        self.exit = end
        self._bell.ring()

    def _is_own(self, client: socket.socket) -> bool:
        return peers.is_held_by(client, self._box.pids())
