"""Writes the label of a parcel."""


def write_label(event, context):
    return {"label": f"{event['name']}, {event['city'].upper()}"}
