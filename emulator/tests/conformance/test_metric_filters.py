"""Metric filters and alarms

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from deployed import archive, eventually, log_group, writer
from fronts import admit

PATTERNS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"
FILTERS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
ALARMS = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"
ALARM_EVENT = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions.html"


@pytest.fixture
def group(server, request):
    """A log group with a stream; gone after the test."""
    with log_group(server, f"/tests/{request.node.name}") as name:
        yield name


@pytest.fixture
def write(server, group):
    return writer(server, group)


@pytest.fixture
def count(server, group):
    """Puts a metric filter on the group."""

    def count(pattern, name="filter", **transformation):
        transformation = {"metricName": name, "metricNamespace": group, "metricValue": "1", **transformation}
        server.client("logs").put_metric_filter(
            logGroupName=group, filterName=name, filterPattern=pattern, metricTransformations=[transformation]
        )

    return count


@pytest.fixture
def total(server, group):
    def total(name="filter", statistic="Sum", **dimensions):
        now = datetime.now(UTC)
        points = server.client("cloudwatch").get_metric_statistics(
            Namespace=group,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - timedelta(minutes=30),
            EndTime=now + timedelta(minutes=30),
            Period=3600 * 24,
            Statistics=[statistic],
        )["Datapoints"]
        return sum(point[statistic] for point in points)

    return total


@pytest.mark.rule(PATTERNS)
def test_a_filter_counts_what_matches_and_nothing_else(write, count, total):
    count('{ $.level = "ERROR" && $.latency > 100 }')
    write('{"level": "ERROR", "latency": 150}', '{"level": "ERROR", "latency": 50}', "plain text")
    assert total() == 1


@pytest.mark.rule(FILTERS)
def test_a_filter_can_take_its_value_and_dimensions_from_the_event(write, count, total):
    count("{ $.latency EXISTS }", metricValue="$.latency", dimensions={"Route": "$.route"}, unit="Milliseconds")
    write('{"latency": 12.5, "route": "/a"}', '{"latency": 30, "route": "/a"}', '{"latency": 99, "route": "/b"}')
    assert total(Route="/a") == 42.5


@pytest.mark.rule(FILTERS)
def test_a_filter_counts_only_events_of_its_group(write, count, total, server):
    count("")
    other = "/tests/another-group"
    logs = server.client("logs")
    logs.create_log_group(logGroupName=other)
    logs.create_log_stream(logGroupName=other, logStreamName="stream")
    event = {"timestamp": int(time.time() * 1000), "message": "elsewhere"}
    logs.put_log_events(logGroupName=other, logStreamName="stream", logEvents=[event])
    logs.delete_log_group(logGroupName=other)
    write("here")
    assert total() == 1


@pytest.mark.rule(FILTERS)
def test_without_a_match_the_default_value_counts(write, count, total):
    count("ERROR", defaultValue=0)
    write("all is well")
    assert total(statistic="SampleCount") == 1
    assert total() == 0


@pytest.mark.rule("https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html")
def test_putting_a_filter_again_replaces_it(write, count, total):
    count("ERROR")
    count("ERROR")
    write("ERROR")
    assert total() == 1


@pytest.mark.rule("https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html")
def test_a_malformed_pattern_is_refused(count, group, server):
    with pytest.raises(ClientError, match="InvalidParameterException"):
        count("{ $.level = }")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        server.client("logs").filter_log_events(logGroupName=group, filterPattern="{ $.level = }")


@pytest.mark.rule(PATTERNS)
def test_a_search_gives_what_matches(write, group, server):
    write("ERROR one", "fine", '{"level": "ERROR"}')
    logs = server.client("logs")

    def found(pattern):
        events = logs.filter_log_events(logGroupName=group, filterPattern=pattern)["events"]
        return [event["message"] for event in events]

    assert found("ERROR -level") == ["ERROR one"]
    assert found('{ $.level = "ERROR" }') == ['{"level": "ERROR"}']


@pytest.mark.rule(ALARMS)
def test_errors_in_a_functions_log_raise_an_alarm_that_publishes_to_sns(deploy, server):
    function = deploy(
        "noisy.py", code=archive({"noisy.py": "def handler(event, context):\n    print('BOOM', event)\n"})
    )
    function.invoke()
    log_group = f"/aws/lambda/{function.name}"
    logs, sns, sqs = server.client("logs"), server.client("sns"), server.client("sqs")
    eventually(lambda: logs.describe_log_groups(logGroupNamePrefix=log_group)["logGroups"])
    logs.put_metric_filter(
        logGroupName=log_group,
        filterName="boom",
        filterPattern="BOOM",
        metricTransformations=[{"metricName": "Booms", "metricNamespace": function.name, "metricValue": "1"}],
    )
    function.invoke()
    eventually(lambda: server.client("cloudwatch").list_metrics(Namespace=function.name)["Metrics"])
    topic = sns.create_topic(Name=function.name)["TopicArn"]
    queue = sqs.create_queue(QueueName=function.name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    alarm(server, function.name, function.name, "Booms", topic)
    (message,) = eventually(lambda: sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages"), 60)
    told = json.loads(json.loads(message["Body"])["Message"])
    assert (told["AlarmName"], told["NewStateValue"]) == (function.name, "ALARM")
    server.client("cloudwatch").delete_alarms(AlarmNames=[function.name])
    sns.delete_topic(TopicArn=topic)
    sqs.delete_queue(QueueUrl=queue)


@pytest.mark.rule(ALARM_EVENT)
def test_an_alarm_on_a_percentile_invokes_a_function(deploy, server):
    watched, called = deploy(), deploy(code=archive({"probe.py": "def handler(event, context):\n    print(event)\n"}))
    watched.invoke()
    dimensions = [{"Name": "FunctionName", "Value": watched.name}]
    of = {"Namespace": "AWS/Lambda", "MetricName": "Duration", "Dimensions": dimensions}
    eventually(lambda: server.client("cloudwatch").list_metrics(**of)["Metrics"])
    arn = called.configuration()["FunctionArn"]
    admit(called.client, arn, "lambda.alarms.cloudwatch")
    statistic = {"ExtendedStatistic": "p99", "Dimensions": dimensions}
    alarm(server, watched.name, "AWS/Lambda", "Duration", arn, **statistic)
    logs = server.client("logs")

    def lines():
        group = f"/aws/lambda/{called.name}"
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            return []
        return logs.filter_log_events(logGroupName=group, filterPattern=f'"{watched.name}" alarmData')["events"]

    assert len(eventually(lines, 60)) == 1
    server.client("cloudwatch").delete_alarms(AlarmNames=[watched.name])


CALM = """
import boto3

