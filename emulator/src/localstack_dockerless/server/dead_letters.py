"""What a dead-letter queue is told about an event, as AWS tells it.

LocalStack 2026.3.0 makes up a request id, does not cut the message, and sends nothing for an event that never ran.
Rule: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from localstack.services.lambda_.invocation.event_manager import Poller, SQSInvocation
from localstack.utils.aws import dead_letter_queue
from localstack.utils.patch import patch

LONGEST = 1024  # bytes of the error message
_request_id: ContextVar[str] = ContextVar("request_id")


def apply() -> None:
    """Put it in place; once in a server's life."""
    patch(Poller.process_dead_letter_queue)(_process)
    patch(dead_letter_queue._prepare_messages_to_dlq)(_prepare)


def _process(original: Any, poller: Poller, sqs_invocation: SQSInvocation, response_payload: Any) -> None:
    token = _request_id.set(sqs_invocation.invocation.request_id)
    try:
        original(poller, sqs_invocation, response_payload if isinstance(response_payload, dict) else {})
    finally:
        _request_id.reset(token)


def _prepare(original: Any, source_arn: str, event: Any, error_message: Any) -> list[dict[str, Any]]:
    """Only the functions' own queues; SNS and event source mappings use the same code."""
    request_id = _request_id.get("")
    if not request_id:
        messages: list[dict[str, Any]] = original(source_arn, event, error_message)
        return messages
    text = str(error_message or "").encode()[:LONGEST].decode(errors="ignore")
    messages = original(source_arn, event, text)
    for message in messages:
        attributes = message["MessageAttributes"]
        attributes["RequestID"]["StringValue"] = request_id
        if not text:  # an attribute has to have a value
            del attributes["ErrorMessage"]
    return messages
