"""What /proc says about the processes of an environment."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable

_PAGE = os.sysconf("SC_PAGE_SIZE")
MB = 1024 * 1024


def read(path: str) -> bytes:
    """Return a file of the kernel's, in the three system calls it takes: this happens on every invocation."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, 65536)
    finally:
        os.close(descriptor)


def descendants(pid: int) -> list[int]:
    """Return the processes below ``pid``, parents before their children, without itself."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children(waiting.pop())
        found += below
        waiting += below
    return found


def children(pid: int) -> list[int]:
    """Return the direct children of a process."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - called often
            found += map(int, read(f"/proc/{pid}/task/{thread}/children").split())
    except OSError:
        pass  # it ended while we looked
    return found


def tasks(pids: Iterable[int]) -> int:
    """Return how many threads processes have, at least one each."""
    return sum(_tasks(pid) for pid in pids)


def _tasks(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/task"))  # noqa: PTH208 - called often
    except OSError:
        return 1


def resident(pid: int) -> int:
    """Return the memory of a process that is in use now (bytes), pages shared with others included."""
    try:
        return int(read(f"/proc/{pid}/statm").split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def proportional(pid: int) -> int:
    """Return a process's memory (bytes) with shared pages divided among those that share them."""
    return _kilobytes(f"/proc/{pid}/smaps_rollup", b"Pss:") * 1024 or resident(pid)


def highest(pid: int) -> int:
    """Return the most memory (bytes) a process ever had in use."""
    return _kilobytes(f"/proc/{pid}/status", b"VmHWM:") * 1024


def _kilobytes(path: str, name: bytes) -> int:
    try:
        _, _, rest = read(path).partition(name)
        return int(rest.split(None, 1)[0])
    except (OSError, IndexError, ValueError):
        return 0


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process with all its threads (s), 0 when it is gone."""
    try:
        return time.clock_gettime((~pid << 3) | 2)  # the kernel's clock id of another process's processor time
    except OSError:
        return 0.0


def signal_all(pids: Iterable[int], number: int) -> None:
    """Send a signal to each process that is still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def is_there(pid: int) -> bool:
    """Return whether a process still runs; one that has ended but was not yet reaped does not."""
    try:
        return b") Z " not in read(f"/proc/{pid}/stat")
    except OSError:
        return False


def wait_for_end(pids: Iterable[int], seconds: float) -> None:
    """Wait until killed processes are gone, at most ``seconds``."""
    until = time.monotonic() + seconds
    for pid in pids:
        while is_there(pid) and time.monotonic() < until:
            time.sleep(0.001)
