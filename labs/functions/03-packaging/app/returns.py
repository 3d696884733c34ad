"""What a customer gets back for a parcel that returns: half of its price."""

import parcels


def handler(event, context):
    """Return the refund for a parcel."""
    return {"refund": parcels.price(event["kg"], parcels.RATES) / 2}
