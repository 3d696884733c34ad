"""Requests that cannot be read are the client's fault; LocalStack 2026.3.0 answers them with 500 InternalError.

The codes are those of https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html and of the services'
own pages of common errors.
"""

from __future__ import annotations

from typing import Any, Final

from localstack.aws.api import CommonServiceException
from localstack.aws.handlers.service import ServiceExceptionSerializer
from localstack.aws.protocol.parser import OperationNotFoundParserError, RequestParserError
from localstack.utils.patch import Patches

BAD, NOT_FOUND = 400, 404
QUERY: Final = ("query", "ec2")

_patches = Patches()


def apply() -> None:
    """Put it in place, once."""
    if not _patches.patches:
        _patches.function(ServiceExceptionSerializer.create_exception_response, _answer)
        _patches.apply()


def _answer(original: Any, serializer: ServiceExceptionSerializer, exception: Exception, context: Any) -> Any:
    if isinstance(exception, RequestParserError):
        exception = _refusal(exception, context.protocol)
        context.operation = context.operation or context.service.operation_model(context.service.operation_names[0])
    return original(serializer, exception, context)


def _refusal(error: RequestParserError, protocol: str) -> CommonServiceException:
    if not isinstance(error, OperationNotFoundParserError):
        return CommonServiceException("SerializationException", str(error), BAD, sender_fault=True)
    if protocol in QUERY:
        return CommonServiceException("InvalidAction", str(error), BAD, sender_fault=True)
    return CommonServiceException("UnknownOperationException", str(error), NOT_FOUND, sender_fault=True)
