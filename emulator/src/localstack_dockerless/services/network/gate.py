"""Looks at each request that an execution environment sends to its endpoint of AWS.

Which environment it is, the listener tells. The server's own addresses are not for functions, headers by which the
server's parts trust each other neither, and a service that the function does not reach never answers.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from localstack_dockerless.permissions.enforcement import WAY, by_endpoint
from localstack_dockerless.reachability import Service, Verdict
from localstack_dockerless.server.doors import Held
from localstack_dockerless.server.guard import INTERNAL, PUBLIC
from localstack_dockerless.server.lane import Reply
from localstack_dockerless.server.wire import Head, path_and_query
from localstack_dockerless.services.network import proxy
from localstack_dockerless.services.network.decisions import DECISIONS, Caller

TRUSTED = (b"x-localstack-", b"x-moto-")
SCOPE = re.compile(r"Credential=[^/,&\s]{1,128}/\d{8}/([^/,\s]{1,32})/([^/,\s]{1,64})/aws4_request")
HOST = re.compile(
    r"(?:.*\.)?([a-z0-9-]+)\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws\.com|on\.aws)(?::\d+)?", re.IGNORECASE
)
ENDPOINTS = {
    # The names of endpoint services that differ from those requests are signed with.
    "kinesis": "kinesis-streams",
    "ecr": "ecr.api",
    "ses": "email",
}
_REFUSED = Reply("403 Forbidden", [("Content-Type", "text/plain")], b"This address is not for functions.\n")


class Gate:
    """Stands before the server for one environment.

    Args:
        caller: the environment.
    """

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self._verdict: Verdict | None = None

    def way(self) -> dict[str, Any]:
        """By which VPC endpoint the present request came, for who evaluates policies."""
        verdict = self._verdict
        if not verdict or not verdict.endpoint:
            return {}
        return {WAY: by_endpoint(verdict.policy, verdict.endpoint, self.caller.vpc)}

    def admit(self, head: Head) -> Reply | None:
        """Let a request in, or answer it.

        Raises:
            Held: it is not to be answered.
            Taken: it is for another host.
            ProtocolError: it is for neither a path nor a URL.
        """
        proxy.check(head, self.caller)
        head.headers = [one for one in head.headers if not one[0].lower().startswith(TRUSTED)]
        if is_internal(head.target):
            return _REFUSED
        self._verdict = DECISIONS.about(self.caller, service_of(head, self.caller.region))
        if not self._verdict.reachable:
            raise Held
        return None


def is_internal(target: str) -> bool:
    """Whether the target of a request is an address of the server's own; what people publish may begin like one."""
    path = unquote(path_and_query(target).partition("?")[0])
    return INTERNAL.match(path) is not None and not PUBLIC.match(path)


def service_of(head: Head, region: str) -> Service:
    """The service that a request is for: by its signature, or its host name.

    Args:
        head: the request.
        region: whose VPC endpoints are there to be used.
    """
    signed = SCOPE.search(head.get(b"authorization")) or SCOPE.search(unquote(head.target.partition("?")[2]))
    if signed:
        return service(signed[2], signed[1], region)
    if named := HOST.fullmatch(head.get(b"host")):
        return service(named[1], named[2], region)
    path = head.target.partition("?")[0]
    return Service("execute-api") if path.startswith("/_aws/execute-api/") else Service("public")


def service(name: str, where: str, region: str) -> Service:
    """A service as VPC endpoints name it; one of another region has none here."""
    name = ENDPOINTS.get(name.lower(), name.lower())
    return Service(name if where == region else f"{name} in {where}")
