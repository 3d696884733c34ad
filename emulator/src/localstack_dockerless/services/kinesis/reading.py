"""Iterators of a shard.

Rules: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html and
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
"""

from __future__ import annotations

from typing import Any

from localstack.services.moto import call_moto
from localstack.utils.patch import Patches
from moto.kinesis.exceptions import InvalidArgumentError
from moto.kinesis.models import KinesisBackend, Shard, Stream, kinesis_backends
from moto.kinesis.utils import decompose_shard_iterator

LIMIT = 10_000  # records an answer

_patches = Patches()


def apply() -> None:
    """Correct moto, once in a server's life."""
    if not _patches.patches:
        _patches.function(KinesisBackend.get_shard_iterator, _get_shard_iterator)
        _patches.function(KinesisBackend.get_records, _get_records)
        _patches.apply()


def _get_shard_iterator(original: Any, backend: KinesisBackend, *args: Any) -> str:
    """Refuse what moto fails on."""
    *_, kind, number, timestamp = args
    if kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER") and not (number or "").isdecimal():
        raise InvalidArgumentError(f"Invalid StartingSequenceNumber: {number}")
    if kind == "AT_TIMESTAMP" and timestamp is None:
        raise InvalidArgumentError("Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.")
    return str(original(backend, *args))


def _parse(iterator: str) -> tuple[str, str, int]:
    try:
        name, shard, number = decompose_shard_iterator(iterator)
        return name, shard, int(number)
    except ValueError:
        raise InvalidArgumentError("Invalid ShardIterator.") from None


def _get_records(original: Any, backend: KinesisBackend, arn: str | None, iterator: str, limit: int | None) -> Any:
    """No further iterator at the end of a closed shard."""
    name, shard_id, _ = _parse(iterator)
    if limit is not None and not 1 <= limit <= LIMIT:
        raise InvalidArgumentError(f"Limit must be between 1 and {LIMIT}. Specified value was {limit}")
    shard: Any = backend.describe_stream(arn, name).get_shard(shard_id)
    following, records, behind = original(backend, arn, iterator, limit or LIMIT)
    reached = _parse(following)[2] >= (next(reversed(shard.records)) if shard.records else 0)
    return (None if reached and not shard.is_open else following), records, behind


def get_records(context: Any, request: dict[str, Any]) -> dict[str, Any]:
    """GetRecords, which names the children at the end of a closed shard."""
    answer: dict[str, Any] = dict(call_moto(context))
    if not answer.get("NextShardIterator"):
        answer.pop("NextShardIterator", None)
        name, shard_id, _ = _parse(request["ShardIterator"])
        stream = kinesis_backends[context.account_id][context.region].describe_stream(request.get("StreamARN"), name)
        answer["ChildShards"] = [_child(shard) for shard in children(stream, shard_id)]
    return answer


def children(stream: Stream, shard_id: str) -> list[Shard]:
    """The shards that took over from a closed one."""
    return [shard for shard in stream.shards.values() if shard_id in (shard.parent, shard.adjacent_parent)]


def _child(shard: Shard) -> dict[str, Any]:
    described = shard.to_json()
    parents = [parent for parent in (shard.parent, shard.adjacent_parent) if parent]
    return {"ShardId": shard.shard_id, "ParentShards": parents, "HashKeyRange": described["HashKeyRange"]}


HANDLERS = {"GetRecords": get_records}
