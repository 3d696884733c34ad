"""Says what it costs to send a parcel."""

import os

PRICE = float(os.environ.get("PRICE_PER_KG", "2.50"))
CURRENCY = os.environ.get("CURRENCY", "EUR")


def handler(event, context):
    print("weighing", event["kg"], "kg")
    return {"price": f"{event['kg'] * PRICE:.2f} {CURRENCY}"}
