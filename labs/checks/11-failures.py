"""Checks of lab 11."""

import json
import uuid
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

PREFIX = "coldstart-11-"
REFUND, SHIP, CHARGE = PREFIX + "refund", PREFIX + "ship", PREFIX + "charge"


def _configuration(aws: boto3.Session, name: str) -> dict[str, Any]:
    functions = aws.client("lambda")
    try:
        return dict(functions.get_function_configuration(FunctionName=name))
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no function {name} yet; the cells above create it.") from None


def _invoke(aws: boto3.Session, name: str, event: dict[str, Any]) -> Any:
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    payload = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise CheckFailed(f"{name} fails: {payload.get('errorMessage', payload)}")
    return payload


def _queue(arn: str) -> str:
    return arn.rpartition(":")[2]


def _message(identifier: str, order: dict[str, Any]) -> dict[str, str]:
    return {"messageId": identifier, "body": json.dumps(order)}


@check("kept", "A refund that fails goes to the dead-letter queue and to the destination")
def kept(aws: boto3.Session) -> None:
    dead = _configuration(aws, REFUND).get("DeadLetterConfig", {}).get("TargetArn", "")
    if not dead:
        raise CheckFailed("The function has no dead-letter queue yet: its configuration lacks DeadLetterConfig.")
    if _queue(dead) != PREFIX + "dead":
        raise CheckFailed(f"The dead-letter queue is {_queue(dead)}; it is to be {PREFIX}dead.")
    functions = aws.client("lambda")
    try:
        settings = functions.get_function_event_invoke_config(FunctionName=REFUND)
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed("The dead-letter queue is set, the on-failure destination is not.") from None
    destinations = settings.get("DestinationConfig", {})
    failed = destinations.get("OnFailure", {}).get("Destination", "")
    if not failed:
        told = (
            "a destination for successes only" if destinations.get("OnSuccess", {}).get("Destination") else "none yet"
        )
        raise CheckFailed(f"The function needs a destination for failures; it has {told}.")
    if _queue(failed) != PREFIX + "failed":
        raise CheckFailed(f"The on-failure destination is {_queue(failed)}; it is to be {PREFIX}failed.")
    if (retries := settings.get("MaximumRetryAttempts", 2)) != 2:
        raise CheckFailed(f"Leave the retries as they are, so that step 4 can time them; you set {retries}.")


@check("redrive", "The queue of orders moves a message to the poison queue after two receives")
def redrive(aws: boto3.Session) -> None:
    sqs = aws.client("sqs")
    try:
        url = sqs.get_queue_url(QueueName=PREFIX + "orders")["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        raise CheckFailed(f"There is no queue {PREFIX}orders yet; run the cells of step 1.") from None
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    if "RedrivePolicy" not in found:
        raise CheckFailed("The queue of orders has no redrive policy yet, so poison stays in it.")
    policy = json.loads(found["RedrivePolicy"])
    if _queue(policy["deadLetterTargetArn"]) != PREFIX + "poison":
        raise CheckFailed(f"The redrive policy names {_queue(policy['deadLetterTargetArn'])}, not {PREFIX}poison.")
    if int(policy["maxReceiveCount"]) != 2:
        raise CheckFailed(f"A message moves after {policy['maxReceiveCount']} receives; the exercise asks for two.")


@check("partial", "Only the messages of a batch that fail come back")
def partial(aws: boto3.Session) -> None:
    _configuration(aws, SHIP)
    mappings = aws.client("lambda").list_event_source_mappings(FunctionName=SHIP)["EventSourceMappings"]
    if not mappings:
        raise CheckFailed("No mapping joins the queue and the function; run the cell of step 2 that creates it.")
    if "ReportBatchItemFailures" not in mappings[0].get("FunctionResponseTypes", []):
        raise CheckFailed("The mapping does not read what the function answers: it lacks ReportBatchItemFailures.")
    good, bad = _message("good", {"order": "test", "grams": 1}), _message("bad", {"order": "test"})
    try:
        answer = _invoke(aws, SHIP, {"Records": [good, bad]})
    except CheckFailed as failure:
        raise CheckFailed(f"The mapping is right; the function still raises an exception. {failure}") from None
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if failures is None:
        raise CheckFailed("The function answers without batchItemFailures, which counts as: all is well.")
    named = [one.get("itemIdentifier") for one in failures]
    if named != ["bad"]:
        raise CheckFailed(f"Of a good and a bad message the function names {named or 'none'} as failed.")


@check("once", "A payment that is sent twice is charged once")
def once(aws: boto3.Session) -> None:
    _configuration(aws, CHARGE)
    table = aws.client("dynamodb")
    customer, payment = "check " + uuid.uuid4().hex, uuid.uuid4().hex

    def charged(payment: str, attempt: str) -> int:
        event = {"customer": customer, "payment": payment, "attempt": attempt + payment, "cents": 1}
        _invoke(aws, CHARGE, event)
        key = {"id": {"S": customer}}
        found = table.get_item(TableName=PREFIX + "payments", Key=key, ConsistentRead=True)
        return int(found.get("Item", {}).get("cents", {}).get("N", "0"))

    charged(payment, "first")
    if charged(payment, "second") != 1:
        raise CheckFailed("A second attempt at a payment charges again; the key must be the same for both attempts.")
    if charged(uuid.uuid4().hex, "first") != 2:
        raise CheckFailed("A customer's second payment is taken for the first one; the key must tell payments apart.")
