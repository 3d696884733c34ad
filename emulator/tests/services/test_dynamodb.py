"""Defects of moto's DynamoDB, one test each: without the correction it fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from localstack_dockerless.services import dynamodb
from shards import Table


def refused(call, **arguments):
    """The code and the words of the error."""
    with pytest.raises(ClientError) as error:
        call(**arguments)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_an_update_that_makes_an_item_is_one_record(table):
    """Moto: a record with the keys, and a second INSERT."""
    table.update("a", "SET n = :n", ExpressionAttributeValues={":n": {"N": "1"}})
    (record,) = table.records()
    assert record["eventName"] == "INSERT"
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "a"}, "n": {"N": "1"}}


def test_a_transaction_that_fails_leaves_readers_their_place(table):
    """Moto: an iterator from before sees what was rolled back, and nothing ever after."""
    table.put("taken")
    before = table.iterator("LATEST")
    put = {"TableName": table.name, "Item": {"id": {"S": "rolled back"}}}
    never = {"TableName": table.name, "Item": {"id": {"S": "taken"}}, "ConditionExpression": "attribute_not_exists(id)"}
    failed, _ = refused(table.client.transact_write_items, TransactItems=[{"Put": put}, {"Put": never}])
    assert failed == "TransactionCanceledException"
    table.put("after")
    assert [record["dynamodb"]["Keys"]["id"]["S"] for record in table.records(before)] == ["after"]


def test_a_stream_can_be_disabled_after_a_transaction_that_failed(table):
    """The tables that moto puts back are copies, whose streams know the old ones."""
    never = {"TableName": table.name, "Key": {"id": {"S": "a"}}, "ConditionExpression": "attribute_exists(id)"}
    refused(table.client.transact_write_items, TransactItems=[{"ConditionCheck": never}])
    iterator = table.iterator()
    table.client.update_table(TableName=table.name, StreamSpecification={"StreamEnabled": False})
    table.put("after")
    assert table.records(iterator) == []


def test_a_transaction_that_succeeds_is_in_the_stream(table):
    puts = [{"Put": {"TableName": table.name, "Item": {"id": {"S": key}}}} for key in "ab"]
    table.client.transact_write_items(TransactItems=puts)
    assert [record["dynamodb"]["Keys"]["id"]["S"] for record in table.records()] == ["a", "b"]


def test_a_write_that_changes_nothing_is_no_record(table):
    """Moto: a MODIFY."""
    table.put("a", n={"N": "1"})
    table.put("a", n={"N": "1"})
    table.update("a", "SET n = :n", ExpressionAttributeValues={":n": {"N": "1"}})
    assert table.events() == ["INSERT"]


def test_images_that_are_not_there_are_absent(table):
    """Moto: `{}`, which a function takes for an item."""
    table.put("a")
    table.delete("a")
    inserted, removed = (record["dynamodb"] for record in table.records())
    assert "OldImage" not in inserted
    assert "NewImage" not in removed


def test_binary_values_are_encoded_once(table):
    """Moto: base64 of base64."""
    value = {"B": b"\x00\xff"}
    nested = {"M": {"list": {"L": [value, {"BS": [b"\x02"]}]}, "set": {"BS": [b"\x01"]}}}
    table.put("a", b=value, nested=nested)
    (record,) = table.records()
    assert record["dynamodb"]["NewImage"] == {"id": {"S": "a"}, "b": value, "nested": nested}


def test_a_record_names_its_region_and_version(server):
    """Moto: us-east-1 and 1.0 everywhere, a time with fractions."""
    table = Table(server, region="eu-west-1")
    table.put("a")
    (record,) = table.records()
    assert (record["awsRegion"], record["eventVersion"]) == ("eu-west-1", "1.1")
    assert record["dynamodb"]["ApproximateCreationDateTime"].microsecond == 0


@pytest.mark.parametrize("iterator", ["nonsense", "arn|1|x", "|1|"])
def test_an_unknown_iterator_is_the_callers_error(table, iterator):
    """Moto: 500."""
    code, _ = refused(table.streams.get_records, ShardIterator=iterator)
    assert code == "ValidationException"


def test_writers_at_the_same_time_lose_nothing(table):
    """Moto is not made for threads: with a switch of threads at the wrong moment additions and records were lost."""

    def add(_):
        table.update("a", "ADD n :one", ExpressionAttributeValues={":one": {"N": "1"}})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(80)))
    records = table.records()
    assert [record["dynamodb"]["NewImage"]["n"]["N"] for record in records] == [str(n) for n in range(1, 81)]
    assert len({record["dynamodb"]["SequenceNumber"] for record in records}) == 80


def test_both_services_share_one_lock(monkeypatch):
    """Moto is not made for threads, and a stream's records are in the table."""
    locks = []
    monkeypatch.setattr(dynamodb, "service", lambda _name, _handlers, lock: locks.append(lock))
    dynamodb.tables()
    dynamodb.table_streams()
    assert locks == [dynamodb.LOCK, dynamodb.LOCK]


