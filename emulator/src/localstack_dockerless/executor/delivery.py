"""One batch of telemetry on its way to a listener in the environment, without blocking."""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
from collections.abc import Callable

_RECEIVE = 65536
_LONGEST = 1024 * 1024
"""Bytes of an answer that are waited for."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Delivery:
    """Sends bytes and, over HTTP, waits for the answer.

    Args:
        selector: Where the environment waits.
        sock: What to send by.
        address: Of the listener; None where `sock` is connected to it, by an earlier batch.
        data: What to send.
        answered: Whether an answer is expected (HTTP); otherwise the connection stays open for the next batch.
        done: Called once, with whether the listener took it.
    """

    def __init__(
        self,
        selector: selectors.BaseSelector,
        sock: socket.socket,
        address: tuple[str, int] | None,
        data: bytes,
        *,
        answered: bool,
        done: Callable[[bool], None],
    ) -> None:
        self._selector = selector
        self._left = memoryview(data)
        self._answered = answered
        self._done = done
        self._answer = b""
        self.sock = sock
        self.sock.setblocking(False)
        if address:
            self.sock.connect_ex(address)
        selector.register(self.sock, selectors.EVENT_WRITE, self._write)

    def cancel(self) -> None:
        """Gives up."""
        with contextlib.suppress(KeyError):
            self._selector.unregister(self.sock)
        self.sock.close()

    def _write(self) -> None:
        try:
            if self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                return self._end(False)
            self._left = self._left[self.sock.send(self._left) :]
        except BlockingIOError:
            return None
        except OSError:
            return self._end(False)
        if self._left:
            return None
        if self._answered:
            self._selector.modify(self.sock, selectors.EVENT_READ, self._read)
            return None
        return self._end(True)

    def _read(self) -> None:
        try:
            data = self.sock.recv(_RECEIVE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        # An answer that is not read to its end would be an error in the listener.
        complete = end and length and len(body) >= int(length[1])
        if not data or complete or len(self._answer) > _LONGEST:
            self._end(head[9:10] == b"2")

    def _end(self, taken: bool) -> None:
        self._selector.unregister(self.sock)
        if self._answered or not taken:
            self.sock.close()
        self._done(taken)
