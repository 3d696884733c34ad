"""A real server, and the commands to start and stop it."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

CLIENT = Config(retries={"total_max_attempts": 1}, read_timeout=60)


@dataclass(frozen=True)
class Server:
    """A server by its port and its directory, running or not."""

    port: int
    data: Path

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str, account: str = "000000000000", region: str = "us-east-1") -> Any:
        """A boto3 client; the account is the access key id."""
        return boto3.Session(account, "secret", region_name=region).client(
            service, endpoint_url=self.endpoint, config=CLIENT
        )

    def command(self, name: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run one command of localstack-dockerless on this server."""
        line = [*COMMAND, name, f"--port={self.port}", f"--data={self.data}", *arguments]
        return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False, **options)

    def start(self, *arguments: str, **options: Any) -> None:
        """Start it; the test fails with the command's own sentence."""
        done = self.command("start", *arguments, **options)
        assert done.returncode == 0, done.stderr


COMMAND = [sys.executable, "-m", "localstack_dockerless.cli"]


def free_port() -> int:
    """A port nobody listens on, below those the kernel gives to clients, and of this worker's own part."""
    while True:
        port = next(_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _ports() -> Iterator[int]:
    """A worker of pytest-xdist takes every eighth; runs side by side begin at different places."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = range(20_000 + worker % WORKERS, 30_000, WORKERS)
    begin = random.randrange(len(ports))
    return itertools.cycle([*ports[begin:], *ports[:begin]])


WORKERS = 8
_PORTS = _ports()
