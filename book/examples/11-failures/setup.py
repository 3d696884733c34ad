"""The examples of the chapter on failures begin with two functions, three queues and a table."""

import boto3

from common import function, role

sqs = boto3.client("sqs")
for name in ("lost-payments", "orders", "orders-poison"):
    sqs.create_queue(QueueName=name)
may = [
    "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
    "arn:aws:iam::aws:policy/AmazonSQSFullAccess",
]
function("payments", Role=role("payments-role", *may))
function("shipping", Role=role("shipping-role", *may))
boto3.client("dynamodb").create_table(
    TableName="charged",
    KeySchema=[{"AttributeName": "payment", "KeyType": "HASH"}],
    AttributeDefinitions=[
        {"AttributeName": "payment", "AttributeType": "S"}
    ],
    BillingMode="PAY_PER_REQUEST",
)
