import sys

served = []


def handler(event, context):
    served.append(event["id"])
    if event["id"] == "b":
        sys.exit("cannot go on")
    return served
