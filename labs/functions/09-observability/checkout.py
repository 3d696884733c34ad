"""Takes payments for the shops, and says on one line of JSON what it was given before it works on it."""

import json


def handler(event, context):
    told = {"level": "INFO", "message": "payment received", "shop": event["shop"], "amount": event["amount"]}
    print(json.dumps(told))
    amount = float(event["amount"])
    return {"shop": event["shop"], "paid": amount}
