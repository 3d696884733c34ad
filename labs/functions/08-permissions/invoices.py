"""Enters invoices into the ledger, as S3 announces them: the name of a file says who wants how much."""

import os

import boto3

ledger = boto3.resource("dynamodb").Table(os.environ["LEDGER"])


def handler(event, context):
    files = [record["s3"]["object"]["key"] for record in event["Records"]]
    for file in files:
        supplier, amount = file.removesuffix(".pdf").split("-")
        item = {"file": file, "supplier": supplier, "amount": int(amount)}
        ledger.put_item(Item=item)
    return {"entered": files}
