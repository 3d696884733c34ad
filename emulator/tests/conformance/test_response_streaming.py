"""Response streaming

What a function writes reaches the caller before the function ends, over the API and over function URLs.
"""

from __future__ import annotations

import base64
import http.client
import http.server
import json
import threading
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from deployed import HANDLERS, archive
from fronts import ask, deployed, open_url
from places import public

STREAMING = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html"
WRITING = "https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html"
INVOKING = "https://docs.aws.amazon.com/lambda/latest/dg/config-rs-invoke-furls.html"
API = "https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html"
RUNTIME = "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html"


class Gate:
    """Holds up a function until the test has seen what it wrote."""

    def __init__(self, emulator):
        self.opened = threading.Semaphore(0)
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                gate.opened.acquire(timeout=30)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        port = self.server.server_port
        self.url = f"http://{public(emulator, port)}:{port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def open(self):
        self.opened.release()


@pytest.fixture
def gate(server):
    made = Gate(server)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def function(server):
    code = archive({"streams.mjs": (HANDLERS / "streams.mjs").read_text()})
    options = {"Runtime": "nodejs22.x", "Handler": "streams.handler", "Timeout": 60}
    with deployed(server, "streams.mjs", code=code, **options) as made:
        yield made


@pytest.fixture(scope="module")
def url(function):
    options = {"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}
    open_url(function.client, function.name)
    return function.client.create_function_url_config(FunctionName=function.name, **options)["FunctionUrl"]


@pytest.fixture(scope="module")
def plain(server):
    """A function that does not stream."""
    with deployed(server, "front_door.py") as made:
        yield made


def events(function, event, **options):
    answer = function.client.invoke_with_response_stream(
        FunctionName=function.name, Payload=json.dumps(event), **options
    )
    return answer, iter(answer["EventStream"])


def told(event):
    return {"x-told": json.dumps(event)}


@pytest.mark.rule(API)
def test_each_part_is_an_event_that_does_not_wait_for_the_next(function, gate):
    answer, stream = events(function, {"parts": ["one", "two"], "gate": gate.url})
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert next(stream) == {"PayloadChunk": {"Payload": b"one"}}
    gate.open()
    assert next(stream) == {"PayloadChunk": {"Payload": b"two"}}
    gate.open()
    assert list(stream) == [{"InvokeComplete": {}}]


@pytest.mark.rule(API)
def test_the_last_event_has_the_log(function):
    _, stream = events(function, {"parts": ["x"]}, LogType="Tail")
    log = base64.b64decode(list(stream)[-1]["InvokeComplete"]["LogResult"]).decode()
    assert "REPORT RequestId: " in log


@pytest.mark.rule(RUNTIME)
def test_an_error_in_the_middle_comes_after_the_parts(function):
    _, stream = events(function, {"parts": ["half"], "late": "no more"})
    first, last = list(stream)
    assert first == {"PayloadChunk": {"Payload": b"half"}}
    assert last["InvokeComplete"]["ErrorCode"] == "RangeError"
    assert json.loads(last["InvokeComplete"]["ErrorDetails"])["errorMessage"] == "no more"


@pytest.mark.rule(API)
@pytest.mark.parametrize(("event", "code"), [({"early": "no"}, "RangeError"), ({"exit": 1}, "Runtime.ExitError")])
def test_an_error_before_the_first_part_is_all_there_is(function, event, code):
    [last] = list(events(function, event)[1])
    assert last["InvokeComplete"]["ErrorCode"] == code


@pytest.mark.rule(STREAMING)
def test_a_response_that_is_not_streamed_comes_in_one_part(plain):
    _, stream = events(plain, {"headers": {"x-say": json.dumps("all")}})
    assert list(stream) == [{"PayloadChunk": {"Payload": b'"all"'}}, {"InvokeComplete": {}}]


@pytest.mark.rule(API)
def test_rules_and_errors_are_those_of_invoke(function):
    client, name = function.client, function.name
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.invoke_with_response_stream(FunctionName=f"{name}-missing")
    with pytest.raises(ClientError, match="InvalidRequestContentException"):
        client.invoke_with_response_stream(FunctionName=name, Payload=b"{")
    assert client.invoke_with_response_stream(FunctionName=name, InvocationType="DryRun")["StatusCode"] == 204


@pytest.mark.rule(STREAMING)
def test_a_streamed_response_may_be_larger_than_a_buffered_one(function):
    size = 7 * 1024 * 1024
    *parts, _ = list(events(function, {"bytes": size})[1])
    assert sum(len(part["PayloadChunk"]["Payload"]) for part in parts) == size
    assert b"Function.ResponseSizeTooLarge" in function.invoke({"bytes": size}).body


@pytest.mark.rule(STREAMING)
def test_invoke_gives_the_whole_response_at_its_end(function):
    assert function.invoke({"parts": ["one", "two"]}).body == b"onetwo"


@pytest.mark.rule(INVOKING)
def test_a_url_sends_each_part_at_once(server, url, gate):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Host": parts.netloc} | told({"parts": ["one", "two"], "gate": gate.url, "type": "text/event-stream"})
    connection.request("GET", "/", headers=headers)
    response = connection.getresponse()
    assert (response.status, response.getheader("content-type")) == (200, "text/event-stream")
    assert response.read(3) == b"one"
    gate.open()
    assert response.read(3) == b"two"
    gate.open()
    assert response.read() == b""
    connection.close()


@pytest.mark.rule(WRITING)
def test_status_headers_and_cookies_come_before_the_body(server, url):
    head = {"statusCode": 418, "headers": {"X-One": "1", "Content-Type": "text/html"}, "cookies": ["a=1", "b=2"]}
    reply = ask(server, url, headers=told({"head": head, "parts": ["<p>", "</p>"]}))
    assert (reply.status, reply.header("x-one"), reply.header("content-type")) == (418, "1", "text/html")
    assert (reply.all("set-cookie"), reply.body) == (["a=1", "b=2"], b"<p></p>")


@pytest.mark.rule(INVOKING)
def test_an_error_before_the_first_part_is_a_bad_gateway(server, url):
    assert ask(server, url, headers=told({"early": "no"})).status == 502


@pytest.mark.rule(INVOKING)
def test_an_error_in_the_middle_ends_the_connection(server, url):
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        ask(server, url, headers=told({"parts": ["half"], "late": "no"}))


@pytest.mark.rule(INVOKING)
def test_without_streaming_by_the_url_the_response_comes_whole(server, url, function):
    function.client.update_function_url_config(FunctionName=function.name, InvokeMode="BUFFERED")
    try:
        reply = ask(server, url, headers=told({"head": {"statusCode": 201}, "parts": ["a", "b"]}))
        assert (reply.status, reply.body) == (201, b"ab")
    finally:
        function.client.update_function_url_config(FunctionName=function.name, InvokeMode="RESPONSE_STREAM")


@pytest.mark.rule(INVOKING)
def test_a_streaming_url_passes_on_what_other_functions_return_as_it_is(server, plain):
    options = {"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}
    open_url(plain.client, plain.name)
    address = plain.client.create_function_url_config(FunctionName=plain.name, **options)["FunctionUrl"]
    reply = ask(server, address, headers={"x-say": json.dumps({"statusCode": 404, "body": "x"})})
    assert (reply.status, reply.value) == (200, {"statusCode": 404, "body": "x"})
