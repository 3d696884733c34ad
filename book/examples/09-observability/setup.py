"""The examples of the chapter on observability begin with a function that takes payments."""

import time
from pathlib import Path

import boto3

from common import function, role

payments = role(
    "payments-role",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
)
function("payments", Path("payments.py").read_text(), Role=payments)
boto3.client("lambda").invoke(
    FunctionName="payments", Payload='{"shop": "leeds", "amount": "8.00"}'
)
logs = boto3.client("logs")
while not logs.describe_log_groups(
    logGroupNamePrefix="/aws/lambda/payments"
)["logGroups"]:
    time.sleep(0.1)
