"""Metrics of invocations, into CloudWatch's namespace AWS/Lambda.

Names, units and dimensions: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
"""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from localstack_dockerless.observability.batch import Batch

NAMESPACE = "AWS/Lambda"
Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sample:
    """What one invocation, or one refused one, adds to the metrics."""

    account: str
    region: str
    function: str
    version: str
    alias: str | None = None
    throttled: bool = False
    error: bool = False
    duration: float = 0.0  # milliseconds
    concurrency: int = 1  # environments of the function at work, this one included
    at: int = field(default_factory=lambda: int(time.time()))  # seconds

    def dimensions(self) -> Iterator[Dimensions]:
        """The function; the function by the name it was invoked with; behind an alias also by version."""
        resource = self.alias or (self.version if self.version != "$LATEST" else None)
        name = f"{self.function}:{resource}" if resource else self.function
        yield ()
        yield (("FunctionName", self.function),)
        yield (("FunctionName", self.function), ("Resource", name))
        if self.alias:
            yield (("ExecutedVersion", self.version), ("FunctionName", self.function), ("Resource", name))

    def values(self) -> Iterator[tuple[str, str, float]]:
        """Name, unit, value. A throttled request is neither an invocation nor an error."""
        yield "Throttles", "Count", int(self.throttled)
        if self.throttled:
            return
        yield "Invocations", "Count", 1
        yield "Errors", "Count", int(self.error)
        yield "Duration", "Milliseconds", self.duration
        yield "ConcurrentExecutions", "Count", self.concurrency


@dataclass
class Statistic:
    """Several values as CloudWatch keeps them."""

    count: int = 0
    total: float = 0.0
    least: float = float("inf")
    most: float = float("-inf")

    def add(self, value: float) -> None:
        """Count one more value."""
        self.count += 1
        self.total += value
        self.least = min(self.least, value)
        self.most = max(self.most, value)


Series = tuple[str, str, int, str, str, Dimensions]


def aggregate(samples: Sequence[Sample]) -> dict[Series, Statistic]:
    """One statistic for each account, region, second, metric, unit and set of dimensions."""
    statistics: dict[Series, Statistic] = defaultdict(Statistic)
    for sample in samples:
        for dimensions in sample.dimensions():
            for name, unit, value in sample.values():
                statistics[sample.account, sample.region, sample.at, name, unit, dimensions].add(value)
    return statistics


@cache
def _database() -> Any:
    """LocalStack's own store of metrics: a file, so it can be written before the service is loaded."""
    from localstack.services.cloudwatch.cloudwatch_database_helper import CloudwatchDatabase

    return CloudwatchDatabase


def _write(samples: Sequence[Sample]) -> None:
    database = _database()()
    rows = [
        (account, region, name, NAMESPACE, at, _text(dimensions), unit, s.count, s.total, s.least, s.most)
        for (account, region, at, name, unit, dimensions), s in aggregate(samples).items()
    ]
    columns = "account_id, region, metric_name, namespace, timestamp, dimensions, unit, sample_count, sum, min, max"
    insert = f"INSERT INTO {database.TABLE_AGGREGATED_METRICS} ({columns}) VALUES ({', '.join('?' * 11)})"  # noqa: S608
    with sqlite3.connect(database.METRICS_DB) as connection:
        connection.executemany(insert, rows)


def _text(dimensions: Dimensions) -> str | None:
    return _database()()._get_ordered_dimensions_with_separator(
        [{"Name": name, "Value": value} for name, value in dimensions]
    )


def match_dimensions_exactly() -> None:
    """Make a query count the series it names.

    LocalStack looks for the dimensions as a part of the stored ones, so that a query for a function would also count
    the series of its aliases, and those of functions whose names begin alike.
    """
    database = _database()
    original = database.get_metric_data_stat

    def exact(self: Any, *arguments: Any, **options: Any) -> Any:
        return original(_Exact(self), *arguments, **options)

    database.get_metric_data_stat = exact
    # A series without dimensions has an empty list of them; LocalStack leaves the list out.
    restore = database._restore_dimensions_from_string
    database._restore_dimensions_from_string = lambda self, dimensions: restore(self, dimensions) or []


class _Exact:
    """A database that looks for dimensions as they are stored."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def _get_ordered_dimensions_with_separator(self, dimensions: Any, for_search: bool = False) -> Any:
        return self._database._get_ordered_dimensions_with_separator(dimensions)


def forget(account: str | None) -> None:
    """Drop the metrics of an account, or all."""
    SAMPLES.discard(lambda sample: account in (None, sample.account))
    database = _database()()
    where, values = ("WHERE account_id = ?", (account,)) if account else ("", ())
    with sqlite3.connect(database.METRICS_DB) as connection:
        for table in (database.TABLE_SINGLE_METRICS, database.TABLE_AGGREGATED_METRICS):
            connection.execute(f"DELETE FROM {table} {where}", values)  # noqa: S608


SAMPLES: Batch[Sample] = Batch(_write)
"""The server's one batch of metrics."""
