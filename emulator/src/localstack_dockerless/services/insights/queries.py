"""StartQuery and GetQueryResults."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Any

from localstack.aws.api.logs import (
    InvalidParameterException,
    MalformedQueryException,
    QueryCompileError,
    QueryCompileErrorLocation,
    ResourceNotFoundException,
)

from localstack_dockerless.services.insights import events
from localstack_dockerless.services.insights.language import parse
from localstack_dockerless.services.insights.reader import MalformedQueryError
from localstack_dockerless.services.insights.run import Outcome, run
from localstack_dockerless.services.insights.values import Row

MILLISECONDS = 10_000_000_000  # a time beyond this is given in milliseconds


class Query:
    """One query and its results; moto lists it with its own.

    Args:
        groups: moto's.
        start, end: of the range of time, in seconds or milliseconds, both included.
        text: the query.
        limit: of lines, when the query itself sets none.

    Raises:
        MalformedQueryException: the text is none.
    """

    def __init__(self, groups: Sequence[Any], start: int, end: int, text: str, limit: int | None) -> None:
        self.query_id = str(uuid.uuid4())
        self.log_group_names = [group.name for group in groups]
        self.query, self.status = text, "Complete"
        self.create_time = int(time.time() * 1000)
        commands = _parse(text)
        first, last = (moment if moment > MILLISECONDS else moment * 1000 for moment in (start, end))
        if end < MILLISECONDS:
            last += 999  # the whole second
        rows = sorted(_rows(groups, first, last), key=lambda row: row["@timestamp"])
        self._outcome = computed(commands, rows, limit)
        self._scanned = len(rows)
        self._bytes = sum(len(row["@message"].encode()) for row in rows)

    def to_json(self, log_group_name: str) -> dict[str, Any]:
        """For DescribeQueries."""
        return {
            "queryId": self.query_id,
            "queryString": self.query,
            "status": self.status,
            "createTime": self.create_time,
            "logGroupName": log_group_name,
        }

    def results(self) -> dict[str, Any]:
        """For GetQueryResults."""
        lines = [[{"field": name, "value": value} for name, value in line.items()] for line in self._outcome.lines]
        statistics = {
            "recordsMatched": float(self._outcome.matched),
            "recordsScanned": float(self._scanned),
            "bytesScanned": float(self._bytes),
        }
        return {"results": lines, "statistics": statistics, "status": self.status}


def start(backend: Any, names: Sequence[str], begin: int, end: int, text: str, limit: int | None) -> str:
    """Run a query.

    Returns:
        Its id.

    Raises:
        InvalidParameterException: there is no log group, or the range of time is none.
        ResourceNotFoundException: a log group does not exist.
        MalformedQueryException: the text is no query.
    """
    if not names:
        raise InvalidParameterException("At least one log group must be specified.")
    if begin > end:
        raise InvalidParameterException("startTime must not be later than endTime.")
    missing = [name for name in names if name not in backend.groups]
    if missing:
        raise ResourceNotFoundException(
            f"Log group '{missing[0]}' does not exist for account ID '{backend.account_id}'"
        )
    groups = [backend.groups[name] for name in dict.fromkeys(names)]
    query = Query(groups, begin, end, text, limit)
    backend.queries[query.query_id] = query
    return query.query_id


def results(backend: Any, query_id: str) -> dict[str, Any]:
    """What a query gave.

    Raises:
        ResourceNotFoundException: there is no such query.
    """
    query = backend.queries.get(query_id)
    if query is None:
        raise ResourceNotFoundException(f"Query '{query_id}' does not exist.")
    found: dict[str, Any] = query.results()
    return found


def _parse(text: str) -> Any:
    try:
        return parse(text)
    except MalformedQueryError as error:
        location = QueryCompileErrorLocation(startCharOffset=error.at, endCharOffset=min(len(text), error.at + 1))
        compile_error = QueryCompileError(location=location, message=str(error))
        raise MalformedQueryException(str(error), queryCompileError=compile_error) from error


def computed(commands: Any, rows: list[Row], limit: int | None) -> Outcome:
    """What a query gives.

    Raises:
        MalformedQueryException: it is too deep, or too long.
    """
    try:
        return run(commands, rows, limit)
    except RecursionError as error:  # a sum of a thousand, say, is read without recursion and computed with it
        raise MalformedQueryException("The query is too complex.") from error


def _rows(groups: Sequence[Any], first: int, last: int) -> list[Row]:
    return [
        events.row(
            event.message,
            event.timestamp,
            event.ingestion_time,
            stream.log_stream_name,
            f"{group.account_id}:{group.name}",
            str(event.event_id),
        )
        for group in groups
        for stream in list(group.streams.values())
        for event in list(stream.events)
        if first <= event.timestamp <= last
    ]
