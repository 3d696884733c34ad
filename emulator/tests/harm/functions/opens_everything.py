"""Opens 100,000 of a kind, as far as it gets."""

import ctypes
import errno
import os
import select
import socket

LIBC = ctypes.CDLL(None, use_errno=True)


def watch():
    descriptor = LIBC.inotify_init1(0)
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    return descriptor


KINDS = {
    "sockets": socket.socket,
    "files": lambda: os.open("/dev/null", os.O_RDONLY),
    "pipes": os.pipe,
    "inotify": watch,
    "epoll": select.epoll,
    "memory": lambda: os.memfd_create("x"),
    "events": lambda: os.eventfd(0),
    "pairs": socket.socketpair,
}


def handler(_event, _context):
    ends = {}
    for kind, make in KINDS.items():
        kept = []
        try:
            for _ in range(100_000):
                kept.append(make())  # noqa: PERF401 - those before the one that fails are wanted, too
        except OSError as error:
            ends[kind] = errno.errorcode[error.errno]
        for one in kept:
            close(one)
    return ends


def close(one):
    if isinstance(one, int):
        os.close(one)
    elif hasattr(one, "close"):
        one.close()
    else:
        for part in one:
            close(part)
