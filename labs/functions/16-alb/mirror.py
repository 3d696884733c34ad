"""Shows what a load balancer sends, and answers as it is told.

What is sent by POST is returned as it is, right or wrong. Any other
request gets the event; with ?letters=1000 it gets as many letters.
"""

import json


def handler(event, context):
    if event["httpMethod"] == "POST":
        return json.loads(event["body"])
    letters = event["queryStringParameters"].get("letters")
    return {
        "isBase64Encoded": False,
        "statusCode": 200,
        "statusDescription": "200 OK",
        "headers": {"Content-Type": "text/plain"},
        "body": "x" * int(letters) if letters else json.dumps(event),
    }
