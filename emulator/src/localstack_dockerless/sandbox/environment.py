"""An execution environment: processes, limits and files put together."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack

from localstack_dockerless.sandbox import bubblewrap, cgroups, limits, network, plain, processes, strays
from localstack_dockerless.sandbox.files import Files
from localstack_dockerless.sandbox.init import SCRIPT, Init
from localstack_dockerless.sandbox.model import Exit, Spec
from localstack_dockerless.sandbox.supervisor import Child, supervisor

STOP_SECONDS = 5
"""How long a killed process may take to be gone (s)."""
SANDBOX_PROCESSES = 2
"""Bubblewrap's own: one that waits outside and one that is the first process inside."""


def _is_sandboxed() -> bool:
    try:
        bubblewrap.means()
    except bubblewrap.Unusable:
        return False
    return True


def explore() -> None:
    """Try bubblewrap and network namespaces and look for control groups; all are remembered."""
    supervisor()
    _is_sandboxed()
    cgroups.find()
    network.is_private()


class Environment:
    """A ``Box`` on this machine, with whatever this machine has to isolate and limit it."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._sandboxed = _is_sandboxed()
        self._lock = threading.RLock()
        self._child: Child | None = None
        self._own: set[int] = set()
        self._running = self._out_of_memory = self._closed = False
        self._callbacks: list[Callable[[Exit], None]] = []
        self._closing = ExitStack()
        self._files = Files(spec.directory, spec.layers, spec.ephemeral_mb)
        self._closing.callback(self._files.close)
        try:
            self._limit()
        except BaseException:
            self._closing.close()
            raise

    def _limit(self) -> None:
        """Put the limits together: each by a control group, or by portable means."""
        spec = self._spec
        self._group = group = cgroups.Group(spec.identifier)
        self._closing.callback(group.close)
        by_signal = limits.SignalFreezer(self._leader, self._pids)
        self._freezer: limits.Freezer = (
            limits.GroupFreezer(group.freezer, group, by_signal) if group.freezer else by_signal
        )
        self._closing.callback(self._freezer.close)
        cpu = group.controller("cpu")
        self._processor: limits.Processor = (
            limits.GroupProcessor(*cpu, spec.memory_mb)
            if cpu
            else limits.SignalProcessor(spec.memory_mb, self._pids, by_signal)
        )
        self._closing.callback(self._processor.close)
        self._memory = limits.Memory(group.controller("memory"), self._pids, spec.memory_mb, spec.ephemeral_mb)
        self._closing.callback(self._memory.close)
        limits.limit_processes(group.controller("pids"), SANDBOX_PROCESSES if self._sandboxed else 0)
        self._counts = not self._sandboxed and group.controller("pids") is None
        self._strays = not self._sandboxed and not group.lists
        self.interval = limits.PERIOD / 2

    def start(self, output_fd: int, extensions_fd: int = -1) -> Init | None:
        """See ``Box.start``.

        Raises:
            RuntimeError: the environment was closed.
        """
        if child := self._child:
            child.ended.wait(STOP_SECONDS)
        with self._lock:
            if self._closed:
                raise RuntimeError(f"the execution environment {self._spec.identifier} is closed")
            self._freezer.thaw()
            self._out_of_memory = False
            self._memory.peak = 0
            self._own = set()
            init, stdin = self._several() if self._spec.several else (None, self._script(bubblewrap.RUN))
            try:
                self._child = self._spawn((stdin, output_fd, extensions_fd if init else output_fd))
            except BaseException:
                if init:
                    init.close()
                raise
            self._group.join_later(self._child.pid)
            self._resume()
            return init

    def _several(self) -> tuple[Init, int]:
        """Return a connection: our end, and the other one with what the shell there shall do first."""
        ours, theirs = socket.socketpair()
        how = bubblewrap.how_it_ended
        init = Init(ours, (lambda word: word) if self._sandboxed else self._places().path, how)
        ours.sendall(self._prologue(SCRIPT))
        return init, theirs.detach()

    def _script(self, last: str) -> int:
        """Return the descriptor of what the process reads from its standard input."""
        if not self._sandboxed:
            return os.open(os.devnull, os.O_RDONLY)
        return bubblewrap.memory_file(self._prologue(last))

    def _prologue(self, last: str) -> bytes:
        """Return what a shell does first; without a sandbox the environment is there already."""
        if not self._sandboxed:
            return last.encode()
        counted = self._group.controller("pids") is not None
        return bubblewrap.script(self._spec.environment, limit_processes=not counted, last=last)

    def _spawn(self, streams: tuple[int, int, int]) -> Child:
        """Start the process; what it reads its settings from is closed here at once."""
        passed: list[int] = []
        try:
            command, environment = self._sandboxed_command(passed) if self._sandboxed else self._plain_command()
            return self._spawn_command(command, environment, streams, passed)
        finally:
            for descriptor in (streams[0], *passed):
                os.close(descriptor)

    def _spawn_command(
        self, command: list[str], environment: dict[str, str], streams: tuple[int, int, int], passed: list[int]
    ) -> Child:
        network = self._spec.network
        prelude = ["/bin/sh", "-c", self._prelude(), "sh", *(network.prefix if network else ()), *command]
        cwd = "/" if self._sandboxed else str(self._spec.code)
        return supervisor().spawn(prelude, environment, streams, self._ended, cwd=cwd, pass_fds=passed, network=network)

    def _prelude(self) -> str:
        """Join the control groups and limit descriptors before anything else can run."""
        joins = [f"echo 0 > {shlex.quote(str(path))} || exit 125" for path in self._group.quick_joins]
        return "\n".join([*joins, f"ulimit -c 0; {limits.descriptors()}; umask 022", 'exec "$@"'])

    def _sandboxed_command(self, passed: list[int]) -> tuple[list[str], dict[str, str]]:
        """Return the command line, and add to the descriptors that it names."""
        tmp = self._files.tmp if self._files.tmp_is_bounded else None
        arguments, descriptors = bubblewrap.arguments(self._spec, self._files.opt, tmp)
        passed += descriptors
        passed.append(bubblewrap.memory_file(bubblewrap.null_separated(arguments)))
        alone = self._spec.root is not None and self._spec.root.alone
        return bubblewrap.command(passed[-1], self._spec.command, alone=alone), bubblewrap.CLEAN

    def _plain_command(self) -> tuple[list[str], dict[str, str]]:
        places = self._places()
        return places.command(), places.environment()

    def _places(self) -> plain.Places:
        return plain.Places(self._spec, self._files.opt, self._files.tmp)

    def _leader(self) -> int | None:
        return self._child.pid if self._child else None

    def _pids(self) -> list[int]:
        """Return the function's processes, without those of the sandbox itself."""
        child = self._child
        if not child:
            return []
        if self._sandboxed and len(self._own) < SANDBOX_PROCESSES:
            self._own = {child.pid, *processes.children(child.pid)}
        found = self._group.processes() or [child.pid, *processes.descendants(child.pid)]
        return [pid for pid in found if pid not in self._own]

    def tick(self) -> None:
        """Look after the limits while the environment runs."""
        with self._lock:
            if self._running:
                self._processor.tick(running=True)
                self._check_memory()
                self._check_processes()

    def _check_memory(self) -> None:
        if self._memory.exceeded():
            self._out_of_memory = True
            self.kill()

    def _check_processes(self) -> None:
        """Where nothing refuses the 1,025th process, end the environment instead."""
        if self._counts and processes.tasks(self._pids()) > limits.PROCESSES:
            self.kill()
        self._end_strays()

    def _end_strays(self) -> None:
        if self._strays:
            strays.end()

    def _resume(self) -> None:
        self._running = True
        supervisor().watch(self)

    def freeze(self) -> None:
        """See ``Box.freeze``."""
        with self._lock:
            if self._closed:
                return
            self._running = False
            supervisor().unwatch(self)
            self._processor.tick(running=False)
            self._freezer.freeze()
            self._check_memory()
            self._end_strays()

    def thaw(self) -> None:
        """See ``Box.thaw``."""
        with self._lock:
            if not self._closed:
                self._freezer.thaw()
                if self._child:  # it may have been killed meanwhile, and then there is nothing to look after
                    self._resume()

    def throttle(self, on: bool) -> None:
        """See ``Box.throttle``."""
        with self._lock:
            if not self._closed:
                self._processor.throttle(on)

    def on_exit(self, callback: Callable[[Exit], None]) -> None:
        """See ``Box.on_exit``."""
        self._callbacks.append(callback)

    def kill(self) -> None:
        """See ``Box.kill``."""
        with self._lock:
            if not self._closed:
                self._freezer.kill()

    def terminate(self) -> None:
        """See ``Box.terminate``."""
        with self._lock:
            known = set(self._pids())
            below = processes.descendants(self._child.pid) if self._child else []
            first = next((pid for pid in (self._leader(), *below) if pid in known), None)
            processes.signal_all([first] if first else [], signal.SIGTERM)

    def peak_memory_mb(self) -> int:
        """See ``Box.peak_memory_mb``."""
        with self._lock:
            if not (self._out_of_memory or self._closed):
                self._memory.measure()
        return (
            self._spec.memory_mb
            if self._out_of_memory
            else min(self._spec.memory_mb, -(-self._memory.peak // processes.MB))
        )

    def _ended(self, code: int) -> None:
        """Take note of the runtime's end, from the supervisor's thread."""
        with self._lock:
            self._running = False
            supervisor().unwatch(self)
            self._out_of_memory |= self._memory.killed_by_kernel()
            self._freezer.kill()  # what the runtime left running
            self._end_strays()
            self._child = None
        status, number = bubblewrap.how_it_ended(code) if self._sandboxed else plain.how_it_ended(code)
        ended = Exit(status, number, self._out_of_memory)
        for callback in tuple(self._callbacks):
            callback(ended)

    def pids(self) -> list[int]:
        """See ``Box.pids``."""
        with self._lock:
            return self._pids()

    def close(self) -> None:
        """See ``Box.close``."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            child, left = self._child, [*self._pids(), *self._own]
            self._freezer.kill()
        if child:
            child.ended.wait(STOP_SECONDS)
        processes.wait_for_end(left, STOP_SECONDS)
        self._end_strays()
        with self._lock:
            self._closing.close()
