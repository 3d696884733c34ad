"""Answers HTTP requests with the event, or does what a header of the request says."""

import json
import time


def handler(event, context):
    told = {name.lower(): value for name, value in event["headers"].items()}
    time.sleep(float(told.get("x-sleep", "0")))
    if "x-fail" in told:
        raise ValueError(told["x-fail"])
    if "x-say" in told:
        return json.loads(told["x-say"])
    return {"statusCode": 200, "body": json.dumps(event), "headers": {"content-type": "application/json"}}
