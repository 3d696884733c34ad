"""What a test serves on this machine, where functions reach it."""

from __future__ import annotations

import itertools
import json
import urllib.error
import urllib.request
from typing import Any

_numbers = itertools.count(1)


def ask(server: Any, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    """One request to the server's own addresses."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.endpoint + path, data, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def is_private(server: Any) -> bool:
    """Whether functions have networks of their own."""
    return bool(ask(server, "GET", "/_dockerless/info")[1]["capabilities"]["private_network"])


def public(server: Any, port: int) -> str:
    """The name under which functions find, at the same port, what listens on this machine."""
    if not is_private(server):
        return "127.0.0.1"
    name = f"place-{next(_numbers)}.example.com"
    status, answer = ask(server, "POST", "/_dockerless/hosts", {"place": f"{name}:{port}", "to": f"127.0.0.1:{port}"})
    assert status == 200, answer
    return name


def asked(server: Any, listener: Any) -> dict[str, Any]:
    """Options by which `handlers/spy.py` finds a listener."""
    port = listener.getsockname()[1]
    return {"host": public(server, port), "port": port}
