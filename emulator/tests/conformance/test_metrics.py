"""Metrics of Lambda

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from deployed import archive, eventually
from sources import consumer, unique
from spies import SPY, SUBSCRIPTION

TYPES = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
CONCURRENCY = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html"
STATISTICS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html"
MATH = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html"


@pytest.fixture
def metric(server):
    """The value of a statistic, once it is there."""
    client = server.client("cloudwatch")

    def value(function, name, statistic="Sum", *, unit="Count", resource="", **dimensions):
        named = {"FunctionName": function.name} if function else {}
        named |= {"Resource": f"{function.name}:{resource}"} if resource else {}
        query = {
            "Namespace": "AWS/Lambda",
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": text} for key, text in (named | dimensions).items()],
            "StartTime": datetime.now(UTC) - timedelta(minutes=30),
            "EndTime": datetime.now(UTC) + timedelta(minutes=30),
            "Period": 3600 * 24,
            "Unit": unit,
        }
        kind = "ExtendedStatistics" if statistic.startswith("p") else "Statistics"
        points = eventually(lambda: client.get_metric_statistics(**query, **{kind: [statistic]})["Datapoints"])
        return points[0][kind][statistic] if kind in points[0] else points[0][statistic]

    return value


@pytest.fixture
def queue(server, request):
    """An ARN; the queue is gone after the test."""
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName=f"{request.node.name[:60]}")["QueueUrl"]
    yield sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def failing(deploy):
    """Makes a function that raises."""
    code = archive({"fails.py": "def handler(event, context):\n    raise ValueError(event)\n"})
    return lambda **options: deploy("fails.py", code=code, **options)


def missing(kind):
    return f"arn:aws:sqs:us-east-1:000000000000:no-such-{kind}"


def fails_at_once(function):
    """No retries: an event that fails is given up."""
    function.client.put_function_event_invoke_config(FunctionName=function.name, MaximumRetryAttempts=0)


@pytest.mark.rule(TYPES)
def test_an_asynchronous_event_is_counted_as_received_and_its_age_measured(deploy, metric):
    function = deploy()
    function.send()
    assert metric(function, "AsyncEventsReceived") == 1
    assert metric(function, "AsyncEventAge", "Minimum", unit="Milliseconds") >= 0
    assert metric(function, "Invocations") == 1


@pytest.mark.rule(TYPES)
def test_an_event_that_is_given_up_is_dropped(failing, metric):
    function = failing()
    fails_at_once(function)
    function.send()
    assert metric(function, "AsyncEventsDropped") == 1


@pytest.mark.rule(TYPES)
def test_a_dead_letter_queue_that_cannot_be_reached_is_an_error_of_its_own(failing, metric):
    function = failing(DeadLetterConfig={"TargetArn": missing("queue")})
    fails_at_once(function)
    function.send()
    assert metric(function, "DeadLetterErrors") == 1


@pytest.mark.rule(TYPES)
def test_a_destination_that_cannot_be_reached_is_a_delivery_failure(deploy, metric):
    function = deploy()
    function.client.put_function_event_invoke_config(
        FunctionName=function.name, DestinationConfig={"OnSuccess": {"Destination": missing("destination")}}
    )
    function.send()
    assert metric(function, "DestinationDeliveryFailures") == 1


@pytest.mark.rule("https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html")
def test_an_event_for_a_function_without_concurrency_goes_to_the_dead_letter_queue(deploy, metric, queue, server):
    function = deploy(DeadLetterConfig={"TargetArn": queue})
    function.client.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=0)
    function.send({"number": 7})
    sqs = server.client("sqs")
    url = sqs.get_queue_url(QueueName=queue.rpartition(":")[2])["QueueUrl"]
    (message,) = eventually(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"), 60)
    assert json.loads(message["Body"]) == {"number": 7}
    assert metric(function, "AsyncEventsDropped") == 1


@pytest.fixture
def provisioned(deploy):
    """A function of which one environment of version 1 is provisioned."""
    function = deploy()
    version = function.publish()
    client = function.client
    client.put_provisioned_concurrency_config(
        FunctionName=function.name, Qualifier=version, ProvisionedConcurrentExecutions=1
    )

    def ready():
        return client.get_provisioned_concurrency_config(FunctionName=function.name, Qualifier=version)["Status"]

    eventually(lambda: ready() == "READY", 60)
    return function


@pytest.mark.rule(CONCURRENCY)
def test_an_invocation_on_provisioned_concurrency_is_counted_as_such(provisioned, metric):
    provisioned.invoke(Qualifier="1")
    assert metric(provisioned, "ProvisionedConcurrencyInvocations", resource="1") == 1
    assert metric(provisioned, "ProvisionedConcurrencySpilloverInvocations", resource="1") == 0
    assert metric(provisioned, "ProvisionedConcurrentExecutions", "Maximum", resource="1") == 1
    assert metric(provisioned, "ProvisionedConcurrencyUtilization", "Maximum", resource="1", unit="None") == 1.0
    assert metric(provisioned, "ConcurrentExecutions", "Maximum") == 1


@pytest.mark.rule(CONCURRENCY)
def test_allocated_concurrency_counts_as_claimed(deploy, metric):
    function = deploy()
    function.client.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=17)
    function.invoke()
    claimed = eventually(lambda: metric(None, "ClaimedAccountConcurrency", "Maximum"))
    eventually(lambda: metric(None, "ClaimedAccountConcurrency", "Maximum") >= 17)
    assert claimed >= metric(None, "UnreservedConcurrentExecutions", "Minimum")


@pytest.mark.rule(TYPES)
def test_the_time_that_extensions_take_after_the_function_is_a_metric_of_its_own(extended, metric):
    function = extended({"spy.py": SPY}, {"invoke": "report", "subscribe": SUBSCRIPTION})
    function.invoke()
    after = metric(function, "PostRuntimeExtensionsDuration", "Maximum", unit="Milliseconds")
    assert 0 < after <= metric(function, "Duration", "Maximum", unit="Milliseconds")


@pytest.mark.rule(STATISTICS)
def test_duration_has_percentiles(deploy, metric):
    function = deploy()
    for _ in range(3):
        function.invoke()
    eventually(lambda: metric(function, "Invocations") == 3)
    least, most = (metric(function, "Duration", name, unit="Milliseconds") for name in ("Minimum", "Maximum"))
    assert least <= metric(function, "Duration", "p50", unit="Milliseconds") <= most
    assert metric(function, "Duration", "p100", unit="Milliseconds") == most


@pytest.mark.rule(MATH)
def test_an_error_rate_is_computed_from_errors_and_invocations(failing, metric, server):
    function = failing()
    function.invoke()
    assert metric(function, "Errors") == 1
    dimensions = [{"Name": "FunctionName", "Value": function.name}]

    def query(name):
        of = {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions}
        stat = {"Metric": of, "Period": 3600 * 24, "Stat": "Sum"}
        return {"Id": name.lower(), "MetricStat": stat, "ReturnData": False}

    rate = {"Id": "rate", "Expression": "100 * errors / invocations"}
    (result,) = server.client("cloudwatch").get_metric_data(
        MetricDataQueries=[query("Errors"), query("Invocations"), rate],
        StartTime=datetime.now(UTC) - timedelta(minutes=30),
        EndTime=datetime.now(UTC) + timedelta(minutes=30),
    )["MetricDataResults"]
    assert (result["Id"], result["Values"]) == ("rate", [100.0])


@pytest.mark.rule(TYPES)
def test_the_age_of_a_streams_last_record_is_measured(server, deploy, metric):
    kinesis, name = server.client("kinesis"), unique("aged")
    kinesis.create_stream(StreamName=name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
    reader = consumer(server, deploy)
    with reader.mapped(
        kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamARN"], StartingPosition="TRIM_HORIZON"
    ):
        kinesis.put_record(StreamName=name, Data=b"one", PartitionKey="key")
        assert reader.texts(1) == ["one"]
        assert 0 <= metric(reader.function, "IteratorAge", "Maximum", unit="Milliseconds") < 120_000
