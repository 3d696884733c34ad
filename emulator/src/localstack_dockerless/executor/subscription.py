"""What an extension asks of the Telemetry API.

https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATHS = ("/2022-07-01/telemetry", "/2022-07-01/telemetry/")
LOGS_PATHS = ("/2020-08-15/logs", "/2020-08-15/logs/")
"""Of the Logs API, which the Telemetry API has superseded."""
TYPES = ("platform", "function", "extension")
HOSTS = ("sandbox.localdomain", "sandbox")
"""What the environment is called inside itself."""
RESERVED_PORT = 9001

_VERSIONS = ("2022-07-01", "2022-12-13", "2025-01-29")
_LIMITS = {"maxItems": (1_000, 10_000), "maxBytes": (262_144, 1_048_576), "timeoutMs": (25, 30_000)}
_DEFAULTS = {"maxItems": 10_000, "maxBytes": 262_144, "timeoutMs": 1_000}
_PORTS = 65_536
_HTTP_PORT = 80


class Invalid(Exception):  # noqa: N818 - what the request is
    """A request cannot be accepted; the message says why."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A valid request.

    Attributes:
        types: Of "platform", "function" and "extension".
        port: Of the listener.
        path: Of the URI; empty for TCP.
        max_items: Events in a batch.
        max_bytes: Size of a batch.
        timeout: Seconds an event may wait for others.
    """

    types: tuple[str, ...]
    port: int
    path: str
    max_items: int
    max_bytes: int
    timeout: float

    @property
    def is_http(self) -> bool:
        """Whether batches are posted; otherwise lines are written to a TCP connection."""
        return bool(self.path)


def parse(body: bytes) -> Subscription:
    """Reads the body of a request.

    Raises:
        Invalid: Something is wrong with it; the message says what.
    """
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"failed to parse JSON: {error}") from None
    if not isinstance(asked, dict):
        raise Invalid("a JSON object is expected")
    if asked.get("schemaVersion") not in _VERSIONS:
        raise Invalid(f"schemaVersion must be one of {', '.join(_VERSIONS)}")
    port, path = _destination(asked.get("destination"))
    buffering = _buffering(asked.get("buffering", {}))
    return Subscription(
        _types(asked.get("types")),
        port,
        path,
        buffering["maxItems"],
        buffering["maxBytes"],
        buffering["timeoutMs"] / 1000,
    )


def _types(types: Any) -> tuple[str, ...]:
    if not isinstance(types, list) or not types or not all(one in TYPES for one in types):
        raise Invalid(f"types must be a list of {', '.join(TYPES)}")
    return tuple(dict.fromkeys(types))


def _destination(destination: Any) -> tuple[int, str]:
    if not isinstance(destination, dict):
        raise Invalid("destination is missing")
    match destination:
        case {"protocol": "HTTP", "URI": str(uri)}:
            port, path = _of_uri(uri)
        case {"protocol": "TCP", "port": int(port)}:
            path = ""
        case _:
            raise Invalid("destination must be HTTP with a URI or TCP with a port")
    if not 0 < port < _PORTS or port == RESERVED_PORT:
        raise Invalid(f"destination: port {port} cannot be used")
    return port, path


def _of_uri(uri: str) -> tuple[int, str]:
    if any(not "!" <= character <= "~" for character in uri):
        raise Invalid("destination: the URI has characters that none may have")
    try:
        parts = urlsplit(uri)
        port = parts.port or _HTTP_PORT
    except ValueError as error:
        raise Invalid(f"destination: {error}") from None
    if parts.scheme != "http" or parts.hostname not in HOSTS:
        raise Invalid(f"destination: the URI must begin with http://{HOSTS[0]}")
    return port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _buffering(asked: Any) -> Mapping[str, int]:
    if not isinstance(asked, dict):
        raise Invalid("buffering must be an object")
    for name, (least, most) in _LIMITS.items():
        value = asked.get(name, _DEFAULTS[name])
        if type(value) is not int or not least <= value <= most:
            raise Invalid(f"buffering: {name} must be between {least} and {most}")
    return _DEFAULTS | asked
