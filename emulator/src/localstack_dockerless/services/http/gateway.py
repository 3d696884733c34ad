"""The data plane of HTTP APIs: from a request to a route, its authorizer and its integration.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
"""

from __future__ import annotations

import dataclasses
from typing import Any

from botocore.exceptions import ClientError
from localstack.http import Response
from moto.apigatewayv2.models import apigatewayv2_backends

from localstack_dockerless.services.http import authorizers, deployments, events, responses, routes, servers
from localstack_dockerless.services.http.cors import Cors, is_preflight
from localstack_dockerless.services.http.events import Call
from localstack_dockerless.services.http.functions import Function, FunctionFailed, Throttled, TookTooLong
from localstack_dockerless.services.http.incoming import Incoming
from localstack_dockerless.services.http.responses import message

PATH = "/_aws/execute-api/"
_TEXT = "text/plain; charset=utf-8"
_BODY_LIMIT = 10 * 1024 * 1024
"""Bytes of a request. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""


class _Answer(Exception):  # noqa: N818 - a way out, not an error
    """What the gateway says itself."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.response = message(text, status)


@dataclasses.dataclass(frozen=True)
class Found:
    """An HTTP API and whose it is."""

    account: str
    region: str
    api: Any


def find(api_id: str) -> Found | None:
    """The HTTP API with an id, which is one of all accounts and regions."""
    for account, regions in list(apigatewayv2_backends.items()):
        for region, backend in list(regions.items()):
            if api := backend.apis.get(api_id):
                return Found(account, region, api)
    return None


def serve(found: Found, request: Any) -> Response:
    """Answer a request to the API's own address, or to its path on this server."""
    raw = request.path
    prefix = f"{PATH}{found.api.api_id}" if raw.startswith(PATH) else ""
    incoming = Incoming.of(request, prefix)
    cors = Cors.of(found.api.cors_configuration)
    if cors and is_preflight(incoming):
        return cors.preflight(incoming)
    try:
        response = _serve(found, incoming)
    except _Answer as answer:
        response = answer.response
    if cors:
        cors.complete(incoming, response)
    return response


def _serve(found: Found, incoming: Incoming) -> Response:
    if found.api.disable_execute_api_endpoint:
        raise _Answer("Not Found", 404)
    if len(incoming.body) > _BODY_LIMIT:
        raise _Answer("Request Entity Too Large", 413)
    stage, path = _stage(found.api, incoming.path)
    parts = deployments.served(found.api, stage) if stage else None
    chosen = routes.choose(list(parts.routes.values()), incoming.method, path) if parts else None
    if chosen is None:
        raise _Answer("Not Found", 404)
    route, parameters = chosen
    call = _call(found, incoming, stage, route, parameters, path)
    response = _integrate(parts, route, _authorized(parts, route, call), path)
    response.headers.set("apigw-requestid", call.request_id)
    return response


def _stage(api: Any, path: str) -> tuple[Any, str]:
    """The stage that the first part of the path names, or else `$default`; and the path within it."""
    first, slash, rest = path[1:].partition("/")
    first = first.replace("%24", "$")
    if first in api.stages:
        return api.stages[first], slash + rest if slash else "/"
    return api.stages.get(routes.DEFAULT), path


def _call(found: Found, incoming: Incoming, stage: Any, route: Any, parameters: dict[str, str], path: str) -> Call:
    """What an event says about the request; its path has the stage in front, as it has in the URL."""
    base = f"arn:aws:execute-api:{found.region}:{found.account}:{found.api.api_id}/{stage.name}"
    return Call(
        incoming,
        found.account,
        found.api.api_id,
        stage.name,
        route.route_key,
        path if stage.name == routes.DEFAULT else f"/{stage.name}{path}",
        parameters,
        stage.stage_variables or {},
        arn=f"{base}/{incoming.method}{path}",
        source=f"{base}/{_named(route.route_key)}",
    )


def _named(key: str) -> str:
    """A route's key as the ARN has it, by which a function knows for whom it is invoked."""
    if key == routes.DEFAULT:
        return f"{key}/{key}"
    method, _, path = key.partition(" ")
    return f"{'*' if method == 'ANY' else method}{path}"


def _authorized(parts: Any, route: Any, call: Call) -> Call:
    """The call, with what its authorizer said."""
    if route.authorization_type == "AWS_IAM" and not call.incoming.signed:
        raise _Answer("Forbidden", 403)
    if route.authorization_type != "CUSTOM":
        return call
    authorizer = parts.authorizers.get(route.authorizer_id)
    try:
        if authorizer is None:
            raise authorizers.Misbehaved
        return dataclasses.replace(call, authorizer=authorizers.authorize(authorizer, call))
    except authorizers.Unauthorized:
        raise _Answer("Unauthorized", 401) from None
    except authorizers.Forbidden:
        raise _Answer("Forbidden", 403) from None
    except (authorizers.Misbehaved, TookTooLong):
        raise _Answer("Internal Server Error", 500) from None


def _integrate(parts: Any, route: Any, call: Call, path: str) -> Response:
    integration = parts.integrations.get((route.target or "").rpartition("/")[2])
    if integration is None:
        raise _Answer("Internal Server Error", 500)
    seconds = integration.timeout_in_millis / 1000
    try:
        if integration.integration_type == "AWS_PROXY":
            return _function(integration, call, seconds)
        rest = path if route.route_key == routes.DEFAULT else ""
        return servers.forward(integration, call.incoming, call.parameters, rest, seconds)
    except (TookTooLong, Throttled, servers.Unreachable):
        raise _Answer("Service Unavailable", 503) from None
    except (FunctionFailed, responses.Malformed):
        raise _Answer("Internal Server Error", 500) from None


def _function(integration: Any, call: Call, seconds: float) -> Response:
    function = Function.of(_with_variables(integration.integration_uri, call.stage_variables))
    if function is None:
        raise FunctionFailed
    _ask(function, integration.credentials_arn, call.source)
    if integration.payload_format_version == "1.0":
        return responses.explicit(function.answer(events.version_1(call), seconds), _TEXT)
    return responses.inferred(function.answer(events.version_2(call), seconds), _TEXT)


def _ask(function: Function, role: str | None, source: str) -> None:
    try:
        function.act_with(role, source) if role else function.let_in(source)
    except ClientError as refused:
        raise FunctionFailed from refused


def _with_variables(uri: str, variables: dict[str, str]) -> str:
    """`${stageVariables.name}` in a URI, so that each stage has a function, or an alias, of its own."""
    for name, value in variables.items():
        uri = uri.replace(f"${{stageVariables.{name}}}", value)
    return uri
