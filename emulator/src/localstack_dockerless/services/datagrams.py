"""One thread that takes the datagrams of all execution environments; each has a socket of its own, which tells whose they are."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable
from typing import Any

Take = Callable[[socket.socket, Any], None]


class Datagrams:
    """Waits for all of them.

    Args:
        name: of the thread.
        take: given a socket on which something has arrived, and whose it is; it must not raise.
    """

    def __init__(self, name: str, take: Take) -> None:
        self._name, self._take = name, take
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._running = False

    def open(self, listener: socket.socket, owner: Any) -> Callable[[], None]:
        """Take what arrives on a socket, until what this returns is called.

        Args:
            listener: the socket; it is closed at the end.
            owner: whose it is.
        """
        listener.setblocking(False)
        with self._lock:
            self._selector.register(listener, selectors.EVENT_READ, owner)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name=self._name, daemon=True).start()
        return lambda: self._close(listener)

    def _close(self, listener: socket.socket) -> None:
        """What has arrived is taken first."""
        with self._lock:
            self._take(listener, self._selector.unregister(listener).data)
            listener.close()

    def _run(self) -> None:
        while True:
            ready = self._selector.select()
            with self._lock:
                for key, _ in ready:
                    if key.fd in self._selector.get_map():
                        self._take(key.fileobj, key.data)  # type: ignore[arg-type]
