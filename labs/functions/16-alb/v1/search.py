"""Version 1: one value for every parameter, one for every header."""

import json
from urllib.parse import unquote_plus

STOCK = {
    "red": ["cap", "scarf"],
    "blue": ["jacket"],
    "dark green": ["tent"],
}


def handler(event, context):
    colour = unquote_plus(event["queryStringParameters"].get("colour", ""))
    return {
        "isBase64Encoded": False,
        "statusCode": 200,
        "statusDescription": "200 OK",
        "headers": {
            "Content-Type": "application/json",
            "Set-Cookie": "visited=yes",
            "X-Version": context.function_version,
        },
        "body": json.dumps(
            {"colours": [colour], "found": STOCK.get(colour, [])}
        ),
    }
