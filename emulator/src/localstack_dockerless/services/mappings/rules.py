"""What a mapping may say; LocalStack takes most of it unseen.

Rules: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html,
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_.event_source_mapping.pipe_utils import get_internal_client
from localstack.services.lambda_.provider import LambdaProvider
from localstack.utils.patch import Patches

STREAM_ONLY = (
    "StartingPosition",
    "StartingPositionTimestamp",
    "ParallelizationFactor",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "BisectBatchOnFunctionError",
    "TumblingWindowInSeconds",
    "DestinationConfig",
)
QUEUE_ONLY = ("ScalingConfig",)
DESTINATIONS = ("sqs", "sns", "s3")
YOUNGEST = 60  # seconds of MaximumRecordAgeInSeconds
FIFO_BATCH = 10
FILTERS = 5  # AWS gives up to 10 to whoever asks for them
POLLERS = 2  # the fewest of a queue

_patches = Patches()


def apply() -> None:
    """Add the checks to CreateEventSourceMapping and UpdateEventSourceMapping, once in a server's life."""
    if not _patches.patches:
        _patches.function(LambdaProvider.validate_event_source_mapping, _validate)
        _patches.apply()


def _validate(original: Any, provider: LambdaProvider, context: Any, request: Any) -> Any:
    check(request)
    result = original(provider, context, request)
    source = request.get("EventSourceArn", "")
    if _service(source) == "sqs":
        _check_visibility(source, result[3].config.timeout)
    return result


def _service(source: str) -> str:
    return dict(enumerate(source.split(":"))).get(2, "")


def _wrong(words: str) -> InvalidParameterValueException:
    return InvalidParameterValueException(words, Type="User")


def check(request: dict[str, Any]) -> None:
    """Refuse what AWS refuses, in its words.

    Raises:
        InvalidParameterValueException: an option does not go with the source.
    """
    age = request.get("MaximumRecordAgeInSeconds")
    if age is not None and 0 <= age < YOUNGEST:
        words = f"must be either -1 (forever) or between {YOUNGEST} and 604800 (inclusive)"
        raise _wrong(f"MaximumRecordAgeInSeconds {words}")
    service = _service(request.get("EventSourceArn", ""))
    foreign = {"sqs": STREAM_ONLY, "kinesis": QUEUE_ONLY, "dynamodb": QUEUE_ONLY}.get(service, ())
    for name in foreign:
        if request.get(name):
            shown = name[0].lower() + name[1:]
            raise _wrong(f"Unsupported '{shown}' parameter for given event source mapping type.")
    if len((request.get("FilterCriteria") or {}).get("Filters") or ()) > FILTERS:
        raise _wrong(f"An event source mapping has {FILTERS} filters at most.")
    if service == "sqs":
        _check_pollers(request)
    if request.get("EventSourceArn", "").endswith(".fifo"):
        _check_fifo(request)
    if service == "dynamodb" and "/stream/" not in request["EventSourceArn"]:
        raise _wrong("Unrecognized event source.")
    at_timestamp = service == "kinesis" and request.get("StartingPosition") == "AT_TIMESTAMP"
    if at_timestamp and not request.get("StartingPositionTimestamp"):
        raise _wrong("Required 'startingPositionTimestamp' parameter is missing.")
    destination = ((request.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if destination and _service(destination) not in DESTINATIONS:
        raise _wrong(f"The destination ARN {destination} is invalid.")


def _check_pollers(request: dict[str, Any]) -> None:
    """The words are our own."""
    pollers = request.get("ProvisionedPollerConfig") or {}
    if pollers and request.get("ScalingConfig"):
        raise _wrong("MaximumConcurrency and ProvisionedPollerConfig exclude each other.")
    if any(pollers.get(name, POLLERS) < POLLERS for name in ("MinimumPollers", "MaximumPollers")):
        raise _wrong(f"Provisioned pollers of a queue are {POLLERS} at least.")


def _check_fifo(request: dict[str, Any]) -> None:
    if request.get("MaximumBatchingWindowInSeconds"):
        raise _wrong("Batching window is not supported for FIFO queues")
    if (request.get("BatchSize") or 0) > FIFO_BATCH:
        raise _wrong(f"Batch size must be between 1 and {FIFO_BATCH} for FIFO queues.")


def _check_visibility(queue_arn: str, timeout: int) -> None:
    """Messages must not come back while a function may still be at work on them."""
    account, name = queue_arn.split(":")[4:]
    client = get_internal_client(queue_arn)
    try:
        url = client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
        attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    except ClientError as error:
        raise _wrong(f"Error occurred while ReceiveMessage. {error}") from error
    visibility = int(attributes["VisibilityTimeout"])
    if visibility < timeout:
        words = f"Queue visibility timeout: {visibility} seconds is less than Function timeout: {timeout} seconds"
        raise _wrong(words)
