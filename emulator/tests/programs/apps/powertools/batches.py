"""A handler of queues and streams with Powertools' batch processor: what fails alone is reported alone."""

import json
import os

import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

table = boto3.resource("dynamodb").Table(os.environ["DONE"])
KINDS = {
    "aws:sqs": EventType.SQS,
    "aws:kinesis": EventType.KinesisDataStreams,
    "aws:dynamodb": EventType.DynamoDBStreams,
}
TEXTS = {
    EventType.SQS: lambda record: json.loads(record.body)["id"],
    EventType.KinesisDataStreams: lambda record: record.kinesis.data_as_json()["id"],
    EventType.DynamoDBStreams: lambda record: record.dynamodb.new_image["id"],
}


def handler(event, context):
    first = event["Records"][0]
    kind = KINDS[first.get("eventSource")]

    def kept(record):
        text = TEXTS[kind](record)
        if "bad" in text:
            raise ValueError(text)
        table.put_item(Item={"id": f"{kind.name} {text}"})

    processor = BatchProcessor(event_type=kind, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=kept, processor=processor, context=context)
