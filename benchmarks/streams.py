"""Event sources: 1,000 records through each stream and queue into a function, complete and, in streams, in order.

Floor, measured in the same run: the same 1,000 calls of the same client into a source that nothing reads.
"""

import json
import os
from collections.abc import Callable, Iterator

from _lambda import PORT, client, create
from _table import Row, seconds, show

from coldstart import stack

RECORDS = 1000
BUDGET = 3.0  # times the floor
HANDLER = """
import base64, json, os
from urllib.parse import urlencode
from urllib.request import urlopen

def text(record):
    if "kinesis" in record:
        return base64.b64decode(record["kinesis"]["data"]).decode()
    return record["dynamodb"]["Keys"]["id"]["S"] if "dynamodb" in record else record["body"]

def handler(event, context):
    body = json.dumps([text(record) for record in event["Records"]])
    urlopen(os.environ["QUEUE"], urlencode({"Action": "SendMessage", "Version": "2012-11-05", "MessageBody": body}).encode())
"""


def queue(name: str) -> tuple[str, str]:
    """Make a queue; its URL and its ARN."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def kinesis_source(name: str) -> tuple[str, Callable[[str], object]]:
    """Make a stream of one shard; its ARN and what puts a record."""
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName=name, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 0.1})
    arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    return arn, lambda text: kinesis.put_record(StreamName=name, Data=text.encode(), PartitionKey="k")


def dynamodb_source(name: str) -> tuple[str, Callable[[str], object]]:
    """Make a table with a stream; the stream's ARN and what puts an item."""
    dynamodb = client("dynamodb")
    table = dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )["TableDescription"]
    return table["LatestStreamArn"], lambda text: dynamodb.put_item(TableName=name, Item={"id": {"S": text}})


def sqs_source(name: str) -> tuple[str, Callable[[str], object]]:
    """Make a queue; its ARN and what sends a message."""
    sqs = client("sqs")
    url, arn = queue(name)
    return arn, lambda text: sqs.send_message(QueueUrl=url, MessageBody=text)


SOURCES = {"Kinesis": kinesis_source, "DynamoDB": dynamodb_source, "SQS": sqs_source}


def told(inbox: str) -> Iterator[str]:
    """Yield what the function got, in its order; deleting it would be work of ours, not the emulator's."""
    sqs = client("sqs")
    while True:
        for message in sqs.receive_message(QueueUrl=inbox, MaxNumberOfMessages=10, WaitTimeSeconds=20)["Messages"]:
            yield from json.loads(message["Body"])


def through(kind: str) -> Row:
    """Measure one kind of source."""
    name = f"benchmark-{kind.lower()}"
    records = [str(number) for number in range(RECORDS)]
    _, put = SOURCES[kind](f"{name}-unread")
    floor = seconds(lambda: [put(record) for record in records])
    source, put = SOURCES[kind](name)
    inbox, _ = queue(f"{name}-inbox")
    create(client("lambda"), name, HANDLER, Environment={"Variables": {"QUEUE": inbox}})
    start = {} if kind == "SQS" else {"StartingPosition": "TRIM_HORIZON", "BatchSize": 100}
    mapping = client("lambda").create_event_source_mapping(FunctionName=name, EventSourceArn=source, **start)["UUID"]
    got: list[str] = []

    def everything() -> None:
        for record in records:
            put(record)
        arriving = told(inbox)
        while len(got) < RECORDS:
            got.append(next(arriving))

    taken = seconds(everything)
    client("lambda").delete_event_source_mapping(UUID=mapping)
    if (sorted(got, key=int) if kind == "SQS" else got) != records:
        raise SystemExit(f"{kind}: records are missing, doubled or out of order")
    what = f"1,000 records through {kind} (floor: the calls alone)"
    return Row(what, taken, floor, "s", f"{BUDGET:g} x", taken <= BUDGET * floor)


def main() -> None:
    """Measure everything on one emulator of its own."""
    stack.down(PORT)
    stack.up(PORT)
    try:
        rows = [through(kind) for kind in SOURCES]
    finally:
        stack.reset(port=PORT)
        stack.down(PORT)
    show("Event sources", rows, json.dumps({"records": RECORDS, "cores": os.cpu_count()}))


if __name__ == "__main__":
    main()
