"""Two threads for all environments: one starts processes, one notices exits and looks after limits."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import select
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

from localstack_dockerless.sandbox.once import once
from localstack_dockerless.sandbox.system import separate_mounts

if TYPE_CHECKING:
    from localstack_dockerless.sandbox.network import Namespace

T = TypeVar("T")
IDLE_TICK = 0.02
LINGER = 0.5
"""How long the thread goes on ticking without need (s), as waking it at every invocation of a series costs more."""
LOG = logging.getLogger(__name__)


class Watched(Protocol):
    """Something to look after while its processes run."""

    interval: float

    def tick(self) -> None:
        """Look after it; called about every ``interval`` seconds."""


class Child:
    """A started process: its id, and a pidfd by which it can be signalled without hitting another."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self.popen = popen
        self.pid = popen.pid
        self.fd = os.pidfd_open(popen.pid)
        self.ended = threading.Event()


class Supervisor:
    """Starts processes, reports their exits within milliseconds, and ticks for environments that are running."""

    def __init__(self) -> None:
        # A sandboxed process is killed when the *thread* that started it ends, so that thread must outlive them all.
        self._spawner = ThreadPoolExecutor(1, "dockerless-spawner")
        self.private_mounts: bool = self.in_spawner(separate_mounts)
        self._children: dict[int, tuple[Child, Callable[[int], None]]] = {}
        self._watched: set[Watched] = set()
        self._poll = select.epoll()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll.register(self._bell, select.EPOLLIN)
        self._asleep = False
        threading.Thread(target=self._run, name="dockerless-supervisor", daemon=True).start()

    def spawn(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        streams: tuple[int, int, int],
        on_exit: Callable[[int], None],
        *,
        cwd: str = "/",
        pass_fds: Sequence[int] = (),
        network: Namespace | None = None,
    ) -> Child:
        """Start a process in a session of its own.

        Args:
            command: the command line.
            environment: its whole environment.
            streams: descriptors of its standard input, standard output and standard error.
            on_exit: called with the return code (negative for a signal) from the supervisor's thread.
            cwd: the working directory.
            pass_fds: further descriptors the process inherits.
            network: where it starts; the machine's without one.
        """

        def run() -> Child:
            with network.entered() if network else contextlib.nullcontext():
                return Child(
                    subprocess.Popen(
                        command,
                        env=environment,
                        cwd=cwd,
                        stdin=streams[0],
                        stdout=streams[1],
                        stderr=streams[2],
                        pass_fds=pass_fds,
                        start_new_session=True,
                    )
                )

        child = self.in_spawner(run)
        self._children[child.fd] = (child, on_exit)
        self._poll.register(child.fd, select.EPOLLIN)
        return child

    def in_spawner(self, call: Callable[[], T]) -> T:
        """Call something in the thread that starts processes: only there, and in them, private mounts are seen."""
        return self._spawner.submit(call).result()

    def watch(self, watched: Watched) -> None:
        """Tick for ``watched`` from now on."""
        self._watched.add(watched)
        if self._asleep:
            os.eventfd_write(self._bell, 1)

    def unwatch(self, watched: Watched) -> None:
        """Tick for ``watched`` no longer."""
        self._watched.discard(watched)

    def _run(self) -> None:
        with contextlib.suppress(OSError):  # only root may; a late look at memory costs more than an early one
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -10)
        idle = 0.0
        while True:
            watched = tuple(self._watched)
            interval = min((each.interval for each in watched), default=IDLE_TICK)
            idle = 0.0 if watched else idle + interval
            self._asleep = idle > LINGER
            for fd, _ in self._poll.poll(None if self._asleep and not self._watched else interval):
                if fd == self._bell:
                    os.eventfd_read(self._bell)
                else:
                    self._ended(fd)
            for each in tuple(self._watched):
                _guarded(each.tick)

    def _ended(self, fd: int) -> None:
        child, on_exit = self._children.pop(fd)
        self._poll.unregister(fd)
        code = child.popen.wait()
        os.close(fd)
        _guarded(functools.partial(on_exit, code))
        child.ended.set()


def _guarded(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception:  # one environment's trouble must not end the thread that serves all
        LOG.exception("looking after an execution environment failed")


@once
def supervisor() -> Supervisor:
    """Return the supervisor of this process, started at first use."""
    return Supervisor()
