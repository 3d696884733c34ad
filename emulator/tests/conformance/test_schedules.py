"""EventBridge Scheduler

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from deployed import eventually
from sources import Inbox, consumer, unique

TYPES = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"
CREATE = "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html"
TARGETS = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html"
UNIVERSAL = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html"
ATTRIBUTES = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html"
DEAD_LETTERS = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html"
STATE = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-state.html"
DELETE = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-delete.html"
GROUPS = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-group.html"

ROLE = "arn:aws:iam::000000000000:role/test"
OFF = {"Mode": "OFF"}


@pytest.fixture
def client(server):
    return server.client("scheduler")


@pytest.fixture
def inbox(server):
    return Inbox(server.client("sqs"))


def at(seconds=1, zone=UTC):
    """In so many seconds."""
    return (datetime.now(zone) + timedelta(seconds=seconds)).strftime("at(%Y-%m-%dT%H:%M:%S)")


def schedule(client, arn, expression="rate(1 hour)", target=None, **options):
    """Create one; its name."""
    name = unique("schedule")
    target = {"Arn": arn, "RoleArn": ROLE, **(target or {})}
    options = {"FlexibleTimeWindow": OFF, **options}
    client.create_schedule(Name=name, ScheduleExpression=expression, Target=target, **options)
    return name


def refused(client, arn, expression="rate(1 hour)", **options):
    """The words of the refusal."""
    with pytest.raises(ClientError) as error:
        schedule(client, arn, expression, **options)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    return error.value.response["Error"]["Message"]


@pytest.mark.rule(TYPES)
def test_a_one_time_schedule_invokes_a_function_with_the_event_of_the_page(server, deploy, client):
    worker = consumer(server, deploy)
    name = schedule(client, worker.arn, at())
    event = worker.first()
    assert (event["source"], event["detail-type"]) == ("aws.scheduler", "Scheduled Event")
    assert event["resources"] == [client.get_schedule(Name=name)["Arn"]]
    assert client.get_schedule(Name=name)["ActionAfterCompletion"] == "NONE"


@pytest.mark.rule(TYPES)
def test_a_rate_without_a_start_begins_at_once(client, inbox):
    schedule(client, inbox.arn, "rate(1 hour)", {"Input": "{}"})
    assert inbox.until(1) == [{}]


@pytest.mark.rule(TYPES)
def test_a_time_is_read_in_the_time_zone_of_the_schedule(client, inbox):
    there = datetime.now(UTC) + timedelta(hours=9, seconds=1)
    expression = there.strftime("at(%Y-%m-%dT%H:%M:%S)")
    schedule(client, inbox.arn, expression, {"Input": "{}"}, ScheduleExpressionTimezone="Asia/Tokyo")
    assert inbox.until(1) == [{}]


@pytest.mark.rule(ATTRIBUTES)
def test_context_attributes_are_filled_in(client, inbox):
    names = ("schedule-arn", "scheduled-time", "execution-id", "attempt-number")
    text = json.dumps({name: f"<aws.scheduler.{name}>" for name in names})
    expression = at()
    name = schedule(client, inbox.arn, expression, {"Input": text})
    (told,) = inbox.until(1)
    assert told["schedule-arn"] == client.get_schedule(Name=name)["Arn"]
    assert (told["scheduled-time"], told["attempt-number"]) == (expression[3:-1] + "Z", "1")
    assert told["execution-id"]


@pytest.mark.rule(TARGETS)
def test_a_topic_is_a_target(server, client, inbox):
    sns = server.client("sns")
    topic = sns.create_topic(Name=unique("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=inbox.arn, Attributes={"RawMessageDelivery": "true"})
    schedule(client, topic, target={"Input": '{"by": "topic"}'})
    assert inbox.until(1) == [{"by": "topic"}]


@pytest.mark.rule(TARGETS)
def test_an_event_bus_is_a_target(server, client, inbox):
    events = server.client("events")
    rule, source = unique("rule"), unique("source")
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": [source]}))
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": inbox.arn}])
    bus = events.describe_event_bus()["Arn"]
    assert "EventBridgeParameters" in refused(client, bus, target={"Input": "{}"})
    parameters = {"EventBridgeParameters": {"Source": source, "DetailType": "tick"}}
    schedule(client, bus, target={"Input": '{"n": 1}', **parameters})
    (event,) = inbox.until(1)
    assert (event["detail-type"], event["detail"]) == ("tick", {"n": 1})


@pytest.mark.rule(TARGETS)
def test_a_state_machine_is_a_target(server, client):
    states = server.client("stepfunctions")
    definition = json.dumps({"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}})
    machine = states.create_state_machine(name=unique("machine"), definition=definition, roleArn=ROLE)[
        "stateMachineArn"
    ]
    schedule(client, machine, target={"Input": '{"n": 1}'})
    (execution,) = eventually(lambda: states.list_executions(stateMachineArn=machine)["executions"], 60)
    assert json.loads(states.describe_execution(executionArn=execution["executionArn"])["input"]) == {"n": 1}


@pytest.mark.rule(UNIVERSAL)
def test_any_operation_is_a_target(client, inbox):
    parameters = json.dumps({"QueueUrl": inbox.url, "MessageBody": '{"by": "operation"}'})
    schedule(client, "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", target={"Input": parameters})
    assert inbox.until(1) == [{"by": "operation"}]


@pytest.mark.rule(DEAD_LETTERS)
def test_what_cannot_be_delivered_goes_to_the_dead_letter_queue_after_its_retries(client, inbox):
    missing = inbox.arn + "-missing"
    policy = {"RetryPolicy": {"MaximumRetryAttempts": 1}, "DeadLetterConfig": {"Arn": inbox.arn}, "Input": '{"n": 1}'}
    name = schedule(client, missing, target=policy)
    options = {"QueueUrl": inbox.url, "MessageAttributeNames": ["All"], "WaitTimeSeconds": 20}
    (message,) = inbox.client.receive_message(**options)["Messages"]
    told = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert message["Body"] == '{"n": 1}'
    assert (told["EXHAUSTED_RETRY_CONDITION"], told["RETRY_ATTEMPTS"]) == ("MaximumRetryAttempts", "1")
    assert told["ERROR_CODE"] == "AWS.SimpleQueueService.NonExistentQueue"
    assert (told["SCHEDULE_ARN"], told["TARGET_ARN"]) == (client.get_schedule(Name=name)["Arn"], missing)
    assert {"ERROR_MESSAGE", "EXECUTION_ID", "IS_PAYLOAD_TRUNCATED", "SCHEDULED_TIME"} <= told.keys()


@pytest.mark.rule(STATE)
def test_a_disabled_schedule_does_not_invoke_until_it_is_enabled(client, inbox):
    target = {"Arn": inbox.arn, "RoleArn": ROLE}
    name = schedule(client, inbox.arn, at(0), {"Input": '"disabled"'}, State="DISABLED")
    assert client.get_schedule(Name=name)["State"] == "DISABLED"
    enabled = {"State": "ENABLED", "Target": {**target, "Input": '"enabled"'}}
    client.update_schedule(Name=name, ScheduleExpression=at(), FlexibleTimeWindow=OFF, **enabled)
    assert inbox.until(1) == ["enabled"]


@pytest.mark.rule(DELETE)
def test_a_schedule_can_delete_itself_after_its_last_invocation(client, inbox):
    name = schedule(client, inbox.arn, at(), {"Input": "{}"}, ActionAfterCompletion="DELETE")
    assert inbox.until(1) == [{}]
    names = [one["Name"] for one in client.list_schedules(NamePrefix=name)["Schedules"]]
    assert names == []


@pytest.mark.rule(CREATE)
def test_a_recurring_schedule_ends_with_its_end_date(client, inbox):
    end = datetime.now(UTC) + timedelta(hours=1)
    options = {"EndDate": end, "ActionAfterCompletion": "DELETE"}
    name = schedule(client, inbox.arn, "rate(1 day)", {"Input": "{}"}, **options)
    assert inbox.until(1) == [{}]
    eventually(lambda: not client.list_schedules(NamePrefix=name)["Schedules"])


@pytest.mark.rule(CREATE)
@pytest.mark.parametrize(
    "expression",
    [
        "rate(0 minutes)",
        "rate(5 weeks)",
        "cron(0 12 * * * *)",
        "cron(0 25 * * ? *)",
        "at(2026-13-01T00:00:00)",
        "12:00",
    ],
)
def test_what_is_no_schedule_expression_is_refused(client, inbox, expression):
    assert refused(client, inbox.arn, expression) == f"Invalid Schedule Expression {expression}."


@pytest.mark.rule(CREATE)
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Timezone Mars/Olympus"),
        (
            {"StartDate": datetime(2020, 1, 1, tzinfo=UTC)},
            "StartDate you specify cannot be earlier than 5 minutes ago.",
        ),
        ({"EndDate": datetime(2020, 1, 1, tzinfo=UTC)}, "EndDate"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "MaximumWindowInMinutes"),
        ({"FlexibleTimeWindow": {"Mode": "OFF", "MaximumWindowInMinutes": 5}}, "MaximumWindowInMinutes"),
        ({"target": {"RetryPolicy": {"MaximumRetryAttempts": 186}}}, "target.retryPolicy.maximumRetryAttempts"),
    ],
)
def test_what_makes_no_sense_is_refused(client, inbox, options, words):
    assert words in refused(client, inbox.arn, **options)


@pytest.mark.rule(GROUPS)
def test_names_are_unique_within_a_group_and_go_with_it(client, inbox):
    group = unique("group")
    client.create_schedule_group(Name=group)
    name = schedule(client, inbox.arn, State="DISABLED")
    options = {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": OFF, "State": "DISABLED"}
    target = {"Arn": inbox.arn, "RoleArn": ROLE}
    client.create_schedule(Name=name, GroupName=group, Target=target, **options)
    with pytest.raises(client.exceptions.ConflictException):
        client.create_schedule(Name=name, GroupName=group, Target=target, **options)
    client.delete_schedule_group(Name=group)
    assert client.get_schedule(Name=name)["GroupName"] == "default"
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.create_schedule(Name=name, GroupName=group, Target=target, **options)
