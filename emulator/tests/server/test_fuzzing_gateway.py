"""The gateway and arbitrary bytes: it reads requests as they were sent, answers in HTTP or hangs up, and serves the next."""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import urllib.request
from types import SimpleNamespace

import pytest
from fuzzing import FUZZ, LINES, METHODS, TOKENS
from hypothesis import given, settings
from hypothesis import strategies as st
from localstack_dockerless.server import lane, serving, wire
from localstack_dockerless.services.alb import front

PEER = ("127.0.0.1", 1234)
TARGETS = (
    *(
        "/",
        "*",
        "",
        "/%",
        "/%zz",
        "//",
        "/..",
        "/a/../b",
        "/\xff",
        "?",
        "/?Action=ListQueues",
        "/?a=%ff&b",
        "/_dockerless/x",
    ),
    *("http://[", "http://[::1]:x/", "http://x:99999999/", "http:/", "http://a.elb.amazonaws.com:9x/", "x:1", "//[/"),
    *("/2015-03-31/functions/", "/2015-03-31/functions/a%2Fb%00/invocations", "/2015-03-31/functions/x/invocations"),
    *(
        "/2015-03-31/functions/x/invocations?Qualifier=%ff",
        "/_aws/elb/",
        "/_aws/elb/x/?\xff",
        "/_aws/execute-api/a/b/c",
    ),
)
FIELDS = (
    *("Content-Length: 2", "Content-Length: -1", "Content-Length: 1e3", "Content-Length: 9999999999999999999999"),
    *("Transfer-Encoding: chunked", "Expect: 100-continue", "Connection: close", "Host: ", "Host: [", "Host: x:y:z"),
    *("Host: a.elb.amazonaws.com:x", "Host: a.lambda-url.us-east-1.on.aws", "Host: api.execute-api.us-east-1.on.aws"),
    *("Authorization: AWS4-HMAC-SHA256 Credential=x/y/us-east-1/lambda/aws4_request, a", "Authorization: AWS4"),
    *(
        "Authorization: AWS4-HMAC-SHA256 Credential=123456789012/1/us-east-1/sqs/aws4_request, SignedHeaders=a, Signature=b",
    ),
    *(
        "X-Amz-Target: AmazonSQS.ListQueues",
        "X-Amz-Target: \xff",
        "X-Amz-Target: DynamoDB_20120810.X",
        "Origin: http://x",
    ),
    *("Content-Type: application/x-amz-json-1.0", "Content-Type: multipart/form-data", "Content-Encoding: gzip"),
    *("no colon", ": x", "Content-Type: application/cbor", "X-Amzn-Trace-Id: \xff=;;=", "Cookie: \x01"),
)
BODIES = (
    b"",
    b"{}",
    b"{",
    b"\xff\xfe",
    b"2\r\n{}\r\n0\r\n\r\n",
    b"zz\r\n",
    b"-2\r\n{}",
    b"0\r\nA: b\r\n\r\n",
    b"[" * 3000,
)


@st.composite
def almost_requests(draw):
    """Requests, rightly and wrongly put together."""
    version = draw(st.sampled_from((*["HTTP/1.1"] * 5, "HTTP/1.0", "HTTP/2", "", "a b")))
    target = draw(st.sampled_from(TARGETS))
    lines = [f"{draw(st.sampled_from(METHODS))} {target} {version}"]
    lines += draw(st.lists(st.sampled_from(FIELDS), max_size=3))
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + draw(st.sampled_from(BODIES))


BYTES = st.one_of(st.binary(max_size=100), almost_requests(), almost_requests(), almost_requests())
WAY = SimpleNamespace(getsockname=lambda: ("127.0.0.1", 4566))
"""The connection, as far as a request is described by it."""


@pytest.fixture
def busy_lane(monkeypatch):
    """The lane of a server that has Lambda running."""
    monkeypatch.setattr(lane, "_is_running", lambda: True)
    monkeypatch.setattr(lane.Lane, "_regions", frozenset({"us-east-1"}))
    return lane.Lane()


