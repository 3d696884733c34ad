"""One real server for the whole run, and the pieces to start further ones."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from roles import ensure_role
from servers import COMMAND, Server, free_port


@pytest.fixture(scope="session")
def runtimes() -> None:
    """The clients that functions run behind; from the package index when this environment has none yet."""
    subprocess.run([*COMMAND, "runtimes", "install"], check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, runtimes: None) -> Iterator[Server]:
    """The server that tests share: use names of your own, and an account of your own where you list or reset.

    Account 000000000000 has the role `test`, which functions may have and which may do everything.
    """
    shared = Server(free_port(), tmp_path_factory.mktemp("server"))
    shared.start()
    ensure_role(shared.client("iam"))
    yield shared
    shared.command("stop")


@pytest.fixture
def another_server(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Makes further servers, not started yet; stops them at the end."""
    made: list[Server] = []

    def make() -> Server:
        made.append(Server(free_port(), tmp_path / f"server{len(made)}"))
        return made[-1]

    yield make
    for one in made:
        one.command("stop")
