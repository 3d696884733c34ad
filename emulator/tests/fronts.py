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


def admit(client: Any, function: str, *services: str) -> None:
    """Let services invoke a function, which has an ARN or a name and may have a qualifier; a missing one stays missing.

    Args:
        client: of Lambda.
    """
    for service in services:
        with contextlib.suppress(
            client.exceptions.ResourceConflictException, client.exceptions.ResourceNotFoundException
        ):
            client.add_permission(
                FunctionName=function,
                StatementId=service.replace(".", "-"),
                Action="lambda:InvokeFunction",
                Principal=f"{service}.amazonaws.com",
            )


def open_url(client: Any, function: str, principal: str = "*", auth: str = "NONE") -> None:
    """Let somebody use a function's URL, which takes two permissions."""
    named = {"FunctionName": function, "Principal": principal}
    both = {
        "url": {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": auth},
        "url-invoke": {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
    }
    for sid, options in both.items():
        with contextlib.suppress(client.exceptions.ResourceConflictException):
            client.add_permission(StatementId=f"{sid}-{auth}".replace("_", "-"), **named, **options)


@dataclass
class HttpApi:
    """One HTTP API with the stage $default, deployed at every change."""

    client: Any
    server: Any
    id: str
    endpoint: str
    admits: bool = True
    """Whether functions get the permission when they are integrated."""

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
        if self.admits and ":lambda:" in arn and "$" not in arn:
            admit(self.server.client("lambda"), arn, "apigateway")
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


@dataclass
class RestApi:
    """One REST API; what is added is served from the next deployment on."""

    client: Any
    server: Any
    id: str
    root: str
    admits: bool = True
    """Whether functions get the permission when they are integrated."""

    @classmethod
    def make(cls, server: Any, account: str = "000000000000", **options: Any) -> RestApi:
        client = server.client("apigateway", account)
        made = client.create_rest_api(name="front", **options)
        return cls(client, server, made["id"], made["rootResourceId"])

    def resource(self, path: str) -> str:
        """The resource at a path, with those above it."""
        parent = self.root
        for part in filter(None, path.split("/")):
            known = {(one.get("parentId"), one.get("pathPart")): one["id"] for one in self._resources()}
            found = known.get((parent, part))
            parent = found or self.client.create_resource(restApiId=self.id, parentId=parent, pathPart=part)["id"]
        return parent

    def _resources(self) -> list[dict[str, Any]]:
        return list(self.client.get_resources(restApiId=self.id, limit=500)["items"])

    def method(self, key: str, options: dict[str, Any] | None = None, **integration: Any) -> dict[str, str]:
        """ "GET /pets" with its integration; options are the method's. Returns what names it."""
        verb, path = key.split()
        where = {"restApiId": self.id, "resourceId": self.resource(path), "httpMethod": verb}
        self.client.put_method(**where, **{"authorizationType": "NONE", **(options or {})})
        self.client.put_integration(**where, **integration)
        target = integration.get("uri", "").rpartition("functions/")[2].removesuffix("/invocations")
        if self.admits and target and "$" not in target:
            admit(self.server.client("lambda"), target, "apigateway")
        return where

    def proxy(self, key: str, function: Function, options: dict[str, Any] | None = None, **more: Any) -> dict[str, str]:
        """A method with Lambda proxy integration."""
        return self.method(key, options, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri(function), **more)

    def deploy(self, stage: str = "dev", **options: Any) -> RestApi:
        self.client.create_deployment(restApiId=self.id, stageName=stage, **options)
        return self

    def ask(self, path: str, *arguments: Any, **options: Any) -> Reply:
        """The path begins with the stage."""
        host = f"http://{self.id}.execute-api.us-east-1.amazonaws.com"
        return ask(self.server, host + path, *arguments, **options)


def uri(function: Function) -> str:
    """Of an integration with a function."""
    return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn(function)}/invocations"
