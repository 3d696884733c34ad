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
class Provisioned:
    """How an invocation met the provisioned concurrency of its version or alias."""

    spilled: bool  # it ran on demand, as all provisioned environments were at work
    at_work: int  # provisioned environments of the version
    allocated: int

    def values(self) -> Iterator[tuple[str, str, float]]:
        """Name, unit, value."""
        yield "ProvisionedConcurrencyInvocations", "Count", int(not self.spilled)
        yield "ProvisionedConcurrencySpilloverInvocations", "Count", int(self.spilled)
        yield "ProvisionedConcurrentExecutions", "Count", self.at_work
        yield "ProvisionedConcurrencyUtilization", "None", self.at_work / max(1, self.allocated)


@dataclass(frozen=True)
class Regional:
    """Concurrency over all functions of an account in a region, this invocation included.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html
    """

    concurrent: int = 1
    unreserved: int = 1
    claimed: int = 1

    def values(self) -> Iterator[tuple[str, str, float]]:
        """Name, unit, value."""
        yield "ConcurrentExecutions", "Count", self.concurrent
        yield "UnreservedConcurrentExecutions", "Count", self.unreserved
        yield "ClaimedAccountConcurrency", "Count", self.claimed


@dataclass(frozen=True)
class _OfFunction:
    """What every figure about a function knows."""

    account: str
    region: str
    function: str
    version: str
    alias: str | None = None

    def dimensions(self) -> Iterator[Dimensions]:
        """The function; the function by the name it was invoked with; behind an alias also by version."""
        resource = self.alias or (self.version if self.version != "$LATEST" else None)
        name = f"{self.function}:{resource}" if resource else self.function
        yield (("FunctionName", self.function),)
        yield (("FunctionName", self.function), ("Resource", name))
        if self.alias:
            yield (("ExecutedVersion", self.version), ("FunctionName", self.function), ("Resource", name))


@dataclass(frozen=True)
class Sample(_OfFunction):
    """What one invocation, or one refused one, adds to the metrics."""

    throttled: bool = False
    error: bool = False
    duration: float = 0.0  # milliseconds
    extensions: float | None = None  # milliseconds of it that only extensions took, where there are any
    concurrency: int = 1  # environments of the function at work, this one included
    provisioned: Provisioned | None = None
    regional: Regional = Regional()
    at: int = field(default_factory=lambda: int(time.time()))  # seconds

    def figures(self) -> Iterator[tuple[Dimensions, str, str, float]]:
        """Dimensions, name, unit, value."""
        of_function = list(self._of_function())
        for dimensions in self.dimensions():
            for figure in of_function:
                yield dimensions, *figure
        for figure in self._of_all():
            yield (), *figure

    def _of_function(self) -> Iterator[tuple[str, str, float]]:
        yield from self._outcome()
        if not self.throttled:
            yield "ConcurrentExecutions", "Count", self.concurrency
            if self.provisioned:
                yield from self.provisioned.values()

    def _of_all(self) -> Iterator[tuple[str, str, float]]:
        yield from self._outcome()
        if not self.throttled:
            yield from self.regional.values()

    def _outcome(self) -> Iterator[tuple[str, str, float]]:
        """A throttled request is neither an invocation nor an error."""
        yield "Throttles", "Count", int(self.throttled)
        if not self.throttled:
            yield "Invocations", "Count", 1
            yield "Errors", "Count", int(self.error)
            yield "Duration", "Milliseconds", self.duration
            if self.extensions is not None:
                yield "PostRuntimeExtensionsDuration", "Milliseconds", self.extensions


@dataclass(frozen=True)
class Reading(_OfFunction):
    """One figure about a function beside its invocations, such as the age of an asynchronous event."""

    name: str = ""
    unit: str = "Count"
    value: float = 1.0
    at: int = field(default_factory=lambda: int(time.time()))  # seconds

    def figures(self) -> Iterator[tuple[Dimensions, str, str, float]]:
        """Dimensions, name, unit, value."""
        for dimensions in ((), *self.dimensions()):
            yield dimensions, self.name, self.unit, self.value


@dataclass
class Statistic:
    """Several values as CloudWatch keeps them."""

    values: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        """Count one more value."""
        self.values.append(value)

    @property
    def summary(self) -> tuple[int, float, float, float]:
        """Count, sum, least and greatest."""
        return len(self.values), sum(self.values), min(self.values), max(self.values)


Series = tuple[str, str, int, str, str, Dimensions]
DISTRIBUTED = ("Duration", "PostRuntimeExtensionsDuration", "AsyncEventAge", "IteratorAge")
"""Of these every value is kept, for percentiles."""


def aggregate(samples: Sequence[Sample | Reading]) -> dict[Series, Statistic]:
    """One statistic for each account, region, second, metric, unit and set of dimensions."""
    statistics: dict[Series, Statistic] = defaultdict(Statistic)
    for sample in samples:
        for dimensions, name, unit, value in sample.figures():
            statistics[sample.account, sample.region, sample.at, name, unit, dimensions].add(value)
    return statistics


@cache
def _database() -> Any:
    """LocalStack's own store of metrics: a file, so it can be written before the service is loaded."""
    from localstack.services.cloudwatch.cloudwatch_database_helper import CloudwatchDatabase

    return CloudwatchDatabase


def _write(samples: Sequence[Sample | Reading]) -> None:
    database = _database()()
    summaries, single = [], []
    for (account, region, at, name, unit, dimensions), statistic in aggregate(samples).items():
        series = (account, region, name, NAMESPACE, at, _text(dimensions), unit)
        if name in DISTRIBUTED:
            single += [(*series, value) for value in statistic.values]
        else:
            summaries.append((*series, *statistic.summary))
    with sqlite3.connect(database.METRICS_DB) as connection:
        _insert(connection, database.TABLE_AGGREGATED_METRICS, "sample_count, sum, min, max", summaries)
        _insert(connection, database.TABLE_SINGLE_METRICS, "value", single)


def _insert(connection: sqlite3.Connection, table: str, values: str, rows: Sequence[tuple[Any, ...]]) -> None:
    columns = f"account_id, region, metric_name, namespace, timestamp, dimensions, unit, {values}"
    marks = ", ".join("?" * (columns.count(",") + 1))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608


def add(account: str, region: str, namespace: str, data: Sequence[dict[str, Any]]) -> None:
    """Write any metric, as PutMetricData would."""
    _database()().add_metric_data(account, region, namespace, list(data))


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


SAMPLES: Batch[Sample | Reading] = Batch(_write)
"""The server's one batch of metrics."""
