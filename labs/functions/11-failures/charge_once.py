"""Charges a customer, once for each value of the field named in KEY."""

import os

import boto3

database = boto3.client("dynamodb")
TABLE, KEY = os.environ["TABLE"], os.environ["KEY"]


def handler(event, context):
    done = {"id": {"S": f"{KEY} {event[KEY]}"}}
    remember = {
        "TableName": TABLE,
        "Item": done,
        "ConditionExpression": "attribute_not_exists(id)",
    }
    charge = {
        "TableName": TABLE,
        "Key": {"id": {"S": event["customer"]}},
        "UpdateExpression": "ADD cents :amount",
        "ExpressionAttributeValues": {
            ":amount": {"N": str(event["cents"])}
        },
    }
    try:
        database.transact_write_items(
            TransactItems=[{"Put": remember}, {"Update": charge}]
        )
    except database.exceptions.TransactionCanceledException as refused:
        reasons = refused.response["CancellationReasons"]
        if reasons[0]["Code"] != "ConditionalCheckFailed":
            raise
        return {"charged": False}
    return {"charged": True}
