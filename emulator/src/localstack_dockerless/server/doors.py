"""Listeners of execution environments: one thread accepts their connections, as there may be a thousand of them."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, Protocol

from localstack_dockerless.server.lane import Reply
from localstack_dockerless.server.wire import Head

Peer = tuple[str, int]
Take = Callable[[socket.socket, Peer], None]
BUFFER = 64 * 1024
PAUSE = 0.1
"""Seconds before the next try when a connection cannot be taken."""


class Held(Exception):  # noqa: N818 - what happens to the request
    """A request gets no answer: what it is for cannot be reached from where it comes."""


class Taken(Exception):  # noqa: N818 - what happens to the request
    """A request is somebody else's.

    Args:
        serve: given the connection and what is read from it; after that the connection is of no further use.
    """

    def __init__(self, serve: Callable[[socket.socket, BinaryIO], None]) -> None:
        super().__init__()
        self.serve = serve


class Gate(Protocol):
    """Stands between an environment and the server."""

    def way(self) -> dict[str, Any]:
        """What the WSGI environment is to say of how the present request came; nothing if that is not special."""

    def admit(self, head: Head) -> Reply | None:
        """Let a request in, or answer it.

        Raises:
            Held: it is not to be answered.
            Taken: it is to be answered by somebody else.
        """


def hold(connection: socket.socket) -> None:
    """Keep a connection without an answer until the client gives up."""
    with contextlib.suppress(OSError):
        while connection.recv(BUFFER):
            pass


class Doors:
    """Accepts connections, each of which gets a thread."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._running = False

    def open(self, listeners: Iterable[socket.socket], take: Take) -> Callable[[], None]:
        """Take connections.

        Args:
            listeners: where they come from.
            take: given each connection and its peer, in a thread of its own; it closes the connection.

        Returns:
            What ends that, and closes the listeners.
        """
        opened = list(listeners)
        with self._lock:
            for listener in opened:
                listener.setblocking(False)
                self._selector.register(listener, selectors.EVENT_READ, take)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="dockerless-doors", daemon=True).start()
        return lambda: self._close(opened)

    def _close(self, listeners: list[socket.socket]) -> None:
        with self._lock:
            for listener in listeners:
                with contextlib.suppress(KeyError, ValueError):  # it is closed already
                    self._selector.unregister(listener)
                listener.close()

    def _run(self) -> None:
        while True:
            ready = self._selector.select()
            with self._lock:
                known = self._selector.get_map()
                taken = [self._accept(key.fileobj, key.data) for key, _ in ready if key.fd in known]  # type: ignore[arg-type]
            if not all(taken):
                time.sleep(PAUSE)

    @staticmethod
    def _accept(listener: socket.socket, take: Take) -> bool:
        """Take a connection; whether that could be done."""
        try:
            connection, peer = listener.accept()
        except (BlockingIOError, ConnectionError):  # it has hung up again
            return True
        except OSError:  # there are no descriptors left
            return False
        connection.setblocking(True)
        try:
            threading.Thread(target=take, args=(connection, peer), name="gateway", daemon=True).start()
        except RuntimeError:  # there are too many threads
            connection.close()
            return False
        return True


DOORS = Doors()
"""The server's ones."""
serve: Callable[[socket.socket, Peer, Gate], None]
"""Serves a connection that comes through a gate; the event loop sets it."""
