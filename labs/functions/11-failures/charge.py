"""Charges a customer, as often as it is called."""

import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    table.update_item(
        Key={"id": event["customer"]},
        UpdateExpression="ADD cents :amount",
        ExpressionAttributeValues={":amount": event["cents"]},
    )
    return {"charged": True}
