"""The examples of the chapter on layers begin with two functions that need a module pricing."""

from common import function

SOURCE = """import pricing
def handler(event, context):
    return pricing.with_tax(event["net"])
"""
function("orders", SOURCE)
function("refunds", SOURCE)
