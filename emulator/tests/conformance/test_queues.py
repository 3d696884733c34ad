"""Queues as event sources

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from deployed import eventually
from sources import Inbox, consumer, unique

EVENT = "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"
CONFIGURE = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
SCALING = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"
ERRORS = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html"
FILTERS = "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html"
REDRIVE = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
CREATE = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"


class Queue(Inbox):
    """A queue that a function reads."""

    def __init__(self, server, suffix="", **attributes):
        self.attributes = {"VisibilityTimeout": "30", **attributes}
        self.suffix = suffix
        super().__init__(server.client("sqs"), unique("source") + suffix)

    def __post_init__(self):
        self.url = self.client.create_queue(QueueName=self.name, Attributes=self.attributes)["QueueUrl"]

    def send(self, *bodies, **options):
        for body in bodies:
            self.client.send_message(QueueUrl=self.url, MessageBody=body, **options)

    def left(self):
        """How many messages it holds, visible or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)


def refused(worker, queue, **options):
    """The code and the words of the error."""
    create = worker.function.client.create_event_source_mapping
    with pytest.raises(ClientError) as error:
        create(FunctionName=worker.function.name, EventSourceArn=queue.arn, **options)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


@pytest.mark.rule(EVENT)
def test_messages_of_a_batch_that_succeeds_are_deleted(server, deploy):
    worker, queue = consumer(server, deploy), Queue(server)
    queue.send(*"abcde")
    with worker.mapped(queue.arn, BatchSize=2):
        batches = worker.batches(5)
        eventually(lambda: queue.left() == 0)
    assert max(len(batch) for batch in batches) <= 2
    assert sorted(text for batch in batches for text in batch) == list("abcde")


@pytest.mark.rule(EVENT)
def test_a_mapping_that_is_switched_off_hands_over_nothing_more(server, deploy):
    worker, queue = consumer(server, deploy), Queue(server)
    client = worker.function.client
    with worker.mapped(queue.arn) as mapping:
        queue.send("before")
        eventually(lambda: worker.texts(1) == ["before"])
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        queue.send(*"abc")
        eventually(lambda: client.get_event_source_mapping(UUID=mapping["UUID"])["State"] == "Disabled")
        eventually(lambda: queue.left() == 3)
        assert worker.texts(1) == ["before"]


@pytest.mark.rule(EVENT)
def test_an_event_has_the_shape_of_the_page(server, deploy):
    worker, queue = consumer(server, deploy), Queue(server)
    queue.send("hello", MessageAttributes={"kind": {"DataType": "String", "StringValue": "greeting"}})
    with worker.mapped(queue.arn):
        record = worker.first()
    assert record["attributes"].keys() >= {
        "ApproximateReceiveCount", "SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp",
    }  # fmt: skip
    assert (record["body"], record["eventSource"], record["eventSourceARN"]) == ("hello", "aws:sqs", queue.arn)
    assert record["messageAttributes"]["kind"]["stringValue"] == "greeting"
    assert {"messageId", "receiptHandle", "md5OfBody", "awsRegion"} <= record.keys()


@pytest.mark.rule(CONFIGURE)
def test_a_batch_of_more_than_ten_needs_a_window(server, deploy):
    worker, queue = consumer(server, deploy), Queue(server)
    code, words = refused(worker, queue, BatchSize=20)
    assert code == "InvalidParameterValueException"
    assert "Maximum batch window in seconds must be greater than 0" in words
    queue.send(*map(str, range(12)))
    with worker.mapped(queue.arn, BatchSize=12, MaximumBatchingWindowInSeconds=60):
        assert [len(batch) for batch in worker.batches(12)] == [12]


@pytest.mark.rule(CONFIGURE)
def test_the_visibility_timeout_is_not_below_the_functions_timeout(server, deploy):
    worker, queue = consumer(server, deploy), Queue(server, VisibilityTimeout="5")
    words = "Queue visibility timeout: 5 seconds is less than Function timeout: 10 seconds"
    assert refused(worker, queue) == ("InvalidParameterValueException", words)


