"""Reserve the goods of an order. Orders can be made to fail, so that one sees who tries again."""

import json

failed = set()  # orders that have failed once in this environment


def handler(event, context):
    if "Records" in event:
        for record in event["Records"]:
            attempt = int(record["attributes"]["ApproximateReceiveCount"])
            reserve(json.loads(record["body"]), attempt, "queue")
        return None
    order = event["order"]
    attempt = 2 if order in failed else 1
    failed.add(order)
    return reserve(event, attempt, "call")


def reserve(order, attempt, way):
    number = order["order"]
    print(f"order {number} by {way}")
    fails = order.get("fails")  # "once" or "always"
    if fails == "always" or (fails == "once" and attempt == 1):
        raise RuntimeError(f"no stock for {number}")
    return {"reserved": number}
