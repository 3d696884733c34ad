"""Kinesis streams

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from deployed import eventually
from sources import Inbox, consumer, unique

CONCEPTS = "https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html"
CREATE_STREAM = "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html"
RESHARDING = "https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html"
EVENT = "https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html"
CREATE = "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html"
FILTERS = "https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html"
FAILURES = "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"
PARTIAL = "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html"

ALL = {"BatchSize": 10, "StartingPosition": "TRIM_HORIZON"}


class Stream:
    """An active stream."""

    def __init__(self, server, shards=1):
        self.client = server.client("kinesis")
        self.name = unique("stream")
        self.client.create_stream(StreamName=self.name, ShardCount=shards)
        eventually(lambda: self.describe()["StreamStatus"] == "ACTIVE")
        self.arn = self.describe()["StreamARN"]

    def describe(self):
        return self.client.describe_stream(StreamName=self.name)["StreamDescription"]

    def put(self, *data, key="k"):
        records = [{"Data": one.encode(), "PartitionKey": key} for one in data]
        return self.client.put_records(StreamName=self.name, Records=records)["Records"]


@pytest.fixture
def stream(server):
    made = Stream(server)
    yield made
    made.client.delete_stream(StreamName=made.name)


@pytest.mark.rule(CREATE_STREAM)
def test_a_stream_is_creating_before_it_is_active(server):
    client = server.client("kinesis")
    name = unique("stream")
    client.create_stream(StreamName=name, ShardCount=2)
    assert client.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamStatus"] == "CREATING"
    client.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 400})
    assert len(client.list_shards(StreamName=name)["Shards"]) == 2


@pytest.mark.rule(CONCEPTS)
def test_a_partition_key_stays_in_one_shard_and_its_numbers_rise(server):
    stream = Stream(server, shards=4)
    put = stream.put(*"abcdef", key="one")
    assert len({record["ShardId"] for record in put}) == 1
    numbers = [int(record["SequenceNumber"]) for record in put]
    assert numbers == sorted(set(numbers))


@pytest.mark.rule(EVENT)
def test_a_function_gets_the_records_of_a_shard_in_order(server, deploy, stream):
    worker = consumer(server, deploy)
    stream.put(*map(str, range(25)))
    with worker.mapped(stream.arn, **ALL):
        assert worker.batches(25) == [[str(n) for n in range(start, min(start + 10, 25))] for start in (0, 10, 20)]


@pytest.mark.rule(EVENT)
def test_an_event_has_the_shape_of_the_page(server, deploy, stream):
    worker = consumer(server, deploy)
    (put,) = stream.put("hello")
    with worker.mapped(stream.arn, **ALL):
        record = worker.first()
    kinesis = record.pop("kinesis")
    assert kinesis.pop("approximateArrivalTimestamp") > 0
    assert kinesis == {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": "k",
        "sequenceNumber": put["SequenceNumber"],
        "data": base64.b64encode(b"hello").decode(),
    }
    assert record == {
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{put['ShardId']}:{put['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:aws:iam::000000000000:role/test",
        "awsRegion": "us-east-1",
        "eventSourceARN": stream.arn,
    }


@pytest.mark.rule(CREATE)
def test_latest_begins_with_what_is_written_after_the_mapping(server, deploy, stream):
    worker = consumer(server, deploy)
    stream.put("before")
    with worker.mapped(stream.arn, StartingPosition="LATEST"):
        stream.put("after")
        assert worker.texts(1) == ["after"]


@pytest.mark.rule(CREATE)
def test_a_mapping_can_begin_at_a_time(server, deploy, stream):
    worker = consumer(server, deploy)
    stream.put("a")
    times = {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": datetime.now(UTC) - timedelta(hours=1)}
    with worker.mapped(stream.arn, **times):
        stream.put("b")
        assert worker.texts(2) == ["a", "b"]


@pytest.mark.rule(FILTERS)
def test_a_filter_sees_the_data_decoded_and_the_function_gets_it_as_written(server, deploy, stream):
    worker = consumer(server, deploy)
    written = '{ "kind":"order",  "total": 3 }'
    stream.put("no json", '{"kind": "other"}', written)
    filters = {"Filters": [{"Pattern": json.dumps({"data": {"kind": ["order"]}})}]}
    with worker.mapped(stream.arn, **ALL, FilterCriteria=filters):
        assert worker.texts(1) == [written]


@pytest.mark.rule(FAILURES)
def test_what_is_given_up_is_told_to_the_destination(server, deploy, stream):
    worker, lost = consumer(server, deploy), Inbox(server.client("sqs"))
    first, last = stream.put("bad", "worse")
    options = {"MaximumRetryAttempts": 0, "DestinationConfig": {"OnFailure": {"Destination": lost.arn}}}
    with worker.mapped(stream.arn, **ALL, **options):
        (record,) = lost.until(1)
        stream.put("good")
        assert worker.batches(3) == [["bad", "worse"], ["good"]]
    batch = record["KinesisBatchInfo"]
    assert (batch["shardId"], batch["batchSize"], batch["streamArn"]) == (first["ShardId"], 2, stream.arn)
    assert (batch["startSequenceNumber"], batch["endSequenceNumber"]) == (
        first["SequenceNumber"],
        last["SequenceNumber"],
    )
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"


@pytest.mark.rule(PARTIAL)
def test_a_split_batch_begins_at_the_failure_that_is_reported(server, deploy, stream):
    worker = consumer(server, deploy, variables={"REPORT": "1"})
    stream.put("a", "bad", "c", "d")
    options = {"MaximumRetryAttempts": 0, "BisectBatchOnFunctionError": True}
    with worker.mapped(stream.arn, **ALL, **options, FunctionResponseTypes=["ReportBatchItemFailures"]):
        stream.put("e")
        assert worker.texts(5)[:4] == ["a", "bad", "c", "d"]


@pytest.mark.rule(RESHARDING)
def test_a_child_is_read_after_its_parent(server, deploy, stream):
    worker = consumer(server, deploy)
    stream.put(*map(str, range(20)))
    (parent,) = (shard["ShardId"] for shard in stream.describe()["Shards"])
    stream.client.split_shard(StreamName=stream.name, ShardToSplit=parent, NewStartingHashKey=str(2**127))
    put = stream.put("child")
    assert put[0]["ShardId"] != parent
    with worker.mapped(stream.arn, **ALL):
        assert worker.texts(21) == [*map(str, range(20)), "child"]
