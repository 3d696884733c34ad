"""How a batch of a stream ends: handled, split, tried again, or given up.

Rules: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html,
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html and
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from localstack.services.lambda_.event_source_mapping.event_processor import BatchFailureError, PartialBatchFailureError
from localstack.services.lambda_.event_source_mapping.pipe_utils import to_json_str
from localstack.services.lambda_.event_source_mapping.pollers.poller import get_batch_item_failures

Event = dict[str, Any]
FOREVER = -1
PAYLOAD = 6_000_000  # bytes of one invocation, with room for what is around the records


class Outlet(Protocol):
    """Where what is read from a shard goes.

    Attributes:
        batches: how many are read at once.
    """

    batches: int

    def take(self, events: list[Event]) -> bool:
        """Take the next events of the shard; false if the mapping ended before it was done with them."""

    def reached(self, moment: float) -> bool:
        """All that was written before a moment is taken; false if the mapping ended before that was dealt with."""

    def end(self) -> bool:
        """There is nothing more in the shard; false if the mapping ended before that was dealt with."""

    def close(self) -> None:
        """The mapping has ended: wait for what still runs."""


def by_size(events: list[Event], most: int = PAYLOAD) -> Iterator[list[Event]]:
    """Parts that fit into one invocation of so many bytes."""
    part: list[Event] = []
    size = 0
    for event in events:
        length = len(to_json_str(event)) + 2
        if part and size + length > most:
            yield part
            part, size = [], 0
        part.append(event)
        size += length
    if part:
        yield part


class InTurn:
    """The outlet of a mapping that handles one batch after the other.

    Args:
        deliver: brings events to the function; false if the mapping ended before.
    """

    batches = 1

    def __init__(self, deliver: Callable[[list[Event]], bool]) -> None:
        self.take = deliver

    def reached(self, _moment: float) -> bool:
        """There is nothing to do."""
        return True

    def end(self) -> bool:
        """There is nothing to do."""
        return True

    def close(self) -> None:
        """There is nothing to do."""


@dataclass(frozen=True)
class Options:
    """What the mapping says.

    Attributes:
        retries: how often after the first attempt; -1 without end.
        age: seconds a record may have; -1 without end.
        bisect: whether a batch that fails is split.
    """

    retries: int = FOREVER
    age: int = FOREVER
    bisect: bool = False


@dataclass(frozen=True)
class Piece:
    """Records that go to the function together.

    Attributes:
        events: in the order of the stream.
        failed: how often the function failed with them; a split does not count.
        tried: how often they were passed on, for the wait before the next time.
        invoked: how often the function was invoked.
        error: of the last time.
    """

    events: list[Event]
    failed: int = 0
    tried: int = 0
    invoked: int = 0
    error: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """Brings batches of one shard to the function.

    Attributes:
        invoke: passes events on; raises LocalStack's errors for a function that fails, others when it was not reached.
        give_up: told of a piece that is dropped, and the condition.
        pause: waits before the attempt of that number; true when the mapping ends.
        number: the sequence number of an event.
        arrival: when it was written, in seconds since 1970.
    """

    options: Options
    invoke: Callable[[list[Event]], None]
    give_up: Callable[[Piece, str], None]
    pause: Callable[[int], bool]
    number: Callable[[Event], str]
    arrival: Callable[[Event], float]

    def deliver(self, events: list[Event]) -> bool:
        """Until every record is handled or given up.

        Returns:
            False if the mapping ended before.
        """
        pieces = [Piece(events)]
        while pieces:
            piece = pieces.pop(0)
            if piece.tried and self.pause(piece.tried):
                return False
            pieces[:0] = self._attempt(self._without_old(piece))
        return True

    def _without_old(self, piece: Piece) -> Piece:
        if self.options.age == FOREVER:
            return piece
        oldest = time.time() - self.options.age
        old, young = (
            [event for event in piece.events if (self.arrival(event) < oldest) is is_old] for is_old in (True, False)
        )
        if old:
            self.give_up(replace(piece, events=old), "RecordAgeExceeded")
        return replace(piece, events=young)

    def _attempt(self, piece: Piece) -> list[Piece]:
        """What is left to do."""
        if not piece.events:
            return []
        try:
            self.invoke(piece.events)
        except PartialBatchFailureError as error:
            rest = self._from_first_failure(piece.events, error.partial_failure_payload)
            return self._after_failure(piece, rest, error.error, split=rest is piece.events)
        except BatchFailureError as error:
            return self._after_failure(piece, piece.events, error.error, split=True)
        except (ClientError, BotoCoreError) as error:  # throttled, or not reached: does not count
            return [replace(piece, tried=piece.tried + 1, error={"exception": str(error)})]
        return []

    def _after_failure(self, piece: Piece, rest: list[Event], error: Any, *, split: bool) -> list[Piece]:
        after = replace(piece, events=rest, invoked=piece.invoked + 1, error=error or {})
        if split and self.options.bisect and len(rest) > 1:
            half = len(rest) // 2
            return [replace(after, events=rest[:half]), replace(after, events=rest[half:])]
        after = replace(after, failed=piece.failed + 1, tried=piece.tried + 1)
        if self.options.retries == FOREVER or after.failed <= self.options.retries:
            return [after]
        self.give_up(after, "RetryAttemptsExhausted")
        return []

    def _from_first_failure(self, events: list[Event], answer: Any) -> list[Event]:
        """From the lowest number the function reports; all of them if it reports what is not in the batch."""
        numbers = [self.number(event) for event in events]
        try:
            failures = get_batch_item_failures(answer, set(numbers))
        except (AttributeError, TypeError):
            failures = None
        first = min((numbers.index(failure) for failure in failures or []), default=0)
        return events[first:] if first else events
