"""The gateway: what clients may do to it, and which ones it listens to at all."""

from __future__ import annotations

import contextlib
import http.client
import os
import resource
import socket
import subprocess
import sys
import threading
import urllib.request

import pytest
from deployed import deploy
from fronts import open_url

FOREIGN = {"Origin": "https://evil.example"}
__all__ = ["deploy"]


def ask(server, method, path, headers=None, body=None):
    """Status and body of an answer; None where the server hung up."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read(), {name.lower(): value for name, value in response.headers.items()}
    finally:
        connection.close()


def say(server, text):
    """Everything the server answers to these bytes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        answer = b""
        with contextlib.suppress(OSError):  # it may hang up while we still send
            connection.sendall(text.encode("latin-1") if isinstance(text, str) else text)
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while more := connection.recv(65536):
                answer += more
    return answer


def is_well(server):
    with urllib.request.urlopen(f"{server.endpoint}/_dockerless/health", timeout=60) as answer:
        return answer.status == 200


# Names


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}", "anything.localhost:{port}", "s3.localhost.localstack.cloud",
     "sqs.us-east-1.amazonaws.com", "bucket.s3.amazonaws.com", "localhost.", "10.1.2.3", "x.lambda-url.us-east-1.on.aws"],
)  # fmt: skip
def test_its_own_names_and_those_of_aws_are_served(server, host):
    _, body, _ = ask(server, "GET", "/_dockerless/health", {"Host": host.format(port=server.port)})
    assert b"DOCKERLESS_HOSTS" not in body


@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "localhost.evil.example", "127.0.0.1.evil.example", "amazonaws.com.evil.example",
             "evil-amazonaws.com", "evillocalhost", "a@evil.example", "localhost:1:2"],
)  # fmt: skip
def test_a_foreign_name_that_leads_here_is_somebody_elses_trick(server, host):
    for path in ("/_dockerless/health", "/?Action=ListQueues", "/bucket/key", "/2015-03-31/functions/"):
        status, body, _ = ask(server, "GET", path, {"Host": host.format(port=server.port)})
        assert (status, b"DOCKERLESS_HOSTS" in body) == (403, True)


def test_names_and_origins_can_be_allowed(another_server):
    one = another_server()
    allowed = {"DOCKERLESS_HOSTS": "my.example", "DOCKERLESS_ORIGINS": "http://app.example:3000"}
    one.start(env=os.environ | allowed)
    assert ask(one, "GET", "/_dockerless/health", {"Host": "My.example:80"})[0] == 200
    assert ask(one, "GET", "/_dockerless/health", {"Origin": "http://app.example:3000"})[0] == 200
    status, _, headers = ask(
        one, "GET", "/?Action=ListQueues&Version=2012-11-05", {"Origin": "http://app.example:3000"}
    )
    assert (status, headers["access-control-allow-origin"]) == (200, "http://app.example:3000")
    assert ask(one, "GET", "/_dockerless/health", {"Origin": "http://app.example"})[0] == 403


# Pages

ACTION = "/?Action=CreateQueue&QueueName=by-a-page&Version=2012-11-05"
OTHERS = "/000000000000/by-a-page?Action=DeleteQueue"
BY_A_PAGE = [
    FOREIGN,
    {"Origin": "null"},
    {"Origin": "https://app.localstack.cloud"},
    {"Origin": "file://"},
    {"Referer": "https://evil.example/page"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},  # another port of localhost
    {"Sec-Fetch-Site": "same-origin"},  # a page in a bucket
]


@pytest.mark.parametrize("page", BY_A_PAGE, ids=str)
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "a.execute-api.localhost", "s3.localhost", "b.s3.localhost", "sqs.localhost"]
)
def test_a_page_cannot_drive_apis(server, page, host):
    sqs = server.client("sqs", "320000000001")
    server.client("s3", "320000000001").list_buckets()  # once it is loaded, S3 answers what comes by its name
    headers = page | {"Host": f"{host}:{server.port}"}
    for path in (ACTION, OTHERS, "/_aws/execute-api-x" + ACTION, "/restapis/x/_user_request_" + ACTION):
        for method in ("GET", "POST"):
            authorization = "AWS4-HMAC-SHA256 Credential=320000000001/20260101/us-east-1/sqs/aws4_request"
            status, _, answered = ask(server, method, path, headers | {"Authorization": authorization})
            assert status >= 400, answered
            # S3's own handlers let pages read the answer at its name, which is no more than this refusal.
            assert host == "s3.localhost" or "access-control-allow-origin" not in answered
    assert not sqs.list_queues().get("QueueUrls")


