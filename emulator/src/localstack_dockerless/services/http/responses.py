"""What a function returned, as an HTTP response."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from localstack.http import Response

from localstack_dockerless.server.wire import TOKEN, UNWRITABLE

PRELUDE_END = b"\0" * 8
"""Between status and headers, as JSON, and the body of a streamed response."""

_STATUS = re.compile("[0-9]{3}")
_STATUSES = range(200, 600)
"""Those of complete responses: after an informational one a client would wait for another."""
_OWN = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"})
"""Headers that the front door writes itself."""


class Malformed(ValueError):  # noqa: N818 - an event in somebody else's code
    """What the function returned is no response in the format it has to have."""


def message(text: str, status: int, key: str = "message") -> Response:
    """An answer of the front door itself.

    Args:
        text: for a person.
        status: HTTP's.
        key: "Message" is what function URLs write.
    """
    return Response(json.dumps({key: text}, separators=(",", ":")), status, content_type="application/json")


def parsed(payload: bytes) -> Any:
    """JSON.

    Raises:
        Malformed: it is none, or nested without end.
    """
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        raise Malformed from None


def inferred(payload: bytes, content_type: str) -> Response:
    """Format 2.0: an object with a statusCode describes the response, anything else is its body, in JSON.

    Args:
        payload: what the function returned.
        content_type: of a described response that names none.

    Raises:
        Malformed: see there.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    value = parsed(payload)
    if isinstance(value, dict) and "statusCode" in value:
        return described(value, content_type)
    body = value.encode(errors="replace") if isinstance(value, str) else payload
    return Response(body, 200, content_type="application/json")


def explicit(payload: bytes, content_type: str) -> Response:
    """Format 1.0: always an object with a statusCode.

    Raises:
        Malformed: see there.
    """
    value = parsed(payload)
    if not isinstance(value, dict) or "statusCode" not in value:
        raise Malformed
    return described(value, content_type, several=True)


def described(value: dict[str, Any], content_type: str, *, several: bool = False) -> Response:
    """An object of statusCode, headers, cookies, body and isBase64Encoded.

    Args:
        value: the object.
        content_type: of a response that names none.
        several: whether it may have multiValueHeaders (format 1.0) instead of cookies (2.0).

    Raises:
        Malformed: see there.
    """
    response = Response(_body(value), _status(value["statusCode"]), content_type=content_type)
    for name, text in _headers(value, "headers"):
        response.headers.set(name, _text(text))
    if several:
        for name, texts in _headers(value, "multiValueHeaders"):
            response.headers.setlist(name, [_text(text) for text in _sequence(texts)])
    else:
        for cookie in _sequence(value.get("cookies") or []):
            response.headers.add("Set-Cookie", _text(cookie))
    return response


def _status(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str) or not _STATUS.fullmatch(str(value)):
        raise Malformed
    status = int(value)
    if not is_complete(status):
        raise Malformed
    return status


def is_complete(status: int) -> bool:
    """Whether it is the status of a complete response."""
    return status in _STATUSES


def writable(name: str, value: str) -> bool:
    """Whether this can be a header."""
    return bool(TOKEN.fullmatch(name)) and not UNWRITABLE.search(value)


def _body(value: dict[str, Any]) -> bytes:
    body = value.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise Malformed
    if value.get("isBase64Encoded") is not True:
        return body.encode(errors="replace")
    try:
        return base64.b64decode(body)
    except ValueError:  # also of letters that are not ASCII
        raise Malformed from None


def _headers(value: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    found = value.get(key) or {}
    if not isinstance(found, dict) or not all(TOKEN.fullmatch(name) for name in found):
        raise Malformed
    return [(name, text) for name, text in found.items() if name.lower() not in _OWN]


def _sequence(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Malformed
    return value


def _text(value: Any) -> str:
    """A header's value; line ends in it would let a function write headers nobody declared."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float) or UNWRITABLE.search(str(value)):
        raise Malformed
    return str(value)
