"""Shows what a function sees of itself, and keeps count."""

import itertools
import os
import sys
import time
from pathlib import Path

print("loading")
invocations = itertools.count(1)


def handler(event, context):
    for line in event.get("print", []):
        print(line)
    time.sleep(event.get("sleep", 0))
    if "write" in event:
        Path("/tmp", event["write"]).write_text("x")
    return {
        "count": next(invocations),
        "pid": os.getpid(),
        "tmp": sorted(path.name for path in Path("/tmp").iterdir()),
        "environment": dict(os.environ),
        "path": sys.path,
        "context": {
            "request": context.aws_request_id,
            "arn": context.invoked_function_arn,
            "remaining": context.get_remaining_time_in_millis(),
            "client": context.client_context.custom if context.client_context else None,
            "stream": context.log_stream_name,
        },
    }
