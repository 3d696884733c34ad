"""The runtime's process and those of extensions, and the loop that serves them while somebody waits for them."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Mapping
from enum import Enum, auto
from pathlib import Path

from localstack_dockerless import sandbox
from localstack_dockerless.executor import peers
from localstack_dockerless.executor.bell import Bell
from localstack_dockerless.executor.extension_apis import ExtensionApis
from localstack_dockerless.executor.extensions import Extension, Extensions
from localstack_dockerless.executor.external import Launcher
from localstack_dockerless.executor.network import Network
from localstack_dockerless.executor.output import Outputs
from localstack_dockerless.executor.runtime_api import RuntimeApi
from localstack_dockerless.executor.telemetry import Telemetry
from localstack_dockerless.sandbox import Box, Exit

_KILL_LIMIT = 5.0
"""Seconds for a killed process to be gone."""

_CATEGORIES = ("function", "extension")
"""Of output, as in telemetry."""

_LEFT = 256
"""Rounds for what a process that is gone has left; others may go on writing."""

SHUTDOWN = {"internal": 0.5, "external": 2.0}
"""Seconds for SHUTDOWN, by the kind of extensions there are. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""
RUNTIME_SHUTDOWN = {"internal": 0.5, "external": 0.3}
"""Seconds of these for the runtime."""
_THAW = 0.02
"""Seconds of these until thawed threads run."""
_FLUSH = 0.2
"""Seconds of these for telemetry, before extensions are told to end."""


_all: set[Process] = set()
"""Those that have not been closed."""


def is_of_a_function(client: socket.socket) -> bool:
    """Whether a connection comes from any execution environment, or from nobody that could be asked."""
    if not _all or not peers.can_tell():
        return False
    owner, (functions, _group) = peers.user(client), sandbox.user()
    if owner is not None and functions != os.geteuid():
        return owner == functions
    return peers.is_abandoned(client) or any(one.holds(client) for one in tuple(_all))


class Interrupted(Exception):  # noqa: N818 - not an error: somebody wanted it
    """`interrupt` was called while somebody waited."""


class Event(Enum):
    """How waiting ended."""

    DONE = auto()
    EXITED = auto()
    TIMED_OUT = auto()


