"""HTTP APIs, REST APIs and function URLs of the shared server, and requests to them."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from deployed import Function, deployer


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def value(self) -> Any:
        return json.loads(self.body)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        found = self.all(name)
        assert len(found) < 2, found
        return found[0] if found else None


def ask(
    server: Any,
    url: str,
    method: str = "GET",
    headers: dict[str, str] | Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    as_proxy: bool = False,
) -> Reply:
    """Send a request to a URL whose name need not resolve: by the Host header, or with the server as HTTP proxy."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.putrequest(method, url if as_proxy else target or "/", skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", parts.netloc)
        for name, value in headers.items() if isinstance(headers, dict) else headers:
            connection.putheader(name, value)
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Reply(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


@dataclass
class HttpApi:
    """One HTTP API with the stage $default, deployed at every change."""

    client: Any
    server: Any
    id: str
    endpoint: str

    @classmethod
    def make(cls, server: Any, account: str = "000000000000", **options: Any) -> HttpApi:
        client = server.client("apigatewayv2", account)
        made = client.create_api(Name="front", ProtocolType="HTTP", **options)
        api = cls(client, server, made["ApiId"], made["ApiEndpoint"])
        if "Target" not in options:
            client.create_stage(ApiId=api.id, StageName="$default", AutoDeploy=True)
        return api

    def integrate(self, arn: str, **options: Any) -> str:
        options = {"PayloadFormatVersion": "2.0", "IntegrationType": "AWS_PROXY", **options}
        made = self.client.create_integration(ApiId=self.id, IntegrationUri=arn, **options)
        return f"integrations/{made['IntegrationId']}"

    def route(self, key: str, target: str, **options: Any) -> str:
        return str(self.client.create_route(ApiId=self.id, RouteKey=key, Target=target, **options)["RouteId"])

    def ask(self, path: str, *arguments: Any, **options: Any) -> Reply:
        return ask(self.server, self.endpoint + path, *arguments, **options)


@contextlib.contextmanager
def deployed(server: Any, handler: str, **options: Any) -> Iterator[Function]:
    """A function that several tests share."""
    made: list[Function] = []
    yield deployer(server.client("lambda"), made)(handler, **options)
    made[0].client.delete_function(FunctionName=made[0].name)


def arn(function: Function) -> str:
    """Of a deployed function."""
    return str(function.configuration()["FunctionArn"])


def says(value: Any) -> dict[str, str]:
    """The header that makes front_door.py return a value."""
    return {"x-say": json.dumps(value)}
