"""Says for other invocations what they returned, and fails initializations that are none of its."""

import http.client
import os

PREFIX = "/2018-06-01/runtime/"


def handler(event, _context):
    own = os.environ["AWS_LAMBDA_RUNTIME_API"]
    return {
        "foreign request": ask(own, f"invocation/{event['request']}/response"),
        "guessed request": ask(own, "invocation/00000000-0000-0000-0000-000000000000/response"),
        "no request": ask(own, "invocation//response"),
        "late init error": ask(own, "init/error"),
        "neighbour's request": ask(event["address"], f"invocation/{event['request']}/response"),
        "neighbour's init": ask(event["address"], "init/error"),
        "neighbour's next": ask(event["address"], "invocation/next", "GET"),
        "neighbour's extension": ask(event["address"], "/2020-01-01/extension/register"),
    }


def ask(address, path, method="POST"):
    try:
        client = http.client.HTTPConnection(address, timeout=1)
        client.request(
            method, path if path.startswith("/") else PREFIX + path, b'"forged"', {"Lambda-Extension-Name": "x"}
        )
        return client.getresponse().status
    except (OSError, http.client.HTTPException):
        return "no answer"
