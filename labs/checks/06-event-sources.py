"""Checks of lab 06."""

import json
from typing import Any

import boto3
from botocore.exceptions import ClientError

from coldstart.lab.checking import CheckFailed, check

PREFIX = "coldstart-06-"
BATCH = 4
SCANS = 10


def _function(aws: boto3.Session, name: str) -> dict[str, Any]:
    """Return a function's configuration."""
    functions = aws.client("lambda")
    try:
        return dict(functions.get_function_configuration(FunctionName=PREFIX + name))
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no function {PREFIX}{name} yet; the cells above create it.") from None


def _statements(aws: boto3.Session, name: str, service: str) -> list[dict[str, Any]]:
    """Return the conditions of what admits a service to a function, which must be there."""
    functions = aws.client("lambda")
    _function(aws, name)
    try:
        policy = json.loads(functions.get_policy(FunctionName=PREFIX + name)["Policy"])
    except functions.exceptions.ResourceNotFoundException:
        policy = {"Statement": []}
    found = [
        statement.get("Condition", {})
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow" and service in str(statement.get("Principal"))
    ]
    if not found:
        raise CheckFailed(f"The policy of `{name}` does not admit {service}, so no event can come in.")
    return found


def _events(aws: boto3.Session, name: str) -> list[dict[str, Any]]:
    """Return the events that a function has kept."""
    item = aws.client("dynamodb").get_item(
        TableName=PREFIX + "kept", Key={"function": {"S": PREFIX + name}}, ConsistentRead=True
    )
    return [json.loads(event["S"]) for event in item.get("Item", {}).get("events", {"L": []})["L"]]


def _mappings(aws: boto3.Session, name: str, missing: str) -> list[dict[str, Any]]:
    """Return the event source mappings of a function, of which there must be one."""
    _function(aws, name)
    found = list(aws.client("lambda").list_event_source_mappings(FunctionName=PREFIX + name)["EventSourceMappings"])
    if not found:
        raise CheckFailed(missing)
    return found


@check("bucket-pushes", "The bucket, and it alone, may call `files` and does")
def bucket_pushes(aws: boto3.Session) -> None:
    account = aws.client("sts").get_caller_identity()["Account"]
    bucket = f"{PREFIX}parcels-{account}"
    conditions = _statements(aws, "files", "s3.amazonaws.com")
    if not all(bucket in json.dumps(condition) and account in _account(condition) for condition in conditions):
        raise CheckFailed("S3 may call `files` for more than your bucket: say SourceArn and SourceAccount.")
    found = aws.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    if not found.get("LambdaFunctionConfigurations"):
        raise CheckFailed("The permission is there, but the bucket has no notification that names `files`.")
    if not _events(aws, "files"):
        raise CheckFailed("All is set up, but `files` has kept no event yet: put an object into the bucket.")


def _account(condition: dict[str, Any]) -> str:
    """Return the account that a condition names."""
    return str(
        [value for test in condition.values() for key, value in test.items() if key.lower() == "aws:sourceaccount"]
    )


@check("rule-matches", "The rule sends delivered parcels, and no others, to `rule`")
def rule_matches(aws: boto3.Session) -> None:
    events = aws.client("events")
    try:
        pattern = events.describe_rule(Name=PREFIX + "delivered")["EventPattern"]
    except (KeyError, events.exceptions.ResourceNotFoundException):
        raise CheckFailed(f"There is no rule {PREFIX}delivered with an event pattern yet.") from None
    if "state" not in pattern:
        raise CheckFailed("The rule is there, but its pattern says nothing about the state, so it matches both.")
    targets = events.list_targets_by_rule(Rule=PREFIX + "delivered")["Targets"]
    if not any(target["Arn"].split(":function:")[-1].startswith(PREFIX + "rule") for target in targets):
        raise CheckFailed("The rule is there, but the function `rule` is not among its targets.")
    _statements(aws, "rule", "events.amazonaws.com")
    kept = [event.get("detail", {}).get("state") for event in _events(aws, "rule")]
    if wrong := sorted({state for state in kept if state != "delivered"}, key=str):
        raise CheckFailed(f"`rule` was also called for parcels that are {', '.join(map(str, wrong))}: {pattern}")
    if not kept:
        raise CheckFailed("Rule, target and permission are there, but `rule` has kept no event; send the events again.")


@check("stream-polled", "Lambda polls the stream `scans` for `scans`, in batches of four")
def stream_polled(aws: boto3.Session) -> None:
    mapping = _mappings(aws, "scans", "Nobody polls the stream for `scans`: it has no event source mapping.")[0]
    if ":kinesis:" not in mapping["EventSourceArn"]:
        raise CheckFailed(f"`scans` polls {mapping['EventSourceArn']}, not the stream of Kinesis.")
    if mapping["BatchSize"] != BATCH:
        raise CheckFailed(f"The mapping of `scans` has a batch size of {mapping['BatchSize']}, not {BATCH}.")
    found = sum(len(event["Records"]) for event in _events(aws, "scans"))
    if found < SCANS:
        raise CheckFailed(
            f"`scans` has got {found} of {SCANS} records. Its mapping begins at {mapping.get('StartingPosition')}; is that the oldest?"
        )


@check("only-sent", "`changes` is called for parcels that were sent, and for nothing else")
def only_sent(aws: boto3.Session) -> None:
    mapping = _mappings(
        aws, "changes", "Nobody polls the table's stream for `changes`: the cells above make the mapping."
    )[0]
    if not mapping.get("FilterCriteria", {}).get("Filters"):
        raise CheckFailed("The mapping of `changes` has no filter: the function is called for every change.")
    events = [event for event in _events(aws, "changes") if event.get("Records")]
    images = [record["dynamodb"].get("NewImage", {}) for event in events for record in event["Records"]]
    states = [image.get("state", {}).get("S") for image in images]
    if wrong := sorted({str(state) for state in states if state != "sent"}):
        raise CheckFailed(f"The filter lets parcels through that are {', '.join(wrong)}.")
    if not states:
        raise CheckFailed("The filter lets nothing through, not even a parcel that was sent: compare it with a record.")


@check("proxy-answer", "The API's function answers as API Gateway wants it")
def proxy_answer(aws: boto3.Session) -> None:
    _function(aws, "price")
    try:
        answer = aws.client("lambda").invoke(
            FunctionName=PREFIX + "price", Payload=json.dumps({"queryStringParameters": None})
        )
    except ClientError as refused:
        raise CheckFailed(f"`price` could not be called: {refused}") from None
    payload = json.load(answer["Payload"])
    if "statusCode" not in payload:
        raise CheckFailed(f"`price` answers {json.dumps(payload)}, which has no `statusCode`.")
    if not isinstance(payload.get("body"), str):
        raise CheckFailed("`price` answers with a `body` that is no text; API Gateway does not encode it for you.")
