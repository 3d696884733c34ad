"""Who may talk to the server at all: programs of this machine, by a name that is the server's own.

The loopback interface keeps other machines out, but not a web page in the person's browser, which may send requests to
127.0.0.1, and read the answers, too, once the name of its own server leads there (DNS rebinding). And not functions,
which are to find AWS here and not the addresses by which a person resets and inspects the server.

https://fetch.spec.whatwg.org/ (Origin), https://www.w3.org/TR/fetch-metadata/ (Sec-Fetch-Site)
"""

from __future__ import annotations

import os
import re
import socket
from typing import Protocol
from urllib.parse import unquote, urlsplit

from localstack_dockerless.server.lane import Reply
from localstack_dockerless.server.wire import Head, path_and_query

HOST = re.compile(
    r"""(?: localhost | \d+(?:\.\d+){3} | \[[0-9a-f:.]+\]        # an address cannot be rebound
          | (?:[^:]+\.)? (?: localhost | localhost\.localstack\.cloud | amazonaws\.com(?:\.cn)? | on\.aws | api\.aws )
        ) \.? (?: :\d* )?""",
    re.IGNORECASE | re.VERBOSE,
)
"""The server's own names, and AWS's."""
INTERNAL = re.compile(r"/*_(?:dockerless|localstack|aws)", re.IGNORECASE)
"""Addresses of the server itself, ..."""
PUBLIC = re.compile(r"/_aws/(?:execute-api/|elb/|sns/SimpleNotificationService-)")
"""... and what is below them of APIs, load balancers and SNS that the world may see."""
DATA_PLANE = re.compile(
    r"(?:.*\.)?(?:execute-api|lambda-url|elb|s3-website[^.]*|cloudfront)\..*|.*\.cloudfront\.net", re.IGNORECASE
)
"""Names of what people publish: it says itself which pages may use it."""


def _listed(variable: str) -> frozenset[str]:
    """Return what a person allows beside: words with commas between."""
    return frozenset(word.strip().lower() for word in os.environ.get(variable, "").split(",") if word.strip())


class Headers(Protocol):
    """A dictionary, or werkzeug's."""

    def get(self, name: str, default: str, /) -> str:
        """The value, or something else."""


HOSTS, ORIGINS = _listed("DOCKERLESS_HOSTS"), _listed("DOCKERLESS_ORIGINS")


def refusal(head: Head, connection: socket.socket) -> Reply | None:
    """Return the answer to a request that must not get any further, None for any other.

    Args:
        head: the request.
        connection: where it came from.

    Raises:
        ProtocolError: it is for neither a path nor a URL.
    """
    path = unquote(path_and_query(head.target).partition("?")[0])
    if PUBLIC.match(path):
        return None
    if not _is_by_its_name(head):
        name = head.get(b"host").partition(":")[0]
        return _no(f"{name} is not a name of this server; allow it with DOCKERLESS_HOSTS={name}.")
    return _internal(head, connection) if INTERNAL.match(path) else None


def _internal(head: Head, connection: socket.socket) -> Reply | None:
    from localstack_dockerless.executor.process import is_of_a_function

    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head.headers}
    if is_from_a_page(headers):
        return _no("Web pages may not use this address; allow an origin with DOCKERLESS_ORIGINS.")
    if is_of_a_function(connection):
        return _no("Functions may not use this address: it is not one of AWS.")
    return None


def is_from_a_page(headers: Headers) -> bool:
    """Return whether a request was made by a web page whose origin nobody has allowed.

    Args:
        headers: by name, asked for in lower case.
    """
    origin, site = headers.get("origin", "").lower(), headers.get("sec-fetch-site", "none").lower()
    if origin:
        return origin not in ORIGINS
    parts = urlsplit(headers.get("referer", ""))
    referrer = f"{parts.scheme}://{parts.netloc}".lower()
    return referrer not in ORIGINS and (bool(parts.netloc) or site != "none")


def _is_by_its_name(head: Head) -> bool:
    """Only programs send whole URLs, and only to what they know to be a proxy; old clients name no host."""
    host = head.get(b"host")
    if not host or not head.target.startswith("/"):
        return True
    return HOST.fullmatch(host) is not None or host.rpartition(":")[0].lower() in HOSTS or host.lower() in HOSTS


def _no(sentence: str) -> Reply:
    body = f"{sentence}\n".encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    return Reply("403 Forbidden", [*headers, ("Connection", "close")], body)
