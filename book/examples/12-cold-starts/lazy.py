import boto3

bank = boto3.client("secretsmanager")  # every payment needs it
printer = None


def receipt_printer():
    """Load what one payment in a hundred needs, once, when it is needed."""
    global printer
    if printer is None:
        import zipfile as printer  # stands for a large library
    return printer


def handler(event, context):
    if event.get("receipt"):
        receipt_printer()
    return {"paid": event["amount"]}
