"""A handler that tells who called it, and fails when it is asked to."""

import sys
import time
from itertools import count

invocations = count(1)


def handler(event, context):
    number = next(invocations)
    if "exit" in event:
        sys.exit(event["exit"])
    if event["name"] == "":
        raise ValueError("a guest without a name")
    time.sleep(event.get("seconds", 0))
    return {
        "greeting": f"Hello, {event['name']}.",
        "count": number,
        "context": type(context).__module__,
        "left_ms": context.get_remaining_time_in_millis(),
    }
