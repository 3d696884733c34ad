"""Signals, traces and reads the memory of processes by their number on the machine."""

import ctypes
import errno
import os

LIBC = ctypes.CDLL(None, use_errno=True)
ATTACH, DETACH = 16, 17


def attempt(action):
    try:
        action()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"


def trace(pid):
    if LIBC.ptrace(ATTACH, pid, None, None) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(pid, 0)
    LIBC.ptrace(DETACH, pid, None, None)


def read(path):
    with open(path, "rb") as file:
        file.read(1)


def handler(event, _context):
    pid = event["pid"]
    return {
        "signal": attempt(lambda: os.kill(pid, 0)),
        "ptrace": attempt(lambda: trace(pid)),
        "memory": attempt(lambda: open(f"/proc/{pid}/mem", "rb").close()),
        "environment": attempt(lambda: read(f"/proc/{pid}/environ")),
        "root": attempt(lambda: os.listdir(f"/proc/{pid}/root/")),
        "priority": attempt(lambda: os.setpriority(os.PRIO_PROCESS, pid, 19)),
    }
