"""The connections that clients have open, and which of them to give up when there are too many.

Each has a thread, and a client that sends nothing, or a byte now and then (slow loris), keeps it for as long as it likes.
So those that wait for their client are limited: one more, and the one that has waited longest is hung up on. An answer
that is being worked on is never cut off.
"""

from __future__ import annotations

import contextlib
import io
import resource
import socket
import threading
from typing import Any

WAITING = 1000
"""Connections that may wait for their client."""


class Connections:
    """Those that are open.

    Args:
        most: how many may wait for their client; by default, what leaves most descriptors to functions.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most or min(WAITING, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 4)
        self._open: set[socket.socket] = set()
        self._waiting: dict[socket.socket, None] = {}  # longest first
        self._lock = threading.Lock()

    def add(self, connection: socket.socket) -> None:
        """A client has connected."""
        with self._lock:
            self._open.add(connection)

    def discard(self, connection: socket.socket) -> None:
        """A connection has ended."""
        with self._lock:
            self._open.discard(connection)
            self._waiting.pop(connection, None)

    def waits(self, connection: socket.socket) -> None:
        """It is the client's turn."""
        with self._lock:
            self._waiting[connection] = None

    def works(self, connection: socket.socket) -> None:
        """The client has sent something."""
        with self._lock:
            self._waiting.pop(connection, None)

    def make_room(self, *, at_any_rate: bool = False) -> None:
        """Hang up on who has waited longest, if too many do.

        Args:
            at_any_rate: also if they are not too many.
        """
        with self._lock:
            longest = next(iter(self._waiting), None)
            if longest is None or not (at_any_rate or len(self._waiting) >= self._most):
                return
            del self._waiting[longest]
        _hang_up(longest)

    def close(self) -> None:
        """Hang up on all."""
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            _hang_up(connection)


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has ended by itself
        connection.shutdown(socket.SHUT_RDWR)


class Incoming(io.RawIOBase):
    """What a client sends.

    Args:
        connection: where.
        connections: told when the client is waited for.
    """

    def __init__(self, connection: socket.socket, connections: Connections) -> None:
        self._connection, self._connections = connection, connections

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there, or wait for it."""
        self._connections.waits(self._connection)
        try:
            return self._connection.recv_into(buffer)
        finally:
            self._connections.works(self._connection)
