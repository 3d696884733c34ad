"""Percentiles of metrics, which LocalStack's CloudWatch knows neither in queries nor in alarms.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from datetime import datetime
from typing import Any

from localstack.aws.api.cloudwatch import InvalidParameterCombinationException, InvalidParameterValueException
from localstack.services.cloudwatch import alarm_scheduler, provider_v2
from localstack.services.cloudwatch.cloudwatch_database_helper import CloudwatchDatabase
from localstack.services.cloudwatch.provider_v2 import CloudwatchProvider
from localstack.utils.patch import Patch, Patches, create_patch_proxy

from localstack_dockerless.observability.ranks import weighted

PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")
SIMPLE = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


def add_to(patches: Patches) -> None:
    """Add percentiles to GetMetricStatistics, GetMetricData and alarms."""
    # By name: the method may have been replaced already, by a function of another module.
    statistic = create_patch_proxy(CloudwatchDatabase.get_metric_data_stat, _statistic)
    patches.add(Patch(CloudwatchDatabase, "get_metric_data_stat", statistic))
    patches.function(CloudwatchProvider.get_metric_statistics, _get_metric_statistics)
    patches.function(alarm_scheduler.AlarmScheduler._is_alarm_supported, _is_supported)
    for module, name in (
        (alarm_scheduler, "generate_metric_query"),
        (provider_v2, "create_metric_data_query_from_alarm"),
    ):
        patches.add(Patch(module, name, create_patch_proxy(getattr(module, name), _with_statistic)))


def _statistic(original: Any, database: CloudwatchDatabase, **query: Any) -> dict[str, list[Any]]:
    name = query["query"]["MetricStat"]["Stat"]
    if name in SIMPLE:
        return dict(original(database, **query))
    found = PERCENTILE.fullmatch(name)
    if not found:
        raise InvalidParameterValueException(f"The value {name} for parameter Stat is not supported.")
    period, start = query["query"]["MetricStat"]["Period"], int(query["start_time"].timestamp())
    buckets: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for at, value, count in _values(database, **query):
        buckets[start + (at - start) // period * period].append((value, count))
    times = sorted(buckets, reverse=query.get("scan_by") != "TimestampAscending")
    return {"timestamps": times, "values": [weighted(buckets[at], float(found[1])) for at in times]}


def _values(
    database: Any, account_id: str, region: str, query: Any, start_time: datetime, end_time: datetime, **_: Any
) -> list[tuple[int, float, int]]:
    """Each value with its second and how often it occurs; sets of statistics count when all their values are the same."""
    wanted = query["MetricStat"]
    metric, unit = wanted["Metric"], wanted.get("Unit")
    dimensions = database._get_ordered_dimensions_with_separator(metric.get("Dimensions"))
    where = "account_id = ? AND region = ? AND namespace = ? AND metric_name = ? AND timestamp >= ? AND timestamp < ?"
    values = [account_id, region, metric["Namespace"], metric["MetricName"]]
    values += [int(start_time.timestamp()), int(end_time.timestamp()), dimensions]
    where += " AND dimensions IS ?"
    if unit:
        where += " AND unit IS ?"
        values.append(None if unit == "NULL_VALUE" else unit)
    single = f"SELECT timestamp, value, 1 FROM {database.TABLE_SINGLE_METRICS} WHERE {where}"  # noqa: S608
    sets = f"SELECT timestamp, min, sample_count FROM {database.TABLE_AGGREGATED_METRICS} WHERE {where} AND min = max"  # noqa: S608
    with sqlite3.connect(database.METRICS_DB_READ_ONLY, uri=True) as connection:
        rows = connection.execute(f"{single} UNION ALL {sets}", values * 2).fetchall()
    return [(at, value, int(count)) for at, value, count in rows if count >= 1]


def _get_metric_statistics(original: Any, provider: CloudwatchProvider, context: Any, **query: Any) -> Any:
    extended = query.pop("extended_statistics", None) or []
    simple = query.pop("statistics", None) or []
    if bool(extended) == bool(simple):
        message = "must include either Statistics or ExtendedStatistics" if not simple else "are mutually exclusive"
        raise InvalidParameterCombinationException(f"The parameters Statistics and ExtendedStatistics {message}.")
    if simple:
        return original(provider, context, statistics=simple, **query)
    # LocalStack checks the rest of the request, and says at which times there is anything, by unit.
    response = original(provider, context, statistics=["SampleCount"], **query)
    for point in response["Datapoints"]:
        del point["SampleCount"], point["Average"], point["Sum"], point["Minimum"], point["Maximum"]
        point["ExtendedStatistics"] = {name: _at(provider, context, name, point, **query) for name in extended}
    return response


def _at(provider: Any, context: Any, name: str, point: Any, **query: Any) -> float:
    at = point["Timestamp"]
    metric = {"Namespace": query["namespace"], "MetricName": query["metric_name"]}
    metric["Dimensions"] = query.get("dimensions") or []
    unit = "NULL_VALUE" if point["Unit"] == "None" and query.get("unit") != "None" else point["Unit"]
    result = provider.cloudwatch_database.get_metric_data_stat(
        account_id=context.account_id,
        region=context.region,
        query={"MetricStat": {"Metric": metric, "Period": query["period"], "Stat": name, "Unit": unit}},
        start_time=datetime.fromtimestamp(at),
        end_time=datetime.fromtimestamp(at + query["period"]),
        scan_by="TimestampDescending",
    )
    return float(result["values"][0]) if result["values"] else 0.0


def _is_supported(original: Any, scheduler: Any, alarm: Any) -> bool:
    return bool(_with_statistic(lambda complete: original(scheduler, complete), alarm))


def _with_statistic(original: Any, alarm: Any) -> Any:
    """Where LocalStack looks for the statistic of an alarm, it finds the percentile."""
    details = getattr(alarm, "alarm", alarm)
    if "ExtendedStatistic" not in details or "Statistic" in details:
        return original(alarm)
    complete = {**details, "Statistic": details["ExtendedStatistic"]}
    if details is alarm:
        return original(complete)
    return original(type("Alarm", (), {"alarm": complete}))
