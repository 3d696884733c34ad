"""Streams as event sources: a thread a shard, which keeps the order and its place.

Rules: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html and
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import threading
import time
import weakref
from abc import abstractmethod
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from localstack.services.lambda_.event_source_mapping.pollers import dynamodb_poller, kinesis_poller
from localstack.services.lambda_.event_source_mapping.pollers.poller import EmptyPollResultsException
from localstack.services.lambda_.event_source_mapping.pollers.stream_poller import StreamPoller
from localstack.utils.event_matcher import matches_event

from localstack_dockerless.services.mappings.batches import Delivery, Options, Piece, by_size
from localstack_dockerless.services.mappings.failures import failure_record

LOG = logging.getLogger(__name__)
QUICK, SLOW = 0.1, 0.5  # seconds between two looks at a shard, when there may soon be more and when it was empty
HIGHEST_LIMIT = 1000  # records of one GetRecords


@dataclass
class Backoff:
    """The waits between attempts: 0.5, 1, 2 ... up to 60 seconds, times the scale of the server's time."""

    scale: float = 1.0

    def seconds(self, attempt: int) -> float:
        """Before the attempt of that number, counted from 1."""
        return min(60.0, 2.0 ** (min(attempt, 8) - 2)) * self.scale


BACKOFF = Backoff()


@dataclass
class Progress:
    """How far a mapping has come; survives its updates.

    Attributes:
        places: by shard, the iterator to go on with.
        ended: shards read to their end.
        first: the shards there were at the beginning.
        locks: by shard, held by the one who reads it.
    """

    places: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    first: set[str] = field(default_factory=set)
    locks: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))


PROGRESS: weakref.WeakValueDictionary[str, Progress] = weakref.WeakValueDictionary()
"""By the UUID of the mapping; its poller holds it."""


class ShardReader(StreamPoller):
    """What the pollers of both kinds of streams share."""

    options = Options()
    bound = HIGHEST_LIMIT

    def configure(self, mapping: Any) -> None:
        """Take what the mapping says."""
        self.options = Options(
            mapping.get("MaximumRetryAttempts", -1),
            mapping.get("MaximumRecordAgeInSeconds", -1),
            mapping.get("BisectBatchOnFunctionError", False),
        )
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
    def named(self) -> dict[str, Any]:
        """The stream, as its API wants it."""

    def _read(self, shard: str) -> None:
        """One shard, until the mapping ends or the shard does."""
        with self.progress.locks[shard]:
            while not self._is_shutdown.is_set() and shard in self.progress.places:
                try:
                    found = self._read_batch(shard)
                except (ClientError, BotoCoreError) as error:
                    LOG.warning("event source mapping %s cannot read %s: %s", self.esm_uuid, shard, error)
                    return
                if found < self.stream_parameters.get("BatchSize", 100):
                    self._is_shutdown.wait(QUICK if found else SLOW)

    def _read_batch(self, shard: str) -> int:
        """Collect a batch, deliver it, remember the place behind it; how many records there were."""
        size = self.stream_parameters.get("BatchSize", 100)
        window = self.stream_parameters.get("MaximumBatchingWindowInSeconds", 0)
        records: list[Any] = []
        place: str | None = self.progress.places[shard]
        deadline: float | None = None
        while place and len(records) < size:
            found, place = self._get(place, min(size - len(records), self.bound))
            records += found
            deadline = deadline or (time.monotonic() + window if records else None)
            if deadline is None or time.monotonic() >= deadline:
                break
            if not found and self._is_shutdown.wait(QUICK):
                return 0
        if records and not self._deliver(shard, records):
            return 0
        self._go_on(shard, place)
        return len(records)

    def _get(self, place: str, limit: int) -> tuple[list[Any], str | None]:
        answer = self.source_client.get_records(ShardIterator=place, Limit=limit)
        return answer["Records"], answer.get("NextShardIterator")

    def _go_on(self, shard: str, place: str | None) -> None:
        if place:
            self.progress.places[shard] = place
        else:
            self.progress.ended.add(shard)
            del self.progress.places[shard]

    def _deliver(self, shard: str, records: list[Any]) -> bool:
        events = [event for event in self.transform_into_events(records, shard) if self.matches(event)]
        if not events:
            return True
        delivery = Delivery(
            self.options,
            self.processor.process_events_batch,
            lambda piece, condition: self._give_up(shard, piece, condition),
            lambda attempt: self._is_shutdown.wait(BACKOFF.seconds(attempt)),
            self.get_sequence_number,
            self.get_approximate_arrival_time,
        )
        return all(delivery.deliver(part) for part in by_size(self.add_source_metadata(events)))

    def matches(self, event: dict[str, Any]) -> bool:
        """Whether one of the filters lets it through."""
        patterns = self.filter_patterns
        return not patterns or any(matches_event(pattern, event) for pattern in patterns)

    def _give_up(self, shard: str, piece: Piece, condition: str) -> None:
        context = failure_record(self.processor.sender.target_arn, piece, condition)  # type: ignore[attr-defined]
        try:
            self.send_events_to_dlq(shard, piece.events, context)
        except ClientError as error:
            LOG.warning("event source mapping %s cannot reach its destination: %s", self.esm_uuid, error)


class TablePoller(ShardReader, dynamodb_poller.DynamoDBPoller):
    """Streams of DynamoDB."""

    def describe_shards(self) -> list[dict[str, Any]]:
        """A disabled stream is read to its end."""
        description = self.source_client.describe_stream(StreamArn=self.source_arn)
        return list(description["StreamDescription"]["Shards"])

    def named(self) -> dict[str, Any]:
        """DynamoDB's spelling."""
        return {"StreamArn": self.source_arn}

    def get_approximate_arrival_time(self, record: dict[str, Any]) -> float:
        """LocalStack takes the time of the question."""
        return float(record["dynamodb"]["ApproximateCreationDateTime"])


class KinesisPoller(ShardReader, kinesis_poller.KinesisPoller):
    """Streams of Kinesis."""

    bound = 10_000

    def describe_shards(self) -> list[dict[str, Any]]:
        """None before the stream is active."""
        description = self.source_client.describe_stream(StreamARN=self.source_arn)["StreamDescription"]
        return list(description["Shards"]) if description["StreamStatus"] in ("ACTIVE", "UPDATING") else []

    def named(self) -> dict[str, Any]:
        """Kinesis's spelling."""
        return {"StreamARN": self.source_arn}

    def matches(self, event: dict[str, Any]) -> bool:
        """Filters see the data of a record decoded, as `data`; the function gets it as it was written.

        Rule: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html
        """
        seen = {**event, **event["kinesis"]}
        seen["data"] = base64.b64decode(seen["data"])
        with contextlib.suppress(ValueError, RecursionError):
            seen["data"] = json.loads(seen["data"])
        if isinstance(seen["data"], bytes):
            seen["data"] = seen["data"].decode(errors="replace")
        return super().matches(seen)

    def format_datetime(self, time: datetime) -> str:
        """With milliseconds also when they are 0."""
        return f"{time.isoformat(timespec='milliseconds')}Z"