class Process:
    """One process at a time, its Runtime API, its output and its limits; with external extensions, theirs too.

    Args:
        make_box: Builds the sandbox, given the address of the Runtime API ("127.9.3.77:9001").
        printed: Called with what is printed.
        extensions: Who registers.
        external: The files of the external extensions, by name.
        json_lines: Whether the function logs JSON.
        subscribed: Called with the name and the types of who subscribed to telemetry.
        network: What it is connected to; without one it has a Runtime API on the machine's loopback interface.

    Attributes:
        api: The Runtime API.
        telemetry: What subscribers get.
        exit: How the runtime ended, or None.
        peak_mb: The most memory this process has used so far, in MB, with its children.
    """

    def __init__(
        self,
        make_box: Callable[[str], Box],
        printed: Callable[[bytes], None],
        extensions: Extensions,
        external: Mapping[str, Path],
        *,
        json_lines: bool,
        subscribed: Callable[[str, tuple[str, ...]], None],
        network: Network | None = None,
    ) -> None:
        self._network = network
        self._printed = printed
        self._extensions = extensions
        self._external = external
        self._launcher: Launcher | None = None
        self.exit: Exit | None = None
        self.peak_mb = 0
        self._started = self._throttled = self._frozen = self._interrupted = self._is_over = False
        with contextlib.ExitStack() as made:  # given back at once if a later part cannot be made
            self._selector = selectors.DefaultSelector()
            made.callback(self._selector.close)
            self._bell = Bell()
            made.callback(self._bell.close)
            self._selector.register(self._bell.reader, selectors.EVENT_READ, self._bell.silence)
            self._outputs = Outputs(self._selector, self._print)
            self.api = RuntimeApi(self._selector, self._is_own, network.api if network else None)
            made.callback(self.api.close)
            host = self.api.address.partition(":")[0]
            stream = network.stream if network else socket.socket
            self.telemetry = Telemetry(self._selector, host, json_lines=json_lines, stream=stream)
            made.callback(self.telemetry.close)
            self.api.beside = ExtensionApis(extensions, self.telemetry, self._is_own, subscribed)
            self._box = make_box(self.api.address)
            made.callback(self._box.close)
            self._box.on_exit(self._box_exited)
            self._made = made.pop_all()
        _all.add(self)

    @property
    def is_running(self) -> bool:
        """Whether there is a process, as far as anybody knows."""
        return self._started and not self._has_failed

    @property
    def lingers(self) -> bool:
        """Whether there is something to shut down gracefully, which takes time."""
        return self._started and not self._is_over and len(self._extensions) > 0

    @property
    def crashed(self) -> Extension | None:
        """An external extension whose process has ended."""
        return next((one for one in self._extensions.external if one.exit), None) if self._launcher else None

    @property
    def launch_problem(self) -> str:
        """Why an extension could not be started; empty if nothing is wrong."""
        return self._launcher.problem if self._launcher else ""

    @property
    def _has_failed(self) -> bool:
        return self.exit is not None or bool(self.launch_problem) or self.crashed is not None

    def start(self) -> None:
        """Starts a process, without its CPU limit: that begins with the first event.

        With external extensions it starts these; the runtime follows in `advance`.

        Raises:
            Exception: The sandbox could not; there is no process then.
        """
        self.end()
        self.throttle(on=False)
        self.api.restart()
        self.telemetry.restart()
        self._extensions.restart(self._external)
        self.exit, self.peak_mb, self._is_over, self._frozen = None, 0, False, False
        writers = self._outputs.open(_CATEGORIES if self._external else _CATEGORIES[:1])
        try:
            init = self._box.start(*writers)
        except BaseException:
            self._outputs.drop()
            raise
        self._outputs.close_writers()
        self._started = True
        if init:
            self._launcher = Launcher(self._external, self._extensions, init)
            self._selector.register(init, selectors.EVENT_READ, self._listen)

    def advance(self) -> None:
        """Starts the runtime once the external extensions have registered."""
        if self._launcher:
            self._launcher.advance()

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
            if self._has_failed:
                self._serve_what_is_left()
                self._learn_why()
                return Event.DONE if done() else Event.EXITED
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return Event.TIMED_OUT
            self._serve(remaining)
        return Event.DONE

    def freeze(self) -> None:
        """Stops all processes and takes note of what they printed and used."""
        self._frozen = True
        self._box.freeze()
        # Only now: a thread of the function could print for ever.
        self._outputs.read()
        self.measure()

    def thaw(self) -> None:
        """Lets them go on, if they are frozen. Whoever connected while they could not is a stranger."""
        if self._frozen:
            self._frozen = False
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
        self.measure()
        self._box.kill()
        limit = time.monotonic() + _KILL_LIMIT
        while not self._is_over and time.monotonic() < limit:
            self._serve(limit - time.monotonic())
        self._outputs.read()
        self._give_back()

    def shut_down(self, reason: str) -> None:
        """SHUTDOWN: the runtime gets a signal, then extensions their event, both a limited time; then as `end`.

        Args:
            reason: "spindown", "timeout" or "failure".
        """
        if self.lingers:
            self.thaw()
            kind = "external" if self._extensions.external else "internal"
            begun = time.monotonic()
            limit = begun + SHUTDOWN[kind]
            self._end_runtime(begun + RUNTIME_SHUTDOWN[kind])
            self._serve_until(self.telemetry.flush, min(limit, time.monotonic() + _FLUSH))
            waiting = self._extensions.shut_down(reason, time.time() + limit - time.monotonic())
            self._serve_until(lambda: all(one.exit for one in waiting), limit)
        self.end()

    def _end_runtime(self, limit: float) -> None:
        if self.exit is None:
            # A signal to threads that are just being thawed may reach another than the main one, which Python needs.
            self._serve_until(lambda: self.exit is not None, time.monotonic() + _THAW)
            (self._launcher.terminate_runtime if self._launcher else self._box.terminate)()
            self._serve_until(lambda: self.exit is not None, limit)
        if self.exit is None and self._launcher:
            self._launcher.kill_runtime()

    def _serve_until(self, done: Callable[[], bool], limit: float) -> None:
        """Serves until something is true, the time has come, or nothing is left or wanted."""
        while not (self._is_over or self._interrupted or done()) and (left := limit - time.monotonic()) > 0:
            self._serve(left)

    def interrupt(self) -> None:
        """Kills it, and has `wait` raise in whatever thread is in there. From any thread; returns at once."""
        self._interrupted = True
        self._bell.ring()
        self._box.kill()

    def close(self) -> None:
        """Gives everything back."""
        _all.discard(self)
        self._give_back()
        self._made.close()

    def _give_back(self) -> None:
        """What belongs to one process."""
        self._outputs.drop()
        self.telemetry.close()
        if self._launcher:
            with contextlib.suppress(KeyError):
                self._selector.unregister(self._launcher.init)
            self._launcher.init.close()
            self._launcher = None

    def _serve(self, seconds: float) -> int:
        due = self.telemetry.due()
        if due is not None:
            seconds = min(seconds, max(0.0, due - time.monotonic()))
        events = self._selector.select(seconds)
        for key, _ in events:
            # Serving one may have closed another.
            if key.fd in self._selector.get_map():
                key.data()
        if due is not None:
            self.telemetry.work()
        return len(events)

    def _serve_what_is_left(self) -> None:
        """Requests and output of a process that is gone: all of it is in the kernel's buffers by now."""
        for _ in range(_LEFT):
            if not self._serve(0):
                return

    def _learn_why(self) -> None:
        """One that was killed may be the first of all to be told of, where memory was the reason."""
        ended = [self.exit, *(one.exit for one in self._extensions.external)]
        if self._launcher and any(end and end.signal == signal.SIGKILL for end in ended):
            self._serve_until(lambda: False, time.monotonic() + _KILL_LIMIT / 5)

    def _print(self, category: str, data: bytes) -> None:
        self._printed(data)
        self.telemetry.printed(category, data)

    def measure(self) -> None:
        """Takes note of the memory in use."""
        self.peak_mb = max(self.peak_mb, self._box.peak_memory_mb())

    def _listen(self) -> None:
        """What the environment's first program tells."""
        if self._launcher:
            self._launcher.listen()
            self.exit = self.exit or self._launcher.runtime_exit
            if self._launcher.init.is_over:
                self._selector.unregister(self._launcher.init)

    def _box_exited(self, end: Exit) -> None:
        """Called from the sandbox's thread: nothing is left."""
        self.exit = end if end.out_of_memory else self.exit or end
        self._is_over = True
        self._bell.ring()

    def holds(self, client: socket.socket) -> bool:
        """Whether a connection comes from one of its processes."""
        return peers.is_held_by(client, self._box.pids())

    def _is_own(self, client: socket.socket) -> bool:
        """Whether a connection to its own addresses does: nobody else is in the environment's own network."""
        is_alone = self._network is not None and self._network.namespace is not None
        return is_alone or self.holds(client)
