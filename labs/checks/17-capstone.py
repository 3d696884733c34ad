"""Checks of lab 17."""

import json
import os
import time
import uuid
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

import boto3

from coldstart.lab.checking import CheckFailed, check

STACK, TABLE = "coldstart-17-parcels", "coldstart-17-parcels"
DESK, SORTER = "coldstart-17-desk", "coldstart-17-sorter"
UNSORTED = "coldstart-17-unsorted"
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"}  # those of DynamoDBWritePolicy
SECONDS = 20


def _stack(aws: boto3.Session) -> dict[str, str]:
    """Return the outputs of the stack."""
    cloudformation = aws.client("cloudformation")
    try:
        (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    except cloudformation.exceptions.ClientError:
        raise CheckFailed(f"There is no stack {STACK} yet; the cells of step 1 make it.") from None
    if "ROLLBACK" in stack["StackStatus"] or stack["StackStatus"].endswith("FAILED"):
        raise CheckFailed(f"The stack is {stack['StackStatus']}: {stack.get('StackStatusReason', 'see its events')}")
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _function(aws: boto3.Session, name: str) -> dict[str, Any]:
    functions = aws.client("lambda")
    try:
        return dict(functions.get_function_configuration(FunctionName=name))
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"The stack has no function {name} yet.") from None


def _mapping(aws: boto3.Session) -> dict[str, Any]:
    found = aws.client("lambda").list_event_source_mappings(FunctionName=SORTER)["EventSourceMappings"]
    if not found:
        raise CheckFailed("No event source mapping reads the queue for the sorter: give it an event of the type SQS.")
    return dict(found[0])


def _post(url: str, **parcel: Any) -> tuple[int, dict[str, Any]]:
    address, here = urlsplit(url), urlsplit(os.environ.get("AWS_ENDPOINT_URL", "")).netloc
    connection = HTTPConnection(here, timeout=30) if here else HTTPSConnection(address.netloc, timeout=30)
    with closing(connection):
        told = {"Host": address.netloc, "Content-Type": "application/json"}
        connection.request("POST", "/parcels", json.dumps(parcel), told)
        answer = connection.getresponse()
        return answer.status, json.load(answer)


def _arrives(aws: boto3.Session, parcel: str) -> bool:
    table = aws.client("dynamodb")
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if "Item" in table.get_item(TableName=TABLE, Key={"id": {"S": parcel}}, ConsistentRead=True):
            return True
        time.sleep(0.1)
    return False


def _sorts(aws: boto3.Session, url: str) -> None:
    """Bring a parcel that the desk takes, and wait for it in the table."""
    parcel = f"check-{uuid.uuid4().hex[:8]}"
    status, _ = _post(url, id=parcel, grams=100, express=False)
    if status != 202:
        raise CheckFailed(f"The desk answers {status} to an ordinary parcel; look at its log.")
    if not _arrives(aws, parcel):
        raise CheckFailed("The desk took a parcel, and it did not come to the table; look at the sorter's log.")


def _role_statements(aws: boto3.Session, role: str) -> list[dict[str, Any]]:
    iam = aws.client("iam")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    return [statement for document in documents for statement in _listed(document["Statement"])]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _least(aws: boto3.Session) -> None:
    """The sorter may write to its table, and its policies are not open for everything."""
    role = _function(aws, SORTER)["Role"].rpartition("/")[2]
    for statement in _role_statements(aws, role):
        actions = [action for action in _listed(statement.get("Action", [])) if action.startswith(("dynamodb:*", "*"))]
        if statement["Effect"] == "Allow" and (actions or "*" in _listed(statement.get("Resource", []))):
            raise CheckFailed("The sorter may do more than write to this table; name the actions and the table's ARN.")
    attached = aws.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    wide = ("FullAccess", "AdministratorAccess", "PowerUserAccess")
    for name in (policy["PolicyName"] for policy in attached):
        if any(part in name for part in wide):
            raise CheckFailed(f"{name} allows the sorter far more than to write to this table.")


def _only_writes(aws: boto3.Session) -> None:
    """Of all that can be done to a table, the sorter may only write: what it may do to queues is the event's."""
    role = _function(aws, SORTER)["Role"].rpartition("/")[2]
    allowed = [statement for statement in _role_statements(aws, role) if statement["Effect"] == "Allow"]
    actions = {action for statement in allowed for action in _listed(statement.get("Action", []))}
    if more := sorted(action for action in actions - WRITES if action.startswith("dynamodb:")):
        raise CheckFailed(f"The sorter may also call {more[0]}; to enter parcels it needs to write, and nothing else.")


