"""Ask a running server about networks: what the commands `host` and `why` do."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from localstack_dockerless.errors import DockerlessError
from localstack_dockerless.server import launcher
from localstack_dockerless.server.settings import Settings


def _ask(
    settings: Settings, method: str, path: str, body: dict[str, Any] | None = None, **query: str
) -> dict[str, Any]:
    """One request.

    Raises:
        DockerlessError: there is no server, or it says what is wrong.
    """
    if not launcher.find(settings.port):
        name = launcher.NAME
        raise DockerlessError(f"No server is running on port {settings.port}; start one with `{name} start`.")
    address = f"{path}?{urlencode(query)}" if query else path
    code, answer = launcher.ask(settings.port, method, address, launcher.ANSWER_TIMEOUT, body)
    if code != http.client.OK:
        raise DockerlessError(answer.get("message", f"The server answered {code}; see {settings.log}."))
    return answer


def add_host(settings: Settings, wanted: dict[str, Any]) -> dict[str, Any]:
    """Serve a place in a VPC or on the internet; see `services.network.requests.add`."""
    found: dict[str, Any] = _ask(settings, "POST", "/_dockerless/hosts", wanted)["host"]
    return found


def remove_host(settings: Settings, account: str, place: str) -> None:
    """Serve a place no longer."""
    _ask(settings, "DELETE", "/_dockerless/hosts", account=account, place=place)


def hosts(settings: Settings) -> list[dict[str, Any]]:
    """All places that are served."""
    return list(_ask(settings, "GET", "/_dockerless/hosts")["hosts"])


def why(settings: Settings, function: str, target: str, account: str, region: str) -> dict[str, Any]:
    """Explain whether a function reaches a target; see `services.network.why.explain`."""
    return _ask(settings, "GET", "/_dockerless/why", function=function, target=target, account=account, region=region)


def describe_host(host: Mapping[str, Any]) -> str:
    """One line about a place."""
    where = f"{host['interface']} in {host['vpc']}" if host["vpc"] else "the internet"
    name = f" ({host['name']})" if host["name"] and host["vpc"] else ""
    place = f"{host['address']}:{host['port']}{name}" if host["vpc"] else f"{host['name']}:{host['port']}"
    return f"{place} on {where} leads to {host['target']}."


def describe(answer: Mapping[str, Any]) -> str:
    """What `why` found, hop by hop."""
    lines = [f"From {answer['function']} to {answer['target']}:"]
    for path in answer["paths"]:
        where = f" from {path['subnet']}" if path["subnet"] else ""
        result = "reachable" if path["reachable"] else f"not reachable: {path['code']}"
        lines += ["", f"{result}{where}"]
        width = max(len(hop["component"]) for hop in path["hops"])
        for number, hop in enumerate(path["hops"], 1):
            mark = "✗" if hop["code"] else "→"
            lines.append(f"  {number}. {mark} {hop['component']:{width}}  {hop['text']}")
    return "\n".join(lines)
