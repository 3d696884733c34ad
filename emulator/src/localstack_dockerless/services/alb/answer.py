"""What a function's response becomes.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#respond-to-load-balancer
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any

from localstack_dockerless.server.lane import Reply
from localstack_dockerless.server.wire import TOKEN, UNWRITABLE, Header
from localstack_dockerless.services.alb.http import phrase, reply

LIMIT = 1024 * 1024  # bytes of JSON
HEADERS_LIMIT = 32 * 1024  # bytes
STATUSES = range(200, 600)
IGNORED = {
    # Of hop-by-hop headers and the length the load balancer takes care itself.
    *("connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding"),
    *("upgrade", "content-length"),
}


class MalformedError(Exception):
    """The response is none that a load balancer understands; the client gets 502."""


def answer(payload: bytes, multi_value: bool) -> Reply:
    """Make an HTTP response of a function's.

    Only the status code has to be there. A field that is there must have its type; null is not one.

    Args:
        payload: JSON.
        multi_value: whether headers are taken from `multiValueHeaders`; otherwise from `headers`. The other is ignored.

    Raises:
        MalformedError: it cannot be sent.
    """
    if len(payload) > LIMIT:
        raise MalformedError("too large")
    response = _parse(payload)
    status = response.get("statusCode")
    if type(status) is not int or status not in STATUSES:
        raise MalformedError("statusCode")
    headers = list(_headers(response, multi_value))
    if sum(len(name) + len(value) + 4 for name, value in headers) > HEADERS_LIMIT:
        raise MalformedError("headers too large")
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/octet-stream"))
    return reply(status, _reason(response, status), headers, _body(response))


def _parse(payload: bytes) -> dict[str, Any]:
    try:
        response = json.loads(payload)
    except (ValueError, RecursionError):
        raise MalformedError("not JSON") from None
    if not isinstance(response, dict):
        raise MalformedError("not an object")
    return response


def _field(response: dict[str, Any], name: str, kind: type, default: Any) -> Any:
    value = response.get(name, default)
    if not isinstance(value, kind):
        raise MalformedError(name)
    return value


def _headers(response: dict[str, Any], multi_value: bool) -> Iterator[Header]:
    for name, given in _field(response, "multiValueHeaders" if multi_value else "headers", dict, {}).items():
        if multi_value and not isinstance(given, list):
            raise MalformedError(name)
        for value in given if multi_value else [given]:
            if not isinstance(value, str) or not TOKEN.fullmatch(name) or UNWRITABLE.search(value):
                raise MalformedError(name)
            if name.lower() not in IGNORED:
                yield name, value


def _reason(response: dict[str, Any], status: int) -> str:
    """What follows the code in the status line: "Not Found" of "404 Not Found"."""
    text = _field(response, "statusDescription", str, "").removeprefix(str(status)).strip()
    if UNWRITABLE.search(text):
        raise MalformedError("statusDescription")
    return text or phrase(status)


def _body(response: dict[str, Any]) -> bytes:
    body: str = _field(response, "body", str, "")
    if not _field(response, "isBase64Encoded", bool, False):
        return body.encode(errors="replace")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedError("body") from None
