"""Answers a load balancer with what the request's headers ask for; without any, shows the event."""

import json
import time


def handler(event, context):
    headers = dict(event.get("headers", {}))
    headers |= {name: values[-1] for name, values in event.get("multiValueHeaders", {}).items()}
    if "ELB-HealthChecker" in headers.get("user-agent", ""):
        print("checked", json.dumps(event))
        return {"statusCode": 200 if event["path"] == "/" else 404}
    asked = json.loads(headers.get("x-answer", "{}"))
    time.sleep(asked.get("sleep", 0))
    if "raise" in asked:
        raise ValueError(asked["raise"])
    if "size" in asked:
        return {"statusCode": 200, "body": "x" * (asked["size"] - len('{"statusCode": 200, "body": ""}'))}
    if "header" in asked:
        return {"statusCode": 200, "headers": {asked["header"]: "x" * asked["length"]}}
    return asked["raw"] if "raw" in asked else shown(event)


def shown(event):
    kind, many = "application/json", "multiValueHeaders" in event
    headers = {"multiValueHeaders": {"content-type": [kind]}} if many else {"headers": {"content-type": kind}}
    return {"statusCode": 200, "body": json.dumps(event), **headers}
