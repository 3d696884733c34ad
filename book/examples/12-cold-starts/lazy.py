from functools import cache

import boto3

bank = boto3.client("secretsmanager")  # every payment needs it


@cache
def receipt_printer():
    """Load what one payment in a hundred needs, once in an environment."""
    import zipfile  # stands for a large library

    return zipfile


def handler(event, context):
    if event.get("receipt"):
        receipt_printer()
    return {"paid": event["amount"]}
