"""Processes whose parent has ended, where nothing else tells whose they are.

A function's process that forks twice belongs to nobody. In bubblewrap or a control group it is still known; without both
it becomes a child of the server's supervisor, out of reach of limits, and would outlive its environment. So there it is
ended as soon as it is seen.
"""

from __future__ import annotations

import os
import signal
import time

from localstack_dockerless.sandbox import processes

ADOPTER = "DOCKERLESS_ADOPTER"
"""The variable with the process id of who gets orphans, set by itself."""
_SECONDS = 1.0


def find() -> list[int]:
    """Return the strays and what is below them."""
    parent = os.getppid()
    if os.environ.get(ADOPTER) != str(parent):
        return []
    found = [pid for pid in processes.children(parent) if pid != os.getpid() and processes.is_there(pid)]
    return [each for pid in found for each in (pid, *processes.descendants(pid))]


def end() -> None:
    """End them; one that forks all the time is stopped first, so that it holds still."""
    until = time.monotonic() + _SECONDS
    stopped: set[int] = set()
    while (found := set(find())) and time.monotonic() < until:
        if new := found - stopped:
            processes.signal_all(new, signal.SIGSTOP)
            stopped |= new
        else:
            processes.signal_all(found, signal.SIGKILL)
            processes.wait_for_end(found, until - time.monotonic())
