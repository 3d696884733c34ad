"""Keeps every event that it gets, so that one can look at it."""

import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["KEPT"])


def handler(event, context):
    table.update_item(
        Key={"function": context.function_name},
        UpdateExpression="SET events = list_append("
        "if_not_exists(events, :none), :one)",
        ExpressionAttributeValues={
            ":none": [],
            ":one": [json.dumps(event)],
        },
    )
    return {"kept": True}
