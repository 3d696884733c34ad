"""Keeps orders; what is no order goes back to the queue alone."""

import json

from orders_shared import table


def handler(event, context):
    return {"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in event["Records"] if not kept(r["body"])]}


def kept(body):
    order = json.loads(body)
    if "price" not in order:
        return False
    table.put_item(Item={"id": order["id"], "price": order["price"]})
    return True
