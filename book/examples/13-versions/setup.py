"""The examples of the chapter on versions begin with the function quotes, whose surcharge is an environment variable."""

import boto3

from common import function, package

SOURCE = """import os
def handler(event, context):
    surcharge = float(os.environ["SURCHARGE"])
    return round(event["kg"] * 2 * (1 + surcharge), 2)
"""
SPRING = {"Variables": {"SURCHARGE": "0.10"}}
SUMMER = {"Variables": {"SURCHARGE": "0.25"}}

functions = boto3.client("lambda")
function("quotes", SOURCE, Environment=SPRING)
archive = package(SOURCE)
