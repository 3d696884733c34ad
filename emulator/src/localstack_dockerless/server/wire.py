"""HTTP/1.1 on a connection, as far as AWS's SDKs and browsers speak it: requests in, responses out.

Whoever reads a request body reads the socket, so that a large upload is never in memory as a whole; a response that is
complete leaves in one piece, head and body together, so that no delayed acknowledgement holds it up.
"""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

LINE_LIMIT, HEADER_LIMIT, HEAD_LIMIT = 64 * 1024, 200, 128 * 1024
SMALL = 256 * 1024  # bytes of a body that are read at once
BODILESS = ("1", "204", "304")  # beginnings of the statuses that have no body
Header = tuple[str, str]
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""The name of a header. https://www.rfc-editor.org/rfc/rfc9110#name-tokens"""
UNWRITABLE = re.compile(r"[\r\n\0]|[^\x00-\xff]")
"""What the value of a header cannot have."""
_NAME = re.compile(TOKEN.pattern.encode())
_HEX = re.compile(rb"[0-9A-Fa-f]{1,16}")
_DIGITS = re.compile(r"[0-9]{1,19}")
_REQUEST_LINE = re.compile(rf"({TOKEN.pattern}) ([^\x00-\x20\x7f]+) (HTTP/1\.[01])\r\n")


class ProtocolError(Exception):
    """What arrives is not HTTP/1.1; the connection is of no further use."""


@dataclass
class Head:
    """The first part of a request.

    Args:
        target: what stands between method and version: a path with a query, or a whole URL when we act as a proxy.
        headers: in the order and the spelling of the client.
    """

    method: str
    target: str
    version: str
    headers: list[tuple[bytes, bytes]]

    def get(self, name: bytes) -> str:
        """The value of a header, given in lower case; empty when it is not there."""
        return next(iter(self.values(name)), "")

    def values(self, name: bytes) -> list[str]:
        """The values of a header that comes several times; the name in lower case."""
        return [value.decode("latin-1") for key, value in self.headers if key.lower() == name]

    @property
    def keep_alive(self) -> bool:
        """Whether the client wants to send more on this connection."""
        wish = self.get(b"connection").lower()
        return "keep-alive" in wish if self.version == "HTTP/1.0" else "close" not in wish


def path_and_query(target: str) -> str:
    """A request's target as if the client had not taken us for a proxy: whoever looks for a path finds one.

    Everybody has to read it here: what one takes for a host and another for a path gets past the first.

    Raises:
        ProtocolError: the target is neither a path nor a URL.
    """
    if target.startswith("/"):
        return target
    try:
        url = urlsplit(target)
    except ValueError as error:
        raise ProtocolError("not a URL") from error
    return (url.path or "/") + (f"?{url.query}" if url.query else "")


def read_head(stream: BinaryIO) -> Head | None:
    """The next request's head; None when the client has closed the connection.

    Raises:
        ProtocolError: it is none.
    """
    line = stream.readline(LINE_LIMIT)
    while line == b"\r\n":  # allowed before a request line
        line = stream.readline(LINE_LIMIT)
    if not line:
        return None
    words = _REQUEST_LINE.fullmatch(line.decode("latin-1"))
    if not words:
        raise ProtocolError("not a request line")
    head = Head(words[1], words[2], words[3], list(_read_headers(stream)))
    if len(head.values(b"host")) > 1:
        raise ProtocolError("more than one host")
    return head


def _read_headers(stream: BinaryIO) -> Iterable[tuple[bytes, bytes]]:
    """What some would read in one way and some in another (a space before the colon, a lone line feed) is refused."""
    size = 0
    for _ in range(HEADER_LIMIT):
        line = stream.readline(LINE_LIMIT)
        if line == b"\r\n":
            return
        size += len(line)
        name, colon, value = line[:-2].partition(b":")
        if not line.endswith(b"\r\n") or not colon or not _NAME.fullmatch(name) or b"\r" in value or b"\0" in value:
            raise ProtocolError("not a header")
        if size > HEAD_LIMIT:
            raise ProtocolError("headers are too large")
        yield name, value.strip(b" \t")
    raise ProtocolError("too many headers")


def body_of(head: Head, stream: BinaryIO, proceed: Callable[[], None]) -> BinaryIO:
    """The request's body; it ends where the request ends.

    Args:
        head: the request.
        stream: the connection.
        proceed: tells a client that waits for permission to send its body.
    """
    chunked, length = _framing(head)
    if (chunked or length != "0") and head.get(b"expect").lower() == "100-continue":
        proceed()
    if chunked:
        return cast("BinaryIO", io.BufferedReader(_Chunks(stream)))
    if int(length) > SMALL:
        return cast("BinaryIO", io.BufferedReader(_Rest(stream, int(length))))
    content = stream.read(int(length))
    if len(content) < int(length):
        raise ProtocolError("the client went away")
    return io.BytesIO(content)


