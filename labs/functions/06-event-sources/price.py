"""Says what a parcel costs: once as a plain answer, once as API Gateway wants it."""

import json


def plain(event, context):
    return {"cents": 490, "currency": "EUR"}


def proxy(event, context):
    asked = event.get("queryStringParameters") or {}
    weight = int(asked.get("kg", 1))
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(
            {"cents": 490 + 100 * weight, "currency": "EUR"}
        ),
    }
