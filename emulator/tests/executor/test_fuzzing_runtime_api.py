"""The Runtime API and arbitrary bytes: it answers in HTTP or hangs up, and goes on answering others."""

from __future__ import annotations

import contextlib
import itertools
import re
import select
import selectors
import socket

import pytest
from fuzzing import FUZZ, LINES, METHODS, TOKENS
from hypothesis import given
from hypothesis import strategies as st
from localstack_dockerless.executor.http import BadRequest, Connection
from localstack_dockerless.executor.runtime_api import Invocation, Phase, RuntimeApi

PREFIX = "/2018-06-01/runtime/"
PATHS = (
    *("invocation/next", "invocation/r-1/response", "invocation/r-1/error", "invocation/r-2/response"),
    *("init/error", "invocation", "invocation//response", "nothing", ""),
)
HEADERS = (
    *("Content-Length: 3", "Content-Length: 0", "Content-Length: -1", "Content-Length: 99999999999", "Expect: 100"),
    *("Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Content-Type: text/plain", "Host: x"),
    *("Lambda-Runtime-Function-Response-Mode: streaming", "Lambda-Runtime-Invocation-Id: other", "no colon", ": x"),
    *("Lambda-Runtime-Function-Error-Type: X", "Trailer: Lambda-Runtime-Function-Error-Body"),
)
BODIES = (
    b"",
    b"{}",
    b"abc",
    b"3\r\nabc\r\n0\r\n\r\n",
    b"0\r\nA: b\r\n\r\n",
    b"-1\r\n",
    b"ffffffffffffff\r\n",
    b"\xff\0",
)


@st.composite
def almost_requests(draw):
    """Requests of a runtime, rightly and wrongly put together."""
    method = draw(st.sampled_from(METHODS))
    path = PREFIX + draw(st.sampled_from(PATHS))
    version = draw(st.sampled_from(("HTTP/1.1", "HTTP/1.0", "", "HTTP/1.1 x")))
    lines = [f"{method} {path} {version}", *draw(st.lists(st.sampled_from(HEADERS), max_size=4))]
    end = draw(st.sampled_from(("\r\n\r\n", "\n\n", "\r\n")))
    return "\r\n".join(lines).encode() + end.encode() + draw(st.sampled_from(BODIES))


BYTES = st.binary(max_size=200) | almost_requests()
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, 2), BYTES),
        st.tuples(st.just("close"), st.integers(0, 2)),
        st.tuples(st.just("deliver")),
        st.tuples(st.just("restart")),
    ),
    max_size=8,
)


class Clients:
    """Up to three clients of one Runtime API, which is served in between, as an environment would."""

    def __init__(self, own):
        self.selector = selectors.DefaultSelector()
        self.api = RuntimeApi(self.selector, lambda _: own)
        self.sockets = {}
        self.received = {}

    def connect(self, number):
        if number not in self.sockets:
            host, _, port = self.api.address.partition(":")
            self.sockets[number] = socket.create_connection((host, int(port)), timeout=10)
            self.received[number] = b""
        return self.sockets[number]

    def serve(self, seconds=0.0):
        """Whatever is wrong in there comes out here."""
        while ready := self.selector.select(seconds):
            for key, _ in ready:
                if key.fd in self.selector.get_map():
                    key.data()
            seconds = 0

    def send(self, number, content):
        with contextlib.suppress(ConnectionError):
            self.connect(number).sendall(content)

    def close(self, number):
        if number in self.sockets:
            self.sockets.pop(number).close()

    def deliver(self):
        if self.api.phase is Phase.READY:
            self.api.deliver(Invocation("r-1", b"{}", "arn", "trace", 0.0))

    def restart(self):
        self.api.restart()

    def answers(self, number):
        """What a client has got, once the server has nothing more to say."""
        sock, received = self.sockets[number], b""
        sock.setblocking(False)
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while part := sock.recv(65536):
                received += part
        return received

    def answer(self, number):
        """What a client has got that waits for it; nothing if it is hung up on."""
        self.serve(10)
        sock = self.sockets[number]
        while not (ready := select.select([sock], [], [], 0)[0]):
            self.serve(10)
        return self.answers(number) if ready else b""

    def stop(self):
        for number in list(self.sockets):
            self.close(number)
        self.api.close()
        self.selector.close()


