"""Embedded metric format: metrics in log events

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from deployed import archive, eventually, log_group, writer

FORMAT = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"
LAMBDA = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html"


@pytest.fixture
def space(server, request):
    """A log group and namespace of the test's own."""
    name = f"/embedded/{request.node.nodeid.rpartition('::')[2]}".translate(str.maketrans("[]", "--"))
    with log_group(server, name):
        yield name


@pytest.fixture
def write(server, space):
    return writer(server, space)


@pytest.fixture
def points(server, space):
    def points(name, *statistics, **dimensions):
        now = datetime.now(UTC)
        return server.client("cloudwatch").get_metric_statistics(
            Namespace=space,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - timedelta(hours=3),
            EndTime=now + timedelta(hours=1),
            Period=60,
            Statistics=statistics or ["Sum"],
        )["Datapoints"]

    return points


def document(space, metrics, dimensions=((),), at=None, **members):
    """A document with its targets."""
    at = int(time.time() * 1000) if at is None else at
    directive = {"Namespace": space, "Dimensions": dimensions, "Metrics": metrics}
    return json.dumps({"_aws": {"Timestamp": at, "CloudWatchMetrics": [directive]}, **members})


@pytest.mark.rule(FORMAT)
def test_a_document_becomes_a_metric_for_each_set_of_dimensions(space, write, points):
    sets = [["route"], ["route", "colour"], []]
    metrics = [{"Name": "latency", "Unit": "Milliseconds"}]
    write(document(space, metrics, sets, route="/a", colour="red", latency=12.5, note={"kept": "in the log"}))
    for dimensions in ({"route": "/a"}, {"route": "/a", "colour": "red"}, {}):
        (point,) = points("latency", **dimensions)
        assert (point["Sum"], point["Unit"]) == (12.5, "Milliseconds")


@pytest.mark.rule(FORMAT)
def test_a_list_of_values_is_as_many_samples(space, write, points):
    write(document(space, [{"Name": "size"}], size=[1, 2, 6]))
    (point,) = points("size", "SampleCount", "Sum", "Maximum")
    assert (point["SampleCount"], point["Sum"], point["Maximum"], point["Unit"]) == (3, 9, 6, "None")


@pytest.mark.rule(FORMAT)
def test_the_time_is_that_of_the_document(space, write, points):
    at = datetime.now(UTC) - timedelta(hours=2)
    write(document(space, [{"Name": "late"}], at=int(at.timestamp() * 1000), late=1))
    (point,) = points("late")
    assert abs(point["Timestamp"] - at) <= timedelta(minutes=1)


@pytest.mark.rule(FORMAT)
@pytest.mark.parametrize(
    "members",
    [
        {"size": "many"},
        {"size": True},
        {"size": list(range(101))},
        {},
        {"size": 1, "route": 5},
        {"size": 1, "route": None},
        {"size": 1, "route": "x" * 1025},
    ],
)
def test_a_document_that_breaks_the_specification_measures_nothing(space, write, points, members):
    dimensions = [["route"]] if "route" in members else [[]]
    write(document(space, [{"Name": "size"}], dimensions, **members), document(space, [{"Name": "good"}], good=1))
    assert points("good")
    told = {"route": str(members["route"])} if "route" in members else {}
    assert not points("size", **told)


@pytest.mark.rule(FORMAT)
@pytest.mark.parametrize(
    "message",
    [
        '{"_aws": 5}',
        '{"_aws": {"Timestamp": "now", "CloudWatchMetrics": [{}]}}',
        '{"_aws": {"Timestamp": 1e300, "CloudWatchMetrics": []}}',
        '{"_aws": ',
        '["_aws"]',
    ],
)
def test_what_is_no_document_is_an_ordinary_log_event(space, write, points, message):
    write(message, document(space, [{"Name": "good"}], good=1))
    assert points("good")


@pytest.mark.rule(FORMAT)
def test_text_around_a_document_makes_it_an_ordinary_log_event(space, write, points):
    write("INFO " + document(space, [{"Name": "size"}], size=1), document(space, [{"Name": "good"}], good=1))
    assert points("good")
    assert not points("size")


@pytest.mark.rule(LAMBDA)
def test_a_function_makes_metrics_by_printing_documents(space, points, deploy):
    source = f"def handler(event, context): print({document(space, [{'Name': 'done'}], done=1)!r})"
    function = deploy(code=archive({"probe.py": source}))
    function.invoke()
    function.invoke()
    eventually(lambda: sum(point["Sum"] for point in points("done")) == 2)
