"""Checks of lab 06."""

import json
import time
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from coldstart.lab.checking import CheckFailed, check

PREFIX = "coldstart-06-"
BATCH = 4
SCANS = 10
ARRIVAL_SECONDS: Final = 5  # an asynchronous call is on its way for a moment


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


def _arrived(aws: boto3.Session, name: str) -> list[dict[str, Any]]:
    """Return the events that a function has kept, of which one may be on its way."""
    until = time.monotonic() + ARRIVAL_SECONDS
    while not (found := _events(aws, name)) and time.monotonic() < until:
        time.sleep(0.1)
    return found


@check("bucket-pushes", "The bucket, and it alone, may call `files` and does")
def bucket_pushes(aws: boto3.Session) -> None:
    account = aws.client("sts").get_caller_identity()["Account"]
    bucket = f"{PREFIX}parcels-{account}"
    for condition in _statements(aws, "files", "s3.amazonaws.com"):
        if _tested(condition, "aws:SourceArn") != [f"arn:aws:s3:::{bucket}"]:
            raise CheckFailed(f"S3 may call `files` for other buckets, too: say the SourceArn arn:aws:s3:::{bucket}.")
        if _tested(condition, "aws:SourceAccount") != [account]:
            raise CheckFailed(
                f"The bucket could come to belong to somebody else: say the SourceAccount {account}, too."
            )
    found = (
        aws.client("s3").get_bucket_notification_configuration(Bucket=bucket).get("LambdaFunctionConfigurations", [])
    )
    if not any(_names(one["LambdaFunctionArn"], "files") for one in found):
        raise CheckFailed("The permission is there, but the bucket has no notification that names `files`.")
    if not _arrived(aws, "files"):
        raise CheckFailed("All is set up, but `files` has kept no event yet: put an object into the bucket.")


def _tested(condition: dict[str, Any], key: str) -> list[str]:
    """Return what a condition compares a key with."""
    return [str(value) for test in condition.values() for name, value in test.items() if name.lower() == key.lower()]


def _names(arn: str, name: str) -> bool:
    """Return whether an ARN is that of one of the lab's functions, with a version or without."""
    return f"{arn}:".partition(":function:")[2].startswith(f"{PREFIX}{name}:")


@check("rule-matches", "The rule sends delivered parcels, and no others, to `rule`")
def rule_matches(aws: boto3.Session) -> None:
    events = aws.client("events")
    try:
        rule = events.describe_rule(Name=PREFIX + "delivered")
    except events.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no rule {PREFIX}delivered yet.") from None
    _judge_pattern(events, rule.get("EventPattern", "{}"))
    targets = events.list_targets_by_rule(Rule=PREFIX + "delivered")["Targets"]
    if not any(_names(target["Arn"], "rule") for target in targets):
        raise CheckFailed("The rule is there, but the function `rule` is not among its targets.")
    for condition in _statements(aws, "rule", "events.amazonaws.com"):
        if _tested(condition, "aws:SourceArn") != [rule["Arn"]]:
            raise CheckFailed(
                f"Every rule of every account may call `rule`: permit it for the SourceArn {rule['Arn']}."
            )
    kept = [event.get("detail", {}).get("state") for event in _arrived(aws, "rule")]
    if wrong := sorted({state for state in kept if state != "delivered"}, key=str):
        raise CheckFailed(
            f"`rule` was called for parcels that are {', '.join(map(str, wrong))}; was that before the pattern was right? Report again."
        )
    if not kept:
        raise CheckFailed(
            "Rule, target and permission are there, but `rule` has kept no event; report both states again."
        )


def _judge_pattern(events: Any, pattern: str) -> None:
    """Try the pattern on the event that is wanted, and on two that differ from it in one thing."""
    if _matches(events, pattern, state="sent"):
        raise CheckFailed("The rule's pattern lets parcels through that are only sent: it has to name the state.")
    if not _matches(events, pattern):
        raise CheckFailed(
            f"The rule's pattern does not match a delivered parcel, look at the names and lists in it: {pattern}"
        )
    if _matches(events, pattern, source="somebody.else"):
        raise CheckFailed("The rule's pattern does not look at the source: anybody's event with such a state matches.")


def _matches(events: Any, pattern: str, *, source: str = "coldstart.parcels", state: str = "delivered") -> bool:
    event = {
        "id": "1",
        "version": "0",
        "account": "123456789012",
        "region": "us-east-1",
        "time": "2025-01-01T00:00:00Z",
        "resources": [],
        "source": source,
        "detail-type": "Parcel state",
        "detail": {"parcel": "p-1", "state": state},
    }
    return bool(events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"])


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
