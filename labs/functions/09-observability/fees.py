"""Knows what a payment costs."""


def handler(event, context):
    """Return the fee for an amount: two in a hundred."""
    return {"fee": round(event["amount"] * 0.02, 2)}
