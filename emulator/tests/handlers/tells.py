"""Returns its event as it is, or fails with the message in it."""


def handler(event, context):
    if isinstance(event, dict) and "fail" in event:
        raise ValueError(event["fail"])
    return event
