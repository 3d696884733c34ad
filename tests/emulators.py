"""One emulator for each worker, so that what runs on it never shares state."""

import subprocess
from pathlib import Path

import httpx
import pytest
from ports import unused_port

from coldstart import stack


class Emulator:
    """A real emulator on a port of its own."""

    def __init__(self, port: int, data: Path) -> None:
        self.endpoint = stack.Endpoint(f"http://127.0.0.1:{port}", port)
        self.arguments = [f"--port={port}", f"--data={data}"]

    def command(self, verb: str) -> None:
        subprocess.run(
            [stack.COMMAND, verb, *self.arguments],
            check=True,
            capture_output=True,
            timeout=60,
            env=stack.own_environment(),
        )

    def reset(self) -> None:
        httpx.post(f"{self.endpoint.url}/_dockerless/reset", timeout=30).raise_for_status()


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    server = Emulator(unused_port(), tmp_path_factory.mktemp("emulator"))
    server.command("start")
    yield server
    server.command("stop")


@pytest.fixture
def here(emulator, monkeypatch):
    """The emulator, empty, and the variables that make boto3 in this process talk to it."""
    emulator.reset()
    for name, value in emulator.endpoint.environment.items():
        monkeypatch.setenv(name, value)
    return emulator