@settings(FUZZ, max_examples=600)
@given(content=BYTES)
def test_arbitrary_bytes_are_requests_or_no_http(busy_lane, content):
    stream = io.BytesIO(content)
    with contextlib.suppress(wire.ProtocolError):
        while head := wire.read_head(stream):
            body = wire.body_of(head, stream, lambda: None)
            busy_lane._recognize(head)
            front.addressed(head)
            serving._environment(head, body, PEER, WAY)
            body.read()


@st.composite
def requests(draw):
    """A request, and the bytes a client may send for it."""
    method, target = draw(st.sampled_from(METHODS)), "/" + draw(TOKENS)
    fields = draw(st.lists(st.tuples(TOKENS.map("x-".__add__), LINES.map(str.strip)), max_size=3))
    headers = [(name.encode(), value.encode("latin-1").strip()) for name, value in fields]
    body = draw(st.binary(max_size=60))
    lines = b"".join(b"%b: %b\r\n" % header for header in headers)
    if draw(st.booleans()):
        size = draw(st.integers(1, 60))
        chunks = [body[at : at + size] for at in range(0, len(body), size)]
        sent = b"".join(b"%x;x=y\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
        lines += b"Transfer-Encoding: chunked\r\n"
    else:
        sent = body
        lines += b"Content-Length: %d\r\n" % len(body)
    return (method, target, headers, body), f"{method} {target} HTTP/1.1\r\n".encode() + lines + b"\r\n" + sent


@FUZZ
@given(sent=st.lists(requests(), max_size=3))
def test_requests_are_read_as_they_were_sent_one_after_the_other(sent):
    stream = io.BytesIO(b"".join(content for _, content in sent))
    for (method, target, headers, body), _ in sent:
        head = wire.read_head(stream)
        assert (head.method, head.target, head.headers[: len(headers)]) == (method, target, headers)
        assert wire.body_of(head, stream, lambda: None).read() == body
    assert wire.read_head(stream) is None


class Written:
    """A connection that keeps what is written, and reads it as a client."""

    def __init__(self):
        self.content = b""

    def sendall(self, content):
        self.content += content

    def makefile(self, _mode):
        return io.BytesIO(self.content)


@FUZZ
@given(
    status=st.integers(200, 599).filter(lambda status: status not in (204, 304)),
    fields=st.lists(
        st.tuples(TOKENS.map("x-".__add__), LINES.map(str.strip)), max_size=3, unique_by=lambda field: field[0].lower()
    ),
    parts=st.lists(st.binary(max_size=30), max_size=4),
    known=st.booleans(),
)
def test_a_client_reads_what_was_answered(status, fields, parts, known):
    connection = Written()
    response = wire.Response(connection, wire.Head("GET", "/", "HTTP/1.1", []), "server")
    response.start(f"{status} Reason", fields)
    response.send(parts if known else iter(parts))
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    assert (answer.status, answer.read()) == (status, b"".join(parts))
    assert all(answer.getheader(name).strip() == value for name, value in fields)


def statuses(received):
    """Of the answers on a connection; one that is cut off is none."""
    while received:
        answer = http.client.HTTPResponse(
            SimpleNamespace(makefile=lambda _mode, received=received: io.BytesIO(received))
        )
        stream = answer.fp
        answer.begin()
        with contextlib.suppress(http.client.IncompleteRead):
            answer.read()
        yield answer.status
        received = stream.read() if not stream.closed else b""


@settings(FUZZ, max_examples=40)
@given(content=almost_requests())
def test_a_server_answers_whoever_writes_no_proper_request_and_goes_on(server, content):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(content)
        client.shutdown(socket.SHUT_WR)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while part := client.recv(65536):
                received += part
    assert 500 not in statuses(received), (content, received)
    with urllib.request.urlopen(f"{server.endpoint}/_dockerless/health", timeout=30) as answer:
        assert answer.status == 200