def handler(event, context):
    name = event["alarmData"]["alarmName"]
    boto3.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="OK", StateReason=context.function_version)
"""


@pytest.mark.rule(ALARM_EVENT)
def test_an_alarm_does_not_wait_for_its_function_nor_for_actions_that_fail(deploy, server):
    """The function changes the alarm, for which it would have to wait itself."""
    called = deploy(code=archive({"probe.py": CALM}), Timeout=60)
    version = called.publish()
    arn = f"{called.configuration()['FunctionArn']}:{version}"
    admit(called.client, arn, "lambda.alarms.cloudwatch")
    cloudwatch = server.client("cloudwatch")
    missing = "arn:aws:sns:us-east-1:000000000000:missing"
    alarm(server, called.name, "none", "none", arn.replace(called.name, "missing"), missing, arn)
    cloudwatch.set_alarm_state(AlarmName=called.name, StateValue="ALARM", StateReason="test")

    def state():
        (one,) = cloudwatch.describe_alarms(AlarmNames=[called.name])["MetricAlarms"]
        return one["StateValue"] == "OK" and one["StateReason"]

    assert eventually(state, 60) == version
    cloudwatch.delete_alarms(AlarmNames=[called.name])


def alarm(server, name, namespace, metric, *actions, **options):
    """On anything above zero."""
    options = options if "ExtendedStatistic" in options else {"Statistic": "Sum", **options}
    server.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName=metric,
        Period=300,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=actions,
        **options,
    )
