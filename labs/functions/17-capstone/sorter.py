"""Sorts parcels: reads them from the queue in batches, and enters them into the table."""

import json
import logging
import os

import boto3
from botocore.exceptions import ClientError
from tariff import price

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
logger = logging.getLogger("sorter")
logger.setLevel(logging.INFO)


def handler(event, context):
    """Enter each parcel of a batch, and name the messages that failed."""
    failed = []
    for record in event["Records"]:
        try:
            enter(json.loads(record["body"]))
        except (ClientError, ValueError, KeyError) as error:
            told = {"reason": str(error), "queued": record["messageId"]}
            logger.warning("not sorted", extra=told)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def enter(parcel):
    """Write one parcel into the table."""
    cents = price(parcel["grams"])
    table.put_item(Item={"id": parcel["id"], "cents": cents})
    logger.info("parcel sorted", extra={"parcel": parcel["id"]})
