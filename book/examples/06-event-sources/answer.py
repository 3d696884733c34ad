import json


def handler(event, context):
    asked = event.get("queryStringParameters") or {}
    order = {"order": asked.get("id"), "state": "packed"}
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(order),
    }
