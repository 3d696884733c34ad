"""The event that a function gets for a request.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from collections.abc import Iterable
from typing import Any

from localstack_dockerless.server.wire import Header
from localstack_dockerless.services.alb.http import Request

PLAIN_TYPES = ("application/json", "application/javascript", "application/xml")
NOT_PASSED_ON = ("transfer-encoding", "proxy-connection", "proxy-authorization")
TRACE, FOR, PORT, PROTO = "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"


def event(request: Request, target_group: str, multi_value: bool) -> bytes:
    """The event, as JSON.

    Args:
        request: with the headers the load balancer adds.
        target_group: its ARN.
        multi_value: whether headers and parameters are lists of all values; otherwise each is the last value.
    """
    shape = _lists if multi_value else _last
    prefix = (
        ("multiValueQueryStringParameters", "multiValueHeaders")
        if multi_value
        else ("queryStringParameters", "headers")
    )
    body, encoded = _body(request)
    return json.dumps(
        {
            "requestContext": {"elb": {"targetGroupArn": target_group}},
            "httpMethod": request.method,
            "path": request.path,
            prefix[0]: shape(request.parameters),
            prefix[1]: shape(request.headers),
            "body": body,
            "isBase64Encoded": encoded,
        }
    ).encode()


def _last(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    return dict(pairs)


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _body(request: Request) -> tuple[str, bool]:
    """The body, and whether it is in Base64: always with a content encoding, otherwise unless its type is a text's."""
    kind = request.get("content-type").partition(";")[0].strip().lower()
    plain = kind.startswith("text/") or kind in PLAIN_TYPES
    if request.body and (request.get("content-encoding") or not plain):
        return base64.b64encode(request.body).decode(), True
    return request.body.decode(errors="replace"), False


def forwarded_headers(
    request: Request, attributes: dict[str, Any], protocol: str, port: int, client_port: int
) -> list[Header]:
    """The request's headers with those that the load balancer adds or drops.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html

    Args:
        request: as it came.
        attributes: the load balancer's.
        protocol: of the listener, in lower case.
        port: of the listener.
        client_port: from which the client speaks.
    """
    ours = (TRACE, FOR, PORT, PROTO, *NOT_PASSED_ON)
    kept = [header for header in request.headers if header[0] not in ours]
    clients = _clients(request, attributes, client_port)
    return [
        *kept,
        (TRACE, trace(request.get(TRACE))),
        *([(FOR, clients)] if clients else []),
        (PORT, str(port)),
        (PROTO, protocol),
    ]


def _clients(request: Request, attributes: dict[str, Any], client_port: int) -> str:
    mode = attributes.get("routing.http.xff_header_processing.mode", "append")
    with_port = str(attributes.get("routing.http.xff_client_port.enabled")) == "true"
    client = f"{request.client}:{client_port}" if with_port else request.client
    before = request.all(FOR)
    kept = {"preserve": before, "remove": []}
    return ", ".join(kept.get(mode, [*before, client]))


def trace(given: str) -> str:
    """The trace id to pass on: a new root, or the given one with this load balancer's own part before it."""
    own = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    parts = [part.strip() for part in given.split(";") if part.strip() and not re.match(r"\s*Self=", part)]
    has_root = any(part.startswith("Root=") for part in parts)
    return ";".join([f"{'Self' if has_root else 'Root'}={own}", *parts])
