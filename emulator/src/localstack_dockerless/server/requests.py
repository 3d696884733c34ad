"""Requests that are not what the service's model says: the caller's error, which LocalStack reports as its own (500).

Common errors: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api import CommonServiceException, RequestContext
from localstack.aws.handlers.service import ServiceRequestParser
from localstack.aws.protocol.parser import (
    BaseJSONRequestParser,
    OperationNotFoundParserError,
    ProtocolParserError,
    RequestParserError,
)
from localstack.aws.protocol.validate import validate_request
from localstack.utils.patch import Patch, Patches

UNREADABLE = {"rest-xml": "MalformedXML", "query": "MalformedInput", "ec2": "MalformedInput"}
"""By protocol, the code for what cannot be read; SerializationException in the others."""

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
    """LocalStack takes anything for a text."""
    if isinstance(value, dict | list):
        raise ProtocolParserError(f"{_START[type(value)]} value can not be converted to a String")
    return value


def check(_chain: Any, context: RequestContext, _response: Any) -> None:
    """A handler of LocalStack's chain.

    Raises:
        CommonServiceException: a parameter is missing, or of another type.
    """
    code = INCOMPLETE.get(context.service.service_name) if context.service else None
    if not code or not context.operation or not context.operation.input_shape:
        return
    for reason, path, details in validate_request(context.operation, context.service_request or {})._errors:
        if reason == "invalid type":
            raise _unreadable(context, f"{path.lstrip('.')} has another type.")
        if reason == "missing required field":
            place = ".".join(_lower(part) for part in [*path.split("."), details["required_name"]] if part)
            words = f"1 validation error detected: Value null at '{place}' failed to satisfy constraint: "
            raise CommonServiceException(code, f"{words}Member must not be null", 400, sender_fault=True)


def _unknown(context: RequestContext, words: str) -> CommonServiceException:
    if context.protocol in QUERY:
        return CommonServiceException("InvalidAction", words, 400, sender_fault=True)
    return CommonServiceException("UnknownOperationException", words, 404, sender_fault=True)


def _unreadable(context: RequestContext, words: str) -> CommonServiceException:
    code = UNREADABLE.get(str(context.protocol), "SerializationException")
    return CommonServiceException(code, words, 400, sender_fault=True)


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
