"""Ships orders, and tells Lambda which of a batch failed."""

import json


def ship(message):
    order = json.loads(message["body"])
    print(f"parcel {order['order']} weighs {order['grams']} g")


def handler(event, context):
    failed = []
    for message in event["Records"]:
        try:
            ship(message)
        except Exception as error:  # noqa: BLE001 - the others go on
            print(f"{message['messageId']} failed: {error!r}")
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}
