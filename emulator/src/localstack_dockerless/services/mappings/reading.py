"""Reading the shards of a stream: a thread a shard, which keeps the order and its place.

Rules: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html and
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from abc import abstractmethod
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError
from localstack.services.lambda_.event_source_mapping.esm_event_processor import EsmEventProcessor
from localstack.services.lambda_.event_source_mapping.pollers.poller import EmptyPollResultsException
from localstack.services.lambda_.event_source_mapping.pollers.stream_poller import StreamPoller
from localstack.utils.event_matcher import matches_event

from localstack_dockerless.services.mappings.batches import (
    PAYLOAD,
    Delivery,
    Event,
    InTurn,
    Options,
    Outlet,
    Piece,
    by_size,
)
from localstack_dockerless.services.mappings.failures import failure_record
from localstack_dockerless.services.mappings.lanes import Lanes, Work
from localstack_dockerless.services.mappings.progress import BACKOFF, PROGRESS, Progress
from localstack_dockerless.services.mappings.windows import Invoke, Source, Windows

LOG = logging.getLogger(__name__)
QUICK, SLOW = 0.1, 0.5  # seconds between two looks at a shard, when there may soon be more and when it was empty
HIGHEST_LIMIT = 1000  # records of one GetRecords


class Found(NamedTuple):
    """What was read.

    Attributes:
        records: as the stream has them.
        place: the iterator behind them; None at the end of the shard.
        reached: what was written before that time is among them or was read earlier; None if there may be more.
    """

    records: list[Any]
    place: str | None
    reached: float | None


class ShardReader(StreamPoller):
    """What the pollers of both kinds of streams share."""

    processor: EsmEventProcessor
    options = Options()
    bound = HIGHEST_LIMIT

    def configure(self, mapping: Any) -> None:
        """Take what the mapping says."""
        self.options = Options(
            mapping.get("MaximumRetryAttempts", -1),
            mapping.get("MaximumRecordAgeInSeconds", -1),
            mapping.get("BisectBatchOnFunctionError", False),
        )
        self.batch_size = int(mapping.get("BatchSize") or 100)
        self.factor = int(mapping.get("ParallelizationFactor") or 1)
        self.window = int(mapping.get("TumblingWindowInSeconds") or 0)
        self.starting_timestamp = mapping.get("StartingPositionTimestamp")
        self.progress = PROGRESS.setdefault(mapping["UUID"], Progress())
        self.readers: dict[str, threading.Thread] = {}
        self.supervising = threading.Lock()

    def prepare(self) -> None:
        """Find the place in each shard now."""
        self._find_shards()

    def poll_events(self) -> None:
        """Have a living thread for each shard; called again and again by the worker."""
        with self.supervising:
            for shard in self._find_shards():
                reader = self.readers.get(shard)
                if not self._is_shutdown.is_set() and (reader is None or not reader.is_alive()):
                    name = f"event-source-mapping-{self.esm_uuid}-{shard}"
                    self.readers[shard] = threading.Thread(target=self._read, args=(shard,), name=name, daemon=True)
                    self.readers[shard].start()
        raise EmptyPollResultsException(self.event_source(), self.source_arn or "")

    def _find_shards(self) -> list[str]:
        """Those to read. A child comes after its parents; one that was made later, from its beginning."""
        progress, found = self.progress, self.describe_shards()
        known = {shard["ShardId"] for shard in found}
        progress.first = progress.first or known
        for shard in found:
            name, early = shard["ShardId"], shard["ShardId"] in progress.first
            parents = {shard.get("ParentShardId"), shard.get("AdjacentParentShardId")} & known
            position = self._start() if early else {"ShardIteratorType": "TRIM_HORIZON"}
            in_turn = parents <= progress.ended or position["ShardIteratorType"] == "LATEST"
            if in_turn and name not in progress.places and name not in progress.ended:
                progress.places[name] = self._iterator(name, position)
        return [shard["ShardId"] for shard in found if shard["ShardId"] in progress.places]

    @abstractmethod
    def describe_shards(self) -> list[dict[str, Any]]:
        """Of the stream, once it is active."""

    def _start(self) -> dict[str, Any]:
        position = {"ShardIteratorType": self.stream_parameters["StartingPosition"]}
        if position["ShardIteratorType"] == "AT_TIMESTAMP":
            position["Timestamp"] = self.starting_timestamp
        return position

    def _iterator(self, shard: str, position: dict[str, Any]) -> str:
        answer = self.source_client.get_shard_iterator(**self.named(), ShardId=shard, **position)
        return str(answer["ShardIterator"])

    @abstractmethod
    def order_key(self, event: Event) -> str:
        """Events of one key keep their order, whatever the ParallelizationFactor."""

    @abstractmethod
    def named(self) -> dict[str, Any]:
        """The stream, as its API wants it."""

    def _read(self, shard: str) -> None:
        """One shard, until the mapping ends or the shard does."""
        with self.progress.locks[shard], self._outlet(shard) as outlet:
            if not self._take_over(shard, outlet):
                return
            failures = 0
            while not self._is_shutdown.is_set() and shard in self.progress.places:
                try:
                    self._rest(self._read_batches(shard, outlet), outlet.batches)
                    failures = 0
                except Exception:
                    LOG.warning("event source mapping %s cannot read %s", self.esm_uuid, shard, exc_info=True)
                    failures += 1
                    self._pause(failures)

    def _rest(self, found: int, batches: int) -> None:
        if found < self.batch_size * batches:
            self._is_shutdown.wait(QUICK if found else SLOW)

    @contextlib.contextmanager
    def _outlet(self, shard: str) -> Iterator[Outlet]:
        """As the mapping says; a window has one state for its shard, so its batches follow each other."""
        outlet: Outlet
        if self.window:
            outlet = Windows(self.window, self._source(shard), self.progress.windows)
        elif self.factor > 1:
            work = Work(self.batch_size, self.order_key, partial(self._deliver, shard), self._is_shutdown)
            outlet = Lanes(self.factor, work)
        else:
            outlet = InTurn(partial(self._deliver, shard))
        try:
            yield outlet
        finally:
            outlet.close()

    def _source(self, shard: str) -> Source:
        arrival = self.get_approximate_arrival_time
        return Source(shard, self.source_arn or "", self.processor, arrival, partial(self._deliver, shard), self._pause)

    def _take_over(self, shard: str, outlet: Outlet) -> bool:
        """What was read before an update of the mapping, and is not handled yet."""
        left = [event for lane in self.progress.waiting.get(shard, []) for event in lane]
        if left and not outlet.take(left):
            return False
        self.progress.waiting[shard] = outlet.waiting if isinstance(outlet, Lanes) else []
        return True

    def _read_batches(self, shard: str, outlet: Outlet) -> int:
        """Collect, pass on, remember the place behind it; how many records there were."""
        found = self._collect(shard, self.batch_size * outlet.batches)
        if self._is_shutdown.is_set() and not found.records:
            return 0
        events = [event for event in self.transform_into_events(found.records, shard) if self.matches(event)]
        done = not events or outlet.take(events)
        done = done and (found.reached is None or outlet.reached(found.reached))
        if not done or not (found.place or outlet.end()):
            return 0
        self._go_on(shard, found.place)
        return len(found.records)

    def _collect(self, shard: str, size: int) -> Found:
        """So many records, or those that are there, or come within the batching window."""
        window = self.stream_parameters.get("MaximumBatchingWindowInSeconds", 0)
        found = Found([], self.progress.places[shard], None)
        deadline: float | None = None
        while found.place and len(found.records) < size:
            more = self._get(found.place, min(size - len(found.records), self.bound))
            found = Found(found.records + more.records, more.place, more.reached)
            deadline = deadline or (time.monotonic() + window if found.records else None)
            if deadline is None or time.monotonic() >= deadline:
                break
            if not more.records and self._is_shutdown.wait(QUICK):
                return Found([], self.progress.places[shard], None)
        return found

    def _get(self, place: str, limit: int) -> Found:
        begun = time.time()
        answer = self.source_client.get_records(ShardIterator=place, Limit=limit)
        records = answer["Records"]
        return Found(records, answer.get("NextShardIterator"), begun if len(records) < limit else None)

    def _go_on(self, shard: str, place: str | None) -> None:
        if place:
            self.progress.places[shard] = place
        else:
            self.progress.ended.add(shard)
            del self.progress.places[shard]

    def _deliver(self, shard: str, events: list[Event], invoke: Invoke | None = None, most: int = PAYLOAD) -> bool:
        delivery = Delivery(
            self.options,
            invoke or self.processor.process_events_batch,
            lambda piece, condition: self._give_up(shard, piece, condition),
            self._pause,
            self.get_sequence_number,
            self.get_approximate_arrival_time,
        )
        return all(delivery.deliver(part) for part in by_size(self.add_source_metadata(events), most))

    def _pause(self, attempt: int) -> bool:
        return self._is_shutdown.wait(BACKOFF.seconds(attempt))

    def matches(self, event: dict[str, Any]) -> bool:
        """Whether one of the filters lets it through."""
        patterns = self.filter_patterns
        return not patterns or any(matches_event(pattern, event) for pattern in patterns)

    def _give_up(self, shard: str, piece: Piece, condition: str) -> None:
        context = failure_record(self.processor.sender.target_arn, piece, condition)  # type: ignore[attr-defined]
        try:
            self.send_events_to_dlq(shard, piece.events, context)
        except (ClientError, BotoCoreError) as error:
            LOG.warning("event source mapping %s cannot reach its destination: %s", self.esm_uuid, error)
