"""A function behind an event source, and what it was given."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from deployed import Deploy, Function, eventually

_numbers = itertools.count(1)


def unique(stem: str) -> str:
    """A name nobody else has."""
    return f"{stem}-{next(_numbers)}"


@dataclass
class Inbox:
    """A queue that is only read."""

    client: Any
    name: str = field(default_factory=lambda: unique("inbox"))

    def __post_init__(self) -> None:
        self.url = self.client.create_queue(QueueName=self.name)["QueueUrl"]
        self.messages: list[str] = []

    @property
    def arn(self) -> str:
        names = ["QueueArn"]
        return str(self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]["QueueArn"])

    def receive(self) -> list[str]:
        """Bodies of all messages so far."""
        options = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 1}
        for message in self.client.receive_message(QueueUrl=self.url, **options).get("Messages", []):
            self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            self.messages.append(message["Body"])
        return self.messages

    def until(self, count: int) -> list[Any]:
        """The first so many messages, parsed."""
        eventually(lambda: len(self.receive()) >= count, 60)
        return [json.loads(message) for message in self.messages]


@dataclass
class Consumer:
    """A function that tells its inbox what it gets (tests/handlers/consumes.py)."""

    function: Function
    inbox: Inbox

    @property
    def arn(self) -> str:
        return str(self.function.configuration()["FunctionArn"])

    def reports(self, enough: Callable[[list[dict[str, Any]]], Any]) -> list[dict[str, Any]]:
        """What it told, in order, once it is enough."""
        told: list[dict[str, Any]] = []

        def look() -> Any:
            told[:] = [json.loads(message) for message in self.inbox.receive()]
            return enough(told)

        eventually(look, 60)
        return told

    def batches(self, records: int) -> list[list[str]]:
        """The texts of the records of each invocation, once there are so many records."""
        told = self.reports(lambda told: sum(len(one["texts"]) for one in told) >= records)
        return [one["texts"] for one in told]

    def texts(self, records: int) -> list[str]:
        """The texts of so many records, one after the other."""
        return [text for batch in self.batches(records) for text in batch]

    def first(self) -> dict[str, Any]:
        """The first record of the first batch."""
        return dict(self.reports(bool)[0]["first"])

    @contextlib.contextmanager
    def mapped(self, source: str, **options: Any) -> Iterator[dict[str, Any]]:
        """An event source mapping, as long as it is needed."""
        client = self.function.client
        made = client.create_event_source_mapping(FunctionName=self.function.name, EventSourceArn=source, **options)
        try:
            yield self.enabled(made["UUID"])
        finally:
            client.delete_event_source_mapping(UUID=made["UUID"])

    def enabled(self, uuid: str) -> dict[str, Any]:
        """The mapping, once it is settled."""
        get = self.function.client.get_event_source_mapping
        eventually(lambda: get(UUID=uuid)["State"] in ("Enabled", "Disabled"), 60)
        return dict(get(UUID=uuid))


def consumer(server: Any, deploy: Deploy, variables: dict[str, str] | None = None, timeout: int = 10) -> Consumer:
    """Make one."""
    inbox = Inbox(server.client("sqs"))
    environment = {"Variables": {"QUEUE": inbox.url, **(variables or {})}}
    return Consumer(deploy("consumes.py", Environment=environment, Timeout=timeout), inbox)