@pytest.mark.parametrize("page", BY_A_PAGE, ids=str)
def test_a_page_cannot_reset_the_server_whatever_name_it_uses(server, page):
    logs = server.client("logs", "320000000002")
    logs.create_log_group(logGroupName="kept")
    names = ("127.0.0.1", "a.execute-api.localhost", "b.s3.localhost", "x.lambda-url.us-east-1.localhost",
             "x.elb.localhost", "w.s3-website.localhost")  # fmt: skip
    for name in names:
        for path in ("/_dockerless/reset?account=320000000002", "/%5Fdockerless/reset", "//_dockerless/reset"):
            status, _, headers = ask(server, "POST", path, page | {"Host": f"{name}:{server.port}"})
            assert status == 403
            assert "access-control-allow-origin" not in headers
    assert logs.describe_log_groups()["logGroups"]
    logs.delete_log_group(logGroupName="kept")


def test_a_page_gets_no_permission_in_advance(server):
    asking = FOREIGN | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz-target"}
    for path in ("/", "/_dockerless/reset", "/2015-03-31/functions/x/invocations"):
        status, _, headers = ask(server, "OPTIONS", path, asking)
        assert status == 403
        assert not [name for name in headers if name.startswith("access-control-")]


def test_a_page_may_use_a_bucket_that_allows_it(server):
    s3 = server.client("s3", "320000000003")
    s3.create_bucket(Bucket="shared-with-pages")
    s3.put_object(Bucket="shared-with-pages", Key="key", Body=b"content")
    rule = {"AllowedOrigins": ["https://good.example"], "AllowedMethods": ["GET"]}
    s3.put_bucket_cors(Bucket="shared-with-pages", CORSConfiguration={"CORSRules": [rule]})
    good = {"Origin": "https://good.example", "Sec-Fetch-Site": "cross-site"}
    status, body, headers = ask(server, "GET", "/shared-with-pages/key", good)
    assert (status, body, headers["access-control-allow-origin"]) == (200, b"content", "https://good.example")
    assert "access-control-allow-origin" not in ask(server, "GET", "/shared-with-pages/key", FOREIGN)[2]


def test_a_page_cannot_delete_what_is_in_a_bucket_although_no_browser_asks_first(server):
    s3 = server.client("s3", "320000000003")
    s3.create_bucket(Bucket="not-for-pages")
    s3.put_object(Bucket="not-for-pages", Key="key", Body=b"content")
    body = b"<Delete><Object><Key>key</Key></Object></Delete>"
    assert ask(server, "POST", "/not-for-pages?delete", FOREIGN | {"Content-Type": "text/plain"}, body)[0] == 403
    assert s3.get_object(Bucket="not-for-pages", Key="key")["Body"].read() == b"content"


def test_an_image_of_a_page_may_come_from_a_bucket(server):
    s3 = server.client("s3", "320000000003")
    s3.create_bucket(Bucket="images-of-pages")
    s3.put_object(Bucket="images-of-pages", Key="key", Body=b"content")
    assert ask(server, "GET", "/images-of-pages/key", {"Sec-Fetch-Site": "cross-site"})[0] == 200


def test_a_page_may_use_a_function_url(server, deploy):
    function = deploy()
    cors = {"AllowOrigins": ["https://good.example"]}
    client = server.client("lambda")
    url = client.create_function_url_config(FunctionName=function.name, AuthType="NONE", Cors=cors)["FunctionUrl"]
    open_url(client, function.name)
    host = url.removeprefix("http://").rstrip("/")
    good = {"Host": host, "Origin": "https://good.example", "Sec-Fetch-Site": "cross-site"}
    status, body, headers = ask(server, "GET", "/", good)
    assert status == 200, body
    assert (status, headers["access-control-allow-origin"]) == (200, "https://good.example")


# What is no request, or two at once

