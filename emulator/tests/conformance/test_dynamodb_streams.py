"""DynamoDB streams

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError
from shards import Table
from sources import Inbox, consumer, unique

STREAMS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html"
RECORD = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html"
EVENT = "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"
FILTERS = "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html"
ERRORS = "https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html"
PARALLEL = "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"
WINDOWS = "https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html"
PARTIAL = "https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html"
CREATE = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"

ALL = {"BatchSize": 10, "StartingPosition": "TRIM_HORIZON"}


@pytest.mark.rule(RECORD)
@pytest.mark.parametrize(
    ("view", "images"),
    [
        ("KEYS_ONLY", set()),
        ("NEW_IMAGE", {"NewImage"}),
        ("OLD_IMAGE", {"OldImage"}),
        ("NEW_AND_OLD_IMAGES", {"NewImage", "OldImage"}),
    ],
)
def test_the_view_type_says_which_images_a_record_holds(server, view, images):
    table = Table(server, view=view)
    table.put("a")
    table.put("a", n={"N": "1"})
    modified = table.records()[1]["dynamodb"]
    assert images == modified.keys() & {"NewImage", "OldImage"}
    assert modified["StreamViewType"] == view


@pytest.mark.rule(EVENT)
def test_a_function_gets_the_records_in_the_order_of_the_writes(server, deploy, table):
    worker = consumer(server, deploy)
    table.put(*map(str, range(25)))
    with worker.mapped(table.arn, **ALL):
        batches = worker.batches(25)
    assert [text for batch in batches for text in batch] == [str(n) for n in range(25)]
    assert [len(batch) for batch in batches] == [10, 10, 5]


@pytest.mark.rule(EVENT)
def test_an_event_has_the_shape_of_the_page(server, deploy, table):
    worker = consumer(server, deploy)
    table.put("a", binary={"B": b"\x00\xff"})
    with worker.mapped(table.arn, **ALL):
        record = worker.first()
    assert record.keys() == {
        "eventID", "eventName", "eventVersion", "eventSource", "awsRegion", "dynamodb", "eventSourceARN",
    }  # fmt: skip
    assert (record["eventName"], record["eventVersion"], record["eventSource"]) == ("INSERT", "1.1", "aws:dynamodb")
    assert (record["awsRegion"], record["eventSourceARN"]) == ("us-east-1", table.arn)
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "a"}, "binary": {"B": "AP8="}}
    assert "OldImage" not in record["dynamodb"]


@pytest.mark.rule(CREATE)
def test_latest_begins_with_what_is_written_after_the_mapping(server, deploy, table):
    worker = consumer(server, deploy)
    table.put("before")
    with worker.mapped(table.arn, StartingPosition="LATEST"):
        table.put("after")
        assert worker.texts(1) == ["after"]


@pytest.mark.rule(CREATE)
def test_a_batching_window_gathers_records(server, deploy, table):
    worker = consumer(server, deploy)
    with worker.mapped(table.arn, **ALL, MaximumBatchingWindowInSeconds=300):
        table.put(*map(str, range(10)))
        assert [len(batch) for batch in worker.batches(10)] == [10]


@pytest.mark.rule(FILTERS)
def test_a_filter_lets_through_what_matches(server, deploy, table):
    worker = consumer(server, deploy)
    table.put("cheap", price={"N": "1"})
    table.put("dear", price={"N": "100"})
    table.put("other")
    pattern = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"price": {"N": ["100"]}}}}
    filters = {"Filters": [{"Pattern": json.dumps(pattern)}]}
    with worker.mapped(table.arn, **ALL, FilterCriteria=filters):
        table.put("last", price={"N": "100"})
        assert worker.texts(2) == ["dear", "last"]


@pytest.mark.rule(FILTERS)
def test_a_filter_that_is_no_pattern_is_refused(server, deploy, table):
    worker = consumer(server, deploy)
    with pytest.raises(ClientError, match="Invalid filter pattern definition") as error:
        worker.function.client.create_event_source_mapping(
            FunctionName=worker.function.name,
            EventSourceArn=table.arn,
            FilterCriteria={"Filters": [{"Pattern": '{"eventName": "INSERT"}'}]},
            **ALL,
        )
    assert error.value.response["Error"]["Code"] == "InvalidParameterValueException"


@pytest.mark.rule(ERRORS)
def test_a_record_that_fails_is_given_up_after_its_retries_and_the_next_follow(server, deploy, table):
    worker, lost = consumer(server, deploy), Inbox(server.client("sqs"))
    table.put("bad", "good")
    destination = {"OnFailure": {"Destination": lost.arn}}
    options = {"BatchSize": 1, "StartingPosition": "TRIM_HORIZON", "MaximumRetryAttempts": 1}
    with worker.mapped(table.arn, **options, DestinationConfig=destination):
        assert worker.texts(3) == ["bad", "bad", "good"]
        (record,) = lost.until(1)
    request, response = record["requestContext"], record["responseContext"]
    assert (request["condition"], request["approximateInvokeCount"]) == ("RetryAttemptsExhausted", 2)
    assert (request["functionArn"], bool(request["requestId"])) == (worker.arn, True)
    assert response == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert record["version"] == "1.0"
    batch = record["DDBStreamBatchInfo"]
    assert (batch["batchSize"], batch["streamArn"]) == (1, table.arn)
    assert batch["startSequenceNumber"] == batch["endSequenceNumber"]


@pytest.mark.rule(ERRORS)
def test_a_topic_is_a_destination_too(server, deploy, table):
    worker, lost = consumer(server, deploy), Inbox(server.client("sqs"))
    sns = server.client("sns")
    topic = sns.create_topic(Name=unique("lost"))["TopicArn"]
    raw = {"RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=lost.arn, Attributes=raw, ReturnSubscriptionArn=True)
    table.put("bad")
    destination = {"OnFailure": {"Destination": topic}}
    with worker.mapped(table.arn, **ALL, MaximumRetryAttempts=0, DestinationConfig=destination):
        (record,) = lost.until(1)
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"


@pytest.mark.rule(ERRORS)
def test_a_batch_that_fails_is_split_until_the_bad_record_is_alone(server, deploy, table):
    """Splitting does not use up the retries."""
    worker, lost = consumer(server, deploy), Inbox(server.client("sqs"))
    table.put("a", "b", "bad", "d")
    options = {"MaximumRetryAttempts": 0, "BisectBatchOnFunctionError": True}
    destination = {"OnFailure": {"Destination": lost.arn}}
    with worker.mapped(table.arn, **ALL, **options, DestinationConfig=destination):
        (record,) = lost.until(1)
        batches = worker.batches(10)
    assert batches == [["a", "b", "bad", "d"], ["a", "b"], ["bad", "d"], ["bad"], ["d"]]
    assert record["DDBStreamBatchInfo"]["batchSize"] == 1


@pytest.mark.rule(PARTIAL)
def test_a_batch_is_tried_again_from_the_first_failure_that_is_reported(server, deploy, table):
    worker = consumer(server, deploy, variables={"REPORT": "1"})
    table.put("a", "bad", "c")
    options = {"MaximumRetryAttempts": 1, "FunctionResponseTypes": ["ReportBatchItemFailures"]}
    with worker.mapped(table.arn, **ALL, **options):
        assert worker.batches(5) == [["a", "bad", "c"], ["bad", "c"]]


@pytest.mark.rule(EVENT)
def test_one_mapping_may_ask_for_several_batches_of_a_shard_at_a_time(server, deploy, table):
    worker = consumer(server, deploy)
    table.put("a")
    with worker.mapped(table.arn, **ALL, ParallelizationFactor=10) as mapping:
        assert mapping["ParallelizationFactor"] == 10
        assert worker.texts(1) == ["a"]


@pytest.mark.rule(CREATE)
@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"StartingPosition": "AT_TIMESTAMP"}, "InvalidParameterValueException", "Unsupported starting position"),
        ({**ALL, "MaximumRecordAgeInSeconds": 30}, "InvalidParameterValueException", "must be either -1"),
        ({**ALL, "ScalingConfig": {"MaximumConcurrency": 2}}, "InvalidParameterValueException", "Unsupported"),
    ],
)
def test_options_that_a_stream_does_not_have_are_refused(server, deploy, table, options, code, words):
    worker = consumer(server, deploy)
    create = worker.function.client.create_event_source_mapping
    with pytest.raises(ClientError, match=words) as error:
        create(FunctionName=worker.function.name, EventSourceArn=table.arn, **options)
    assert error.value.response["Error"]["Code"] == code


@pytest.mark.rule(CREATE)
def test_a_stream_feeds_a_function_once(server, deploy, table):
    worker = consumer(server, deploy)
    with worker.mapped(table.arn, **ALL), pytest.raises(ClientError, match="already exists") as error:
        worker.function.client.create_event_source_mapping(
            FunctionName=worker.function.name, EventSourceArn=table.arn, **ALL
        )
    assert error.value.response["Error"]["Code"] == "ResourceConflictException"


@pytest.mark.rule(PARALLEL)
def test_with_a_parallelization_factor_a_record_that_fails_holds_up_its_own_item_only(server, deploy, table):
    worker = consumer(server, deploy)
    table.put("bad")
    table.put("bad", changed={"BOOL": True})
    table.put(*(f"good {number}" for number in range(20)))
    with worker.mapped(table.arn, BatchSize=1, StartingPosition="TRIM_HORIZON", ParallelizationFactor=10):
        told = worker.reports(lambda told: any("good" in one["texts"][0] for one in told))
    assert {one["first"]["eventName"] for one in told if one["texts"] == ["bad"]} <= {"INSERT"}


@pytest.mark.rule(WINDOWS)
def test_a_tumbling_window_ends_with_what_its_batches_have_gathered(server, deploy, table):
    worker = consumer(server, deploy)
    table.put("a", "b")
    options = {"BatchSize": 1, "StartingPosition": "TRIM_HORIZON", "TumblingWindowInSeconds": 1}
    with worker.mapped(table.arn, **options):
        told = worker.reports(
            lambda told: sum(len(one["before"]) for one in told if one["isFinalInvokeForWindow"]) >= 2
        )
    ended = [one for one in told if one["isFinalInvokeForWindow"]]
    assert [text for one in ended for text in one["before"]] == ["a", "b"]
    assert all((one["texts"], one["eventSourceARN"]) == ([], table.arn) for one in ended)
