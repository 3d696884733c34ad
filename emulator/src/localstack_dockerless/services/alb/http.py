"""A request as a load balancer sees it, and the answers that it gives itself."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from http import HTTPStatus

from localstack_dockerless.server.lane import Reply
from localstack_dockerless.server.wire import Header

SERVER = ("Server", "awselb/2.0")
BODILESS = (204, 304)
PHRASES = {413: "Request Entity Too Large", 503: "Service Temporarily Unavailable"}
"""Where a load balancer words it in another way than today's HTTP."""


@dataclass(frozen=True)
class Request:
    """One request.

    Args:
        method: as the client wrote it.
        path: neither decoded nor normalized.
        query: what stands after the question mark, not decoded.
        headers: names in lower case, in the client's order.
        body: after removal of chunks.
        client: IP address.
    """

    method: str
    path: str
    query: str = ""
    headers: list[Header] = field(default_factory=list)
    body: bytes = b""
    client: str = ""

    def all(self, name: str) -> list[str]:
        """The values of a header, its name given in lower case."""
        return [value for key, value in self.headers if key == name]

    def get(self, name: str) -> str:
        """The first value of a header; empty when it is not there."""
        return next(iter(self.all(name)), "")

    @property
    def host(self) -> str:
        """The host name that the client wants, without port."""
        host = self.get("host").lower()
        return host if host.endswith("]") else host.partition(":")[0]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Names and values of the query, not decoded."""
        pairs = (pair.partition("=") for pair in self.query.split("&") if pair)
        return [(name, value) for name, _, value in pairs]


def phrase(status: int) -> str:
    """The reason phrase of a status; empty for one that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def reply(status: int, reason: str, headers: list[Header], body: bytes) -> Reply:
    """A complete answer; the load balancer counts its length and names itself."""
    names = {name.lower() for name, _ in headers}
    added = [] if status in BODILESS else [("Content-Length", str(len(body)))]
    server = [] if "server" in names else [SERVER]
    return Reply(f"{status} {reason}", [*headers, *added, *server], body)


def page(status: int, headers: list[Header] | None = None) -> Reply:
    """The page of HTML that a load balancer shows for its own errors and redirects."""
    reason = PHRASES.get(status) or phrase(status)
    title = html.escape(f"{status} {reason}")
    lines = (
        "<html>",
        f"<head><title>{title}</title></head>",
        "<body>",
        f"<center><h1>{title}</h1></center>",
        "</body>",
        "</html>",
        "",
    )
    return reply(status, reason, [("Content-Type", "text/html"), *(headers or [])], "\r\n".join(lines).encode())
