"""Passes bytes between a function and what somebody serves on this machine."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from localstack_dockerless.executor.network import Place
from localstack_dockerless.server.doors import BUFFER, hold
from localstack_dockerless.services.network.decisions import Caller
from localstack_dockerless.services.network.hosts import HOSTS


def take(connection: socket.socket, caller: Caller, place: Place) -> None:
    """Serve a connection to a place, until either end closes it; it closes the connection.

    What could be reached when the listener was opened may be out of reach now: then nothing answers.
    """
    with connection:
        host = HOSTS.at(caller, place)
        if host is None:
            return hold(connection)
        with contextlib.suppress(OSError), socket.create_connection(host.target) as other:
            join(connection, other)
    return None


def join(one: socket.socket, other: socket.socket, stream: BinaryIO | None = None) -> None:
    """Pass bytes both ways until both ends have said all.

    Args:
        one: one end.
        other: the other end.
        stream: what has been read from `one` already and not been used.
    """
    back = threading.Thread(target=_pass, args=(other.recv, other, one), name="gateway", daemon=True)
    back.start()
    _pass(cast("Any", stream).read1 if stream else one.recv, one, other)
    back.join()


def _pass(read: Callable[[int], bytes], source: socket.socket, target: socket.socket) -> None:
    try:
        while data := read(BUFFER):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # one end is gone, and with it what the other could say
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