def test_answers_hold_nothing_unasked(table):
    """Moto: `Attributes: {}` and ConsumedCapacity."""
    table.put("a")
    answers = [table.update("a", "SET n = :n", ExpressionAttributeValues={":n": {"N": "1"}}), table.delete("a")]
    assert [set(answer) for answer in answers] == [{"ResponseMetadata"}] * 2
    removed = table.delete("a", ReturnConsumedCapacity="TOTAL", ReturnValues="ALL_OLD")
    assert removed["ConsumedCapacity"]["TableName"] == table.name


def test_a_failed_condition_returns_an_item_with_bytes_in_it(table):
    """Moto: 500 for bytes within a map or a list."""
    nested = {"M": {"list": {"L": [{"B": b"\x00\xff"}]}}}
    table.put("a", nested=nested)
    options = {"ConditionExpression": "attribute_not_exists(id)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    with pytest.raises(ClientError) as error:
        table.client.put_item(TableName=table.name, Item={"id": {"S": "a"}}, **options)
    assert error.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert error.value.response["Item"]["nested"] == nested


def test_a_stream_is_found_by_its_whole_arn(table):
    """Moto does not look at the label."""
    wrong = table.arn[:-3] + "000"
    code, words = refused(table.streams.describe_stream, StreamArn=wrong)
    assert (code, words) == ("ResourceNotFoundException", f"Requested resource not found: Stream: {wrong} not found")
    code, _ = refused(table.streams.describe_stream, StreamArn="arn:nonsense-of-thirty-seven-characters")
    assert code == "ValidationException"


def test_a_table_goes_on_after_its_stream_is_disabled(table):
    """Moto: 500 for each write and for DescribeStream, and the stream can never be enabled again."""
    table.put("a")
    table.client.update_table(TableName=table.name, StreamSpecification={"StreamEnabled": False})
    table.put("b")
    first = table.streams.list_streams(TableName=table.name)["Streams"][0]["StreamArn"]
    description = table.streams.describe_stream(StreamArn=first)["StreamDescription"]
    assert (description["StreamStatus"], description["StreamViewType"]) == ("DISABLED", "NEW_AND_OLD_IMAGES")
    assert description["Shards"][0]["SequenceNumberRange"]["EndingSequenceNumber"]
    read = table.streams.get_records(ShardIterator=table.iterator())
    assert [record["dynamodb"]["Keys"]["id"]["S"] for record in read["Records"]] == ["a"]
    assert "NextShardIterator" not in read
    again = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    table.client.update_table(TableName=table.name, StreamSpecification=again)
    assert table.arn != first
    table.put("c")
    assert table.events() == ["INSERT"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"kind": "AT_SEQUENCE_NUMBER"}, "ValidationException"),
        ({"kind": "AT_SEQUENCE_NUMBER", "SequenceNumber": "1" * 21}, "TrimmedDataAccessException"),
        ({"kind": "LATEST", "ShardId": "shardId-00000000000000000000-00000000"}, "ResourceNotFoundException"),
        ({"kind": "nonsense"}, "ValidationException"),
    ],
)
def test_what_is_no_place_in_a_shard_is_refused(table, options, code):
    """Moto: 500."""
    assert refused(table.iterator, **options)[0] == code


def test_a_shard_is_read_from_a_sequence_number(table):
    for key in "abc":
        table.put(key)
    number = table.records()[1]["dynamodb"]["SequenceNumber"]
    read = {
        kind: table.records(table.iterator(kind, SequenceNumber=number))
        for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")
    }
    keys = {kind: [r["dynamodb"]["Keys"]["id"]["S"] for r in records] for kind, records in read.items()}
    assert keys == {"AT_SEQUENCE_NUMBER": ["b", "c"], "AFTER_SEQUENCE_NUMBER": ["c"]}


def test_tables_are_forgotten_with_their_account(server):
    own, other = server.client("dynamodb", "313131313131"), server.client("dynamodb", "323232323232")
    for client in (own, other):
        client.create_table(
            TableName="kept",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    server.command("reset", "--account=313131313131")
    assert own.list_tables()["TableNames"] == []
    assert other.list_tables()["TableNames"] == ["kept"]


def test_behind_the_last_shard_there_is_none(table):
    (shard,) = table.streams.describe_stream(StreamArn=table.arn)["StreamDescription"]["Shards"]
    options = {"StreamArn": table.arn, "ExclusiveStartShardId": shard["ShardId"]}
    assert table.streams.describe_stream(**options)["StreamDescription"]["Shards"] == []
