"""The telemetry of one execution environment: events of the platform and lines of logs, to whom subscribed to them.

It has no thread: batches go out while somebody serves the environment, which is while it is not frozen.

https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Callable
from typing import Any

from localstack_dockerless.executor import records
from localstack_dockerless.executor.delivery import Delivery
from localstack_dockerless.executor.records import Record
from localstack_dockerless.executor.subscription import HOSTS, Subscription

BACKLOG = 1024 * 1024
"""Bytes kept of what happens during INIT, before somebody subscribes to it."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0  # seconds between attempts
_BUFFERS = 2
"""Batches that may wait; what comes then is dropped."""
_REASON = "Consumer seems to have fallen behind as it has not acknowledged receipt of logs."
_LINE_LIMIT = 262_144


class Subscriber:
    """Collects events in batches and sends them.

    Args:
        selector: Where the environment waits.
        host: The environment's own address.
        stream: See `Telemetry`.
    """

    def __init__(
        self,
        subscription: Subscription,
        selector: selectors.BaseSelector,
        host: str,
        stream: Callable[[], socket.socket],
    ) -> None:
        self.subscription = subscription
        self._selector = selector
        self._host = host
        self._stream = stream
        self._events: list[bytes] = []
        self._size = 0
        self._sent = 0  # events of the batch that is on its way
        self._since = 0.0
        self._again_at = self._pause = 0.0
        self._dropped = [0, 0]  # records, bytes
        self._delivery: Delivery | None = None
        self._connection: socket.socket | None = None

    def add(self, event: bytes) -> None:
        """Takes an event, or counts it as dropped when too many wait."""
        if self._size + len(event) > _BUFFERS * self.subscription.max_bytes or self.is_full:
            self.drop(1, len(event))
            return
        if not self._events:
            self._since = time.monotonic()
        self._events.append(event)
        self._size += len(event)

    @property
    def is_full(self) -> bool:
        """Whether it can take no event, however small."""
        subscription = self.subscription
        return len(self._events) >= _BUFFERS * subscription.max_items or self._size >= _BUFFERS * subscription.max_bytes

    def drop(self, count: int, size: int) -> None:
        """Counts events that it does not get, and their bytes."""
        self._dropped[0] += count
        self._dropped[1] += size

    def due(self) -> float | None:
        """When to call `work` next, on the clock of `time.monotonic`; None if there is nothing to do."""
        if self._delivery or not self._events:
            return None
        full = self._size >= self.subscription.max_bytes or len(self._events) >= self.subscription.max_items
        return max(self._again_at, 0.0 if full else self._since + self.subscription.timeout)

    def work(self, *, at_once: bool = False) -> None:
        """Sends what is due."""
        due = self.due()
        if due is None or (not at_once and due > time.monotonic()):
            return
        batch = self._batch()
        self._sent = len(batch)
        http = self.subscription.is_http
        data = self._post(b"[" + b",".join(batch) + b"]") if http else b"".join(one + b"\n" for one in batch)
        connected, self._connection = self._connection, None
        address = None if connected else (self._host, self.subscription.port)
        self._delivery = Delivery(
            self._selector, connected or self._stream(), address, data, answered=http, done=self._done
        )

    @property
    def is_idle(self) -> bool:
        """Whether nothing is waiting or on its way."""
        return not self._delivery and not self._events

    def close(self) -> None:
        """Gives everything back."""
        if self._delivery:
            self._delivery.cancel()
        if self._connection:
            self._connection.close()
        self._delivery = self._connection = None
        self._events = []

    def _batch(self) -> list[bytes]:
        count = size = 0
        for event in self._events[: self.subscription.max_items]:
            if count and size + len(event) > self.subscription.max_bytes:
                break
            count, size = count + 1, size + len(event)
        return self._events[:count]

    def _post(self, body: bytes) -> bytes:
        head = (
            f"POST {self.subscription.path} HTTP/1.1\r\nHost: {HOSTS[0]}:{self.subscription.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + body

    def _done(self, taken: bool) -> None:
        delivery, self._delivery = self._delivery, None
        if not taken:
            self._pause = min(2 * self._pause or _FIRST_PAUSE, _LONGEST_PAUSE)
            self._again_at = time.monotonic() + self._pause
            return
        if delivery and not self.subscription.is_http:
            self._connection = delivery.sock
        self._pause = self._again_at = 0.0
        self._size -= sum(map(len, self._events[: self._sent]))
        del self._events[: self._sent]
        self._since = time.monotonic()
        self._tell_dropped()

    def _tell_dropped(self) -> None:
        (count, size), self._dropped = self._dropped, [0, 0]
        if count and "platform" in self.subscription.types:
            dropped = {"droppedBytes": size, "droppedRecords": count, "reason": _REASON}
            self.add(records.event("platform.logsDropped", dropped).encode())


class Telemetry:
    """Events of one environment and who gets them.

    Args:
        selector: Where the environment waits.
        host: Its own address.
        json_lines: Whether the function's lines may be JSON objects (`LogFormat: JSON`).
        stream: Makes TCP sockets from which listeners in the environment can be reached.
    """

    def __init__(
        self,
        selector: selectors.BaseSelector,
        host: str,
        *,
        json_lines: bool,
        stream: Callable[[], socket.socket] = socket.socket,
    ) -> None:
        self._selector = selector
        self._host = host
        self._stream = stream
        self._json_lines = json_lines
        self._subscribers: dict[str, Subscriber] = {}
        self.restart()

    def restart(self) -> None:
        """INIT begins: whoever subscribes during it gets everything from now on."""
        self.close()
        self._backlog: list[tuple[str, bytes]] | None = []
        self._backlog_size = 0
        self._parts = {"function": bytearray(), "extension": bytearray()}

    @property
    def is_on(self) -> bool:
        """Whether anybody gets the events, or still may."""
        return bool(self._subscribers) or self._backlog is not None

    @property
    def is_open(self) -> bool:
        """Whether one can subscribe."""
        return self._backlog is not None

    def end_init(self) -> None:
        """Nobody can subscribe any more."""
        self._backlog = None

    def subscribe(self, name: str, subscription: Subscription) -> None:
        """Adds a subscriber, or changes what it subscribed to."""
        if name in self._subscribers:
            self._subscribers.pop(name).close()
        subscriber = Subscriber(subscription, self._selector, self._host, self._stream)
        for category, event in self._backlog or ():
            if category in subscription.types:
                subscriber.add(event)
        self._subscribers[name] = subscriber

    def platform(self, kind: str, record: Record) -> None:
        """An event of the platform ("platform.start")."""
        if self.is_on:
            self._add("platform", records.event(kind, record).encode())

    def printed(self, category: str, data: bytes) -> None:
        """Output of the function or of extensions; each complete line is an event."""
        if not self._subscribers and (self._backlog is None or self._backlog_size >= BACKLOG):
            return
        part = self._parts[category]
        part += data
        *lines, rest = part.split(b"\n")
        if len(rest) > _LINE_LIMIT:
            lines, rest = [*lines, rest], bytearray()
        self._parts[category] = rest
        if self._backlog is None and self._drop(category, lines):
            return
        for line in lines:
            if line:
                record = self._record(line.decode(errors="replace"))
                self._add(category, records.event(category, record).encode())

    def _drop(self, category: str, lines: list[bytearray]) -> bool:
        """Counts lines that nobody would take, before the work of making them events; whether that is so.

        A flood that nobody reads must not cost the server more than one that nobody asked for.
        """
        takers = [one for one in self._subscribers.values() if category in one.subscription.types]
        if not all(one.is_full for one in takers):
            return False
        for one in takers:
            one.drop(len(lines), sum(map(len, lines)))
        return True

    def due(self) -> float | None:
        """When to call `work` next, on the clock of `time.monotonic`."""
        return min((due for one in self._subscribers.values() if (due := one.due()) is not None), default=None)

    def work(self) -> None:
        """Sends what is due."""
        for one in self._subscribers.values():
            one.work()

    def flush(self) -> bool:
        """Sends without waiting for more; to be called until it is done.

        Returns:
            Whether all has been delivered.
        """
        for one in self._subscribers.values():
            one.work(at_once=True)
        return all(one.is_idle for one in self._subscribers.values())

    def close(self) -> None:
        """Forgets subscribers and events."""
        for one in self._subscribers.values():
            one.close()
        self._subscribers = {}
        self._backlog = None

    def _record(self, line: str) -> Any:
        if self._json_lines and line.startswith("{"):
            try:
                return json.loads(line)
            except (ValueError, RecursionError):
                pass
        return line

    def _add(self, category: str, event: bytes) -> None:
        for one in self._subscribers.values():
            if category in one.subscription.types:
                one.add(event)
        if self._backlog is not None and self._backlog_size + len(event) <= BACKLOG:
            self._backlog.append((category, event))
            self._backlog_size += len(event)
