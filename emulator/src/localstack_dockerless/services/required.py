"""What has to be in a request: LocalStack parses requests by the service's model and does not look for what is missing."""

from __future__ import annotations

from typing import Any, cast

from localstack.aws.api import CommonServiceException, ServiceRequest
from localstack.aws.protocol.validate import validate_request

UNREADABLE = {"rest-xml": "MalformedXML", "query": "MalformedInput", "ec2": "MalformedInput"}
"""By protocol, the code for what cannot be read; SerializationException in the others."""
_CODES = (
    "ValidationException",
    "InvalidParameterException",
    "BadRequestException",
    "BadRequest",
    "InvalidRequestException",
)
"""What services call it, if they do not call it ValidationError."""


def check(operation: Any, request: Any, code: str = "", protocol: str = "") -> None:
    """Refuse a request without something it has to have, or with something else in its place.

    Args:
        operation: botocore's model of it.
        request: parsed.
        code: what the service calls it if something is missing; by default, one of the operation's own.
        protocol: how the request came; by default, the service's.

    Raises:
        CommonServiceException: with AWS's words; all that is missing is named.
    """
    if not operation.input_shape:
        return
    missing, given = [], cast("ServiceRequest", request or {})
    for reason, path, details in validate_request(operation, given)._errors:
        if reason == "missing required field":
            missing.append(f"{path}.{details['required_name']}")
        elif reason == "invalid type" and details["param"] is None:
            missing.append(path)
        elif reason == "invalid type":
            raise unreadable(protocol or operation.service_model.protocol, f"{path.lstrip('.')} has another type.")
    if missing:
        raise CommonServiceException(code or _code(operation), _words(missing), status_code=400, sender_fault=True)


def unreadable(protocol: str, words: str) -> CommonServiceException:
    """Return the error for a request that is not what the service's model says."""
    return CommonServiceException(
        UNREADABLE.get(protocol, "SerializationException"), words, status_code=400, sender_fault=True
    )


def _words(missing: list[str]) -> str:
    places = [".".join(part[0].lower() + part[1:] for part in path.split(".") if part) for path in missing]
    found = [f"Value null at '{place}' failed to satisfy constraint: Member must not be null" for place in places]
    return f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected: {'; '.join(found)}"


def _code(operation: Any) -> str:
    known = {shape.name for shape in operation.error_shapes}
    return next((code for code in _CODES if code in known), "ValidationError")
