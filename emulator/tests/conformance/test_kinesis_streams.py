"""Kinesis streams

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from shards import Stream
from sources import Inbox, consumer, unique

CONCEPTS = "https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html"
CREATE_STREAM = "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html"
RESHARDING = "https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html"
EVENT = "https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html"
CREATE = "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html"
FILTERS = "https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html"
FAILURES = "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"
PARALLEL = "https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html"
WINDOWS = "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html"
PARTIAL = "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html"

ALL = {"BatchSize": 10, "StartingPosition": "TRIM_HORIZON"}


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
    stream = Stream(server, shards=4).active()
    put = stream.put_all(*"abcdef", key="one")
    assert len({record["ShardId"] for record in put}) == 1
    numbers = [int(record["SequenceNumber"]) for record in put]
    assert numbers == sorted(set(numbers))


@pytest.mark.rule(EVENT)
def test_a_function_gets_the_records_of_a_shard_in_order(server, deploy, stream):
    worker = consumer(server, deploy)
    stream.put_all(*map(str, range(25)))
    with worker.mapped(stream.arn, **ALL):
        assert worker.batches(25) == [[str(n) for n in range(start, min(start + 10, 25))] for start in (0, 10, 20)]


@pytest.mark.rule(EVENT)
def test_an_event_has_the_shape_of_the_page(server, deploy, stream):
    worker = consumer(server, deploy)
    (put,) = stream.put_all("hello")
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
    stream.put_all("before")
    with worker.mapped(stream.arn, StartingPosition="LATEST"):
        stream.put_all("after")
        assert worker.texts(1) == ["after"]


@pytest.mark.rule(CREATE)
def test_a_mapping_can_begin_at_a_time(server, deploy, stream):
    worker = consumer(server, deploy)
    stream.put_all("a")
    times = {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": datetime.now(UTC) - timedelta(hours=1)}
    with worker.mapped(stream.arn, **times):
        stream.put_all("b")
        assert worker.texts(2) == ["a", "b"]


@pytest.mark.rule(FILTERS)
def test_a_filter_sees_the_data_decoded_and_the_function_gets_it_as_written(server, deploy, stream):
    worker = consumer(server, deploy)
    written = '{ "kind":"order",  "total": 3 }'
    stream.put_all("no json", '{"kind": "other"}', written)
    filters = {"Filters": [{"Pattern": json.dumps({"data": {"kind": ["order"]}})}]}
    with worker.mapped(stream.arn, **ALL, FilterCriteria=filters):
        assert worker.texts(1) == [written]


@pytest.mark.rule(FAILURES)
def test_what_is_given_up_is_told_to_the_destination(server, deploy, stream):
    worker, lost = consumer(server, deploy), Inbox(server.client("sqs"))
    first, last = stream.put_all("bad", "worse")
    options = {"MaximumRetryAttempts": 0, "DestinationConfig": {"OnFailure": {"Destination": lost.arn}}}
    with worker.mapped(stream.arn, **ALL, **options):
        (record,) = lost.until(1)
        stream.put_all("good")
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
    stream.put_all("a", "bad", "c", "d")
    options = {"MaximumRetryAttempts": 0, "BisectBatchOnFunctionError": True}
    with worker.mapped(stream.arn, **ALL, **options, FunctionResponseTypes=["ReportBatchItemFailures"]):
        stream.put_all("e")
        assert worker.texts(5)[:4] == ["a", "bad", "c", "d"]


@pytest.mark.rule(RESHARDING)
def test_a_child_is_read_after_its_parent(server, deploy, stream):
    worker = consumer(server, deploy)
    stream.put_all(*map(str, range(20)))
    (parent,) = (shard["ShardId"] for shard in stream.describe()["Shards"])
    stream.client.split_shard(StreamName=stream.name, ShardToSplit=parent, NewStartingHashKey=str(2**127))
    put = stream.put_all("child")
    assert put[0]["ShardId"] != parent
    with worker.mapped(stream.arn, **ALL):
        assert worker.texts(21) == [*map(str, range(20)), "child"]


@pytest.mark.rule(PARALLEL)
def test_with_a_parallelization_factor_a_record_that_fails_holds_up_its_own_key_only(server, deploy, stream):
    worker = consumer(server, deploy)
    stream.put_all("bad", "after bad", key="bad")
    for number in range(20):
        stream.put_all(f"good {number}", key=str(number))
    with worker.mapped(stream.arn, BatchSize=1, StartingPosition="TRIM_HORIZON", ParallelizationFactor=10):
        told = worker.reports(lambda told: any("good" in one["texts"][0] for one in told))
    assert ["after bad"] not in [one["texts"] for one in told]


@pytest.mark.rule(PARALLEL)
def test_with_a_parallelization_factor_the_records_of_a_key_keep_their_order(server, deploy, stream):
    worker = consumer(server, deploy)
    for number in range(8):
        for key in "abcd":
            stream.put_all(f"{key}{number}", key=key)
    with worker.mapped(stream.arn, BatchSize=2, StartingPosition="TRIM_HORIZON", ParallelizationFactor=4):
        told = worker.reports(lambda told: sum(len(one["texts"]) for one in told) >= 32)
    texts = [text for one in sorted(told, key=lambda one: one["began"]) for text in one["texts"]]
    assert all([text for text in texts if text[0] == key] == [f"{key}{n}" for n in range(8)] for key in "abcd")


def finals(told):
    return [one for one in told if one["isFinalInvokeForWindow"]]


@pytest.mark.rule(WINDOWS)
def test_the_batches_of_a_tumbling_window_share_a_state_and_end_with_an_invocation_without_records(
    server, deploy, stream
):
    worker = consumer(server, deploy)
    (put, *_) = stream.put_all(*"abc")
    options = {"BatchSize": 1, "StartingPosition": "TRIM_HORIZON", "TumblingWindowInSeconds": 1}
    with worker.mapped(stream.arn, **options):
        told = worker.reports(lambda told: sum(len(one["before"]) for one in finals(told)) >= 3)
    for final in finals(told):
        (*batches, last) = [one for one in told if one["window"] == final["window"]]
        assert (last, last["texts"]) == (final, [])
        seen = [text for one in batches for text in one["texts"]]
        assert [one["before"] for one in [*batches, last]] == [seen[:n] for n in range(len(seen) + 1)]
    assert {(one["shardId"], one["eventSourceARN"]) for one in told} == {(put["ShardId"], stream.arn)}
    assert not any(one["isWindowTerminatedEarly"] for one in told)


@pytest.mark.rule(WINDOWS)
def test_a_record_belongs_to_the_window_of_the_time_it_was_written(server, deploy, stream):
    worker = consumer(server, deploy)
    stream.put_all("a")
    (record,) = stream.records(stream.iterator())
    written = record["ApproximateArrivalTimestamp"]
    with worker.mapped(stream.arn, **ALL, TumblingWindowInSeconds=60):
        (told,) = worker.reports(bool)
    begin = written.astimezone(UTC).replace(second=0, microsecond=0)
    times = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (begin, begin + timedelta(minutes=1))]
    assert told["window"] == dict(zip(("start", "end"), times, strict=True))


@pytest.mark.rule(WINDOWS)
def test_a_window_whose_state_exceeds_1_mb_ends_early_and_goes_on_with_a_fresh_state(server, deploy, stream):
    worker = consumer(server, deploy)
    stream.put_all("big", "after")
    options = {"BatchSize": 1, "StartingPosition": "TRIM_HORIZON", "TumblingWindowInSeconds": 900}
    with worker.mapped(stream.arn, **options):
        told = worker.reports(lambda told: any(one["texts"] == ["after"] for one in told))
    assert [(one["texts"], one["before"], one["isWindowTerminatedEarly"]) for one in told] == [
        (["big"], [], False),
        ([], ["big"], True),
        (["after"], [], False),
    ]


@pytest.mark.rule(WINDOWS)
def test_an_answer_without_a_state_is_a_failure(server, deploy, stream):
    worker, lost = consumer(server, deploy, variables={"STATELESS": "1"}), Inbox(server.client("sqs"))
    stream.put_all("a")
    options = {"MaximumRetryAttempts": 0, "DestinationConfig": {"OnFailure": {"Destination": lost.arn}}}
    with worker.mapped(stream.arn, **ALL, **options, TumblingWindowInSeconds=900):
        (record,) = lost.until(1)
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
