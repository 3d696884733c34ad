"""HTTP_PROXY integrations: the request goes to a server of this machine, and its response comes back.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-http.html
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

import requests
from localstack.http import Response

from localstack_dockerless.services.http.incoming import Incoming

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "trailer", "upgrade"})
_NOT_FORWARDED = frozenset({"host", "content-length"})


class Unreachable(Exception):  # noqa: N818 - an event on the network
    """It is not on this machine, or does not answer."""


def forward(integration: Any, incoming: Incoming, parameters: dict[str, str], rest: str, seconds: float) -> Response:
    """Ask the server.

    Args:
        integration: moto's.
        incoming: the request.
        parameters: the path parameters, which the URI may name in braces.
        rest: what the URI is followed by: the path of a request that came over the route `$default`.
        seconds: how long to wait.

    Raises:
        Unreachable: see there.
    """
    url = re.sub(r"\{(\w+)\}", lambda found: parameters.get(found[1], ""), integration.integration_uri).rstrip("/")
    if not _is_here(url):
        raise Unreachable(url)
    method = integration.integration_method
    headers = [(name, value) for name, value in incoming.headers if name not in _NOT_FORWARDED]
    with requests.Session() as session:
        session.trust_env = False  # proxies and passwords of whoever started the server
        try:
            answer = session.request(
                incoming.method if method == "ANY" else method,
                f"{url}{rest}" + (f"?{incoming.query}" if incoming.query else ""),
                headers={name: incoming.header(name) for name, _ in headers},
                data=incoming.body,
                timeout=seconds,
                allow_redirects=False,
                stream=True,
            )
            return _response(answer)
        except requests.RequestException as error:
            raise Unreachable(url) from error


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _response(answer: requests.Response) -> Response:
    response = Response(answer.raw.read(decode_content=False), answer.status_code)
    response.headers.clear()
    for name, value in answer.raw.headers.items():
        if name.lower() not in _HOP_BY_HOP:
            response.headers.add(name, value)
    return response
