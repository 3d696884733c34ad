"""Version 2: understands both forms of the event, and answers in the form in which it was asked."""

import json
import os
from urllib.parse import unquote_plus

STOCK = {
    "red": ["cap", "scarf"],
    "blue": ["jacket"],
    "dark green": ["tent"],
}


def handler(event, context):
    if os.environ.get("WAREHOUSE") == "closed":
        return answer(event, 503, {"error": "no stock today"}, context)
    if event["path"] == "/health":
        print("health check by", values(event, "headers", "user-agent")[0])
        return answer(event, 200, {"warehouse": "open"}, context)
    colours = [
        unquote_plus(text)
        for text in values(event, "queryStringParameters", "colour")
    ]
    found = [thing for colour in colours for thing in STOCK.get(colour, [])]
    return answer(event, 200, {"colours": colours, "found": found}, context)


# --8<-- [start:forms]
def values(event, part, name):
    """All values of a header or parameter, in whichever form they came."""
    lists = event.get(f"multiValue{part[0].upper()}{part[1:]}")
    if lists is not None:
        return lists.get(name, [])
    return [event[part][name]] if name in event[part] else []


def answer(event, status, content, context):
    """A response in the form of the request."""
    headers = {
        "Content-Type": ["application/json"],
        "Set-Cookie": ["visited=yes", "consent=asked"],
        "X-Version": [context.function_version],
    }
    if "multiValueHeaders" in event:
        form = {"multiValueHeaders": headers}
    else:
        last = {name: given[-1] for name, given in headers.items()}
        form = {"headers": last}
    return {
        "isBase64Encoded": False,
        "statusCode": status,
        "body": json.dumps(content),
        **form,
    }


# --8<-- [end:forms]
