"""Tells a customer which parcels are on their way, and tells too much."""

import time

time.sleep(0.1)  # stands for imports and connections
served = 0
parcels = []


def handler(event, context):
    global served
    served += 1
    parcels.append(event["parcel"])
    return {
        "on their way": parcels,
        "served": served,
        "request": context.aws_request_id,
        "environment": context.log_stream_name,
    }