@check("sorted", "Parcels come from the desk to the table, and a bad message comes back alone")
def sorted_(aws: boto3.Session) -> None:
    url = _stack(aws)["Url"]
    _function(aws, SORTER)
    mapping = _mapping(aws)
    if mapping["BatchSize"] != 5:
        raise CheckFailed(f"The mapping takes batches of {mapping['BatchSize']}; five were asked for.")
    if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
        raise CheckFailed(
            "The mapping does not read which messages failed: one bad message brings its neighbours back."
        )
    _least(aws)
    _only_writes(aws)
    _sorts(aws, url)


@check("released", "The API calls the alias `live`, which points to a version")
def released(aws: boto3.Session) -> None:
    url = _stack(aws)["Url"]
    alias = _alias(aws)
    _points_to_version(alias)
    if not _has(aws, SORTER):
        raise CheckFailed("The sorter is gone with this deployment: deploy the template and your text of exercise 1.")
    _, told = _post(url, id=f"check-{uuid.uuid4().hex[:8]}", grams=100, express=False)
    if told.get("version") != alias["FunctionVersion"]:
        raise CheckFailed(
            f"The API was answered by {told.get('version', 'nobody')}, and `live` points to version {alias['FunctionVersion']}."
        )


def _has(aws: boto3.Session, name: str) -> bool:
    try:
        _function(aws, name)
    except CheckFailed:
        return False
    return True


def _points_to_version(alias: dict[str, Any]) -> None:
    if alias["FunctionVersion"] == "$LATEST":
        raise CheckFailed("`live` points to $LATEST, which changes with every update; it should point to a version.")


def _alias(aws: boto3.Session) -> dict[str, Any]:
    functions = aws.client("lambda")
    _function(aws, DESK)
    try:
        return dict(functions.get_alias(FunctionName=DESK, Name="live"))
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"{DESK} has no alias `live` yet.") from None


@check("answers", "The desk takes every parcel again, through a version that worked")
def answers(aws: boto3.Session) -> None:
    url = _stack(aws)["Url"]
    alias = _alias(aws)
    if weights := alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"):
        raise CheckFailed(f"Version {next(iter(weights))} still gets a share of the requests.")
    if not _incident(aws):
        raise CheckFailed("Nothing has happened yet: run the cell with the incident first.")
    _points_to_version(alias)
    for parcel in ({"express": True}, {}, {}):
        status, _ = _post(url, id=f"check-{uuid.uuid4().hex[:8]}", grams=100, **parcel)
        if status != 202:
            kind = "an express parcel" if parcel else "an ordinary parcel"
            raise CheckFailed(
                f"The desk answers {status} to {kind}; `live` points to version {alias['FunctionVersion']}."
            )


def _incident(aws: boto3.Session) -> bool:
    """Whether the release by hand was made: it published a second version."""
    found = aws.client("lambda").list_versions_by_function(FunctionName=DESK)["Versions"]
    return len(found) > 2  # $LATEST, the template's and the one by hand


@check("flows", "Parcels come to the table again, and nothing is lost")
def flows(aws: boto3.Session) -> None:
    url = _stack(aws)["Url"]
    _function(aws, SORTER)
    _alias(aws)
    if not _incident(aws):
        raise CheckFailed("Nothing has happened yet: run the cell with the incident first.")
    if (state := _mapping(aws)["State"]) not in {"Enabled", "Enabling", "Updating"}:
        raise CheckFailed(f"The mapping is {state}: nobody reads the queue.")
    _least(aws)
    _sorts(aws, url)
    _none_given_up(aws)


def _none_given_up(aws: boto3.Session) -> None:
    """No message was received so often that it moved away: the mapping was on before the role could write."""
    sqs, count = aws.client("sqs"), "ApproximateNumberOfMessages"
    url = sqs.get_queue_url(QueueName=UNSORTED)["QueueUrl"]
    found = int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[count])["Attributes"][count])
    if found:
        raise CheckFailed(
            f"Messages in `unsorted`: {found}. `sqs.start_message_move_task` with the ARN of this queue brings them back."
        )
