"""An HTTP proxy for functions that share the machine's network, which is all that can be held back there.

It is at the environment's endpoint of AWS; environment variables (`HTTP_PROXY`) lead there. It passes requests on to
served hosts, and to the internet where the function's VPC leads there.
"""

from __future__ import annotations

import contextlib
import re
import socket
from typing import BinaryIO

from localstack_dockerless.executor.network import Place
from localstack_dockerless.reachability import Place as Target
from localstack_dockerless.reachability.analysis import is_private
from localstack_dockerless.sandbox import network
from localstack_dockerless.server.doors import Held, Taken
from localstack_dockerless.server.wire import Head
from localstack_dockerless.services.network.decisions import DECISIONS, Caller
from localstack_dockerless.services.network.hosts import HOSTS
from localstack_dockerless.services.network.names import is_of_aws
from localstack_dockerless.services.network.relay import join

URL = re.compile(r"http://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
AUTHORITY = re.compile(r"\[?([^\]\s]+?)\]?(?::(\d{1,5}))?")
ADDRESS = re.compile(r"[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)
SOMEWHERE = "198.51.100.1"
"""Any public address: a block for documentation (RFC 5737)."""
_CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_FAILED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def check(head: Head, caller: Caller) -> None:
    """Take a request that is for somebody else.

    Raises:
        Taken: it is.
        Held: what it is for cannot be reached.
    """
    tunnel = head.method == "CONNECT"
    url = None if tunnel else URL.fullmatch(head.target)
    authority = AUTHORITY.fullmatch(head.target if tunnel else url[1] if url else "")
    if not authority or is_of_aws(authority[1].lower()) or authority[1].startswith("127."):
        return
    place = authority[1].lower(), int(authority[2] or (443 if tunnel else 80))
    target = _target(caller, place)
    first = b"" if tunnel else _rewritten(head, url[2] if url else "")
    raise Taken(lambda connection, stream: _pass_on(connection, stream, target, first))


def _target(caller: Caller, place: Place) -> Place:
    """Where a place is: served on this machine, or on the machine's own network.

    Raises:
        Held: it cannot be reached.
    """
    host, port = place
    is_address = ADDRESS.fullmatch(host) is not None
    named = None if is_address else HOSTS.named(host, caller)
    if served := HOSTS.at(caller, (named.address if named else host, port)):
        return served.target
    try:
        target = Target(host if is_address else SOMEWHERE, port)
        hidden = named is not None or is_private(target.address) or network.is_private()
        reachable = not hidden and DECISIONS.about(caller, target).reachable
    except ValueError:  # it is no address
        reachable = False
    if not reachable:
        raise Held
    return _outside(host, port)


def _outside(host: str, port: int) -> Place:
    """The public address of a host: this machine and its neighbours are no part of the internet, whatever they are called.

    Raises:
        Held: it has none.
    """
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return host, port  # nobody has it, as connecting will tell
    public = [address for address in found if not is_private(address)]
    if not public:
        raise Held
    return public[0], port


def _rewritten(head: Head, path: str) -> bytes:
    """The request as its server wants it, as the only one of its connection."""
    kept = [one for one in head.headers if one[0].lower() not in (b"connection", b"proxy-connection")]
    lines = [f"{head.method} {path if path.startswith('/') else '/' + path} {head.version}".encode("latin-1")]
    lines += [name + b": " + value for name, value in [*kept, (b"Connection", b"close")]]
    return b"\r\n".join([*lines, b"", b""])


def _pass_on(connection: socket.socket, stream: BinaryIO, target: Place, first: bytes) -> None:
    try:
        other = socket.create_connection(target)
    except OSError:
        connection.sendall(_FAILED)
        return
    with other, contextlib.suppress(OSError):
        if first:
            other.sendall(first)
        else:
            connection.sendall(_CONNECTED)
        join(connection, other, stream)
