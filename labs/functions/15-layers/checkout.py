"""What a customer pays."""

import pricing


def handler(event, context):
    return {
        "total": pricing.with_tax(event["net"]),
        "file": pricing.__file__,
    }
