"""What is in the network of an execution environment: AWS, names, and the places that it reaches."""

from __future__ import annotations

import contextlib
import itertools
import logging
import socket
import threading
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from localstack_dockerless.executor.network import Network
from localstack_dockerless.server import doors
from localstack_dockerless.server.doors import DOORS
from localstack_dockerless.services.network import relay
from localstack_dockerless.services.network.decisions import Caller
from localstack_dockerless.services.network.gate import Gate
from localstack_dockerless.services.network.hosts import HOSTS
from localstack_dockerless.services.network.names import NAMES
from localstack_dockerless.services.network.state import STATE

CONNECTIONS = 256
"""That an environment may have to AWS at a time."""
REMEMBERED = 1000
"""Configurations of functions."""
LOG = logging.getLogger(__name__)


class Surroundings:
    """Serves them to every environment; see `executor.network.Surroundings`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[str, itertools.count[int]] = defaultdict(itertools.count)
        self._callers: dict[Network, Caller] = {}

    @property
    def version(self) -> int:
        """The number of the present state."""
        return STATE.number

    def serve(self, function: Any, connected: Network) -> Callable[[], None]:
        """Serve AWS and names, until what this returns is called."""
        caller = Caller(function, self._number(function.config.internal_revision))
        self._callers[connected] = caller
        ends = contextlib.ExitStack()
        ends.callback(self._callers.pop, connected, None)
        free = threading.Semaphore(CONNECTIONS)
        ends.callback(DOORS.open(connected.endpoints, partial(_serve, caller, free)))
        if connected.names:
            ends.callback(NAMES.open(connected.names, caller))
        return ends.close

    def _number(self, revision: str) -> int:
        """How many environments have been made before for a configuration of a function."""
        with self._lock:
            if len(self._numbers) > REMEMBERED:
                self._numbers.clear()
            return next(self._numbers[revision])

    def refresh(self, function: Any, connected: Network) -> None:
        """Have the places in the network that can be reached from it now."""
        caller = self._callers.get(connected)
        if caller is None:
            return
        connected.seen = STATE.number
        reachable = {(one.address, one.port): one for one in HOSTS.reachable_from(caller)}
        try:
            connected.provide(set(reachable), partial(_open, caller))
        except OSError as error:
            LOG.warning("the network of an execution environment is not up to date: %s", error)


def _serve(caller: Caller, free: threading.Semaphore, connection: socket.socket, peer: doors.Peer) -> None:
    """Each connection has a gate of its own, as it remembers the request; no function gets all of the server's threads."""
    if not free.acquire(blocking=False):
        connection.close()
        return
    try:
        doors.serve(connection, peer, Gate(caller))
    finally:
        free.release()


def _open(caller: Caller, listener: socket.socket) -> Callable[[], None]:
    place = listener.getsockname()
    return DOORS.open([listener], lambda connection, _peer: relay.take(connection, caller, place))


SURROUNDINGS = Surroundings()
"""The server's ones."""
