"""Tumbling windows: what a function returns as its state comes back to it with the next batch of the same window.

Rules: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html and
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from localstack.services.lambda_.event_source_mapping.esm_event_processor import EsmEventProcessor
from localstack.services.lambda_.event_source_mapping.event_processor import BatchFailureError, PartialBatchFailureError
from localstack.services.lambda_.event_source_mapping.senders.lambda_sender import LambdaSender
from localstack.services.lambda_.event_source_mapping.senders.sender import PartialFailureSenderError, SenderError

from localstack_dockerless.services.mappings.batches import Event

STATE = 1024 * 1024  # bytes; with more the window ends early
PAYLOAD = 4_500_000  # bytes of the records of one invocation, which leaves room for the state

State = dict[str, Any]
Invoke = Callable[[list[Event]], None]


@dataclass
class Window:
    """The window of a shard that is open.

    Attributes:
        start: seconds since 1970.
        state: what the function returned last.
    """

    start: int
    state: State = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """The shard that the records come from, and the way to the function.

    Attributes:
        shard: its id.
        arn: of the stream.
        processor: LocalStack's, which invokes the function.
        arrival: when an event was written, in seconds since 1970.
        deliver: brings events to the function by the given means, with retries; false if the mapping ended before.
        pause: waits before the attempt of that number; true when the mapping ends.
    """

    shard: str
    arn: str
    processor: EsmEventProcessor
    arrival: Callable[[Event], float]
    deliver: Callable[[list[Event], Invoke, int], bool]
    pause: Callable[[int], bool]


class Windows:
    """The outlet of a mapping with TumblingWindowInSeconds.

    Args:
        seconds: how long a window is.
        source: the shard.
        windows: by shard, the one that is open; survives an update of the mapping.
    """

    batches = 1

    def __init__(self, seconds: int, source: Source, windows: dict[str, Window]) -> None:
        self._seconds = seconds
        self._source = source
        self._windows = windows

    def take(self, events: list[Event]) -> bool:
        """Aggregate events, and end the window before those of the next; false if the mapping ended before."""
        for start, group in groupby(events, key=self._start):
            if not self.reached(start):
                return False
            self._windows.setdefault(self._source.shard, Window(start))
            if not self._source.deliver(list(group), self._aggregate, PAYLOAD):
                return False
        return True

    def reached(self, moment: float) -> bool:
        """All that was written before a moment is taken; a window that ended before it is over."""
        window = self._windows.get(self._source.shard)
        return window is None or moment < window.start + self._seconds or self.end()

    def end(self) -> bool:
        """End the window, also because its shard has ended; false if the mapping ended before."""
        window = self._windows.get(self._source.shard)
        if window and not self._finish(window, isFinalInvokeForWindow=True):
            return False
        self._windows.pop(self._source.shard, None)
        return True

    def close(self) -> None:
        """There is nothing to do."""

    def _start(self, event: Event) -> int:
        return int(self._source.arrival(event) // self._seconds * self._seconds)

    def _aggregate(self, events: list[Event]) -> None:
        window = self._windows[self._source.shard]
        self._invoke(window, events)
        if len(json.dumps(window.state)) > STATE and self._finish(window, isWindowTerminatedEarly=True):
            window.state = {}

    def _finish(self, window: Window, **flag: bool) -> bool:
        """Until the function succeeds: nothing else is done before; false if the mapping ended before."""
        attempt = 0
        while True:
            try:
                self._invoke(window, [], **flag)
            except (BatchFailureError, PartialBatchFailureError, ClientError, BotoCoreError):
                attempt += 1
                if self._source.pause(attempt):
                    return False
            else:
                return True

    def _invoke(self, window: Window, events: list[Event], **flag: bool) -> None:
        processor = self._source.processor
        sender = Sender(processor.sender, self._frame(window) | flag)  # type: ignore[arg-type]
        try:
            EsmEventProcessor(sender, processor.logger).process_events_batch(events)
        finally:  # a batch that fails in part has a state, too
            window.state = window.state if sender.state is None else sender.state

    def _frame(self, window: Window) -> dict[str, Any]:
        return {
            "window": {"start": _iso(window.start), "end": _iso(window.start + self._seconds)},
            "state": window.state,
            "shardId": self._source.shard,
            "eventSourceARN": self._source.arn,
            "isFinalInvokeForWindow": False,
            "isWindowTerminatedEarly": False,
        }


class Sender(LambdaSender):
    """Sends records with what is known of their window.

    Args:
        sender: LocalStack's, of the mapping.
        frame: what stands beside the records.

    Attributes:
        state: what the function returned; None before.
    """

    def __init__(self, sender: LambdaSender, frame: dict[str, Any]) -> None:
        reports = sender.report_batch_item_failures
        super().__init__(sender.target_arn, sender.target_parameters, sender.target_client, False, reports)
        self._frame = frame
        self.state: State | None = None

    def send_events(self, events: Any) -> Any:
        """Raise LocalStack's SenderError for an answer without a state, too."""
        try:
            answer = super().send_events({"Records": events, **self._frame})
        except PartialFailureSenderError as error:
            self._keep(error.partial_failure_payload, error.error)
            raise
        self._keep(answer, {"httpStatusCode": 200, "executedVersion": "$LATEST"})
        return answer

    def _keep(self, answer: Any, error: Any) -> None:
        state = answer.get("state") if isinstance(answer, dict) else None
        if not isinstance(state, dict):
            raise SenderError("The response has no state.", error=error)
        self.state = state


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
