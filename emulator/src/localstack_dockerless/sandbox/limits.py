"""The limits of one environment, each by a control group where the machine gives one, else by portable means.

Rules: CPU power follows memory, 1,769 MB being one vCPU; an environment that needs more than its memory is killed.
Sources: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (1,024 processes and threads, 1,024 file descriptors)
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from localstack_dockerless import docker_flags
from localstack_dockerless.sandbox import processes
from localstack_dockerless.sandbox.cgroups import Group
from localstack_dockerless.sandbox.processes import MB

MB_PER_VCPU = 1769
PROCESSES = 1024
DESCRIPTORS = 1024
ROOM_MB = 64
"""What the kernel's limit leaves for page cache and the sandbox's own processes (MB)."""
_REST = 4
"""How many times as long as a look at its memory took an environment is left alone: one of 1,000 processes takes long."""
PERIOD = 0.02
"""The span (s) within which a share of the processor is handed out."""


def descriptors() -> str:
    """Return the shell's command for how many files may be open."""
    soft, hard = docker_flags.current().descriptors or (DESCRIPTORS, DESCRIPTORS)
    return f"ulimit -Sn {soft}; ulimit -Hn {hard}"


Pids = Callable[[], list[int]]


class Switch:
    """A control file that is written on every invocation, kept open."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)

    def write(self, value: bytes) -> None:
        """Set the control file."""
        os.write(self._fd, value)

    def close(self) -> None:
        """Close the file; a write that comes too late fails instead of hitting another file."""
        os.close(self._fd)
        self._fd = -1


class Freezer(Protocol):
    """Stops and resumes all processes of an environment, and ends them."""

    def freeze(self) -> None: ...  # noqa: D102
    def thaw(self) -> None: ...  # noqa: D102
    def kill(self) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class GroupFreezer:
    """Version 2's freezer and killer, which need no controller.

    Version 1's freezer is not used: what it holds cannot be killed, so it would outlive a server that was killed.
    """

    def __init__(self, directory: Path, group: Group, by_signal: SignalFreezer) -> None:
        self._group = group
        self._by_signal = by_signal
        self._freeze = Switch(directory / "cgroup.freeze")
        try:
            self._kill = Switch(directory / "cgroup.kill")
        except BaseException:
            self._freeze.close()
            raise

    def freeze(self) -> None:
        """Stop every process."""
        self._group.joined()
        self._freeze.write(b"1")

    def thaw(self) -> None:
        """Let every process go on."""
        self._freeze.write(b"0")

    def kill(self) -> None:
        """End every process, frozen or not, and those that have not joined the group yet."""
        self._kill.write(b"1")
        self._by_signal.kill()

    def close(self) -> None:
        """Close the control files."""
        self._freeze.close()
        self._kill.close()


class SignalFreezer:
    """Stops by SIGSTOP: the session's process group in one call, then those that left it."""

    def __init__(self, leader: Callable[[], int | None], pids: Pids) -> None:
        self._leader = leader
        self._pids = pids

    def freeze(self) -> None:
        """Stop every process."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let every process go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End every process."""
        self._signal(signal.SIGKILL)

    def close(self) -> None:
        """Nothing to give back."""

    def _signal(self, number: int) -> None:
        leader = self._leader()
        if not leader:
            return
        known = self._pids()
        try:
            os.killpg(leader, number)
        except ProcessLookupError:
            return
        processes.signal_all((pid for pid in known if _group(pid) != leader), number)


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


class Processor(Protocol):
    """Holds an environment to its share of the processor."""

    def throttle(self, on: bool) -> None: ...  # noqa: D102
    def tick(self, *, running: bool) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class GroupProcessor:
    """The kernel's bandwidth control."""

    def __init__(self, version: int, directory: Path, memory_mb: int) -> None:
        period = round(PERIOD * 1e6)
        quota = max(1000, round(period * memory_mb / MB_PER_VCPU))  # the kernel refuses less than a millisecond
        if version == 1:
            (directory / "cpu.cfs_period_us").write_text(str(period))
        self._values = (b"-1", b"%d" % quota) if version == 1 else (b"max", b"%d %d" % (quota, period))
        self._switch = Switch(directory / ("cpu.cfs_quota_us" if version == 1 else "cpu.max"))

    def throttle(self, on: bool) -> None:
        """Hold the environment to its share, or not."""
        self._switch.write(self._values[on])

    def tick(self, *, running: bool) -> None:
        """Nothing to do: the kernel does it."""

    def close(self) -> None:
        """Close the control file."""
        self._switch.close()


