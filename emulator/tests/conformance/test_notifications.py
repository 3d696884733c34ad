"""Notifications: SNS, S3 and EventBridge

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from sources import Inbox, consumer, unique

SNS_EVENT = "https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html"
SNS_FILTERS = "https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html"
SNS_RAW = "https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html"
S3_EVENT = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html"
S3_FILTERS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html"
RULES = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html"
BUSES = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html"
TRANSFORMERS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"
SCHEDULES = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html"


@pytest.fixture
def worker(server, deploy):
    """A function that any service may invoke."""
    made = consumer(server, deploy)
    for service in ("sns", "s3", "events"):
        made.function.client.add_permission(
            FunctionName=made.function.name,
            StatementId=service,
            Action="lambda:InvokeFunction",
            Principal=f"{service}.amazonaws.com",
        )
    return made


@pytest.fixture
def inbox(server):
    return Inbox(server.client("sqs"))


class Topic:
    """A topic."""

    def __init__(self, server):
        self.client = server.client("sns")
        self.arn = self.client.create_topic(Name=unique("topic"))["TopicArn"]

    def subscribe(self, protocol, endpoint, **attributes):
        options = {"Protocol": protocol, "Endpoint": endpoint, "Attributes": attributes}
        return self.client.subscribe(TopicArn=self.arn, ReturnSubscriptionArn=True, **options)["SubscriptionArn"]

    def publish(self, message, **attributes):
        values = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        return self.client.publish(TopicArn=self.arn, Message=message, Subject="about", MessageAttributes=values)


@pytest.fixture
def topic(server):
    return Topic(server)


@pytest.mark.rule(SNS_EVENT)
def test_a_topic_gives_a_function_one_record_with_the_message(worker, topic):
    subscription = topic.subscribe("lambda", worker.arn)
    published = topic.publish("hello", kind="greeting")
    record = worker.first()
    assert (record["EventSource"], record["EventVersion"]) == ("aws:sns", "1.0")
    assert record["EventSubscriptionArn"] == subscription
    message = record["Sns"]
    assert (message["Message"], message["Subject"], message["Type"]) == ("hello", "about", "Notification")
    assert (message["MessageId"], message["TopicArn"]) == (published["MessageId"], topic.arn)
    assert message["MessageAttributes"] == {"kind": {"Type": "String", "Value": "greeting"}}


@pytest.mark.rule(SNS_FILTERS)
def test_a_filter_policy_is_about_attributes(worker, topic):
    topic.subscribe("lambda", worker.arn, FilterPolicy=json.dumps({"kind": ["order", {"prefix": "pre"}]}))
    for kind in ("other", "order", "prefixed"):
        topic.publish(kind, kind=kind)
    assert sorted(worker.texts(2)) == ["order", "prefixed"]


@pytest.mark.rule(SNS_FILTERS)
def test_a_filter_policy_can_be_about_the_message(topic, inbox):
    policy = {"FilterPolicy": json.dumps({"total": [{"numeric": [">", 10]}]}), "FilterPolicyScope": "MessageBody"}
    topic.subscribe("sqs", inbox.arn, RawMessageDelivery="true", **policy)
    for total in (5, 50):
        topic.publish(json.dumps({"total": total}))
    assert inbox.until(1) == [{"total": 50}]


@pytest.mark.rule(SNS_RAW)
def test_a_queue_gets_the_bare_message_only_if_it_asks(server, topic, inbox):
    wrapped = Inbox(server.client("sqs"))
    topic.subscribe("sqs", inbox.arn, RawMessageDelivery="true")
    topic.subscribe("sqs", wrapped.arn)
    topic.publish('{"n": 1}')
    assert inbox.until(1) == [{"n": 1}]
    (envelope,) = wrapped.until(1)
    assert (envelope["Type"], envelope["TopicArn"], envelope["Message"]) == ("Notification", topic.arn, '{"n": 1}')


@pytest.fixture
def bucket(server):
    client, name = server.client("s3"), unique("notifying")
    client.create_bucket(Bucket=name)
    return name


def notify(client, bucket, arn, events, **rules):
    """Tell a function of a bucket's events."""
    configuration = {"LambdaFunctionArn": arn, "Events": events}
    if rules:
        names = [{"Name": name, "Value": value} for name, value in rules.items()]
        configuration["Filter"] = {"Key": {"FilterRules": names}}
    whole = {"LambdaFunctionConfigurations": [configuration]}
    client.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=whole)


