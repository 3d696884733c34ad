"""The examples of the chapter on invocation modes begin with the function orders and the queue that it can read."""

import boto3

from common import function, role

READ = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
SOURCE = """def handler(event, context):
    if event.get("item") == "gone":
        raise LookupError("no such item")
    return {"accepted": True}
"""
function("orders", SOURCE, Role=role("orders-role", READ))
queue = boto3.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
queue_arn = "arn:aws:sqs:us-east-1:000000000000:orders"