@pytest.mark.rule(ERRORS)
def test_only_the_messages_that_are_reported_come_back(server, deploy):
    worker = consumer(server, deploy, variables={"REPORT": "1"}, timeout=2)
    queue = Queue(server, VisibilityTimeout="2")
    queue.send("good", "bad")
    with worker.mapped(queue.arn, FunctionResponseTypes=["ReportBatchItemFailures"]):
        told = worker.texts(3)
    assert told.count("good") == 1
    assert told.count("bad") == 2


@pytest.mark.rule(REDRIVE)
def test_a_message_received_too_often_moves_to_the_dead_letter_queue(server, deploy):
    worker, dead = consumer(server, deploy, timeout=1), Inbox(server.client("sqs"))
    policy = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
    queue = Queue(server, VisibilityTimeout="1", RedrivePolicy=policy)
    queue.send('"bad"')
    with worker.mapped(queue.arn):
        assert dead.until(1) == ["bad"]
        assert worker.texts(1) == ['"bad"']
    assert queue.left() == 0


@pytest.mark.rule(SCALING)
def test_no_more_batches_at_a_time_than_the_maximum_concurrency(server, deploy):
    worker, queue = consumer(server, deploy), Queue(server)
    queue.send(*(f"slow {n}" for n in range(6)))
    with worker.mapped(queue.arn, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2}):
        told = worker.reports(lambda told: len(told) == 6)
    at_a_time = [sum(other["began"] <= one["began"] < other["ended"] for other in told) for one in told]
    assert max(at_a_time) == 2


@pytest.mark.rule(SCALING)
def test_the_maximum_concurrency_is_at_most_a_thousand(server, deploy):
    worker, queue = consumer(server, deploy), Queue(server)
    code, words = refused(worker, queue, ScalingConfig={"MaximumConcurrency": 1001})
    assert code == "ValidationException"
    assert "'scalingConfig.maximumConcurrency' failed to satisfy constraint" in words


@pytest.mark.rule(EVENT)
def test_a_fifo_queue_keeps_the_order_of_each_group(server, deploy):
    worker, queue = consumer(server, deploy), Queue(server, ".fifo", FifoQueue="true", ContentBasedDeduplication="true")
    for n in range(4):
        for group in "ab":
            queue.send(f"{group}{n} slow" if n == 0 else f"{group}{n}", MessageGroupId=group)
    with worker.mapped(queue.arn, BatchSize=2):
        told = worker.texts(8)
    for group in "ab":
        assert [text[:2] for text in told if text[0] == group] == [f"{group}{n}" for n in range(4)]


@pytest.mark.rule(CONFIGURE)
def test_a_fifo_queue_has_no_window_and_batches_up_to_ten(server, deploy):
    worker, queue = consumer(server, deploy), Queue(server, ".fifo", FifoQueue="true")
    for options in ({"MaximumBatchingWindowInSeconds": 1}, {"BatchSize": 11}):
        assert refused(worker, queue, **options)[0] == "InvalidParameterValueException"


@pytest.mark.rule(FILTERS)
def test_messages_that_do_not_match_are_deleted(server, deploy):
    worker, queue = consumer(server, deploy), Queue(server)
    queue.send("no json", '{"kind": "other"}', '{"kind":  "order"}')
    filters = {"Filters": [{"Pattern": json.dumps({"body": {"kind": ["order"]}})}]}
    with worker.mapped(queue.arn, FilterCriteria=filters):
        assert worker.texts(1) == ['{"kind":  "order"}']
        eventually(lambda: queue.left() == 0)


@pytest.mark.rule(CREATE)
def test_options_of_streams_are_refused(server, deploy):
    worker, queue = consumer(server, deploy), Queue(server)
    words = "Unsupported 'bisectBatchOnFunctionError' parameter for given event source mapping type."
    assert refused(worker, queue, BisectBatchOnFunctionError=True) == ("InvalidParameterValueException", words)
