"""Which requests are for a load balancer: told by the name, before anything of LocalStack looks at them.

LocalStack's gateway would answer preflight requests of browsers itself, refuse origins it does not know, and decode
bodies; a load balancer leaves all of that to the function.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import BinaryIO

from localstack_dockerless.server.lane import Reply
from localstack_dockerless.server.wire import Head, ProtocolError

PLAIN = "/_aws/elb/"
DOMAIN = ".elb.amazonaws.com"
DEFAULT_PORT = 80
PORT = re.compile(r"[0-9]{0,5}")
URL = re.compile(r"http://([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """Where a request goes.

    Args:
        name: of the load balancer, or its DNS name.
        port: of the listener.
        path: below the load balancer.
        query: without the question mark.
    """

    name: str
    port: int
    path: str
    query: str


def answer(head: Head, body: BinaryIO, peer: tuple[str, int]) -> Reply | None:
    """Answer a request that is for a load balancer.

    Args:
        head: the request.
        body: its body, not read yet.
        peer: address and port of the client.

    Returns:
        None when it is for something else.
    """
    address = addressed(head)
    if address is None:
        return None
    # Only now: it takes a third of a second, and most servers have no load balancer.
    from localstack_dockerless.services.alb import plane

    return plane.answer(address, head, body, peer)


def addressed(head: Head) -> Address | None:
    """The load balancer that a request names: by a whole URL, as a proxy gets it, by a plain path, or by Host.

    Raises:
        ProtocolError: the port is no number.
    """
    if url := URL.match(head.target):
        authority, path, query = url.groups()
        return _address(authority, path or "/", query or "") if _is_ours(authority) else None
    path, _, query = head.target.partition("?")
    if path.startswith(PLAIN):
        name, slash, rest = path.removeprefix(PLAIN).partition("/")
        return _address(name, slash + rest or "/", query)
    host = head.get(b"host")
    return _address(host, path, query) if _is_ours(host) else None


def _is_ours(authority: str) -> bool:
    return authority.partition(":")[0].lower().endswith(DOMAIN)


def _address(authority: str, path: str, query: str) -> Address:
    name, _, port = authority.partition(":")
    if not PORT.fullmatch(port):
        raise ProtocolError("not a port")
    # The server's own port is how it was reached, not what the client wants of the load balancer.
    number = DEFAULT_PORT if port in ("", os.environ.get("DOCKERLESS_PORT")) else int(port)
    return Address(name if not _is_ours(name) else name.lower(), number, path, query)
