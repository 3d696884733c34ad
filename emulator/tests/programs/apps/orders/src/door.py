"""Takes orders and shows them."""

import json

from orders_shared import CURRENCY, queue, table


def handler(event, context):
    if event["requestContext"]["http"]["method"] == "POST":
        order = json.loads(event["body"])
        queue.send_message(MessageBody=json.dumps(order))
        return {"statusCode": 202, "body": json.dumps({"taken": order["id"], "version": context.function_version})}
    found = table.get_item(Key={"id": event["pathParameters"]["id"]}).get("Item")
    return {"price": f"{found['price']} {CURRENCY}"} if found else {"statusCode": 404, "body": "no such order"}
