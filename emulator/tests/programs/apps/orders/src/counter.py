"""Counts the orders of the table's stream."""

from orders_shared import table


def handler(event, context):
    table.update_item(
        Key={"id": "count"},
        UpdateExpression="ADD orders :n",
        ExpressionAttributeValues={":n": len(event["Records"])},
    )
