"""Quotas and form of what callers send.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import base64
import json
from typing import NoReturn

from localstack.aws.api import CommonServiceException
from localstack.aws.api.lambda_ import InvalidRequestContentException, InvocationType

SYNCHRONOUS_LIMIT = 6_291_456
"""Bytes of a request: 6 MB."""

ASYNCHRONOUS_LIMIT = 1_048_576
"""Bytes of an event: 1 MB."""


def check_size(size: int, invocation_type: str | None) -> None:
    """Refuses what is too large.

    Args:
        size: Bytes.
        invocation_type: "Event" has the smaller quota.

    Raises:
        CommonServiceException: `RequestEntityTooLargeException`, HTTP 413, as Lambda words it.
    """
    if size > SYNCHRONOUS_LIMIT:
        message = f"Request must be smaller than {SYNCHRONOUS_LIMIT} bytes for the InvokeFunction operation"
    elif invocation_type == InvocationType.Event and size > ASYNCHRONOUS_LIMIT:
        message = f"{size} byte payload is too large for the Event invocation type (limit {ASYNCHRONOUS_LIMIT} bytes)"
    else:
        return
    raise CommonServiceException("RequestEntityTooLargeException", message, status_code=413, sender_fault=True)


def check_json(payload: bytes) -> None:
    """Refuses what is not JSON: it never reaches a function.

    Raises:
        InvalidRequestContentException: HTTP 400.
    """
    try:
        json.loads(payload, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        reason = f"Could not parse request body into json: Could not parse payload into json: {error}"
        raise InvalidRequestContentException(reason, Type="User") from error


def client_context(encoded: str | None) -> str | None:
    """The JSON of `X-Amz-Client-Context` on one line, as a header needs it; None if there is none."""
    if not encoded:
        return None
    try:
        return json.dumps(json.loads(base64.b64decode(encoded)))
    except (ValueError, RecursionError):
        return None


def _refuse(name: str) -> NoReturn:
    """Python's parser knows NaN and Infinity; JSON does not."""
    raise ValueError(f"Unrecognized token '{name}'")
