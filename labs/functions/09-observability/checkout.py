"""Takes a payment for a shop: asks another function for the fee, and adds it."""

import json
import logging
import os

import boto3

functions = boto3.client("lambda")
logger = logging.getLogger("checkout")
logger.setLevel(logging.DEBUG)


def fee(amount):
    """Ask the function that knows what a payment costs."""
    answer = functions.invoke(
        FunctionName=os.environ["FEES"],
        Payload=json.dumps({"amount": amount}),
    )
    return json.load(answer["Payload"])["fee"]


def handler(event, context):
    """Charge what the event says, and return what the shop has to pay."""
    told = {key: event[key] for key in ("shop", "order", "amount")}
    logger.info("payment", extra=told)
    logger.debug("the event was %s", event)
    amount = float(event["amount"])
    return {"order": event["order"], "total": amount + fee(amount)}
