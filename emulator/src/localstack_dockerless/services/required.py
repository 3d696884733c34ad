"""What has to be in a request: LocalStack parses requests by the service's model and does not look for what is missing."""

from __future__ import annotations

from typing import Any

from localstack.aws.api import CommonServiceException

_CODES = (
    "ValidationException",
    "InvalidParameterException",
    "BadRequestException",
    "BadRequest",
    "InvalidRequestException",
)
"""What services call it, if they do not call it ValidationError."""


def check(operation: Any, request: Any) -> None:
    """Refuse a request without something it has to have.

    Args:
        operation: botocore's model of it.
        request: parsed.

    Raises:
        CommonServiceException: with the code that the service has for it, and AWS's words.
    """
    names = operation.input_shape.required_members if operation.input_shape else ()
    missing = [name for name in names if (request or {}).get(name) is None]
    if not missing:
        return
    words = [
        f"Value null at '{name[:1].lower()}{name[1:]}' failed to satisfy constraint: Member must not be null"
        for name in missing
    ]
    plural = "s" if len(missing) > 1 else ""
    message = f"{len(missing)} validation error{plural} detected: {'; '.join(words)}"
    raise CommonServiceException(_code(operation), message, status_code=400, sender_fault=True)


def _code(operation: Any) -> str:
    known = {shape.name for shape in operation.error_shapes}
    return next((code for code in _CODES if code in known), "ValidationError")
