"""Takes parcels: says what one costs, and puts it into the queue."""

import json
import logging
import os

import boto3
from tariff import price

queue = boto3.resource("sqs").Queue(os.environ["QUEUE"])
logger = logging.getLogger("desk")
logger.setLevel(logging.INFO)


def handler(event, context):
    """Answer a request of the API."""
    parcel = json.loads(event["body"])
    told = {
        "parcel": parcel["id"],
        "cents": price(parcel["grams"]),
        "version": context.function_version,
    }
    queue.send_message(MessageBody=json.dumps(parcel))
    logger.info("parcel taken", extra=told)
    return {"statusCode": 202, "body": json.dumps(told)}
