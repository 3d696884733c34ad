"""Ports for servers of a test's own."""

import os
import random
import socket

FIRST, SPAN = 20_000, 1_000
"""Below what systems give to clients, which would take a port between its choice and its use."""


def unused_port() -> int:
    """Return a port nobody listens on; each worker of pytest-xdist has ports of its own."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        port = FIRST + SPAN * worker + random.randrange(SPAN)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", port)):
                return port
