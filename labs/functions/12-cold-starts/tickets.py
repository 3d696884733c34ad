"""Sells a ticket, and tells which environment did it and when."""

import os
import time

began = time.time()
time.sleep(0.2)  # stands for imports and for loading the seating plan
ready = time.time()
sold = 0


def handler(event, context):
    global sold
    sold += 1
    start = time.time()
    time.sleep(event["seconds"])  # the payment provider
    return {
        "environment": context.log_stream_name,
        "kind": os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"],
        "sold": sold,
        "init": [began, ready],
        "invoke": [start, time.time()],
    }
