"""The Runtime API alone, spoken to by hand as clients of any quality would."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import http.client
import itertools
import json
import os
import selectors
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from localstack_dockerless.executor import runtime_api
from localstack_dockerless.executor.peers import is_held_by
from localstack_dockerless.executor.runtime_api import MAX_RESPONSE, Invocation, Phase, RuntimeApi
from localstack_dockerless.executor.streams import Stream

NEXT = "/2018-06-01/runtime/invocation/next"
RESPONSE = "/2018-06-01/runtime/invocation/r-1/response"
INIT_ERROR = "/2018-06-01/runtime/init/error"
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
SIZES = [b"-5", b"+5", b"0x5", b"1_0", b"zz", b"9" * 5000]
"""What is not a size in HTTP, though some of it is a number to Python."""


class Served:
    """A Runtime API and the thread that an environment would lend it."""

    def __init__(self, own: bool = True) -> None:
        self.selector = selectors.DefaultSelector()
        self.api = RuntimeApi(self.selector, lambda _: own)
        self.over = False
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        while not self.over:
            for key, _ in self.selector.select(0.01):
                if key.fd in self.selector.get_map():
                    key.data()

    def until(self, phase: Phase) -> None:
        deadline = time.monotonic() + 5
        while self.api.phase is not phase:
            assert time.monotonic() < deadline, self.api.phase
            time.sleep(0.001)

    def kept(self, size: int) -> int:
        """How much is kept of a body, once so much of it was read."""
        deadline = time.monotonic() + 5
        while True:
            for connection in list(self.api._connections):
                if (request := connection._request) and request.size == size:
                    return len(request.body)
            assert time.monotonic() < deadline
            time.sleep(0.001)

    def client(self) -> http.client.HTTPConnection:
        host, _, port = self.api.address.partition(":")
        return http.client.HTTPConnection(host, int(port), timeout=5)

    def socket(self) -> socket.socket:
        host, _, port = self.api.address.partition(":")
        return socket.create_connection((host, int(port)), timeout=5)

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, bytes]:
        client = self.client()
        client.request(method, path, body, **options)
        response = client.getresponse()
        answer = response.status, response.read()
        client.close()
        return answer


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    one = Served(getattr(request, "param", True))
    yield one
    one.over = True
    one.thread.join()
    one.api.close()
    one.selector.close()


@pytest.fixture
def running(served: Served) -> Iterator[tuple[Served, http.client.HTTPConnection, Invocation]]:
    """A runtime that has been handed an event."""
    client = served.client()
    client.request("GET", NEXT)
    served.until(Phase.READY)
    event = Invocation("r-1", '{"a": "é"}'.encode(), "arn:x", "Root=1", time.time() + 3, '{"custom": {}}')
    served.api.deliver(event)
    yield served, client, event
    client.close()


def post(served: Served, what: str, body: Any = b"{}", **options: Any) -> tuple[int, bytes]:
    return served.ask("POST", f"/2018-06-01/runtime/invocation/{what}", body, **options)


def test_next_hands_over_the_event_with_all_headers(running):
    _, client, event = running
    response = client.getresponse()
    assert response.read() == event.body
    assert dict(response.getheaders()) | {"Date": ""} == {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": "r-1",
        "Lambda-Runtime-Deadline-Ms": str(int(event.deadline * 1000)),
        "Lambda-Runtime-Invoked-Function-Arn": "arn:x",
        "Lambda-Runtime-Trace-Id": "Root=1",
        "Lambda-Runtime-Client-Context": '{"custom": {}}',
        "Lambda-Runtime-Invocation-Id": event.invocation_id,
        "Content-Length": str(len(event.body)),
        "Date": "",
    }


@pytest.mark.parametrize("body", [b'"plain"', iter([b'"chu', b'nked"'])])
def test_a_response_is_accepted_whole_or_in_chunks(running, body):
    served, *_ = running
    chunked = not isinstance(body, bytes)
    assert post(served, "r-1/response", body, encode_chunked=chunked) == (202, b'{"status":"OK"}\n')
    assert served.api.reply.body in (b'"plain"', b'"chunked"')
    assert not served.api.reply.is_error


def test_a_client_that_waits_for_leave_to_send_its_body_gets_it(running):
    served, *_ = running
    with served.socket() as client:
        head = "POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
        client.sendall(head.encode())
        assert client.recv(100).startswith(b"HTTP/1.1 100 Continue")
        client.sendall(b"null")
        assert client.recv(1000).startswith(b"HTTP/1.1 202")


def test_a_body_may_arrive_byte_by_byte(running):
    served, *_ = running
    text = "POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n1;x=y\r\n]\r\n0\r\n\r\n"
    with served.socket() as client:
        for byte in text.encode():
            client.sendall(bytes([byte]))
        assert client.recv(1000).startswith(b"HTTP/1.1 202")
    assert served.api.reply.body == b"[1]"


def test_trailers_of_a_streamed_response_may_carry_an_error(running):
    served, *_ = running
    text = (
        "POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
        "Lambda-Runtime-Function-Response-Mode: streaming\r\n\r\n"
        "2\r\nab\r\n0\r\nLambda-Runtime-Function-Error-Type: Runtime.StreamError\r\n\r\n"
    )
    with served.socket() as client:
        client.sendall(text.encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 202")
    assert (served.api.reply.is_error, served.api.reply.error_type) == (True, "Runtime.StreamError")


STREAMS = {"Lambda-Runtime-Function-Response-Mode": "streaming", "Content-Type": "text/plain"}


@pytest.fixture
def streamed(running) -> Iterator[tuple[Served, Stream]]:
    """The same with a caller that reads the response as a stream; the invocation ends with the test."""
    served, _, event = running
    over = threading.Event()
    stream = Stream(over.wait)
    served.api._current = dataclasses.replace(event, stream=stream)
    yield served, stream
    over.set()


def test_a_stream_arrives_before_its_end(streamed):
    served, stream = streamed
    with served.socket() as client:
        head = "".join(f"{name}: {value}\r\n" for name, value in STREAMS.items())
        client.sendall(f"POST {RESPONSE} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n{head}\r\n".encode())
        stream.wait()
        client.sendall(b"3\r\none\r\n")
        assert (stream.begun, stream.content_type) == (True, "text/plain")
        assert next(iter(stream)) == b"one"
        assert served.api.phase is Phase.RUNNING
        client.sendall(b"0\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 202")
    assert (served.api.reply.body, served.api.reply.is_error) == (b"", False)


def test_a_head_that_arrives_alone_is_no_part(streamed):
    """Nor is anything else that arrives without bytes of the body: a caller would see an empty event."""
    served, stream = streamed
    with served.socket() as client:
        head = "".join(f"{name}: {value}\r\n" for name, value in STREAMS.items())
        client.sendall(f"POST {RESPONSE} HTTP/1.1\r\nContent-Length: 3\r\n{head}\r\n".encode())
        stream.wait()
        client.sendall(b"one")
        assert client.recv(1000).startswith(b"HTTP/1.1 202")
    assert (next(iter(stream)), stream._parts.empty()) == (b"one", True)


def test_an_error_after_a_stream_has_its_body_in_the_trailers(streamed):
    served, _ = streamed
    error = base64.b64encode(b'{"errorType":"E"}').decode()
    trailers = f"Lambda-Runtime-Function-Error-Type: E\r\nLambda-Runtime-Function-Error-Body: {error}\r\n"
    with served.socket() as client:
        head = "".join(f"{name}: {value}\r\n" for name, value in STREAMS.items())
        body = f"1\r\nx\r\n0\r\n{trailers}\r\n"
        client.sendall(f"POST {RESPONSE} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n{head}\r\n{body}".encode())
        assert client.recv(1000).startswith(b"HTTP/1.1 202")
    reply = served.api.reply
    assert (reply.body, reply.is_error, reply.error_type) == (b'{"errorType":"E"}', True, "E")


def test_a_stream_over_its_quota_becomes_an_error(streamed, monkeypatch):
    served, _ = streamed
    monkeypatch.setattr(runtime_api, "MAX_STREAM", 10)
    assert post(served, "r-1/response", b"x" * 11, headers=STREAMS)[0] == 202
    assert json.loads(served.api.reply.body)["errorType"] == "Function.ResponseSizeTooLarge"


def test_only_the_first_stream_with_the_right_ids_is_passed_on(streamed):
    served, stream = streamed
    assert post(served, "r-0/response", b"a", headers=STREAMS)[0] == 400
    wrong = STREAMS | {"Lambda-Runtime-Invocation-Id": "another"}
    assert post(served, "r-1/response", b"b", headers=wrong)[0] == 400
    assert not stream.begun
    assert post(served, "r-1/response", b"c", headers=STREAMS)[0] == 202
    assert post(served, "r-1/response", b"d", headers=STREAMS)[0] == 403
    assert next(iter(stream)) == b"c"
    assert stream._parts.empty()


def test_an_error_is_the_invocations_result(running):
    served, *_ = running
    headers = {"Lambda-Runtime-Function-Error-Type": "Runtime.Wrong"}
    assert post(served, "r-1/error", b'{"errorType": "x"}', headers=headers)[0] == 202
    assert (served.api.reply.is_error, served.api.reply.error_type) == (True, "Runtime.Wrong")


def test_a_response_over_the_quota_becomes_an_error_and_the_runtime_goes_on(running):
    served, *_ = running
    assert post(served, "r-1/response", b"x" * (MAX_RESPONSE + 1))[0] == 202
    assert json.loads(served.api.reply.body) == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }


def test_a_response_of_exactly_the_quota_is_fine(running):
    served, *_ = running
    post(served, "r-1/response", b"x" * MAX_RESPONSE)
    assert len(served.api.reply.body) == MAX_RESPONSE
    assert not served.api.reply.is_error


@pytest.mark.parametrize("what", ["response", "error"])
def test_a_wrong_request_id_is_refused(running, what):
    status, body = post(running[0], f"somebody-elses/{what}")
    assert (status, json.loads(body)["errorType"]) == (400, "InvalidRequestID")
    assert running[0].api.reply is None


def test_a_wrong_invocation_id_is_refused(running):
    status, body = post(running[0], "r-1/response", headers={"Lambda-Runtime-Invocation-Id": "other"})
    assert (status, json.loads(body)["errorType"]) == (400, "InvalidInvocationId")


@pytest.mark.parametrize("what", ["response", "error"])
def test_a_second_answer_is_refused(running, what):
    served, *_ = running
    post(served, "r-1/response", b"1")
    status, body = post(served, f"r-1/{what}", b"2")
    assert (status, json.loads(body)["errorType"]) == (403, "InvalidStateTransition")
    assert served.api.reply.body == b"1"


def test_next_while_an_invocation_runs_is_refused(running):
    status, body = running[0].ask("GET", NEXT)
    assert (status, json.loads(body)) == (
        403,
        {
            "errorMessage": "State transition from Running to Ready failed for runtime. "
            "Error: State transition is not allowed",
            "errorType": "InvalidStateTransition",
        },
    )


def test_an_init_error_counts_before_the_first_event_only(served):
    assert served.ask("POST", INIT_ERROR, b'{"errorType": "x"}')[0] == 202
    assert served.api.phase is Phase.INIT_FAILED
    assert served.ask("POST", INIT_ERROR, b"{}")[0] == 403


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("PUT", NEXT), ("GET", INIT_ERROR), ("POST", "/2018-06-01/runtime/x")]
)
def test_unknown_addresses_are_not_found(served, method, path):
    assert served.ask(method, path)[0] == 404


@pytest.mark.parametrize(
    "rubbish",
    [
        b"\x00\xff" * 1_100_000,
        b"hello\r\n\r\n",
        *(b"POST / HTTP/1.1\r\nContent-Length: " + size + b"\r\n\r\n" for size in SIZES),
        *(CHUNKED + size + b"\r\n" for size in SIZES),
        CHUNKED + b"0\r\n" + b"x: y\r\n" * 400_000,
    ],
    ids=itertools.count(),
)
def test_rubbish_is_hung_up_on_and_harms_nobody(running, rubbish):
    served, *_ = running
    with served.socket() as client, contextlib.suppress(ConnectionError):
        client.sendall(rubbish)
        assert client.recv(100) == b""
    assert post(served, "r-1/response", b"1")[0] == 202


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/2018-06-01/runtime/invocation/r-1/response", 1000),
        ("/2018-06-01/runtime/invocation/r-1/error", 1000),
        ("/2018-06-01/runtime/invocation/r-2/response", 0),
        (INIT_ERROR, 0),
        ("/", 0),
    ],
)
def test_only_the_body_of_an_answer_to_the_current_event_is_kept(running, path, kept):
    served, *_ = running
    with served.socket() as client:
        client.sendall(f"POST {path} HTTP/1.1\r\nContent-Length: 1001\r\n\r\n".encode() + b"x" * 1000)
        assert served.kept(1000) == kept
        client.sendall(b"x")
        assert client.recv(1000).startswith(b"HTTP/1.1 202" if kept else b"HTTP/1.1 4")


def test_strangers_cannot_use_up_the_connections(running):
    served, *_ = running
    own = {}
    served.api._is_own = lambda sock: sock.getpeername()[1] in own
    with contextlib.ExitStack() as several:
        first = several.enter_context(served.socket())
        for _ in range(100):
            several.enter_context(served.socket())
        with served.socket() as client:
            own[client.getsockname()[1]] = True
            for _ in range(100):
                several.enter_context(served.socket())
            assert first.recv(1) == b""
            client.sendall(b"POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\nContent-Length: 1\r\n\r\n1")
            assert client.recv(1000).startswith(b"HTTP/1.1 202")
    assert running[1].getresponse().status == 200


def test_a_connection_too_many_of_its_own_is_hung_up_on(served):
    with contextlib.ExitStack() as several:
        for _ in range(32):
            several.enter_context(served.socket())
        with served.socket() as client:
            assert client.recv(1) == b""


def test_requests_may_follow_each_other_without_waiting(running):
    served, *_ = running
    posted = b"POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\nContent-Length: 1\r\n\r\n1"
    with served.socket() as client:
        client.sendall(posted + f"GET {NEXT} HTTP/1.1\r\n\r\n".encode())
        served.until(Phase.READY)
        assert client.recv(1000).startswith(b"HTTP/1.1 202")


def test_a_runtime_that_hangs_up_while_it_waits_may_ask_again(served):
    client = served.socket()
    client.sendall(f"GET {NEXT} HTTP/1.1\r\n\r\n".encode())
    served.until(Phase.READY)
    client.close()
    served.until(Phase.STARTED)


@pytest.mark.parametrize("served", [False], indirect=True)
@pytest.mark.parametrize(("method", "path"), [("GET", NEXT), ("POST", INIT_ERROR)])
def test_strangers_are_hung_up_on(served, method, path):
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        served.ask(method, path, b"{}")
    assert served.api.phase is Phase.STARTED


def test_the_process_at_the_other_end_is_known():
    with socket.create_server(("127.3.4.5", 0)) as server, socket.create_connection(server.getsockname()):
        accepted, _ = server.accept()
        with accepted, subprocess.Popen(["sleep", "60"]) as another:
            assert is_held_by(accepted, [os.getpid()])
            assert not is_held_by(accepted, [another.pid])
            another.kill()


def test_an_event_for_a_runtime_that_is_gone_is_not_delivered(served):
    client = served.client()
    client.request("GET", NEXT)
    served.until(Phase.READY)
    served.over = True
    served.thread.join()
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    assert not served.api.deliver(Invocation("r-2", b"{}", "arn:x", "Root=1", time.time() + 3))
    assert served.api.phase is Phase.STARTED


def test_every_environment_has_an_address_of_its_own():
    with selectors.DefaultSelector() as selector:
        several = [RuntimeApi(selector, lambda _: True) for _ in range(20)]
        assert len({api.address for api in several}) == 20
        for api in several:
            api.close()
