"""What event source mappings read: a table with a stream, and a Kinesis stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from deployed import eventually
from sources import unique


class Table:
    """A table with a stream, and what its stream has."""

    def __init__(self, server: Any, region: str = "us-east-1", view: str = "NEW_AND_OLD_IMAGES") -> None:
        self.client = server.client("dynamodb", region=region)
        self.streams = server.client("dynamodbstreams", region=region)
        self.name = unique("table")
        self.client.create_table(
            TableName=self.name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view},
        )

    @property
    def arn(self) -> str:
        """Of the stream."""
        return str(self.client.describe_table(TableName=self.name)["Table"]["LatestStreamArn"])

    def put(self, *keys: str, **attributes: Any) -> None:
        for key in keys:
            self.client.put_item(TableName=self.name, Item={"id": {"S": key}, **attributes})

    def update(self, key: str, expression: str, **options: Any) -> Any:
        options = {"Key": {"id": {"S": key}}, "UpdateExpression": expression, **options}
        return self.client.update_item(TableName=self.name, **options)

    def delete(self, key: str, **options: Any) -> Any:
        return self.client.delete_item(TableName=self.name, Key={"id": {"S": key}}, **options)

    def iterator(self, kind: str = "TRIM_HORIZON", **options: Any) -> str:
        (shard,) = self.streams.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]
        options = {"ShardId": shard["ShardId"], "ShardIteratorType": kind, **options}
        return str(self.streams.get_shard_iterator(StreamArn=self.arn, **options)["ShardIterator"])

    def records(self, iterator: str | None = None) -> list[Any]:
        return list(self.streams.get_records(ShardIterator=iterator or self.iterator())["Records"])

    def events(self) -> list[str]:
        return [record["eventName"] for record in self.records()]


class Stream:
    """A Kinesis stream, which is being made at first."""

    def __init__(self, server: Any, shards: int = 1) -> None:
        self.client = server.client("kinesis")
        self.name = unique("stream")
        self.client.create_stream(StreamName=self.name, ShardCount=shards)

    def active(self) -> Stream:
        eventually(lambda: self.describe()["StreamStatus"] == "ACTIVE")
        return self

    def describe(self) -> dict[str, Any]:
        return dict(self.client.describe_stream(StreamName=self.name)["StreamDescription"])

    @property
    def arn(self) -> str:
        return str(self.describe()["StreamARN"])

    def shards(self) -> list[dict[str, Any]]:
        return list(self.describe()["Shards"])

    def put(self, data: bytes, key: str = "k", **options: Any) -> Any:
        return self.client.put_record(StreamName=self.name, Data=data, PartitionKey=key, **options)

    def put_all(self, *texts: str, key: str = "k") -> list[Any]:
        records = [{"Data": text.encode(), "PartitionKey": key} for text in texts]
        return list(self.client.put_records(StreamName=self.name, Records=records)["Records"])

    def iterator(self, shard: str | None = None, kind: str = "TRIM_HORIZON", **options: Any) -> str:
        shard = shard or self.shards()[0]["ShardId"]
        options = {"StreamName": self.name, "ShardId": shard, "ShardIteratorType": kind, **options}
        return str(self.client.get_shard_iterator(**options)["ShardIterator"])

    def records(self, iterator: str) -> list[Any]:
        return list(self.client.get_records(ShardIterator=iterator)["Records"])

    def data(self, iterator: str) -> list[bytes]:
        return [record["Data"] for record in self.records(iterator)]


@pytest.fixture
def table(server: Any) -> Iterator[Table]:
    made = Table(server)
    yield made
    made.client.delete_table(TableName=made.name)


@pytest.fixture
def stream(server: Any) -> Iterator[Stream]:
    made = Stream(server).active()
    yield made
    made.client.delete_stream(StreamName=made.name)
