"""Passes bytes between a function and what somebody serves on this machine."""

from __future__ import annotations

import contextlib
import socket
import threading

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


def join(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes both ways until both ends have said all."""
    back = threading.Thread(target=_pass, args=(other, one), name="gateway", daemon=True)
    back.start()
    _pass(one, other)
    back.join()


def _pass(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(BUFFER):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # one end is gone, and with it what the other could say
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
