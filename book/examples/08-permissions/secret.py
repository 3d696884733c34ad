import time

import boto3

secrets = boto3.client("secretsmanager")
kept = {}


def payment_key():
    """Fetch the key once for each execution environment and hour."""
    if kept.get("until", 0) < time.time():
        found = secrets.get_secret_value(SecretId="payment-key")
        kept.update(key=found["SecretString"], until=time.time() + 3600)
    return kept["key"]
