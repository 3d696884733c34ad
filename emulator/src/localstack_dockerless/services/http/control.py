"""The control plane of HTTP APIs: moto's, with AWS's checks and what moto does not have.

Defects of moto 5.1.54 that are mended here: it takes every route key, duplicates of routes and stages, every type of
integration and targets that do not exist; it ignores Target (quick create); it answers the deletion of what does not
exist, or is in use, with success, and its update with an InternalError.
"""

from __future__ import annotations

from typing import Any

from localstack.services.moto import call_moto
from moto.apigatewayv2.models import apigatewayv2_backends

from localstack_dockerless.services.http import addresses, checks, routes
from localstack_dockerless.services.http.functions import Function


def backend(context: Any) -> Any:
    """State of an account in a region, as moto keeps it."""
    return apigatewayv2_backends[context.account_id][context.region]


def api_of(context: Any, request: Any) -> Any:
    """The API that a request names, as moto keeps it."""
    return backend(context).get_api(request["ApiId"])


# APIs


def create_api(context: Any, request: Any) -> Any:
    """With Target it comes with an integration, a route and the stage $default (quick create)."""
    if request["ProtocolType"] == "WEBSOCKET":
        raise checks.bad_request("WebSocket APIs are not emulated; only the ProtocolType HTTP is.")
    target, key = request.get("Target"), request.get("RouteKey")
    if key is not None and not target:
        raise checks.bad_request("RouteKey needs a Target.")
    if key is not None:
        checks.key(key)
    response = dict(call_moto(context))
    api = backend(context).apis[response["ApiId"]]
    api.api_endpoint = response["ApiEndpoint"] = addresses.endpoint_of(api.api_id, context.region)
    if target:
        _quick_create(api, target, key or routes.DEFAULT)
    return response


def _quick_create(api: Any, target: str, key: str) -> None:
    is_function = Function.of(target) is not None
    integration = api.create_integration(
        connection_type="INTERNET",
        description=None,
        integration_method="POST" if is_function else "ANY",
        integration_type="AWS_PROXY" if is_function else "HTTP_PROXY",
        integration_uri=target,
        payload_format_version="2.0" if is_function else "1.0",
    )
    api.create_route(
        api_key_required=False,
        authorization_scopes=None,
        authorization_type="NONE",
        route_key=key,
        target=f"integrations/{integration.id}",
    )
    api.create_stage({"stageName": routes.DEFAULT, "autoDeploy": True})


# Routes


def create_route(context: Any, request: Any) -> Any:
    """Its key has to be well formed and new, its integration and authorizer have to exist."""
    _check_route(api_of(context, request), request, request["RouteKey"])
    return call_moto(context)


def update_route(context: Any, request: Any) -> Any:
    """The same for what changes."""
    api = api_of(context, request)
    api.get_route(request["RouteId"])
    _check_route(api, request, request.get("RouteKey"), but=request["RouteId"])
    return call_moto(context)


def _check_route(api: Any, request: Any, key: str | None, but: str = "") -> None:
    if key is not None:
        checks.key(key)
        checks.is_new(key, [route.route_key for route in api.routes.values() if route.route_id != but])
    if target := request.get("Target"):
        checks.target(api, target)
    checks.authorization(api, request)


# Integrations


def create_integration(context: Any, request: Any) -> Any:
    """Functions and HTTP servers, each with what it needs."""
    api = api_of(context, request)
    checks.integration(request)
    response = dict(call_moto(context))
    integration = api.integrations[response["IntegrationId"]]
    if integration.integration_type == "HTTP_PROXY" and not integration.payload_format_version:
        integration.payload_format_version = response["PayloadFormatVersion"] = "1.0"
    return response


def update_integration(context: Any, request: Any) -> Any:
    """The same for what it becomes."""
    integration = api_of(context, request).get_integration(request["IntegrationId"])
    now = {
        "IntegrationType": integration.integration_type,
        "IntegrationUri": integration.integration_uri,
        "IntegrationMethod": integration.integration_method,
        "PayloadFormatVersion": integration.payload_format_version,
    }
    checks.integration(now | request)
    return call_moto(context)


# Authorizers


def create_authorizer(context: Any, request: Any) -> Any:
    """A function that is asked first."""
    api = api_of(context, request)
    checks.authorizer(request)
    if any(authorizer.name == request["Name"] for authorizer in api.authorizers.values()):
        raise checks.bad_request(
            f"Authorizer name must be unique. Authorizer {request['Name']} already exists in this API."
        )
    return call_moto(context)


def update_authorizer(context: Any, request: Any) -> Any:
    """The same for what it becomes."""
    authorizer = api_of(context, request).get_authorizer(request["AuthorizerId"])
    now = {
        "AuthorizerType": authorizer.authorizer_type,
        "AuthorizerUri": authorizer.authorizer_uri,
        "AuthorizerPayloadFormatVersion": authorizer.auth_payload_format_version,
        "EnableSimpleResponses": authorizer.enable_simple_response,
    }
    checks.authorizer(now | request)
    return call_moto(context)
