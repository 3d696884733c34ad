"""What a schedule invokes.

Rules: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets.html and
https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from botocore import xform_name
from localstack.aws.connect import connect_to

from localstack_dockerless.permissions import acting
from localstack_dockerless.permissions.calls import Call
from localstack_dockerless.services.scheduler.expressions import iso

PRINCIPAL = "scheduler.amazonaws.com"
UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"


@dataclass(frozen=True)
class Invocation:
    """One occurrence of a schedule.

    Attributes:
        account: 12 digits.
        region: of the schedule.
        arn: of the schedule.
        target: as CreateSchedule takes it.
        due: seconds since 1970.
        execution: a unique id.
    """

    account: str
    region: str
    arn: str
    target: dict[str, Any]
    due: float
    execution: str

    def body(self, attempt: int) -> str:
        """The input with the context attributes filled in; without an input, the event of the page."""
        text = self.target.get("Input") or json.dumps(self._event())
        values = {
            "schedule-arn": self.arn,
            "scheduled-time": iso(self.due),
            "execution-id": self.execution,
            "attempt-number": str(attempt),
        }
        for name, value in values.items():
            text = text.replace(f"<aws.scheduler.{name}>", value)
        return str(text)

    def _event(self) -> dict[str, Any]:
        return {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": self.account,
            "time": iso(self.due),
            "region": self.region,
            "resources": [self.arn],
            "detail": "{}",
        }

    @property
    def is_templated(self) -> bool:
        """Whether the target is a resource, not any operation of a service."""
        return not self.target["Arn"].startswith(UNIVERSAL)

    def invoke(self, attempt: int) -> None:
        """Call the target, if the role of the target may.

        Raises:
            ClientError: the role may not, or cannot be assumed.
            Exception: whatever the call gives.
        """
        arn, body = self.target["Arn"], self.body(attempt)
        if self.is_templated:
            TEMPLATED[arn.split(":")[2]](self, arn, body)
        else:
            self._universal(arn.removeprefix(UNIVERSAL), body)

    def client(self, service: str) -> Any:
        """Of the schedule's account and region."""
        return connect_to(aws_access_key_id=self.account, region_name=self.region).get_client(service)

    def call(self, service: str, operation: str, **request: Any) -> Any:
        """An operation of a service, as far as the role of the target allows it.

        Raises:
            ClientError: it does not, or the service refuses.
        """
        call = Call(service, operation, request, self.account, self.region)
        acting.require(PRINCIPAL, self.target["RoleArn"], call, self.arn)
        return getattr(self.client(service), xform_name(operation))(**request)

    def _universal(self, name: str, body: str) -> None:
        """`service:action`, with the parameters of the call as input."""
        service, _, action = name.partition(":")
        service = {"sfn": "stepfunctions", "eventbridge": "events"}.get(service, service)
        self.call(service, action[:1].upper() + action[1:], **json.loads(body))


def _lambda(invocation: Invocation, arn: str, body: str) -> None:
    invocation.call("lambda", "Invoke", FunctionName=arn, InvocationType="Event", Payload=body)


def send(invocation: Invocation, arn: str, body: str, **options: Any) -> None:
    """To a queue."""
    account, name = arn.split(":")[4:6]
    url = invocation.client("sqs").get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
    invocation.call("sqs", "SendMessage", QueueUrl=url, MessageBody=body, **options)


def _sqs(invocation: Invocation, arn: str, body: str) -> None:
    send(invocation, arn, body, **(invocation.target.get("SqsParameters") or {}))


def _sns(invocation: Invocation, arn: str, body: str) -> None:
    invocation.call("sns", "Publish", TopicArn=arn, Message=body)


def _states(invocation: Invocation, arn: str, body: str) -> None:
    invocation.call("stepfunctions", "StartExecution", stateMachineArn=arn, input=body)


def _kinesis(invocation: Invocation, arn: str, body: str) -> None:
    key = invocation.target["KinesisParameters"]["PartitionKey"]
    invocation.call("kinesis", "PutRecord", StreamARN=arn, Data=body.encode(), PartitionKey=key)


def _events(invocation: Invocation, arn: str, body: str) -> None:
    parameters = invocation.target["EventBridgeParameters"]
    entry = {"EventBusName": arn, "Source": parameters["Source"], "DetailType": parameters["DetailType"]}
    answer = invocation.call("events", "PutEvents", Entries=[{**entry, "Detail": body}])
    if answer["FailedEntryCount"]:
        raise RuntimeError("{ErrorCode}: {ErrorMessage}".format(**answer["Entries"][0]))


TEMPLATED: dict[str, Callable[[Invocation, str, str], None]] = {
    "lambda": _lambda,
    "sqs": _sqs,
    "sns": _sns,
    "states": _states,
    "kinesis": _kinesis,
    "events": _events,
}
