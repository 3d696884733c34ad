"""Resolves names for functions: those of AWS lead to their endpoint, those of served hosts to their addresses.

Nothing else exists, and the answer says so at once.
"""

from __future__ import annotations

import socket

from localstack_dockerless.services.datagrams import Datagrams
from localstack_dockerless.services.network.decisions import Caller
from localstack_dockerless.services.network.hosts import HOSTS

SIZE = 4096
OF_AWS = ("amazonaws.com", "on.aws", "api.aws", "localhost", "localhost.localstack.cloud")
LOCAL = "127.0.0.1"


def _take(listener: socket.socket, caller: Caller) -> None:
    try:
        question, peer = listener.recvfrom(SIZE)
        if reply := answer(question, caller):
            listener.sendto(reply, peer)
    except OSError:
        pass  # who asked is gone


def answer(question: bytes, caller: Caller) -> bytes:
    """The answer to a question of DNS; empty for what is none."""
    from dnslib import QTYPE, RCODE, RR, A, DNSRecord

    try:
        asked = DNSRecord.parse(question)
        name = str(asked.q.qname).rstrip(".").lower()
    except Exception:  # noqa: BLE001 - whatever a function sends must not end the thread that serves all
        return b""
    reply = asked.reply(ra=1)
    address = address_of(name, caller)
    if address is None:
        reply.header.rcode = RCODE.NXDOMAIN
    elif asked.q.qtype in (QTYPE.A, QTYPE.ANY):
        reply.add_answer(RR(asked.q.qname, QTYPE.A, rdata=A(address), ttl=0))
    return bytes(reply.pack())


def is_of_aws(name: str) -> bool:
    """Whether a name, given in lower case, leads to AWS."""
    return any(name == one or name.endswith(f".{one}") for one in OF_AWS)


def address_of(name: str, caller: Caller) -> str | None:
    """The address of a name, given in lower case; None when nobody has it."""
    if is_of_aws(name):
        return LOCAL
    found = HOSTS.named(name, caller)
    return found.address if found else None


NAMES = Datagrams("dockerless-names", _take)
"""The server's resolver."""
