"""What one server is: its port, its directory, its time scale."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from localstack_dockerless.errors import DockerlessError

DEFAULT_PORT = 4566
HOST = "127.0.0.1"
HIGHEST_PORT = 65535
NETWORKS = ("private", "host")


@dataclass(frozen=True)
class Settings:
    """One server.

    Args:
        port: TCP port on 127.0.0.1.
        data: directory below which the server writes everything.
        time_scale: factor for the waits of the services (retries after 1 and 2 minutes); 1.0 is as on AWS.
        network: "private" where each execution environment has a network of its own if the machine can do that, "host"
            where all share the machine's.
    """

    port: int
    data: Path
    time_scale: float = 1.0
    network: str = "private"

    @property
    def endpoint(self) -> str:
        """The address for `AWS_ENDPOINT_URL`."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """Where the server's own messages go."""
        return self.data / "server.log"


def resolve(
    port: int | None = None, data: str | None = None, time_scale: float | None = None, network: str | None = None
) -> Settings:
    """Fill in what the caller left out from the environment and the defaults.

    Raises:
        DockerlessError: the port, the time scale or the network makes no sense.
    """
    port = int(_number("DOCKERLESS_PORT", DEFAULT_PORT)) if port is None else port
    data = data or os.environ.get("DOCKERLESS_DATA")
    if not 1 <= port <= HIGHEST_PORT:
        raise DockerlessError(f"{port} is not a TCP port; choose one from 1 to {HIGHEST_PORT} with --port.")
    scale = _number("DOCKERLESS_TIME_SCALE", 1) if time_scale is None else time_scale
    if not 0 < scale <= 1:
        raise DockerlessError(f"A time scale of {scale:g} makes no sense; give a number above 0 and up to 1.")
    network = network or os.environ.get("DOCKERLESS_NETWORK") or NETWORKS[0]
    if network not in NETWORKS:
        raise DockerlessError(f"{network!r} is no network; choose {' or '.join(NETWORKS)}.")
    return Settings(port, Path(data).expanduser().absolute() if data else default_data(port), scale, network)


def _number(variable: str, default: float) -> float:
    text = os.environ.get(variable) or str(default)
    try:
        return float(text)
    except ValueError:
        raise DockerlessError(f"{variable} is {text!r}; give a number.") from None


def default_data(port: int) -> Path:
    """The directory of the server on this port, below the user's state directory."""
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "localstack-dockerless" / str(port)
