"""Requests that a service's model cannot read: an error of the caller's, which LocalStack takes for one of its own (500).

https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from typing import Any, Final

from localstack.aws.api import CommonServiceException
from localstack.aws.handlers.service import ServiceRequestParser
from localstack.aws.protocol.parser import (
    BaseJSONRequestParser,
    OperationNotFoundParserError,
    ProtocolParserError,
    RequestParserError,
)
from localstack.utils.patch import Patch, Patches

# By protocol, otherwise that of JSON: what cannot be read, and an operation that does not exist, with its status.
_UNREADABLE: Final = {"query": "MalformedInput", "ec2": "MalformedInput", "rest-xml": "MalformedXML"}
_UNKNOWN: Final = {"query": ("InvalidAction", 400), "ec2": ("InvalidAction", 400)}

_START: Final = {dict: "START_OBJECT", list: "START_ARRAY"}

_patches = Patches()


def apply() -> None:
    """Tell the caller; once in a server's life."""
    if _patches.patches:
        return
    _patches.function(ServiceRequestParser.parse_and_enrich, _parse)
    _patches.add(Patch(BaseJSONRequestParser, "_parse_string", _parse_string))
    _patches.apply()


def _parse(original: Any, parser: ServiceRequestParser, context: Any) -> None:
    try:
        original(parser, context)
    except RequestParserError as error:
        # Any will do: the serializer of errors wants to know one.
        context.operation = context.service.operation_model(context.service.operation_names[0])
        raise _refusal(context.protocol or context.service.protocol, error) from error


def _parse_string(_parser: Any, _request: Any, _shape: Any, value: Any, _parameters: Any) -> Any:
    """LocalStack takes anything for a text."""
    if isinstance(value, dict | list):
        raise ProtocolParserError(f"{_START[type(value)]} value can not be converted to a String")
    return value


def _refusal(protocol: str, error: RequestParserError) -> CommonServiceException:
    if isinstance(error, OperationNotFoundParserError):
        code, status = _UNKNOWN.get(protocol, ("UnknownOperationException", 404))
        return CommonServiceException(code, str(error), status_code=status, sender_fault=True)
    code = _UNREADABLE.get(protocol, "SerializationException")
    return CommonServiceException(code, str(error), status_code=400, sender_fault=True)
