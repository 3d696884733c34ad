"""As much of HTTP/1.1 as runtime clients speak, without blocking: requests in, one write per answer.

A general server would cost more than the whole invocation; this one reads what is there and hands over a request once
it is complete. Bodies arrive with a length or chunked, with or without `Expect: 100-continue`.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

# awslambdaric puts a whole stack trace in a header, up to 1 MB of it.
_HEAD_LIMIT = 2 * 1024 * 1024
_RECEIVE = 256 * 1024
# Python's int() takes signs, prefixes and underscores, too; a negative size would get round every limit.
_LENGTH = re.compile(r"[0-9]{1,18}")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")
_SEND_TIMEOUT = struct.pack("ll", 5, 0)  # seconds without progress


class BadRequest(Exception):  # noqa: N818 - the name of the HTTP status
    """The bytes are not a request; the connection cannot be used any further."""


@dataclass(slots=True)
class Request:
    """A complete request.

    Attributes:
        size: Bytes of the body, all of them; `body` holds no more than the connection was told to keep.
        trailers: What followed the last chunk.
        consume: Takes the body as it arrives; nothing of it is kept then.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytearray = field(default_factory=bytearray)
    size: int = 0
    trailers: dict[str, str] = field(default_factory=dict)
    consume: Callable[[bytes], None] | None = None


class Connection:
    """One client: `receive` when there is something to read, `send` to answer.

    Args:
        sock: A connected socket.
        keep: Asked once a head is there: how many bytes of the body to keep; the rest is counted and dropped.
    """

    def __init__(self, sock: socket.socket, keep: Callable[[Request], int]) -> None:
        sock.setblocking(True)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A client that stops reading its answer must not hold the thread for ever.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _SEND_TIMEOUT)
        self.sock = sock
        self._keep = keep
        self._limit = 0
        self._buffer = bytearray()
        self._searched = 0  # bytes of the buffer in which a head is known not to end
        self._request: Request | None = None
        self._left = 0  # bytes of the body, or of the current chunk, that are still to come
        self._chunked = False

    def receive(self) -> Request | None:
        """Reads what has arrived.

        Returns:
            A request, if that completes one; None if more is to come.

        Raises:
            BadRequest: The client does not speak HTTP.
            ConnectionError: The client is gone.
        """
        try:
            data = self.sock.recv(_RECEIVE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None
        if not data:
            raise ConnectionResetError
        self._buffer += data
        return self.next_request()

    def next_request(self) -> Request | None:
        """The next complete request among the bytes that were received already."""
        if self._request is None and not self._read_head():
            return None
        complete = self._read_chunks() if self._chunked else self._read_length()
        if not complete:
            return None
        request, self._request = self._request, None
        return request

    def send(self, answer: bytes) -> None:
        """Writes an answer (or a part of one) in one go."""
        self.sock.sendall(answer)

    def close(self) -> None:
        """Hangs up."""
        self.sock.close()

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n", self._searched)
        if end < 0:
            self._searched = max(0, len(self._buffer) - 3)
            if len(self._buffer) > _HEAD_LIMIT:
                raise BadRequest
            return False
        self._searched = 0
        head = self._buffer[:end].decode("latin-1")
        del self._buffer[: end + 4]
        first, *lines = head.split("\r\n")
        try:
            method, path, _version = first.split(" ")
        except ValueError:
            raise BadRequest from None
        self._request = Request(method, path, _headers(lines))
        self._limit = self._keep(self._request)
        self._begin_body(self._request.headers)
        return True

    def _begin_body(self, headers: dict[str, str]) -> None:
        self._chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        length = headers.get("content-length", "0")
        if not _LENGTH.fullmatch(length):
            raise BadRequest
        self._left = 0 if self._chunked else int(length)
        if "expect" in headers:
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _read_length(self) -> bool:
        self._take()
        return self._left == 0

    def _read_chunks(self) -> bool:
        while True:
            if self._left:
                self._take()
                if self._left:
                    return False
                # A chunk ends with an empty line, which the size of the next one follows.
            start = 2 if self._buffer.startswith(b"\r\n") else 0
            end = self._buffer.find(b"\r\n", start)
            if end < 0:
                if len(self._buffer) > _HEAD_LIMIT:
                    raise BadRequest
                return False
            size = _chunk_size(bytes(self._buffer[start:end]))
            if size == 0:
                return self._read_trailers(end)
            del self._buffer[: end + 2]
            self._left = size

    def _read_trailers(self, end_of_last_size: int) -> bool:
        end = self._buffer.find(b"\r\n\r\n", end_of_last_size)
        if end < 0:
            if len(self._buffer) > _HEAD_LIMIT:
                raise BadRequest
            return False
        assert self._request is not None  # noqa: S101 - for the type checker
        lines = self._buffer[end_of_last_size + 2 : end].decode("latin-1")
        self._request.trailers = _headers(lines.split("\r\n")) if lines else {}
        del self._buffer[: end + 4]
        return True

    def _take(self) -> None:
        """Moves body bytes from the buffer to the request."""
        request = self._request
        assert request is not None  # noqa: S101 - for the type checker
        count = min(self._left, len(self._buffer))
        if request.consume:
            if count:
                request.consume(bytes(self._buffer[:count]))
        else:
            request.body += self._buffer[: min(count, self._limit - len(request.body))]
        request.size += count
        del self._buffer[:count]
        self._left -= count


def answer(status: str, body: bytes, headers: str = "", content_type: str = "application/json") -> bytes:
    """A whole answer as one byte string.

    Args:
        status: "202 Accepted".
        body: What follows the headers.
        headers: Further header lines, each with its line end.
        content_type: Never left out: awslambdaric 3.1.1 and 4.2.2 crash without it.
    """
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode("utf-8") + body


def _headers(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _chunk_size(line: bytes) -> int:
    size = line.split(b";")[0].strip()
    if not _CHUNK_SIZE.fullmatch(size):
        raise BadRequest
    return int(size, 16)
