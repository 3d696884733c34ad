"""The same price, in a letter."""

import pricing


def handler(event, context):
    return {"text": f"To pay: {pricing.with_tax(event['net'])} cents"}
