"""Waits all the time, as for the answer of a database."""

import time


def handler(event, context):
    time.sleep(event["work"] / 1000)
    return {"waited_ms": event["work"]}
