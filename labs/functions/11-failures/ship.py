"""Ships orders, and knows nothing of batches that fail in part."""

import json


def ship(message):
    order = json.loads(message["body"])
    print(f"parcel {order['order']} weighs {order['grams']} g")


def handler(event, context):
    for message in event["Records"]:
        ship(message)
