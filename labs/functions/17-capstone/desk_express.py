"""Takes parcels, also express ones: the release of this morning."""

import json
import logging
import os

import boto3
from tariff import price

queue = boto3.resource("sqs").Queue(os.environ["QUEUE"])
logger = logging.getLogger("desk")
logger.setLevel(logging.INFO)


def handler(event, context):
    """Answer a request of the API; an express parcel costs twice as much."""
    parcel = json.loads(event["body"])
    factor = 2 if parcel["express"] else 1
    told = {
        "parcel": parcel["id"],
        "cents": price(parcel["grams"]) * factor,
        "version": context.function_version,
    }
    queue.send_message(MessageBody=json.dumps(parcel))
    logger.info("parcel taken", extra=told)
    return {"statusCode": 202, "body": json.dumps(told)}
