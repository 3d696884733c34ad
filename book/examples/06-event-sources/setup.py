"""The examples of the chapter on event sources begin with the function orders, which may read queues, and a queue."""

import boto3

from common import function, role

POLICIES = "arn:aws:iam::aws:policy/service-role/"
function(
    "orders",
    Role=role("orders", POLICIES + "AWSLambdaSQSQueueExecutionRole"),
)
boto3.client("sqs").create_queue(
    QueueName="orders", Attributes={"VisibilityTimeout": "60"}
)
