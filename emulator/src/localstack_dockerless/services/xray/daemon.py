"""The X-Ray daemon of each execution environment: what its code sends becomes segments of the function's account.

https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
"""

from __future__ import annotations

import json
import selectors
import socket
import threading
from collections.abc import Callable
from typing import Any

from localstack_dockerless.services.xray.segments import SEGMENTS, sent_by

SIZE = 64 * 1024
_NOTHING: Callable[[], None] = lambda: None  # noqa: E731 - a value


class Daemon:
    """One thread for all environments; each has a socket of its own, which tells whose segments they are."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._running = False

    def open(self, listener: socket.socket | None, version: Any) -> Callable[[], None]:
        """Listen for an environment.

        Args:
            listener: where, which is the environment's alone; None where it could not be made.
            version: LocalStack's version of the function.

        Returns:
            What ends it.
        """
        if listener is None:
            return _NOTHING
        listener.setblocking(False)
        with self._lock:
            self._selector.register(listener, selectors.EVENT_READ, version)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="dockerless-xray", daemon=True).start()
        return lambda: self._close(listener)

    def _close(self, listener: socket.socket) -> None:
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

    @staticmethod
    def _take(listener: socket.socket, version: Any) -> None:
        """All that has arrived; what follows the first line is the segment."""
        while True:
            try:
                header, _, document = listener.recv(SIZE).partition(b"\n")
            except OSError:
                return
            if _is_header(header):
                SEGMENTS.add(sent_by(version, document.decode(errors="replace")))


def _is_header(line: bytes) -> bool:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("format") == "json"


DAEMON = Daemon()
"""The server's one."""
