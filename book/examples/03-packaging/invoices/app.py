"""Total an invoice."""

from money import total


def handler(event, context):
    """Return the total of the items."""
    return {"total": total(event["items"])}
