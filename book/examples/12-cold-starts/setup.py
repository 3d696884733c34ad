"""The examples of the chapter on cold starts begin with a function that takes payments, published behind an alias."""

import boto3

from common import function

function("payments")
functions = boto3.client("lambda")
version = functions.publish_version(FunctionName="payments")["Version"]
functions.create_alias(
    FunctionName="payments", Name="live", FunctionVersion=version
)
