"""The server's own addresses.

`GET /_dockerless/info`, `GET /_dockerless/health`, `POST /_dockerless/reset[?account=]`, and
`GET|POST /_dockerless/permissions?account=[&set=on|off]`. Those about networks are in `services/network/requests.py`.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

from localstack.constants import VERSION
from localstack.http import Request, Response
from localstack.runtime import events
from localstack.services.edge import ROUTER

from localstack_dockerless import __version__
from localstack_dockerless.services.network import requests

STARTED_AT = datetime.now(UTC).isoformat(timespec="milliseconds")
ACCOUNT = re.compile(r"\d{12}")
REGISTRY = (
    "/v2/",
    "/v2/<path:name>/blobs/<path:rest>",
    "/v2/<path:name>/manifests/<path:rest>",
    "/v2/<path:name>/tags/list",
)
"""Paths of image registries. Some of AWS's APIs have others below /v2/."""


def register() -> None:
    """Put the routes before LocalStack's AWS parsing."""
    routes: Any = ROUTER
    routes.add("/_dockerless/health", _health, methods=["GET"])
    routes.add("/_dockerless/info", _info, methods=["GET"])
    routes.add("/_dockerless/reset", _reset, methods=["POST"])
    routes.add("/_dockerless/permissions", _permissions, methods=["GET", "POST"])
    requests.register(routes)
    for path in REGISTRY:
        routes.add(path, _registry)


def _health(_request: Request) -> Any:
    """Which server this is, and whether it is ready: cheap, asked often."""
    return Response.for_json(health())


def _info(_request: Request) -> Any:
    """The same, and what this machine offers for running functions."""
    return Response.for_json(health() | {"capabilities": _capabilities()})


def health() -> dict[str, Any]:
    """What this server is."""
    return {
        "name": "localstack-dockerless",
        "version": __version__,
        "localstack": VERSION,
        "pid": os.getpid(),
        "port": int(os.environ["DOCKERLESS_PORT"]),
        "data": os.environ["DOCKERLESS_DATA"],
        "started_at": STARTED_AT,
        "time_scale": float(os.environ["DOCKERLESS_TIME_SCALE"]),
        "network": os.environ["DOCKERLESS_NETWORK"],
        "ready": events.infra_ready.is_set(),
    }


@cache
def _capabilities() -> dict[str, Any]:
    """Finding out runs half a dozen programs; it does not change while the server lives."""
    from localstack_dockerless import capabilities

    return capabilities.report()


def _registry(request: Request, **_parts: str) -> Any:
    """ECR, as tools for container images see it."""
    from localstack_dockerless.services.ecr import registry

    return registry.answer(request)


def _reset(request: Request) -> Any:
    from localstack_dockerless.server import reset

    account = request.args.get("account")
    if account is not None and not ACCOUNT.fullmatch(account):
        sentence = f"{account!r} is not an account; give its 12 digits, or nothing to reset every account."
        return Response.for_json({"message": sentence}, status=400)
    return Response.for_json({"reset": reset.reset(account)})


def _permissions(request: Request) -> Any:
    """Whether policies decide about an account's roles and users; a POST sets it."""
    from localstack_dockerless.permissions import switch

    account, wish = request.args.get("account", ""), request.args.get("set")
    if not ACCOUNT.fullmatch(account):
        return Response.for_json({"message": f"{account!r} is not an account; give its 12 digits."}, status=400)
    if request.method == "POST":
        if wish not in switch.WORDS:
            return Response.for_json({"message": f"{wish!r} is neither on nor off."}, status=400)
        switch.choose(account, on=wish == "on")
    return Response.for_json({"account": account, "permissions": "on" if switch.is_on(account) else "off"})
