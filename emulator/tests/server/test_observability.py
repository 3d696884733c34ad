"""Log events and metrics of invocations: complete, in order, soon."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from functions import ECHO, deploy, eventually
from localstack_dockerless.observability import logs
from localstack_dockerless.observability.batch import Batch
from localstack_dockerless.observability.metrics import Sample, aggregate

RAISE = "def handler(event, context):\n    if event:\n        raise ValueError(event)\n"


def test_a_batch_writes_everything_in_order():
    written = []
    batch = Batch(written.extend, interval=0.001)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda worker: [batch.add((worker, n)) for n in range(500)], range(8)))
    eventually(lambda: len(written) == 4000)
    assert all([n for w, n in written if w == worker] == list(range(500)) for worker in range(8))


def test_a_log_group_that_cannot_be_written_costs_no_other_its_lines(monkeypatch):
    written = []

    def put(output, events):
        if output.group == "broken":
            raise ValueError(output.group)
        written.extend(event["message"] for event in events)

    monkeypatch.setattr(logs, "_put", put)
    logs._write([logs.Output("0", "r", group, "stream", group, "role", "function") for group in ("a", "broken", "c")])
    assert written == ["a\n", "c\n"]


def test_a_failed_write_loses_that_batch_alone():
    written = []

    def write(items):
        if "bad" in items:
            raise OSError
        written.extend(items)

    batch = Batch(write, interval=60)
    for item in ("bad", "good"):
        batch.add(item)
        batch.flush()
    assert written == ["good"]


def test_a_batch_forgets_what_is_unwanted():
    written = []
    batch = Batch(written.extend, interval=60)
    for number in range(4):
        batch.add(number)
    batch.discard(lambda number: number % 2 == 0)
    batch.flush()
    assert written == [1, 3]


def test_an_item_that_comes_while_writing_is_written_next():
    writing, proceed, written = threading.Event(), threading.Event(), []

    def write(items):
        writing.set()
        proceed.wait(10)
        written.extend(items)

    batch = Batch(write, interval=0.001)
    batch.add(1)
    writing.wait(10)
    batch.add(2)
    proceed.set()
    eventually(lambda: written == [1, 2])


def sample(**values):
    return Sample("111111111111", "us-east-1", "f", **{"version": "$LATEST", "at": 0, **values})


def test_a_throttled_request_is_neither_an_invocation_nor_an_error():
    assert {series[3] for series in aggregate([sample(throttled=True)])} == {"Throttles"}


@pytest.mark.parametrize(
    ("invoked", "resources"),
    [
        ({}, {"f"}),
        ({"version": "2"}, {"f:2"}),
        ({"version": "2", "alias": "live"}, {"f:live"}),
    ],
)
def test_resource_is_the_function_as_it_was_invoked(invoked, resources):
    dimensions = [dict(series[5]) for series in aggregate([sample(**invoked)])]
    assert {d["Resource"] for d in dimensions if "Resource" in d} == resources
    assert {d["ExecutedVersion"] for d in dimensions if "ExecutedVersion" in d} == (
        {"2"} if "alias" in invoked else set()
    )


def test_values_of_one_series_are_added_up():
    statistics = aggregate([sample(duration=1.0), sample(duration=3.0, error=True)])
    of_function = {series[3]: s for series, s in statistics.items() if series[5] == (("FunctionName", "f"),)}
    assert sum(of_function["Invocations"].values) == 2
    assert sum(of_function["Errors"].values) == 1
    duration = of_function["Duration"]
    assert duration.summary == (2, 4.0, 1.0, 3.0)


def test_log_events_are_complete_in_order_and_in_one_stream(server):
    client, logs = server.client("lambda"), server.client("logs")
    name = deploy(client, "def handler(event, context):\n    print('number', event)\n")
    for number in range(40):
        client.invoke(FunctionName=name, Payload=str(number).encode())
    group = f"/aws/lambda/{name}"
    eventually(lambda: len(messages(logs, group)) == 40, 5)
    assert messages(logs, group) == [f"number {number}\n" for number in range(40)]
    (stream,) = logs.describe_log_streams(logGroupName=group)["logStreams"]
    assert stream["logStreamName"].startswith(f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]")


def messages(logs, group):
    try:
        events = logs.filter_log_events(logGroupName=group)["events"]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [event["message"] for event in events if event["message"].startswith("number")]


def test_parallel_environments_have_a_stream_each(server):
    client, logs = server.client("lambda"), server.client("logs")
    name = deploy(client, "import time\ndef handler(event, context):\n    time.sleep(1)\n    print('number', event)\n")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda n: client.invoke(FunctionName=name, Payload=str(n).encode()), range(3)))
    group = f"/aws/lambda/{name}"
    eventually(lambda: len(messages(logs, group)) == 3, 5)
    streams = [event["logStreamName"] for event in logs.filter_log_events(logGroupName=group)["events"]]
    assert len(set(streams)) == 3


def total(server, name, metric, *dimensions, statistic="Sum"):
    now = datetime.now(UTC)
    points = server.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": name}, *dimensions],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=5),
        Period=3600,
        Statistics=[statistic],
    )["Datapoints"]
    return sum(point[statistic] for point in points)


def test_metrics_count_invocations_and_errors_of_the_series_they_name(server):
    client = server.client("lambda")
    name = deploy(client, RAISE)
    client.publish_version(FunctionName=name)
    client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    for event in (b"0", b"1", b"0"):
        client.invoke(FunctionName=name, Payload=event)
    client.invoke(FunctionName=f"{name}:live", Payload=b"1")
    by_alias = {"Name": "Resource", "Value": f"{name}:live"}
    eventually(lambda: total(server, name, "Invocations") == 4, 5)
    assert total(server, name, "Errors") == 2
    assert total(server, name, "Invocations", by_alias) == 1
    assert total(server, name, "Duration", statistic="Maximum") > 0


def test_a_refused_request_counts_as_throttled_only(server):
    client = server.client("lambda")
    name = deploy(client, ECHO)
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(client.exceptions.TooManyRequestsException):
        client.invoke(FunctionName=name, Payload=b"{}")
    eventually(lambda: total(server, name, "Throttles") == 1, 5)
    assert total(server, name, "Invocations") == 0


def test_metric_filters_see_the_events(server):
    client, logs = server.client("lambda", "333333333333"), server.client("logs", "333333333333")
    name = deploy(client, ECHO)
    group = f"/aws/lambda/{name}"
    logs.create_log_group(logGroupName=group)
    transformation = {"metricName": "seen", "metricNamespace": "Own", "metricValue": "1"}
    logs.put_metric_filter(
        logGroupName=group, filterName="filter", filterPattern="START", metricTransformations=[transformation]
    )
    client.invoke(FunctionName=name, Payload=b"{}")
    metrics = server.client("cloudwatch", "333333333333")
    names = Counter()
    eventually(lambda: names.update(m["MetricName"] for m in metrics.list_metrics(Namespace="Own")["Metrics"]) or names)
    assert "seen" in names
