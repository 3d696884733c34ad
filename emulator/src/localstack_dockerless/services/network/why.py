"""Explains hop by hop why a function reaches a target or not."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from localstack.services.lambda_.invocation.models import lambda_stores

from localstack_dockerless.permissions.stores import store_of
from localstack_dockerless.reachability import Place, Service, Verdict
from localstack_dockerless.sandbox.network import is_private
from localstack_dockerless.services.network.decisions import DECISIONS, Caller
from localstack_dockerless.services.network.gate import service
from localstack_dockerless.services.network.hosts import HOSTS
from localstack_dockerless.services.network.names import is_of_aws

INTERNET = Place("198.51.100.1", 443)
"""Any public place: an address for documentation (RFC 5737)."""
ADDRESS = re.compile(r"\[?([0-9a-fA-F:.]+?)\]?:(\d{1,5})")
HOST = re.compile(r"((?:[a-z0-9-]+\.)+[a-z]{2,})(?::(\d{1,5}))?", re.IGNORECASE)
ARN = re.compile(r"arn:aws[a-z-]*:([a-z0-9-]+):([a-z0-9-]*):[^:]*:.+")
SERVICE = re.compile(r"[a-z][a-z0-9-]*")
HIGHEST_PORT = 65535


class Unclear(Exception):  # noqa: N818 - what the question is
    """The question cannot be answered; the message is a sentence that says why."""


def explain(account: str, region: str, function: str, target: str) -> dict[str, Any]:
    """Analyze what each execution environment of a function does, as there is one path for each subnet.

    Args:
        account: of the function.
        region: of the function.
        function: its name, with ":" and a version or an alias, or its ARN.
        target: a service ("s3"), "internet", "10.0.1.5:5432", "example.com:443" or an ARN.

    Raises:
        Unclear: there is no such function, or the target is none.
    """
    version = _version(account, region, function)
    wanted, text = _target(target, Caller(version))
    subnets = version.config.vpc_config.subnet_ids if Caller(version).vpc else [""]
    paths = [_path(Caller(version, number), wanted) for number in range(len(subnets))]
    return {
        "function": version.id.qualified_arn(),
        "target": text,
        "reachable": all(path["reachable"] for path in paths),
        "paths": paths,
        "enforced": "network namespace" if is_private() else "endpoint of the environment",
    }


def _version(account: str, region: str, function: str) -> Any:
    arn = re.fullmatch(r"arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}):function:(.+)", function)
    if arn:
        region, account, function = arn.groups()
    name, _, qualifier = function.partition(":")
    store = store_of(lambda_stores, account, region)
    found = store.functions.get(name) if store else None
    aliases = found.aliases if found else {}
    number = aliases[qualifier].function_version if qualifier in aliases else qualifier or "$LATEST"
    version = found.versions.get(number) if found else None
    if version is None:
        raise Unclear(f"There is no function {function} in {region} of the account {account}.")
    return version


def _target(target: str, caller: Caller) -> tuple[Service | Place, str]:
    if target.lower() == "internet":
        return INTERNET, "the internet"
    if found := ARN.fullmatch(target):
        return service(found[1], found[2] or caller.region, caller.region), f"{found[1]} ({target})"
    if found := ADDRESS.fullmatch(target):
        return _place(found[1], found[2]), target
    if found := HOST.fullmatch(target):
        return _host(found[1].lower(), _port(found[2] or "443"), caller)
    if signed := _signed(target.lower()):
        return service(signed, caller.region, caller.region), f"the service {target.lower()}"
    raise Unclear(
        f"{target!r} is no target; give a service such as s3, internet, an address with a port such as 10.0.1.5:5432, or an ARN."
    )


def _signed(name: str) -> str:
    """The name that requests to a service are signed with, given botocore's; empty for an unknown one."""
    try:
        about = Loader().load_service_model(name, "service-2")["metadata"] if SERVICE.fullmatch(name) else {}
    except UnknownServiceError:
        return name if name in ("execute-api", "monitoring", "states") else ""
    return str(about.get("signingName") or about.get("endpointPrefix") or "")


def _place(address: str, port: str) -> Place:
    try:
        return Place(str(ip_address(address)), _port(port))
    except ValueError:
        raise Unclear(f"{address} is not an IP address.") from None


def _port(text: str) -> int:
    if not 1 <= int(text) <= HIGHEST_PORT:
        raise Unclear(f"{text} is not a port; they go from 1 to {HIGHEST_PORT}.")
    return int(text)


def _host(name: str, port: int, caller: Caller) -> tuple[Service | Place, str]:
    if is_of_aws(name):
        raise Unclear(f"{name} is a name of AWS; give the service, such as s3.")
    found = HOSTS.named(name, caller)
    return Place(found.address if found else INTERNET.address, port), f"{name}:{port}"


def _path(caller: Caller, target: Service | Place) -> dict[str, Any]:
    verdict: Verdict = DECISIONS.about(caller, target)
    return {
        "subnet": caller.subnet or None,
        "reachable": verdict.reachable,
        "code": verdict.code,
        "endpoint": verdict.endpoint or None,
        "hops": [{"component": hop.component, "text": hop.text, "code": hop.code} for hop in verdict.hops],
    }
