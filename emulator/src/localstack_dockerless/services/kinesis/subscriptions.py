"""Consumers with throughput of their own, which a stream pushes its records to.

Rules: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html. On AWS this needs HTTP/2; here
the events are the chunks of an HTTP/1.1 response.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from localstack.aws.api import CommonServiceException
from localstack.runtime import events
from localstack.utils.patch import Patches
from moto.core.exceptions import RESTError
from moto.kinesis.exceptions import InvalidArgumentError, ResourceInUseError
from moto.kinesis.models import Consumer, KinesisBackend, Record, Stream, kinesis_backends

from localstack_dockerless.services.kinesis.reading import LIMIT
from localstack_dockerless.services.kinesis.shards import ARRIVALS

DURATION = 300  # seconds of one subscription
HEARTBEAT = 1  # seconds at most between two events

_patches = Patches()


def apply() -> None:
    """Correct moto, once in a server's life."""
    if _patches.patches:
        return
    for method, ours in (
        (Consumer.__init__, _make_consumer),
        (KinesisBackend._find_stream_by_arn, _find_stream_by_arn),
        (KinesisBackend.register_stream_consumer, _register),
        (KinesisBackend.deregister_stream_consumer, _deregister),
    ):
        _patches.function(method, ours)
    _patches.apply()


def _make_consumer(original: Any, consumer: Consumer, *args: Any, **named: Any) -> None:
    original(consumer, *args, **named)
    consumer.consumer_arn = f"{consumer.consumer_arn}:{int(consumer.created)}"


def _find_stream_by_arn(_original: Any, backend: KinesisBackend, stream_arn: str) -> Stream:
    """A stream that is not there is an error of the caller's, and so is what is no ARN."""
    if "/" not in stream_arn:
        raise InvalidArgumentError(f"Invalid StreamARN {stream_arn}")
    return backend.describe_stream(stream_arn, None)


def _register(original: Any, backend: KinesisBackend, stream_arn: str, consumer_name: str) -> Consumer:
    if any(one.consumer_name == consumer_name for one in backend.list_stream_consumers(stream_arn)):
        raise ResourceInUseError(f"Consumer {consumer_name} under stream {stream_arn} already exists")
    consumer: Consumer = original(backend, stream_arn, consumer_name)
    return consumer


def _deregister(original: Any, backend: KinesisBackend, stream_arn: str, consumer_name: str, consumer_arn: str) -> None:
    """By stream and name, moto removes every other consumer."""
    consumer = backend.describe_stream_consumer(stream_arn, consumer_name, consumer_arn)
    original(backend, None, None, consumer.consumer_arn)


def subscribe_to_shard(context: Any, request: dict[str, Any]) -> dict[str, Any]:
    """SubscribeToShard."""
    backend = kinesis_backends[context.account_id][context.region]
    position = request["StartingPosition"]
    timestamp = position.get("Timestamp")
    at = timestamp.timestamp() if isinstance(timestamp, datetime) else timestamp
    try:
        consumer = backend.describe_stream_consumer("", "", request["ConsumerARN"])
        start: Any = (request["ShardId"], position["Type"], position.get("SequenceNumber"), at)
        iterator = backend.get_shard_iterator(consumer.stream_arn, None, *start)
    except RESTError as error:
        raise CommonServiceException(error.error_type, str(error.message), status_code=400) from error
    return {"EventStream": _events(backend, consumer, iterator)}


def _events(backend: KinesisBackend, consumer: Consumer, iterator: str) -> Iterator[dict[str, Any]]:
    """Records as they arrive, and empty events between them, until the shard, the stream or the time ends."""
    deadline, last = time.monotonic() + DURATION, "0"
    following: str | None = iterator
    while following and time.monotonic() < deadline and not events.infra_stopping.is_set():
        with ARRIVALS:
            found = _read(backend, consumer, following)
            if found and not found[1]:
                ARRIVALS.wait(HEARTBEAT)
                found = _read(backend, consumer, following)
        if not found:
            return
        following, records, behind = found
        last = str(records[-1].sequence_number) if records else last
        event = {"Records": [_pushed(r) for r in records], "ContinuationSequenceNumber": last}
        yield {"SubscribeToShardEvent": {**event, "MillisBehindLatest": behind}}


def _read(backend: KinesisBackend, consumer: Consumer, iterator: str) -> tuple[str | None, list[Record], int] | None:
    """None once the stream is gone, or the consumer."""
    try:
        backend.describe_stream_consumer("", "", consumer.consumer_arn)
        return backend.get_records(consumer.stream_arn, iterator, LIMIT)
    except RESTError:
        return None


def _pushed(record: Record) -> dict[str, Any]:
    return {
        "Data": base64.b64decode(record.data),
        "PartitionKey": record.partition_key,
        "SequenceNumber": str(record.sequence_number),
        "ApproximateArrivalTimestamp": record.created_at_datetime,
    }


HANDLERS = {"SubscribeToShard": subscribe_to_shard}
