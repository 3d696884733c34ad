"""The server's own addresses about networks: `/_dockerless/hosts` and `/_dockerless/why`.

What is wrong with a request is a sentence, with the status 400.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import AddressValueError, IPv4Address
from typing import Any

from localstack.http import Request, Response
from localstack.utils.aws.aws_stack import get_valid_regions

from localstack_dockerless.executor.network import Place
from localstack_dockerless.services.network.hosts import HOSTS, Host, Refused

ACCOUNT = re.compile(r"\d{12}")
NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
HIGHEST_PORT = 65535
DEFAULTS = {"account": "000000000000", "region": "us-east-1"}


def register(routes: Any) -> None:
    """Put them before LocalStack's AWS parsing."""
    routes.add("/_dockerless/hosts", _answered(_list), methods=["GET"])
    routes.add("/_dockerless/hosts", _answered(_add), methods=["POST"])
    routes.add("/_dockerless/hosts", _answered(_remove), methods=["DELETE"])
    routes.add("/_dockerless/why", _answered(_why), methods=["GET"])


def _answered(call: Callable[[Request], dict[str, Any]]) -> Callable[[Request], Any]:
    def answer(request: Request) -> Any:
        try:
            return Response.for_json(call(request))
        except Refused as refused:
            return Response.for_json({"message": str(refused)}, status=400)

    return answer


def _list(request: Request) -> dict[str, Any]:
    return {"hosts": [host.described() for host in HOSTS.all(request.args.get("account"))]}


def _add(request: Request) -> dict[str, Any]:
    try:
        body = request.get_json(force=True)
    except Exception:  # noqa: BLE001 - werkzeug's BadRequest
        body = None
    if not isinstance(body, dict):
        raise Refused("A JSON object is expected.")
    return {"host": add(body).described()}


def add(body: Mapping[str, Any]) -> Host:
    """Serve a place.

    Args:
        body: `place` ("10.0.1.5:5432" or "example.com:80"), `to` ("127.0.0.1:5432"), for a private one `subnet`,
            `security_groups` and perhaps `name`; `account` and `region`.

    Raises:
        Refused: something is wrong with it.
    """
    account, region = _owner(body)
    address, port = _place(body.get("place"))
    target = _target(body.get("to"))
    subnet, groups, name = body.get("subnet") or "", body.get("security_groups") or [], body.get("name") or ""
    if not isinstance(subnet, str) or not isinstance(groups, list) or not all(isinstance(one, str) for one in groups):
        raise Refused("A subnet is one ID, and security groups are a list of IDs.")
    if name and not (isinstance(name, str) and NAME.fullmatch(name.lower())):
        raise Refused(f"{name} is not a host name with a domain.")
    if not subnet:
        if not NAME.fullmatch(address):
            raise Refused(f"{address} needs a subnet; a place without one is on the internet, and has a name.")
        return HOSTS.add_public(account, address, port, target)
    if not _is_address(address):
        raise Refused(f"{address} is not an IPv4 address; a place in a subnet has one.")
    if not groups:
        raise Refused("A place in a subnet needs at least one security group.")
    return HOSTS.add_private(account, region, subnet, groups, address, port, target, name.lower())


def _remove(request: Request) -> dict[str, Any]:
    account, _ = _owner(request.args)
    return {"host": HOSTS.remove(account, request.args.get("place", "").lower()).described()}


def _why(request: Request) -> dict[str, Any]:
    from localstack_dockerless.services.network import why

    account, region = _owner(request.args)
    function, target = request.args.get("function", ""), request.args.get("target", "")
    try:
        return why.explain(account, region, function, target)
    except why.Unclear as unclear:
        raise Refused(str(unclear)) from None


def _owner(given: Mapping[str, Any]) -> tuple[str, str]:
    account, region = (str(given.get(name) or default) for name, default in DEFAULTS.items())
    if not ACCOUNT.fullmatch(account):
        raise Refused(f"{account!r} is not an account; give its 12 digits.")
    if region not in get_valid_regions():
        raise Refused(f"{region!r} is not a region; give one such as us-east-1.")
    return account, region


def _place(given: Any) -> Place:
    host, _, port = str(given).rpartition(":")
    if not host or not port.isdecimal() or not 1 <= int(port) <= HIGHEST_PORT:
        raise Refused(f"{given} is not a place; give an address and a port such as 10.0.1.5:5432.")
    return host.lower(), int(port)


def _target(given: Any) -> Place:
    host, port = _place(given)
    if host == "localhost":
        host = "127.0.0.1"
    if not (_is_address(host) and IPv4Address(host).is_loopback):
        raise Refused(f"{host} is not on this machine; serve what listens on 127.0.0.1.")
    return host, port


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True
