import os

LEVEL = os.environ["LEVEL"]


def handler(event, context):
    os.environ["LEVEL"] = event["level"]
    return LEVEL + "/" + os.environ["LEVEL"]
