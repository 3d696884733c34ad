"""Telemetry on its way to a listener: batches, retries, and what is dropped."""

from __future__ import annotations

import json
import selectors
import socket
import time

import pytest
from localstack_dockerless.executor.subscription import Subscription
from localstack_dockerless.executor.telemetry import Telemetry

ALL = ("platform", "function", "extension")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Loop:
    """Telemetry, and what an environment would do to it."""

    def __init__(self, json_lines=False):
        self.selector = selectors.DefaultSelector()
        self.telemetry = Telemetry(self.selector, "127.0.0.1", json_lines=json_lines)

    def until(self, done, limit=20):
        deadline = time.monotonic() + limit
        while not done():
            assert time.monotonic() < deadline
            for key, _ in self.selector.select(0.01):
                if key.fd in self.selector.get_map():
                    key.data()
            self.telemetry.work()


@pytest.fixture
def loop(request):
    made = Loop(**getattr(request, "param", {}))
    yield made
    made.telemetry.close()
    made.selector.close()


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(0)
        yield made


def subscription(port, types=ALL, path="/", items=1000, size=262144):
    return Subscription(types, port, path, items, size, 0.025)


def read(loop, listener, answer=OK):
    """The events of the next post."""
    accepted = []

    def arrives():
        try:
            accepted.append(listener.accept()[0])
        except BlockingIOError:
            return False
        return True

    loop.until(arrives)
    with accepted[0] as connection:
        connection.settimeout(0)
        data = b""

        def complete():
            nonlocal data
            try:
                data += connection.recv(1 << 20)
            except BlockingIOError:
                return False
            head, end, body = data.partition(b"\r\n\r\n")
            return end and len(body) == int(head.lower().partition(b"content-length: ")[2].split()[0])

        loop.until(complete)
        connection.sendall(answer)
    return json.loads(data.partition(b"\r\n\r\n")[2])


def lines(events, category="function"):
    return [event["record"] for event in events if event["type"] == category]


def test_whoever_subscribes_during_init_gets_what_happened_before(loop, listener):
    loop.telemetry.platform("platform.initStart", {"phase": "init"})
    loop.telemetry.printed("function", b"loading\n")
    loop.telemetry.subscribe("x", subscription(listener.getsockname()[1], ("platform",)))
    events = read(loop, listener)
    assert [(event["type"], event["record"]) for event in events] == [("platform.initStart", {"phase": "init"})]


def test_nothing_is_kept_for_nobody(loop):
    loop.telemetry.end_init()
    loop.telemetry.printed("function", b"lost\n")
    assert not loop.telemetry.is_on
    assert loop.telemetry.due() is None


def test_a_line_is_an_event_once_it_is_complete(loop, listener):
    loop.telemetry.subscribe("x", subscription(listener.getsockname()[1], ("function",)))
    for part in (b"one\n\ntw", b"o\n", b"three"):
        loop.telemetry.printed("function", part)
    assert lines(read(loop, listener)) == ["one", "two"]


@pytest.mark.parametrize("loop", [{"json_lines": True}], indirect=True)
def test_lines_in_json_are_objects_where_the_function_logs_json(loop, listener):
    loop.telemetry.subscribe("x", subscription(listener.getsockname()[1], ("function",)))
    loop.telemetry.printed("function", b'{"level": "INFO"}\n{broken\nplain\n')
    assert lines(read(loop, listener)) == [{"level": "INFO"}, "{broken", "plain"]


def test_a_batch_that_is_not_taken_comes_again(loop, listener):
    loop.telemetry.subscribe("x", subscription(listener.getsockname()[1], ("function",)))
    loop.telemetry.printed("function", b"again\n")
    first = read(loop, listener, b"HTTP/1.1 500 No\r\n\r\n")
    assert read(loop, listener) == first
    loop.until(lambda: loop.telemetry.due() is None)


def test_a_listener_may_come_late(loop):
    with socket.socket() as later:
        later.bind(("127.0.0.1", 0))
        loop.telemetry.subscribe("x", subscription(later.getsockname()[1], ("function",)))
        loop.telemetry.printed("function", b"patience\n")
        loop.until(lambda: loop.telemetry._subscribers["x"]._pause)  # it was refused once
        later.listen()
        later.settimeout(0)
        assert lines(read(loop, later)) == ["patience"]


def test_a_batch_has_a_largest_size(loop, listener):
    loop.telemetry.subscribe("x", subscription(listener.getsockname()[1], ("function",), items=2))
    loop.telemetry.printed("function", b"1\n2\n3\n")
    assert [lines(read(loop, listener)) for _ in range(2)] == [["1", "2"], ["3"]]


def test_what_a_slow_listener_cannot_take_is_dropped_and_counted(loop, listener):
    loop.telemetry.subscribe("x", subscription(listener.getsockname()[1], ("function", "platform"), items=3))
    loop.telemetry.printed("function", b"line\n" * 10)
    events = [event for _ in range(3) for event in read(loop, listener)]
    assert lines(events) == ["line"] * 6, "two batches"
    (dropped,) = (event["record"] for event in events if event["type"] == "platform.logsDropped")
    assert dropped["droppedRecords"] == 4
    assert dropped["droppedBytes"] > 0


def test_over_tcp_each_event_is_a_line_of_one_connection(loop, listener):
    loop.telemetry.subscribe("x", subscription(listener.getsockname()[1], ("function",), path=""))
    accepted = []
    received = b""

    def lines_there(count):
        def there():
            nonlocal received
            try:
                if not accepted:
                    accepted.append(listener.accept()[0])
                    accepted[0].settimeout(0)
                received += accepted[0].recv(1 << 16)
            except BlockingIOError:
                pass
            return received.count(b"\n") == count

        return there

    for count in (1, 2):
        loop.telemetry.printed("function", b"hello\n")
        loop.until(lines_there(count))
    accepted[0].close()
    assert [json.loads(line)["record"] for line in received.splitlines()] == ["hello", "hello"]