class SignalProcessor:
    """Stops the processes for a moment whenever they have used more than their share, and resumes them when they may."""

    def __init__(self, memory_mb: int, pids: Pids, freezer: SignalFreezer) -> None:
        self._share = memory_mb / MB_PER_VCPU
        self._pids = pids
        self._freezer = freezer
        self._on = self._held = False
        self._reset()

    def _reset(self) -> None:
        self._at = time.monotonic()
        self._credit = self._share * PERIOD
        self._seen = {pid: processes.processor_seconds(pid) for pid in self._pids()} if self._on else {}

    def throttle(self, on: bool) -> None:
        """Hold the environment to its share, or not."""
        if on != self._on:
            self._on = on
            self._reset()

    def tick(self, *, running: bool) -> None:
        """Take stock, and stop or resume the processes; ``running`` is false while the environment is frozen."""
        if not running:
            if self._held:  # whoever thaws a group does not resume what a signal has stopped
                self._freezer.thaw()
            self._held = False
            self._at = time.monotonic()
            return
        if self._on:
            self._take_stock()
        if (self._on and self._credit < 0) != self._held:
            self._held = not self._held
            (self._freezer.freeze if self._held else self._freezer.thaw)()

    def _take_stock(self) -> None:
        seen = {pid: processes.processor_seconds(pid) for pid in self._pids()}
        spent = sum(max(0.0, now - self._seen.get(pid, 0.0)) for pid, now in seen.items())
        now = time.monotonic()
        earned = self._share * (now - self._at)
        self._credit = min(self._credit + earned, self._share * PERIOD) - spent
        self._seen, self._at = seen, now

    def close(self) -> None:
        """Nothing to give back."""


class _Growth:
    """Says when a figure has risen noticeably, so that a costly look follows only then."""

    def __init__(self) -> None:
        self._base = 0

    def noticed(self, value: int) -> bool:
        """Return whether ``value`` (bytes) is a megabyte above the last one noticed, or the lowest since."""
        grown = value >= self._base + MB
        self._base = value if grown else min(self._base, value)
        return grown


class Memory:
    """Measures what the processes use and says when it is too much.

    /tmp does not count: on Lambda it is a disk, though here it may be memory. A control group counts both together;
    its figure is cheap and says when to look closer. The kernel's own limit, behind this one, leaves room for /tmp.
    """

    def __init__(self, group: tuple[int, Path] | None, pids: Pids, memory_mb: int, ephemeral_mb: int) -> None:
        self._pids = pids
        self._limit = memory_mb * MB
        self._growth = _Growth()
        self._usage: int | None = None
        self._events: Path | None = None
        self.peak = 0
        self._not_before = 0.0
        if group:
            version, directory = group
            _limit_in_kernel(version, directory, (memory_mb + ephemeral_mb + ROOM_MB) * MB)
            self._events = directory / ("memory.oom_control" if version == 1 else "memory.events")
        self._kills = self._kernel_kills()
        if group:  # last, as nothing that fails may leave it open
            usage = directory / ("memory.usage_in_bytes" if version == 1 else "memory.current")
            self._usage = os.open(usage, os.O_RDONLY | os.O_CLOEXEC)

    def exceeded(self) -> bool:
        """Return whether the environment uses more than its memory."""
        begun = time.monotonic()
        if begun < self._not_before or not self._growth.noticed(self._cheap_figure()):
            return False
        used = self.measure()
        now = time.monotonic()
        self._not_before = now + _REST * (now - begun)
        return used > self._limit

    def _cheap_figure(self) -> int:
        if self._usage is not None:
            return int(os.pread(self._usage, 32, 0))
        return sum(map(processes.resident, self._pids()))

    def measure(self) -> int:
        """Return what is used now (bytes), and remember the highest."""
        pids = self._pids()
        used = processes.highest(pids[0]) if len(pids) == 1 else sum(map(processes.proportional, pids))
        self.peak = max(self.peak, used)
        return used

    def killed_by_kernel(self) -> bool:
        """Return whether the kernel has killed for want of memory since the last time asked."""
        before, self._kills = self._kills, self._kernel_kills()
        return self._kills > before

    def _kernel_kills(self) -> int:
        words = self._events.read_text().split() if self._events else ["oom_kill", "0"]
        return int(words[words.index("oom_kill") + 1])

    def close(self) -> None:
        """Close the control file."""
        if self._usage is not None:
            os.close(self._usage)


def _limit_in_kernel(version: int, directory: Path, size: int) -> None:
    names = ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes") if version == 1 else ("memory.max",)
    for name in names:
        with contextlib.suppress(FileNotFoundError):  # swap is counted only where the kernel was told to
            (directory / name).write_text(str(size))
    for name, value in (("memory.swap.max", "0"), ("memory.oom.group", "1")):
        if version == 2 and (directory / name).exists():  # noqa: PLR2004 - the version of control groups
            (directory / name).write_text(value)


def limit_processes(group: tuple[int, Path] | None, more: int) -> None:
    """Limit processes and threads together, ``more`` being the sandbox's own."""
    if group:
        (group[1] / "pids.max").write_text(str(PROCESSES + more))
