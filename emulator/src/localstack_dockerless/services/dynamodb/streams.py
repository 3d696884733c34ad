"""Reading a table's stream.

Moto finds streams without looking at their label, keeps every iterator it ever made, and takes one it does not know
for an error of its own. Here an iterator carries its position.

Rules: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from localstack.aws.api import CommonServiceException
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

STREAM = re.compile(r"arn:[\w-]+:dynamodb:([\w-]+):(\d{12}):table/([\w.-]+)/stream/([^|/]+)")
LIMIT = 1000  # records an answer


def _refuse(code: str, message: str) -> CommonServiceException:
    return CommonServiceException(code, message, status_code=400)


def _table(arn: str) -> Table:
    parts = STREAM.fullmatch(arn)
    if not parts:
        raise _refuse("ValidationException", "Invalid StreamArn")
    region, account, name, label = parts.groups()
    table = dynamodb_backends[account][region].tables.get(name)
    if table is None or table.stream_shard is None or table.latest_stream_label != label:
        raise _refuse("ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found")
    return table


def _is_open(table: Table) -> bool:
    return bool(table.stream_specification and table.stream_specification["StreamEnabled"])


def _end(shard: Any) -> int:
    """The sequence number of the record that comes next."""
    return int(shard.starting_sequence_number) + len(shard.items)


def describe_stream(_context: Any, request: dict[str, Any]) -> dict[str, Any]:
    """DescribeStream; there is one shard."""
    table = _table(request["StreamArn"])
    shard: Any = table.stream_shard
    described = shard.to_json()
    if not _is_open(table):
        described["SequenceNumberRange"]["EndingSequenceNumber"] = str(_end(shard))
    behind = request.get("ExclusiveStartShardId") == shard.id
    description = {
        "StreamArn": request["StreamArn"],
        "StreamLabel": table.latest_stream_label,
        "StreamStatus": "ENABLED" if _is_open(table) else "DISABLED",
        "StreamViewType": (table.stream_specification or {})["StreamViewType"],
        "CreationRequestDateTime": shard.created_on,
        "TableName": table.name,
        "KeySchema": table.schema,
        "Shards": [] if behind else [described],
    }
    return {"StreamDescription": description}


def get_shard_iterator(_context: Any, request: dict[str, Any]) -> dict[str, Any]:
    """GetShardIterator."""
    arn, kind = request["StreamArn"], request["ShardIteratorType"]
    shard: Any = _table(arn).stream_shard
    if request["ShardId"] != shard.id:
        raise _refuse(
            "ResourceNotFoundException", f"Requested resource not found: Shard {request['ShardId']} not found"
        )
    if kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        position = _sequence_number(request) + (kind == "AFTER_SEQUENCE_NUMBER")
        if position < shard.starting_sequence_number:
            words = "The operation attempted to read past the oldest stream record in a shard"
            raise _refuse("TrimmedDataAccessException", words)
    elif kind in ("LATEST", "TRIM_HORIZON"):
        position = _end(shard) if kind == "LATEST" else shard.starting_sequence_number
    else:
        raise _refuse("ValidationException", f"Invalid ShardIteratorType: {kind}")
    return {"ShardIterator": _iterator(arn, position)}


def _sequence_number(request: dict[str, Any]) -> int:
    number = request.get("SequenceNumber", "")
    if not re.fullmatch(r"\d{21,40}", number):
        raise _refuse("ValidationException", f"Invalid SequenceNumber: {number}")
    return int(number)


def _iterator(arn: str, position: int) -> str:
    return f"{arn}|1|{base64.b64encode(str(position).encode()).decode()}"


def get_records(_context: Any, request: dict[str, Any]) -> dict[str, Any]:
    """GetRecords; no further iterator at the end of a disabled stream."""
    limit = request.get("Limit") or LIMIT
    if not 1 <= limit <= LIMIT:
        words = "1 validation error detected: Value at 'limit' failed to satisfy constraint: Member must have value"
        raise _refuse("ValidationException", f"{words} between 1 and {LIMIT}")
    arn, position = _parse(request["ShardIterator"])
    table = _table(arn)
    shard: Any = table.stream_shard
    first = position - shard.starting_sequence_number
    records = [item.record for item in shard.items[first : first + limit]]
    answer: dict[str, Any] = {"Records": records}
    position += len(records)
    if _is_open(table) or position < _end(shard):
        answer["NextShardIterator"] = _iterator(arn, position)
    return answer


def _parse(iterator: str) -> tuple[str, int]:
    arn, _, position = iterator.partition("|1|")
    try:
        return arn, int(base64.b64decode(position, validate=True))
    except (binascii.Error, ValueError):
        raise _refuse("ValidationException", "Invalid ShardIterator") from None


HANDLERS = {"DescribeStream": describe_stream, "GetShardIterator": get_shard_iterator, "GetRecords": get_records}
