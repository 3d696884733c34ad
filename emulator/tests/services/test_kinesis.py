"""Defects of moto's Kinesis, one test each: without the correction it fails."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from shards import Stream
from sources import unique


def refused(call, *arguments, **named):
    with pytest.raises(ClientError) as error:
        call(*arguments, **named)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error.value.response["Error"]["Code"]


def test_sequence_numbers_look_and_sort_as_those_of_aws(stream):
    """Moto: 1, 2, 3 in each shard."""
    numbers = [stream.put(b"x", key=str(n))["SequenceNumber"] for n in range(5)]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 5
    assert all(len(number) == 56 for number in numbers)
    assert stream.shards()[0]["SequenceNumberRange"]["StartingSequenceNumber"] < numbers[0]


def test_a_new_stream_is_creating_and_then_active(server):
    """Moto: active at once, so that a program that does not wait seems right."""
    stream = Stream(server)
    assert stream.describe()["StreamStatus"] == "CREATING"
    assert refused(stream.put, b"x") == "ResourceNotFoundException"
    assert refused(stream.put_all, "x") == "ResourceNotFoundException"
    stream.active().put(b"x")


def test_an_iterator_by_arn_alone_serves(stream):
    """Moto: `Stream None not found`."""
    stream.put(b"x")
    shard = stream.shards()[0]["ShardId"]
    options = {"StreamARN": stream.arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    assert stream.data(stream.client.get_shard_iterator(**options)["ShardIterator"]) == [b"x"]


def test_the_highest_hash_key_belongs_to_a_shard(stream):
    """Moto: 500, and a shard that ends at 2^128."""
    assert stream.shards()[0]["HashKeyRange"]["EndingHashKey"] == str(2**128 - 1)
    stream.put(b"x", ExplicitHashKey=str(2**128 - 1))
    assert refused(stream.put, b"x", ExplicitHashKey=str(2**128)) == "InvalidArgumentException"
    assert refused(stream.put, b"x", ExplicitHashKey="nonsense") == "InvalidArgumentException"


def test_a_split_shard_keeps_its_records_and_gets_no_more(stream):
    """Moto moves the records, and goes on writing into the closed shard."""
    parent = stream.shards()[0]["ShardId"]
    stream.put(b"before")
    stream.client.split_shard(StreamName=stream.name, ShardToSplit=parent, NewStartingHashKey=str(2**127))
    put = stream.put(b"after")
    _, *children = [shard["ShardId"] for shard in stream.shards()]
    assert put["ShardId"] in children
    read = stream.client.get_records(ShardIterator=stream.iterator(parent))
    assert [record["Data"] for record in read["Records"]] == [b"before"]
    assert "NextShardIterator" not in read
    assert [child["ShardId"] for child in read["ChildShards"]] == children
    assert stream.data(stream.iterator(put["ShardId"])) == [b"after"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_merged_shards_keep_their_records(server, order):
    """Moto copies them into the child, and merges only in one order."""
    stream = Stream(server, shards=2).active()
    ids = [shard["ShardId"] for shard in stream.shards()]
    stream.put(b"before", ExplicitHashKey="0")
    merged, adjacent = (ids[n] for n in order)
    stream.client.merge_shards(StreamName=stream.name, ShardToMerge=merged, AdjacentShardToMerge=adjacent)
    child = stream.shards()[-1]
    assert child["HashKeyRange"] == {"StartingHashKey": "0", "EndingHashKey": str(2**128 - 1)}
    assert stream.data(stream.iterator(ids[0])) == [b"before"]
    assert stream.data(stream.iterator(child["ShardId"])) == []
    again = {"ShardToMerge": merged, "AdjacentShardToMerge": adjacent}
    assert refused(stream.client.merge_shards, StreamName=stream.name, **again) == "InvalidArgumentException"


@pytest.mark.parametrize("target", [1, 9])
def test_a_shard_count_is_changed_by_half_or_double_at_most(server, target):
    """Moto does what it likes: of 4 shards it makes 8 when 9 are wanted."""
    stream = Stream(server, shards=4).active()
    options = {"StreamName": stream.name, "ScalingType": "UNIFORM_SCALING"}
    update = stream.client.update_shard_count
    assert refused(update, TargetShardCount=target, **options) == "InvalidArgumentException"
    assert (len(stream.shards()), update(TargetShardCount=2, **options)["TargetShardCount"]) == (4, 2)


def test_a_stream_on_demand_has_no_shard_count(server):
    client, name = server.client("kinesis"), unique("stream")
    client.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    options = {"StreamName": name, "TargetShardCount": 100, "ScalingType": "UNIFORM_SCALING"}
    assert refused(client.update_shard_count, **options) == "ValidationException"


@pytest.mark.parametrize("key", ["1x", "x", "-1", "", "0"])
def test_a_hash_key_to_split_at_is_a_number_within_the_shard(stream, key):
    """Moto: 500 for what begins with a number."""
    shard = stream.shards()[0]["ShardId"]
    code = refused(stream.client.split_shard, StreamName=stream.name, ShardToSplit=shard, NewStartingHashKey=key)
    assert code in ("InvalidArgumentException", "ValidationException")


@pytest.mark.parametrize("iterator", ["nonsense", "AAAA", "bm90OmFuOml0ZXJhdG9y"])
def test_an_unknown_iterator_is_the_callers_error(stream, iterator):
    """Moto: 500."""
    assert refused(stream.client.get_records, ShardIterator=iterator) == "InvalidArgumentException"


@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AT_TIMESTAMP"])
def test_a_place_that_is_not_told_is_the_callers_error(stream, kind):
    """Moto: 500."""
    assert refused(stream.iterator, kind=kind) == "InvalidArgumentException"


def test_a_stream_pushes_to_a_subscribed_consumer(stream):
    """Moto lacks it."""
    consumer = stream.client.register_stream_consumer(StreamARN=stream.arn, ConsumerName="c")["Consumer"]
    stream.put(b"one")
    options = {"ShardId": stream.shards()[0]["ShardId"], "StartingPosition": {"Type": "TRIM_HORIZON"}}
    events = stream.client.subscribe_to_shard(ConsumerARN=consumer["ConsumerARN"], **options)["EventStream"]
    pushed = (record["Data"] for event in events for record in event["SubscribeToShardEvent"]["Records"])
    assert next(pushed) == b"one"
    stream.put(b"two")
    assert next(pushed) == b"two"
    stream.client.deregister_stream_consumer(ConsumerARN=consumer["ConsumerARN"])
    assert list(pushed) == []


def test_a_consumer_that_is_registered_again_has_another_arn(stream):
    """Moto: the same."""
    consumer = stream.client.register_stream_consumer(StreamARN=stream.arn, ConsumerName="c")["Consumer"]
    created = int(consumer["ConsumerCreationTimestamp"].timestamp())
    assert consumer["ConsumerARN"] == f"{stream.arn}/consumer/c:{created}"


def test_one_consumer_is_removed_by_stream_and_name(stream):
    """Moto removes the others."""
    for name in "ab":
        stream.client.register_stream_consumer(StreamARN=stream.arn, ConsumerName=name)
    twice = {"StreamARN": stream.arn, "ConsumerName": "a"}
    assert refused(stream.client.register_stream_consumer, **twice) == "ResourceInUseException"
    stream.client.deregister_stream_consumer(StreamARN=stream.arn, ConsumerName="a")
    left = stream.client.list_stream_consumers(StreamARN=stream.arn)["Consumers"]
    assert [consumer["ConsumerName"] for consumer in left] == ["b"]


def test_consumers_of_no_stream_are_the_callers_error(stream):
    """Moto: 500."""
    missing = stream.arn + "x"
    assert refused(stream.client.list_stream_consumers, StreamARN=missing) == "ResourceNotFoundException"
    for call in (stream.client.register_stream_consumer, stream.client.deregister_stream_consumer):
        assert refused(call, StreamARN="x", ConsumerName="c") == "InvalidArgumentException"


def test_streams_are_forgotten_with_their_account(server):
    own, other = server.client("kinesis", "313131313131"), server.client("kinesis", "323232323232")
    for client in (own, other):
        client.create_stream(StreamName="kept", ShardCount=1)
    server.command("reset", "--account=313131313131")
    assert own.list_streams()["StreamNames"] == []
    assert other.list_streams()["StreamNames"] == ["kept"]
