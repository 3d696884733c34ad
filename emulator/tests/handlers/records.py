"""Writes what it gets to a queue, so that a test can see what arrived; fails if told to."""

import json
import os
import time
from urllib.parse import urlencode
from urllib.request import urlopen

VERSION = "1"


def tell(event, context):
    body = {"event": event, "version": VERSION, "request": context.aws_request_id}
    # Not boto3: its import would be most of the test's time.
    fields = {"Action": "SendMessage", "Version": "2012-11-05", "MessageBody": json.dumps(body)}
    urlopen(os.environ["QUEUE"], urlencode(fields).encode()).close()


def handler(event, context):
    if event.get("begin"):
        tell("begun", context)
    time.sleep(event.get("sleep", 0))
    tell(event, context)
    if event.get("fail"):
        raise ValueError("as told")
    return {"seen": event}