@pytest.fixture(params=[True, False], ids=["own", "stranger"])
def own(request):
    return request.param


def check_http(received):
    """Whole answers, one after the other."""
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        assert re.match(rb"HTTP/1\.1 (100|200|202|400|403|404) [A-Z]", head), received
        length = re.search(rb"(?m)^Content-Length: (\d+)\r?$", head)
        size = int(length[1]) if length else 0
        assert len(rest) >= size
        received = rest[size:]


@FUZZ
@given(steps=STEPS)
def test_it_answers_or_hangs_up_and_serves_the_next(own, steps):
    clients = Clients(own)
    try:
        for step, *arguments in steps:
            getattr(clients, step)(*arguments)
            clients.serve()
        for number in clients.sockets:
            check_http(clients.answers(number))
        clients.send("last", b"GET /anything HTTP/1.1\r\n\r\n")
        received = clients.answer("last")
        assert received.startswith(b"HTTP/1.1 404 ") if own else received == b"", "a stranger is told nothing"
    finally:
        clients.stop()


class Pipe:
    """As much of a socket as a connection uses, giving what it is told piece by piece."""

    def __init__(self, pieces):
        self.pieces = [piece for piece in pieces if piece]

    def setblocking(self, _blocking):
        pass

    def setsockopt(self, *_option):
        pass

    def sendall(self, content):
        assert content == b"HTTP/1.1 100 Continue\r\n\r\n"

    def recv(self, _size, _flags):
        if not self.pieces:
            raise BlockingIOError
        return self.pieces.pop(0)


def pieces(content, cuts):
    places = sorted({cut % (len(content) + 1) for cut in cuts} | {0, len(content)})
    return [content[begin:end] for begin, end in itertools.pairwise(places)]


def requests_of(connection, count):
    """Everything that a connection makes of its bytes."""
    for _ in range(count):
        request = connection.receive()
        while request is not None:
            yield request
            request = connection.next_request()


@st.composite
def requests(draw):
    """A method, a path, headers and a body, with the bytes a client may send for it."""
    method, path = draw(st.sampled_from(METHODS)), "/" + draw(TOKENS)
    headers = {
        f"x-{name.lower()}": value.strip() for name, value in draw(st.dictionaries(TOKENS, LINES, max_size=3)).items()
    }
    body = draw(st.binary(max_size=60))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if draw(st.booleans()):
        chunks = pieces(body, draw(st.lists(st.integers(0, 60), max_size=3)))
        sent = b"".join(b"%x;x=y\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks if chunk) + b"0\r\n\r\n"
        lines.append("Transfer-Encoding: chunked")
    else:
        sent = body
        lines.append(f"Content-Length: {len(body)}")
    return (method, path, headers, body), "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + sent


@FUZZ
@given(sent=st.lists(requests(), max_size=3), cuts=st.lists(st.integers(0, 500), max_size=6))
def test_requests_are_read_as_they_were_sent_however_they_are_cut(sent, cuts):
    parts = pieces(b"".join(content for _, content in sent), cuts)
    connection = Connection(Pipe(parts), lambda _request: 1000)
    for request, ((method, path, headers, body), _) in zip(requests_of(connection, len(parts)), sent, strict=True):
        assert (request.method, request.path, bytes(request.body), request.size) == (method, path, body, len(body))
        assert headers.items() <= request.headers.items()


@FUZZ
@given(content=BYTES, cuts=st.lists(st.integers(0, 200), max_size=4))
def test_arbitrary_bytes_are_requests_or_none(content, cuts):
    parts = pieces(content, cuts)
    with contextlib.suppress(BadRequest):
        list(requests_of(Connection(Pipe(parts), lambda _request: 10), len(parts)))
