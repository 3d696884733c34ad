"""Where an execution environment's Runtime API listens.

On Lambda it is at port 9001 of an address that only the environment can see. Environments that share the machine's
network get each a loopback address of their own, drawn at random: 127.0.0.0/8 has sixteen million. Systems that
configure 127.0.0.1 alone (macOS) get a free port of it instead.
"""

from __future__ import annotations

import errno
import random
import socket

PORT = 9001
_BACKLOG = 64
_TRIES = 20


def listen() -> socket.socket:
    """A non-blocking listening socket on an address nobody else has."""
    for _ in range(_TRIES):
        address = f"127.{random.randint(1, 254)}.{random.randint(0, 255)}.{random.randint(1, 254)}"  # noqa: S311 - an address, not a secret
        try:
            return bound(address, PORT)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                break
    return bound("127.0.0.1", 0)


def bound(address: str, port: int) -> socket.socket:
    """A non-blocking listening socket on this address.

    Raises:
        OSError: It is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