def _framing(head: Head) -> tuple[bool, str]:
    """Whether the body comes in chunks, and its length otherwise.

    What leaves open where a request ends is refused: somebody before us may have read it in the other way, and what is
    body to one is a request to the other (request smuggling, RFC 9112, 11.2).
    """
    codings, lengths = head.values(b"transfer-encoding"), head.values(b"content-length")
    if codings and (lengths or [each.lower() for each in codings] != ["chunked"] or head.version == "HTTP/1.0"):
        raise ProtocolError("not a transfer coding")
    if len(lengths) > 1 or not all(map(_DIGITS.fullmatch, lengths)):
        raise ProtocolError("not a length")
    return bool(codings), next(iter(lengths), "0")


class _Rest(io.RawIOBase):
    """So many bytes of a stream."""

    def __init__(self, stream: BinaryIO, left: int) -> None:
        self._stream, self._left = stream, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._stream.read(min(self._left, len(buffer)))
        if self._left and not content:
            raise ProtocolError("the client went away")
        buffer[: len(content)] = content
        self._left -= len(content)
        return len(content)


class _Chunks(io.RawIOBase):
    """The content of a body that comes in chunks."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._left, self._ended = stream, 0, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left and not self._ended:
            self._begin()
        if self._ended:
            return 0
        content = self._stream.read(min(self._left, len(buffer)))
        if not content:
            raise ProtocolError("the client went away")
        buffer[: len(content)] = content
        self._left -= len(content)
        if not self._left and self._stream.read(2) != b"\r\n":
            raise ProtocolError("a chunk does not end where it says")
        return len(content)

    def _begin(self) -> None:
        size = self._stream.readline(LINE_LIMIT).split(b";")[0].strip()
        if not _HEX.fullmatch(size):  # int() alone takes "-5" and "0x5", too
            raise ProtocolError("not the size of a chunk")
        self._left = int(size, 16)
        if not self._left:
            self._ended = True
            for _ in _read_headers(self._stream):
                pass  # trailers


class Response:
    """Writes one response; the `start_response` of WSGI.

    Args:
        connection: where to.
        head: the request it answers.
        server: what the header Server says unless the response says otherwise.
    """

    def __init__(self, connection: socket.socket, head: Head, server: str) -> None:
        self._connection, self._head, self._server = connection, head, server
        self.keep_alive = head.keep_alive
        self._status = ""
        self._headers: list[Header] = []

    def start(self, status: str, headers: Sequence[Header], exc_info: object = None) -> Callable[[bytes], None]:
        """Called by the application before it returns its content."""
        self._status, self._headers = status, list(headers)
        return self._refuse

    @staticmethod
    def _refuse(_content: bytes) -> None:
        raise RuntimeError("WSGI's write() is for old applications; LocalStack's returns its content")

    def send(self, content: Iterable[bytes]) -> None:
        """Write head and content."""
        names = {name.lower(): value for name, value in self._headers}
        self.keep_alive &= names.get("connection", "").lower() != "close"
        bodiless = self._head.method == "HEAD" or self._status.startswith(BODILESS)
        if bodiless:
            self._connection.sendall(self._first_part(names))
        elif isinstance(content, (list, tuple)) or "content-length" in names:
            self._send_known(content, names)
        else:
            self._send_chunks(content, names)

    def _send_known(self, content: Iterable[bytes], names: dict[str, str]) -> None:
        if isinstance(content, (list, tuple)):
            body = b"".join(content)
            if "content-length" not in names:
                self._headers.append(("Content-Length", str(len(body))))
            self._connection.sendall(self._first_part(names) + body)
            return
        waiting = self._first_part(names)
        for part in content:
            self._connection.sendall(waiting + part)
            waiting = b""
        if waiting:
            self._connection.sendall(waiting)

    def _send_chunks(self, content: Iterable[bytes], names: dict[str, str]) -> None:
        self._headers.append(("Transfer-Encoding", "chunked"))
        waiting = self._first_part(names)
        for part in content:
            if part:
                self._connection.sendall(b"%b%x\r\n%b\r\n" % (waiting, len(part), part))
                waiting = b""
        self._connection.sendall(waiting + b"0\r\n\r\n")

    def _first_part(self, names: dict[str, str]) -> bytes:
        headers = [*self._headers]
        if "date" not in names:
            headers.append(("Date", formatdate(usegmt=True)))
        if "server" not in names:
            headers.append(("Server", self._server))
        if not self.keep_alive and "connection" not in names:
            headers.append(("Connection", "close"))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return f"HTTP/1.1 {self._status}\r\n{lines}\r\n".encode("latin-1", "replace")
