from functools import cache

import boto3

secrets = boto3.client("secretsmanager")  # every sale needs it


@cache
def printer():
    """Load what one sale in a hundred needs, once in an environment."""
    import zipfile  # stands for a large library

    return zipfile


def handler(event, context):
    if event.get("on paper"):
        printer()
    return {"sold": event["seat"]}
