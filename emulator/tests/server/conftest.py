from __future__ import annotations

import pytest
from functions import ECHO, deploy
from servers import Server


@pytest.fixture
def echo(server: Server) -> str:
    """A function on the shared server that prints and returns its event."""
    return deploy(server.client("lambda"), ECHO)
