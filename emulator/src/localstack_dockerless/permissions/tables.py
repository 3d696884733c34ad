"""Requests to DynamoDB: single ones, batches, transactions, and statements of PartiQL.

Rules: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html and
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from localstack_dockerless.permissions.calls import Call, Demand, action_of, members

_STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|EXISTS)\b", re.IGNORECASE)
_TABLE = re.compile(r"""\b(?:FROM|INTO|UPDATE)\s+"?([\w.-]+)"?(?:\."?([\w.-]+)"?)?""", re.IGNORECASE)
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|--[^\n]*|/\*.*?\*/""", re.DOTALL)
"""In PartiQL: what may look like a table and is none, and names of tables."""


def demands(call: Call) -> list[Demand] | None:
    """The tables, indexes and streams that a request is about; None for one whose members say it."""
    request, action = call.request, action_of(call)
    if call.operation in ("BatchGetItem", "BatchWriteItem"):
        tables = request.get("RequestItems") or {}
        return [Demand(action, _table(call, name), {"dynamodb:table": name}) for name in tables]
    if call.operation in ("TransactGetItems", "TransactWriteItems"):
        return [
            Demand(f"dynamodb:{_TRANSACTED[kind]}", _table(call, item.get("TableName") or ""))
            for one in request.get("TransactItems") or ()
            for kind, item in one.items()
            if kind in _TRANSACTED and isinstance(item, Mapping)
        ]
    if call.operation in ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"):
        texts = [*members(request, "Statement"), *members(request, "Statements.Statement")]
        texts += members(request, "TransactStatements.Statement")
        return [demand for text in texts for demand in _statement(call, text)]
    if request.get("IndexName") and request.get("TableName"):
        return [Demand(action, f"{_table(call, request['TableName'])}/index/{request['IndexName']}")]
    if call.operation in ("GetRecords", "ListStreams") and not request.get("StreamArn"):
        # moto's iterators begin with the ARN of their stream.
        stream = (request.get("ShardIterator") or "").partition("|")[0]
        return [Demand(action, stream if stream.startswith("arn:") else _table(call, "*/stream/*"))]
    return None


_TRANSACTED: Final = {
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def _table(call: Call, name: str) -> str:
    return name if name.startswith("arn:") else call.arn(f"dynamodb:{call.region}:{call.account}:table/{name}")


def _statement(call: Call, text: str) -> Iterable[Demand]:
    """PartiQL; a statement that cannot be read is DynamoDB's to refuse."""
    text = _QUOTED.sub(_unquoted, text)
    verb = _STATEMENT.match(text)
    name = (verb[1].capitalize() if verb else "Select").replace("Exists", "Select")
    for table, index in _TABLE.findall(text) or [("*", "")]:
        resource = _table(call, table)
        yield Demand(f"dynamodb:PartiQL{name}", f"{resource}/index/{index}" if index else resource)


def _unquoted(found: re.Match[str]) -> str:
    """The name of a table as it is, and nothing of other names, texts and comments."""
    if re.fullmatch(r'"[\w.-]+"', found[0]):
        return found[0]
    return "''" if found[0][0] in "'\"" else " "
