"""Release 1: a price for every kilogram, and the fuel surcharge on top."""

import os

import terms

PER_KG = 2.00


def handler(event, context):
    surcharge = float(os.environ["SURCHARGE"])
    price = event["kg"] * PER_KG * (1 + surcharge)
    return {
        "price": round(price, 2),
        "terms": terms.VALID,
        "arn": context.invoked_function_arn,
    }
