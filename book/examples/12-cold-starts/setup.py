"""The examples of the chapter on cold starts begin with a function that sells tickets, published behind an alias."""

import boto3

from common import function

function("tickets")
functions = boto3.client("lambda")
version = functions.publish_version(FunctionName="tickets")["Version"]
functions.create_alias(
    FunctionName="tickets", Name="live", FunctionVersion=version
)
