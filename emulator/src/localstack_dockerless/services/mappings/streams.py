"""Streams of DynamoDB and of Kinesis as event sources.

Rules: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html and
https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
"""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import datetime
from typing import Any

from localstack.services.lambda_.event_source_mapping.pipe_utils import to_json_str
from localstack.services.lambda_.event_source_mapping.pollers import dynamodb_poller, kinesis_poller

from localstack_dockerless.services.mappings.batches import Event
from localstack_dockerless.services.mappings.reading import ShardReader


class TablePoller(ShardReader, dynamodb_poller.DynamoDBPoller):
    """Streams of DynamoDB."""

    def describe_shards(self) -> list[dict[str, Any]]:
        """A disabled stream is read to its end."""
        description = self.source_client.describe_stream(StreamArn=self.source_arn)
        return list(description["StreamDescription"]["Shards"])

    def named(self) -> dict[str, Any]:
        """DynamoDB's spelling."""
        return {"StreamArn": self.source_arn}

    def order_key(self, event: Event) -> str:
        """The item."""
        return str(to_json_str(event["dynamodb"]["Keys"]))

    def get_approximate_arrival_time(self, record: dict[str, Any]) -> float:
        """LocalStack takes the time of the question."""
        return float(record["dynamodb"]["ApproximateCreationDateTime"])


class KinesisPoller(ShardReader, kinesis_poller.KinesisPoller):
    """Streams of Kinesis."""

    bound = 10_000

    def describe_shards(self) -> list[dict[str, Any]]:
        """None before the stream is active."""
        description = self.source_client.describe_stream(StreamARN=self.source_arn)["StreamDescription"]
        return list(description["Shards"]) if description["StreamStatus"] in ("ACTIVE", "UPDATING") else []

    def named(self) -> dict[str, Any]:
        """Kinesis's spelling."""
        return {"StreamARN": self.source_arn}

    def order_key(self, event: Event) -> str:
        """The partition key."""
        return str(event["kinesis"]["partitionKey"])

    def matches(self, event: dict[str, Any]) -> bool:
        """Filters see the data of a record decoded, as `data`; the function gets it as it was written.

        Rule: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html
        """
        seen = {**event, **event["kinesis"]}
        seen["data"] = base64.b64decode(seen["data"])
        with contextlib.suppress(ValueError, RecursionError):
            seen["data"] = json.loads(seen["data"])
        if isinstance(seen["data"], bytes):
            seen["data"] = seen["data"].decode(errors="replace")
        return super().matches(seen)

    def format_datetime(self, time: datetime) -> str:
        """With milliseconds also when they are 0."""
        return f"{time.isoformat(timespec='milliseconds')}Z"
