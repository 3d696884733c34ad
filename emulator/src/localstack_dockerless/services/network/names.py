"""Resolves names for functions: those of AWS lead to their endpoint, those of served hosts to their addresses.

Nothing else exists, and the answer says so at once.
"""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable

from localstack_dockerless.services.network.decisions import Caller
from localstack_dockerless.services.network.hosts import HOSTS

SIZE = 4096
OF_AWS = ("amazonaws.com", "on.aws", "api.aws", "localhost", "localhost.localstack.cloud")
LOCAL = "127.0.0.1"


class Names:
    """One thread for all environments; each has a socket of its own, which tells who asks."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._running = False

    def open(self, listener: socket.socket, caller: Caller) -> Callable[[], None]:
        """Answer an environment, until what this returns is called."""
        listener.setblocking(False)
        with self._lock:
            self._selector.register(listener, selectors.EVENT_READ, caller)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="dockerless-names", daemon=True).start()
        return lambda: self._close(listener)

    def _close(self, listener: socket.socket) -> None:
        with self._lock:
            self._selector.unregister(listener)
            listener.close()

    def _run(self) -> None:
        while True:
            ready = self._selector.select()
            with self._lock:
                for key, _ in ready:
                    if key.fd in self._selector.get_map():
                        _take(key.fileobj, key.data)  # type: ignore[arg-type]


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


NAMES = Names()
"""The server's ones."""
