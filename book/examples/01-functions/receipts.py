import os

CURRENCY = os.environ.get("CURRENCY", "EUR")


def handler(event, context):
    print("order", event["order"])
    total = sum(event["prices"])
    return {"order": event["order"], "total": f"{total:.2f} {CURRENCY}"}