CHUNKED, FIVE = "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        CHUNKED + FIVE,
        FIVE + CHUNKED,
        FIVE + FIVE,
        FIVE + "Content-Length: 6\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length : 5\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: identity\r\n" + CHUNKED,
        "X: y\r\n Transfer-Encoding: chunked\r\n",
        "X: y\rTransfer-Encoding: chunked\r\n",
        "X: y\n" + CHUNKED,
        "X\0: y\r\n",
        "Host: a.localhost\r\n",
        ": empty\r\n",
    ],
)
def test_a_request_that_others_might_read_differently_is_refused(server, headers):
    hidden = "GET /_dockerless/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = say(server, f"POST /bucket/x HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n0\r\n\r\n{hidden}")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_target_that_is_no_url_is_refused(server):
    assert say(server, "GET http://[/x HTTP/1.1\r\nHost: localhost\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_a_path_in_raw_utf_8_is_one_word(server):
    request = "GET /nowhere/\u00e0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert say(server, request.encode()).startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize("end", ["", "\r\n\r\n"])
@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1\r\n" + "".join(f"X-{n}: {'h' * 1000}\r\n" for n in range(1000)),
        "GET / HTTP/1.1\r\n" + "".join(f"X-{n}: h\r\n" for n in range(10_000)),
        "GET / HTTP/1.1\r\nX: " + "h" * 1_000_000,
        "GET /" + "p" * 1_000_000,
        "GET / HTTP/2.0",
        "get\0 / HTTP/1.1",
        "\r\n" * 100_000,
    ],
    ids=["large", "many", "long", "path", "version", "method", "nothing"],
)
def test_a_head_without_measure_ends_its_connection_alone(server, head, end):
    assert b"200 OK" not in say(server, head + end)
    assert is_well(server)


def test_a_body_of_100_megabytes_is_taken_by_who_takes_it_and_refused_by_who_does_not(server, deploy):
    body, s3 = bytes(100 << 20), server.client("s3", "320000000003")
    s3.create_bucket(Bucket="much")
    s3.put_object(Bucket="much", Key="key", Body=body)
    assert s3.head_object(Bucket="much", Key="key")["ContentLength"] == len(body)
    s3.delete_object(Bucket="much", Key="key")
    client, name = server.client("lambda"), deploy().name
    with pytest.raises(client.exceptions.ClientError) as refused:
        client.invoke(FunctionName=name, Payload=b'"' + b"x" * (20 << 20) + b'"')
    assert refused.value.response["Error"]["Code"] == "RequestEntityTooLargeException"


# Clients without end

SLOW = b"POST /bucket/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"


def test_ten_thousand_connections_leave_it_serving(server):
    """As many as this process may open; most of them slow, in the head or in the body."""
    most = min(10_000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500)
    kept: list[socket.socket] = []
    try:
        for number in range(most):
            kept.append(socket.create_connection(("127.0.0.1", server.port), timeout=60))
            with contextlib.suppress(OSError):
                kept[-1].sendall(SLOW[: number % len(SLOW)] if number % 3 else SLOW + b"\r\nbegin")
            if number % 500 == 0:
                assert is_well(server)
        assert is_well(server)
        assert server.client("sqs").list_queues()
    finally:
        for connection in kept:
            connection.close()


def test_a_slow_client_keeps_no_other_waiting(server, deploy):
    function, ended = deploy(), threading.Event()
    function.invoke()

    def trickle():
        with socket.create_connection(("127.0.0.1", server.port)) as connection, contextlib.suppress(OSError):
            for byte in SLOW:
                connection.sendall(bytes([byte]))
                if ended.wait(0.01):
                    return

    threads = [threading.Thread(target=trickle) for _ in range(50)]
    for thread in threads:
        thread.start()
    assert all(function.invoke().error is None for _ in range(20))
    ended.set()
    for thread in threads:
        thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
def test_it_listens_on_the_loopback_interface_alone(server):
    seen = subprocess.run(
        ["cat", "/proc/net/tcp", "/proc/net/tcp6"], capture_output=True, text=True, check=False
    ).stdout
    port = f":{server.port:04X}"
    listening = [line.split()[1] for line in seen.splitlines() if port in line.split()[1] and line.split()[3] == "0A"]
    assert listening == [f"0100007F{port}"]
