"""What moto writes into a table's stream, as AWS writes it.

Rules: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html and
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from localstack.utils.patch import Patches
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import StreamShard, Table

Change = tuple[Any, Any, Any]
"""A shard, and the item in it before and after; None where there is none."""

_patches = Patches()
_held: ContextVar[list[Change] | None] = ContextVar("changes held back until their operation is through", default=None)


def apply() -> None:
    """Correct moto, once in a server's life."""
    if _patches.patches:
        return
    _patches.function(DynamoDBBackend.update_item, _update_item)
    _patches.function(DynamoDBBackend.transact_write_items, _transact_write_items)
    _patches.function(DynamoDBBackend.update_table_streams, _update_table_streams)
    _patches.function(Table.set_stream_specification, _set_stream_specification)
    _patches.function(StreamShard.add, _add)
    # A transaction that fails puts copies of its tables in their place; readers keep the shard they know.
    StreamShard.__deepcopy__ = lambda shard, _memo: shard  # type: ignore[attr-defined]
    _patches.apply()


@contextlib.contextmanager
def _holding() -> Iterator[list[Change]]:
    """Keep back what one operation writes, for the caller to pass on."""
    held: list[Change] = []
    before = _held.set(held)
    try:
        yield held
    finally:
        _held.reset(before)


def _update_item(original: Any, backend: DynamoDBBackend, *args: Any, **named: Any) -> Any:
    """An update that makes an item: moto puts its keys first, which would be a record of its own."""
    with _holding() as held:
        item = original(backend, *args, **named)
    for shard, old, new in held[-1:]:
        shard.add(old, new)
    return item


def _transact_write_items(original: Any, backend: DynamoDBBackend, *args: Any, **named: Any) -> Any:
    """Nothing of a transaction that fails is in the stream."""
    try:
        with _holding() as held:
            original(backend, *args, **named)
    except BaseException:
        for table in backend.tables.values():
            if table.stream_shard:
                table.stream_shard.table = table
        raise
    for shard, old, new in held:
        shard.add(old, new)


def _update_table_streams(original: Any, backend: DynamoDBBackend, table: Table, specification: Any) -> None:
    """A stream that was disabled can be enabled again, as a new one; moto takes its label for a living stream."""
    if not _is_enabled(table):
        table.latest_stream_label = None
    original(backend, table, specification)


def _set_stream_specification(original: Any, table: Table, specification: Any) -> None:
    """A disabled stream can still be read and described, so its view type is kept."""
    before = table.stream_specification or {}
    original(table, specification)
    after: Any = table.stream_specification
    if not after["StreamEnabled"] and "StreamViewType" in before:
        table.stream_specification = {**after, "StreamViewType": before["StreamViewType"]}


def _is_enabled(table: Table) -> bool:
    return bool((table.stream_specification or {}).get("StreamEnabled"))


def _add(original: Any, shard: StreamShard, old: Any, new: Any) -> None:
    held = _held.get()
    if held is not None:
        held.append((shard, old, new))
        return
    unchanged = old is not None and new is not None and old.attrs == new.attrs
    if unchanged or not _is_enabled(shard.table):
        return
    original(shard, old, new)
    _correct(shard.items[-1].record, shard.table)


def _correct(record: dict[str, Any], table: Table) -> None:
    """Region, version, time in whole seconds, no empty images, binary values encoded once."""
    record |= {"awsRegion": table.region_name, "eventVersion": "1.1"}
    body = record["dynamodb"]
    body["ApproximateCreationDateTime"] = datetime.now(UTC).replace(microsecond=0)
    for name in ("Keys", "NewImage", "OldImage"):
        if image := body.pop(name, None):
            body[name] = {attribute: _raw(value) for attribute, value in image.items()}


def _raw(value: dict[str, Any]) -> dict[str, Any]:
    """An attribute value of moto, whose binary content is partly base64, with bytes instead."""
    ((kind, content),) = value.items()
    if kind == "B":
        return {kind: _bytes(content)}
    if kind == "BS":
        return {kind: [_bytes(one) for one in content]}
    if kind == "L":
        return {kind: [_raw(one) for one in content]}
    if kind == "M":
        return {kind: {name: _raw(one) for name, one in content.items()}}
    return value


def _bytes(content: Any) -> bytes:
    return base64.b64decode(content) if isinstance(content, str) else content
