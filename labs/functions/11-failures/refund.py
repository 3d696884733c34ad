"""Pays money back, unless the bank refuses."""


def handler(event, context):
    print(f"refund {event['refund']} by {context.aws_request_id}")
    if event.get("fails"):
        raise RuntimeError(f"The bank refuses {event['refund']}")
    return {"refunded": event["refund"]}
