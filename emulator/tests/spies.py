"""Functions with extensions in a layer: `handlers/spy.py`, `handlers/shell.sh` and what else a test makes."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from deployed import HANDLERS, Deploy, Function, archive, events, eventually

SPY, SHELL = (HANDLERS / "spy.py").read_text(), (HANDLERS / "shell.sh").read_text()
SUBSCRIPTION = {
    "schemaVersion": "2022-12-13",
    "types": ["platform"],
    "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080"},
    "buffering": {"timeoutMs": 25, "maxItems": 1000, "maxBytes": 262144},
}
"""With this an extension knows when the function is done."""
_numbers = itertools.count(1)


@pytest.fixture
def extended(server: Any, deploy: Deploy) -> Any:
    """Makes functions of handlers/extended.py: `extended({"spy.py": SPY}, spy={...}, MemorySize=512)`."""

    def make(extensions: dict[str, str | bytes] | None = None, spy: Any = None, **options: Any) -> Function:
        files = {f"extensions/{name}": text for name, text in (extensions or {}).items()}
        variables = {"SPY": json.dumps(spy or {}), **options.pop("variables", {})}
        layers = [layer(server, files)] if files else []
        options = {"Timeout": 30, **options}  # what is not about the timeout shall not meet it
        return deploy("extended.py", Layers=layers, Environment={"Variables": variables}, **options)

    return make


def layer(server: Any, files: dict[str, str | bytes]) -> str:
    """Publishes a layer; its ARN."""
    content = {"ZipFile": archive(files)}
    published = server.client("lambda").publish_layer_version(LayerName=f"spies-{next(_numbers)}", Content=content)
    return str(published["LayerVersionArn"])


def said(lines: list[str], name: str, word: str) -> list[Any]:
    """What an extension printed in JSON behind a word."""
    start = f"[{name}] {word} "
    return [json.loads(line.removeprefix(start)) for line in lines if line.startswith(start)]


def logged(server: Any, function: Function, wanted: str, reports: int = 1) -> list[str]:
    """The lines of the function's log group, once one of them has the text."""

    def complete() -> list[str] | None:
        lines = [event["message"].rstrip("\n") for event in events(server, function, reports)]
        return lines if any(wanted in line for line in lines) else None

    return list(eventually(complete, 60))
