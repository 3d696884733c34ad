"""Requests that are not what the service's model says: the caller's error, which LocalStack reports as its own (500).

Common errors: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

import re
from typing import Any

from localstack.aws.api import CommonServiceException, RequestContext
from localstack.aws.handlers.service import ServiceRequestParser
from localstack.aws.protocol.parser import (
    BaseJSONRequestParser,
    OperationNotFoundParserError,
    ProtocolParserError,
    RequestParserError,
)
from localstack.utils.patch import Patch, Patches

from localstack_dockerless.services import required

QUERY = ("query", "ec2")
"""Protocols in which the operation is a parameter of its own."""

INCOMPLETE = {
    "cloudwatch": "MissingParameter",
    "dynamodb": "ValidationException",
    "dynamodbstreams": "ValidationException",
    "events": "ValidationException",
    "kinesis": "ValidationException",
    "lambda": "ValidationException",
    "logs": "InvalidParameterException",
    "scheduler": "ValidationException",
    "xray": "InvalidRequestException",
}
"""By service, the code for a parameter that is missing. The services that are not here check for themselves."""

_HALF = re.compile("[\ud800-\udfff]")
_START = {dict: "START_OBJECT", list: "START_ARRAY"}
_patches = Patches()


def apply() -> None:
    """Refuse what LocalStack cannot read, once in a server's life."""
    if not _patches.patches:
        _patches.function(ServiceRequestParser.parse_and_enrich, _parse)
        _patches.add(Patch(BaseJSONRequestParser, "_parse_string", _parse_string))
        _patches.apply()


def _parse(original: Any, parser: ServiceRequestParser, context: RequestContext) -> None:
    try:
        original(parser, context)
    except RequestParserError as error:
        # The error's answer needs some operation.
        service: Any = context.service
        context.operation = service.operation_model(service.operation_names[0])
        kind = _unknown if isinstance(error, OperationNotFoundParserError) else _unreadable
        raise kind(context, str(error)) from error
    if context.service_request is None and context.operation and context.operation.input_shape:
        raise _unreadable(context, "The body is no object.")


def _parse_string(_parser: Any, _request: Any, _shape: Any, value: Any, _parameters: Any) -> Any:
    """LocalStack takes anything for a text, and half a character for one, which nothing that it is written to takes."""
    if isinstance(value, dict | list):
        raise ProtocolParserError(f"{_START[type(value)]} value can not be converted to a String")
    if isinstance(value, str) and not value.isascii() and _HALF.search(value):
        raise ProtocolParserError("Unpaired surrogate in a String")
    return value


def check(_chain: Any, context: RequestContext, _response: Any) -> None:
    """A handler of LocalStack's chain.

    Raises:
        CommonServiceException: a parameter is missing, or of another type.
    """
    code = INCOMPLETE.get(context.service.service_name) if context.service else None
    if not code or not context.operation or not context.operation.input_shape:
        return
    required.check(context.operation, context.service_request, code, str(context.protocol))


def _unknown(context: RequestContext, words: str) -> CommonServiceException:
    if context.protocol in QUERY:
        return CommonServiceException("InvalidAction", words, 400, sender_fault=True)
    return CommonServiceException("UnknownOperationException", words, 404, sender_fault=True)


def _unreadable(context: RequestContext, words: str) -> CommonServiceException:
    return required.unreadable(str(context.protocol), words)
