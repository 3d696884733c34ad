"""The server's HTTP: what clients may send, and what must not bring it down."""

from __future__ import annotations

import http.client
import io
import socket
import urllib.request

import pytest
from localstack_dockerless.server import wire


def info(server):
    return f"GET /_dockerless/info HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"


def say(server, *pieces):
    """Send bytes, read until the server hangs up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece if isinstance(piece, bytes) else piece.encode())
        answer = b""
        while more := connection.recv(65536):
            answer += more
    return answer


def test_a_connection_serves_many_requests(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    for _ in range(3):
        connection.request("GET", "/_dockerless/info")
        response = connection.getresponse()
        response.read()
        assert response.status == 200
    connection.close()


def test_requests_may_be_sent_ahead(server):
    answer = say(server, info(server) + "\r\n" + info(server) + "Connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK") == 2


def test_close_is_respected_and_said(server):
    assert b"\r\nConnection: close\r\n" in say(server, info(server) + "Connection: close\r\n\r\n")


def test_an_old_client_gets_its_answer_and_the_end(server):
    assert b"200 OK" in say(server, "GET /_dockerless/info HTTP/1.0\r\n\r\n")


def test_head_has_no_body(server):
    answer = say(
        server, f"HEAD /_localstack/health HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n"
    )
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        *(b"GET / HTTP/1.1\r\nContent-Length: %b\r\n\r\n" % size for size in (b"x", b"-5", b"+5", b"1_0", b"0x5")),
    ],
)
def test_what_is_not_http_ends_its_connection_alone(server, nonsense):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(nonsense)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert connection.recv(65536) == b""
    assert urllib.request.urlopen(f"{server.endpoint}/_dockerless/info").status == 200


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET /" + b"x" * (wire.LINE_LIMIT - len("GET / HTTP/1.1")) + b" HTTP/1.1X-One: 1\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length : 5\r\n\r\nfirst",
        b"GET / HTTP/1.1\r\nX-One: a\r\n and: more\r\n\r\n",
        b"GET / HTTP/1.1\r\nX-Long: " + b"x" * (wire.LINE_LIMIT - len("X-Long: ")) + b"Host: other\r\n\r\n",
    ],
    ids=["version", "long line", "space", "folded", "long header"],
)
def test_a_head_is_one_only_if_every_line_is(nonsense):
    """Some would be taken for another request, or for another header, than the client meant."""
    with pytest.raises(wire.ProtocolError, match="not a"):
        wire.read_head(io.BytesIO(nonsense))


def test_a_body_has_one_length():
    head = wire.Head("PUT", "/", "HTTP/1.1", [(b"Content-Length", b"1"), (b"content-length", b"2")])
    with pytest.raises(wire.ProtocolError, match="length"):
        wire.body_of(head, io.BytesIO(b"ab"), lambda: None)


@pytest.mark.parametrize("size", [b"-5", b"+5", b"0x5", b"1_0", b" ", b"5g"])
def test_the_size_of_a_chunk_is_hexadecimal_digits_and_nothing_else(size):
    head = wire.Head("PUT", "/", "HTTP/1.1", [(b"Transfer-Encoding", b"chunked")])
    with pytest.raises(wire.ProtocolError, match="size of a chunk"):
        wire.body_of(head, io.BytesIO(size + b"\r\nfirst\r\n0\r\n\r\n"), lambda: None).read()


def test_a_header_that_no_line_can_hold_ends_no_connection():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        response = wire.Response(ours, wire.Head("GET", "/", "HTTP/1.1", []), "server")
        response.start("200 OK", [("X-One", "\u65e5")])
        response.send([b"body"])
        assert b"X-One: ?\r\n" in theirs.recv(65536)


def test_a_client_that_asks_first_may_send(server):
    bucket, key, body = "ask-first", "key", b"content"
    server.client("s3").create_bucket(Bucket=bucket)
    head = f"PUT /{bucket}/{key} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n"
    answer = say(server, f"{head}Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n", body)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")


def test_a_body_in_chunks_arrives(server):
    bucket, key = "chunks", "key"
    client = server.client("s3")
    client.create_bucket(Bucket=bucket)
    head = f"PUT /{bucket}/{key} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n"
    say(server, f"{head}Transfer-Encoding: chunked\r\n\r\n", "5\r\nfirst\r\n", "7;x=y\r\n second\r\n", "0\r\n\r\n")
    assert client.get_object(Bucket=bucket, Key=key)["Body"].read() == b"first second"


def test_a_large_object_comes_back_as_it_went(server):
    client, content = server.client("s3"), bytes(range(256)) * 20_000
    client.create_bucket(Bucket="large")
    client.put_object(Bucket="large", Key="key", Body=content)
    assert client.get_object(Bucket="large", Key="key")["Body"].read() == content


def test_it_serves_as_a_proxy_for_names_that_do_not_resolve(server):
    """How a load balancer's name or a function URL's is reached without DNS."""
    answer = say(
        server,
        "GET http://example.invalid/_dockerless/info HTTP/1.1\r\nHost: example.invalid\r\nConnection: close\r\n\r\n",
    )
    assert b'"name": "localstack-dockerless"' in answer


def test_info_says_what_runs(server):
    import json

    with urllib.request.urlopen(f"{server.endpoint}/_dockerless/info") as response:
        answer = json.load(response)
    assert answer.keys() >= {
        "name",
        "version",
        "localstack",
        "pid",
        "port",
        "data",
        "started_at",
        "time_scale",
        "capabilities",
    }
    assert (answer["port"], answer["data"]) == (server.port, str(server.data))