@pytest.mark.rule(S3_EVENT)
def test_a_new_object_is_told_to_a_function(server, worker, bucket):
    client = server.client("s3")
    notify(client, bucket, worker.arn, ["s3:ObjectCreated:*"])
    client.put_object(Bucket=bucket, Key="a key/with ünicode", Body=b"hello")
    record = worker.first()
    assert (record["eventSource"], record["eventName"]) == ("aws:s3", "ObjectCreated:Put")
    assert record["s3"]["bucket"]["name"] == bucket
    assert (record["s3"]["object"]["key"], record["s3"]["object"]["size"]) == ("a+key/with+%C3%BCnicode", 5)


@pytest.mark.rule(S3_FILTERS)
def test_a_notification_can_be_for_a_prefix_and_a_suffix(server, worker, bucket):
    client = server.client("s3")
    notify(client, bucket, worker.arn, ["s3:ObjectCreated:*"], prefix="in/", suffix=".json")
    for key in ("out/a.json", "in/b.txt", "in/c.json"):
        client.put_object(Bucket=bucket, Key=key, Body=b"{}")
    assert worker.texts(1) == ["in/c.json"]


@pytest.mark.rule(S3_EVENT)
def test_a_removed_object_is_told_only_to_who_asked_for_it(server, worker, bucket):
    client = server.client("s3")
    notify(client, bucket, worker.arn, ["s3:ObjectRemoved:*"])
    client.put_object(Bucket=bucket, Key="k", Body=b"")
    client.delete_object(Bucket=bucket, Key="k")
    assert worker.first()["eventName"] == "ObjectRemoved:Delete"


class Rule:
    """A rule with one target."""

    def __init__(self, server, pattern, target, bus="default", **options):
        self.client = server.client("events")
        self.name = unique("rule")
        self.bus = bus
        self.client.put_rule(Name=self.name, EventPattern=json.dumps(pattern), EventBusName=bus)
        self.client.put_targets(Rule=self.name, EventBusName=bus, Targets=[{"Id": "1", "Arn": target, **options}])

    def send(self, source, *details):
        entry = {"Source": source, "DetailType": "told", "EventBusName": self.bus}
        self.client.put_events(Entries=[{**entry, "Detail": json.dumps(detail)} for detail in details])


@pytest.mark.rule(RULES)
def test_a_rule_invokes_a_function_for_the_events_that_match(server, worker):
    source = unique("source")
    pattern = {"source": [source], "detail": {"total": [{"numeric": [">", 10]}], "kind": [{"anything-but": "test"}]}}
    rule = Rule(server, pattern, worker.arn)
    totals = [{"total": 1, "kind": "order"}, {"total": 100, "kind": "test"}, {"total": 100, "kind": "order"}]
    rule.send(source, *totals)
    event = worker.first()
    assert event.keys() == {
        "version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail",
    }  # fmt: skip
    assert (event["source"], event["detail-type"], event["detail"]) == (source, "told", totals[2])


@pytest.mark.rule(BUSES)
def test_a_bus_has_events_of_its_own(server, inbox):
    source, bus = unique("source"), unique("bus")
    server.client("events").create_event_bus(Name=bus)
    rule = Rule(server, {"source": [source]}, inbox.arn, bus)
    rule.client.put_events(Entries=[{"Source": source, "DetailType": "told", "Detail": '{"bus": "default"}'}])
    rule.send(source, {"bus": "own"})
    assert [event["detail"] for event in inbox.until(1)] == [{"bus": "own"}]


@pytest.mark.rule(TRANSFORMERS)
def test_an_input_transformer_shapes_what_the_target_gets(server, inbox):
    source = unique("source")
    transformer = {
        "InputPathsMap": {"n": "$.detail.n", "from": "$.source"},
        "InputTemplate": '{"got": <n>, "from": <from>}',
    }
    rule = Rule(server, {"source": [source]}, inbox.arn, InputTransformer=transformer)
    rule.send(source, {"n": 7})
    assert inbox.until(1) == [{"got": 7, "from": source}]


@pytest.mark.rule(SCHEDULES)
@pytest.mark.parametrize(
    "expression", ["rate(1 minutes)", "rate(5 minute)", "rate(0 minutes)", "cron(0 12 * * * *)", "12:00"]
)
def test_a_rule_with_no_schedule_expression_is_refused(server, expression):
    with pytest.raises(ClientError, match="Parameter ScheduleExpression is not valid") as error:
        server.client("events").put_rule(Name=unique("rule"), ScheduleExpression=expression)
    assert error.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.rule(BUSES)
def test_schedules_are_for_the_default_bus(server):
    client, bus = server.client("events"), unique("bus")
    client.create_event_bus(Name=bus)
    with pytest.raises(ClientError, match="only on the default event bus"):
        client.put_rule(Name=unique("rule"), EventBusName=bus, ScheduleExpression="rate(1 minute)")
