"""Sends signals to its parent, the first process, its group and everything it may."""

import contextlib
import os
import signal


def handler(event, _context):
    for target in event.get("targets", [os.getppid(), 1, -1]):
        with contextlib.suppress(OSError):
            os.kill(target, signal.SIGKILL)
    if event.get("group"):
        os.killpg(0, signal.SIGKILL)
    return "alive"
