"""What the configuration of a function asks of its execution role, as Lambda checks it when it is configured.

Rules: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions,
https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html,
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html,
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from localstack.aws.api.lambda_ import InvalidParameterValueException

from localstack_dockerless.permissions.execution import may
from localstack_dockerless.permissions.resources import EVERYTHING

INTERFACES: Final = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")
_SHOWN: Final = {"ec2": "EC2", "xray": "XRAY", "sqs": "SQS", "sns": "SNS"}
SENDING: Final = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
    "s3": "s3:PutObject",
}
"""What it takes to send something to a destination, by the service in its ARN."""
READING: Final = {
    "sqs": ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
    "kinesis": ("GetRecords", "GetShardIterator", "DescribeStream", "ListShards"),
    "dynamodb": ("GetRecords", "GetShardIterator", "DescribeStream"),
}
"""What it takes to read an event source."""


@dataclass(frozen=True)
class Role:
    """The execution role of a function in a region."""

    arn: str
    function: str
    region: str

    def may(self, action: str, resource: str = EVERYTHING) -> bool:
        """Whether the role allows an action."""
        return may(self.arn, self.function, action, resource, self.region)


def check_configuration(role: Role, settings: Mapping[str, Any]) -> None:
    """Refuse what the role does not allow.

    Args:
        role: the function's.
        settings: members of CreateFunction.

    Raises:
        InvalidParameterValueException: it lacks a permission.
    """
    for action, resource in _of_configuration(settings):
        if not role.may(action, resource):
            service, _, operation = action.partition(":")
            raise _wrong(
                f"The provided execution role does not have permissions to call {operation} on {_SHOWN[service]}"
            )


def _of_configuration(settings: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if (settings.get("VpcConfig") or {}).get("SubnetIds"):
        yield from ((f"ec2:{operation}", EVERYTHING) for operation in INTERFACES)
    if (settings.get("TracingConfig") or {}).get("Mode") == "Active":
        yield "xray:PutTraceSegments", EVERYTHING
    target = (settings.get("DeadLetterConfig") or {}).get("TargetArn") or ""
    if (service := _service(target)) in ("sqs", "sns"):
        yield SENDING[service], target


def check_destinations(role: Role, destinations: Mapping[str, Any] | None) -> None:
    """The same for OnSuccess and OnFailure.

    Raises:
        InvalidParameterValueException: the role may not send to one of them.
    """
    for one in (destinations or {}).values():
        target = (one or {}).get("Destination") or ""
        action = SENDING.get(_service(target))
        if action and not role.may(action, f"{target}/*" if action == "s3:PutObject" else target):
            operation = action.partition(":")[2]
            raise _wrong(f"The function's execution role does not have permissions to call {operation} on {target}")


def check_source(role: Role, source: str) -> None:
    """The same for an event source mapping.

    Raises:
        InvalidParameterValueException: the role may not read the source.
    """
    service = _service(source)
    missing = [name for name in READING.get(service, ()) if not role.may(f"{service}:{name}", source)]
    if not missing:
        return
    if service == "sqs":
        raise _wrong(f"The function execution role does not have permissions to call {missing[0]} on SQS")
    needed = ", ".join(READING[service])
    raise _wrong(
        f"Cannot access stream {source}. Please ensure the role can perform the {needed}, and ListStreams Actions on "
        "your stream in IAM."
    )


def _service(arn: str) -> str:
    return arn.split(":")[2] if arn.count(":") > 2 else ""  # noqa: PLR2004 - where an ARN names the service


def _wrong(words: str) -> InvalidParameterValueException:
    return InvalidParameterValueException(words, Type="User")
