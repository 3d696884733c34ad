"""Answers of DynamoDB as AWS gives them: nothing empty, and nothing that was not asked for.

Rules: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

import json
from typing import Any

from localstack.aws.api import CommonServiceException
from localstack.services.moto import call_moto
from localstack.utils.patch import Patches
from moto.dynamodb.exceptions import ConditionalCheckFailed
from moto.dynamodb.models.utilities import dynamo_json_dump

ON_REQUEST = {"ConsumedCapacity": "ReturnConsumedCapacity", "ItemCollectionMetrics": "ReturnItemCollectionMetrics"}

VALUES = ("Item", "Key", "ExpressionAttributeValues")
"""Where attribute values stand in a request."""

_patches = Patches()


def apply() -> None:
    """Correct moto, once in a server's life."""
    if not _patches.patches:
        _patches.function(ConditionalCheckFailed.__init__, _conditional_check_failed)
        _patches.apply()


def _conditional_check_failed(original: Any, error: Any, msg: str | None = None, item: Any = None) -> None:
    """The item that ReturnValuesOnConditionCheckFailure asks for may hold bytes, on which moto fails."""
    original(error, msg, json.loads(dynamo_json_dump(item)) if item else None)


def _check(value: dict[str, Any]) -> None:
    kinds = [kind for kind, content in value.items() if content is not None]
    if len(kinds) != 1:
        found = "has more than one datatypes set" if kinds else "is empty"
        words = f"Supplied AttributeValue {found}, must contain exactly one of the supported datatypes"
        raise CommonServiceException("ValidationException", words, status_code=400)


def plain(context: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Moto's answer without what moto adds unasked, to a request whose values each have one type."""
    for name in VALUES:
        for value in (request.get(name) or {}).values():
            _check(value)
    answer: dict[str, Any] = dict(call_moto(context))  # type: ignore[arg-type]
    for name, parameter in ON_REQUEST.items():
        if request.get(parameter, "NONE") == "NONE":
            answer.pop(name, None)
    if not answer.get("Attributes"):
        answer.pop("Attributes", None)
    return answer


HANDLERS = dict.fromkeys(
    ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "BatchGetItem", "TransactWriteItems", "TransactGetItems"),
    plain,
)
