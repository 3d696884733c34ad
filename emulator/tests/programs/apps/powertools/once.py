"""A handler that Powertools makes idempotent: the same order is paid once."""

import os
import uuid

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent

store = DynamoDBPersistenceLayer(table_name=os.environ["STORE"])
config = IdempotencyConfig(event_key_jmespath="id", payload_validation_jmespath="price", expires_after_seconds=600)


@idempotent(persistence_store=store, config=config)
def handler(event, context):
    if event["price"] < 0:
        raise ValueError("no such price")
    return {"receipt": str(uuid.uuid4())}
