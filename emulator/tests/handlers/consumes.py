"""Tells a queue what each batch held; a record that says "bad" fails, and one that says "slow" takes its time."""

import base64
import json
import os
import time
from urllib.parse import urlencode
from urllib.request import urlopen


def text(record):
    if "kinesis" in record:
        return base64.b64decode(record["kinesis"]["data"]).decode()
    if "dynamodb" in record:
        return record["dynamodb"]["Keys"]["id"]["S"]
    if "Sns" in record:
        return record["Sns"]["Message"]
    return record["body"] if "body" in record else record["s3"]["object"]["key"]


def number(record):
    if "kinesis" in record:
        return record["kinesis"]["sequenceNumber"]
    return record["dynamodb"]["SequenceNumber"] if "dynamodb" in record else record["messageId"]


def tell(**report):
    # Not boto3: its import would be most of the test's time.
    fields = {"Action": "SendMessage", "Version": "2012-11-05", "MessageBody": json.dumps(report)}
    urlopen(os.environ["QUEUE"], urlencode(fields).encode()).close()


def window(event):
    """All that stands beside the records of a tumbling window, with the texts that the state has gathered."""
    about = {name: value for name, value in event.items() if name not in ("Records", "state")}
    return {**about, "before": event["state"].get("texts", [])}


def aggregated(state, texts):
    if "STATELESS" in os.environ:
        return {}
    filling = {"filling": "x" * 1_100_000} if "big" in texts else {}
    return {"state": {"texts": state.get("texts", []) + texts, **filling}}


def handler(event, context):
    records, began = event.get("Records") or [], time.time()
    texts = [text(record) for record in records]
    time.sleep(0.3 if any("slow" in one for one in texts) else 0)
    windowed = "state" in event
    about = window(event) if windowed else {"first": records[0] if records else event}
    tell(texts=texts, began=began, ended=time.time(), **about)
    failed = [record for record, one in zip(records, texts, strict=True) if "bad" in one]
    if failed and "REPORT" not in os.environ:
        raise ValueError("a bad record")
    state = aggregated(event["state"], texts) if windowed else {}
    return {"batchItemFailures": [{"itemIdentifier": number(record)} for record in failed], **state}
