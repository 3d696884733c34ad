"""A request as a function gets to see it."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from rolo.request import get_raw_path

_OF_THE_CONNECTION = frozenset(
    {"connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "trailer", "transfer-encoding"}
)
_OF_LOCALSTACK = ("x-localstack-", "x-moto-")
_TEXT = re.compile(r"text/.*|application/(?:.*\+)?(?:json|xml|javascript)")
_EMPTY_PATH = "/"


@dataclass(frozen=True)
class Incoming:
    """What a client sent.

    Attributes:
        path: As it stands in the URL, not decoded, beginning with "/".
        query: What follows the question mark, not decoded.
        headers: Names in lower case, in the client's order; those of the connection itself are left out.
        signed: Whether it carries an AWS signature, in a header or in the query.
    """

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes
    source_ip: str
    protocol: str = "HTTP/1.1"
    parameters: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, request: Any, prefix: str = "") -> Incoming:
        """Read a request.

        Args:
            request: werkzeug's.
            prefix: the beginning of the path that only finds the way to this server.
        """
        query = request.query_string.decode("latin-1")
        source = request.remote_addr or "127.0.0.1"
        return cls(
            method=request.method,
            path=get_raw_path(request)[len(prefix) :] or _EMPTY_PATH,
            query=query,
            headers=[*_headers(request), *_forwarded(request, source)],
            body=request.get_data(),
            source_ip=source,
            protocol=request.environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
            parameters=parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace"),
        )

    def values(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for key, value in self.headers if key == name.lower()]

    def header(self, name: str) -> str:
        """A header's values, joined; empty when there is none."""
        return ",".join(self.values(name))

    @cached_property
    def joined_headers(self) -> dict[str, str]:
        """Repeated headers joined by commas, as format 2.0 has them."""
        return _joined(self.headers)

    @cached_property
    def joined_parameters(self) -> dict[str, str]:
        """Repeated query parameters joined by commas, as format 2.0 has them."""
        return _joined(self.parameters)

    @property
    def cookies(self) -> list[str]:
        """Each cookie as "name=value"."""
        return [cookie for value in self.values("cookie") for cookie in re.split(r";\s*", value) if cookie]

    @property
    def signed(self) -> bool:
        """Whether it carries an AWS signature, in a header or in the query."""
        return self.header("authorization").startswith("AWS4-HMAC-SHA256 ") or "X-Amz-Signature" in dict(
            self.parameters
        )

    def encoded_body(self) -> tuple[str | None, bool]:
        """The body as JSON can carry it, and whether that is base64: of everything but text."""
        if not self.body:
            return None, False
        if _TEXT.fullmatch(self.header("content-type").partition(";")[0].strip().lower()):
            try:
                return self.body.decode(), False
            except UnicodeDecodeError:
                pass
        return base64.b64encode(self.body).decode(), True


def _headers(request: Any) -> list[tuple[str, str]]:
    kept = [(name.lower(), value) for name, value in request.headers]
    return [
        (name, value)
        for name, value in kept
        if name not in _OF_THE_CONNECTION
        and not name.startswith(_OF_LOCALSTACK)
        and not name.startswith("x-forwarded-")
    ]


def _forwarded(request: Any, source: str) -> list[tuple[str, str]]:
    """Who asked, and how, as the front door adds it."""
    before = request.headers.get("x-forwarded-for")
    return [
        ("x-forwarded-for", f"{before}, {source}" if before else source),
        ("x-forwarded-port", os.environ.get("DOCKERLESS_PORT", "80")),
        ("x-forwarded-proto", "http"),
    ]


def multiple(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Every value of each name, as format 1.0 has them."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return {name: ",".join(values) for name, values in multiple(pairs).items()}
