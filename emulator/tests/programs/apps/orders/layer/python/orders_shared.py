"""What all functions of the shop share."""

import os

import boto3

CURRENCY = os.environ["CURRENCY"]
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
queue = boto3.resource("sqs").Queue(os.environ["QUEUE"])
