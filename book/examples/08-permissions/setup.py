"""The examples of the chapter on permissions begin with the function invoices, whose role may do nothing, and a secret."""

import boto3

from common import function

function(
    "invoices",
    Environment={"Variables": {"PAYMENT_KEY": "k3y-in-the-open"}},
)
boto3.client("secretsmanager").create_secret(
    Name="payment-key", SecretString="k3y-behind-a-door"
)
