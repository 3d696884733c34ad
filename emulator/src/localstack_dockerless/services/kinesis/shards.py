"""Streams and their shards: sequence numbers, splits and merges, and the state of a stream that is being made.

Rules: https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html and
https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-resharding.html
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from localstack.utils.patch import Patch, Patches
from moto.kinesis import models
from moto.kinesis.exceptions import InvalidArgumentError, StreamNotFoundError
from moto.kinesis.models import KinesisBackend, Shard, Stream

HIGHEST_HASH = 2**128 - 1
LONGEST_KEY = 256  # characters of a partition key
CREATION = 0.2  # seconds a new stream is CREATING
_FIRST = 49 * 10**54  # 56 digits, as AWS's
_NANOSECOND = 10**35  # the place of the time in them

LOCK = threading.RLock()
ARRIVALS = threading.Condition(LOCK)
"""Told of each record that is put."""

_patches = Patches()


def apply() -> None:
    """Correct moto, once in a server's life."""
    if _patches.patches:
        return
    _patches.add(Patch(models, "Shard", NumberedShard))
    Stream.status = property(_status, _set_status)  # type: ignore[assignment, method-assign]
    for method, ours in (
        (Stream.init_shards, _init_shards),
        (Stream.get_shard_for_key, _get_shard_for_key),
        (Stream.split_shard, _split_shard),
        (Stream.merge_shards, _merge_shards),
        (Stream.update_shard_count, _update_shard_count),
        (KinesisBackend.put_record, _only_active),
        (KinesisBackend.put_records, _only_active),
        (KinesisBackend.get_shard_iterator, _only_active),
    ):
        _patches.function(method, ours)
    _patches.apply()


class NumberedShard(Shard):
    """A shard whose records have numbers that rise with time, over all shards of a stream; moto counts 1, 2, 3."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.first = self.last = self._number(0)

    def _number(self, after: int) -> int:
        return max(after + 1, _FIRST + time.time_ns() * _NANOSECOND + self._shard_id)

    def put_record(self, partition_key: str, data: str, explicit_hash_key: str) -> str:
        """Keep a record under the next number."""
        self.last = self._number(self.last)
        self.records[self.last] = models.Record(partition_key, data, self.last, explicit_hash_key)
        with ARRIVALS:
            ARRIVALS.notify_all()
        return str(self.last)

    def get_min_sequence_number(self) -> int:
        """The number where the shard begins, also of an empty one."""
        return self.first

    def get_max_sequence_number(self) -> int:
        """The last number given."""
        return self.last


def _status(stream: Stream) -> str:
    state: dict[str, Any] = vars(stream)
    return "CREATING" if time.monotonic() < state["active_from"] else state["settled_status"]


def _set_status(stream: Stream, status: str) -> None:
    vars(stream).setdefault("active_from", time.monotonic() + CREATION)
    vars(stream)["settled_status"] = status


def _only_active(original: Any, backend: KinesisBackend, arn: str | None, name: str | None, *args: Any) -> Any:
    """Who writes or reads does not find a stream that is being made, and finds one by its ARN alone."""
    stream = backend.describe_stream(arn, name)
    if stream.status == "CREATING":
        raise StreamNotFoundError(stream.stream_name, backend.account_id)
    return original(backend, stream.arn, stream.stream_name, *args)


def _init_shards(original: Any, stream: Stream, shard_count: int) -> None:
    original(stream, shard_count)
    list(stream.shards.values())[-1].ending_hash = HIGHEST_HASH


def _get_shard_for_key(_original: Any, stream: Stream, partition_key: str, explicit_hash_key: str | None) -> Shard:
    """The open shard of a key; moto goes on writing into a shard that was split."""
    key = hash_key(partition_key, explicit_hash_key)
    return next(
        shard for shard in stream.shards.values() if shard.is_open and shard.starting_hash <= key <= shard.ending_hash
    )


def hash_key(partition_key: str, explicit: str | None = None) -> int:
    """Where a record belongs: a number of 128 bits.

    Raises:
        InvalidArgumentError: one of the keys is none.
    """
    if not isinstance(partition_key, str) or not 1 <= len(partition_key) <= LONGEST_KEY:
        raise InvalidArgumentError("partition_key")
    if not explicit:
        return int(hashlib.md5(partition_key.encode(), usedforsecurity=False).hexdigest(), 16)
    if not (explicit.isdecimal() and int(explicit) <= HIGHEST_HASH):
        words = "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was"
        raise InvalidArgumentError(f"{words} {explicit}")
    return int(explicit)


def _update_shard_count(original: Any, stream: Stream, target_shard_count: int) -> Any:
    """Between half and double; moto never returns from a target below 1, and does not reach one beyond double.

    Rule: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
    """
    if stream.stream_mode.get("StreamMode") == "ON_DEMAND":  # moto refuses that itself
        return original(stream, target_shard_count)
    now = sum(shard.is_open for shard in stream.shards.values())
    counts = f"Current open shard count: {now} Target shard count: {target_shard_count}"
    if target_shard_count > 2 * now:
        words = "UpdateShardCount cannot scale up over double your current open shard count."
        raise InvalidArgumentError(f"{words} {counts}")
    if target_shard_count < max(1, math.ceil(now / 2)):
        words = "UpdateShardCount cannot scale down below half your current open shard count."
        raise InvalidArgumentError(f"{words} {counts}")
    return original(stream, target_shard_count)


def _split_shard(original: Any, stream: Stream, shard_to_split: str, new_starting_hash_key: str) -> None:
    if not new_starting_hash_key.isdecimal():  # moto looks at the first digits
        raise InvalidArgumentError(f"Invalid NewStartingHashKey {new_starting_hash_key}")
    with _keeping(stream.shards[shard_to_split]):
        original(stream, shard_to_split, new_starting_hash_key)


def _merge_shards(original: Any, stream: Stream, shard_to_merge: str, adjacent: str) -> None:
    first, second = sorted(
        (stream.shards[shard_to_merge], stream.shards[adjacent]), key=lambda shard: shard.starting_hash
    )
    if not (first.is_open and second.is_open):
        words = f"Shards {shard_to_merge} and {adjacent} in stream {stream.stream_name} under account"
        raise InvalidArgumentError(f"{words} {stream.account_id} are not open, and thus not eligible for merging.")
    with _keeping(first, second):
        original(stream, first.shard_id, second.shard_id)


@contextlib.contextmanager
def _keeping(*parents: Shard) -> Iterator[None]:
    """A closed shard keeps its records; moto moves them into its children."""
    kept = [parent.records for parent in parents]
    for parent in parents:
        parent.records = OrderedDict()
    try:
        yield
    finally:
        for parent, records in zip(parents, kept, strict=True):
            parent.records = records
