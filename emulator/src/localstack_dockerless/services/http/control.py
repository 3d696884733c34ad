"""The control plane of HTTP APIs: moto's, with AWS's checks and what moto does not have.

Defects of moto 5.1.54 that are mended here: it takes every route key, duplicates of routes and stages, every type of
integration and targets that do not exist; it ignores Target (quick create); it answers the deletion of what does not
exist with success, and its update with an InternalError; it has neither deployments nor UpdateStage.
"""

from __future__ import annotations

import re
from typing import Any

from localstack.aws.api import CommonServiceException
from localstack.services.moto import call_moto
from localstack.utils.urls import localstack_host
from moto.apigatewayv2.models import apigatewayv2_backends

from localstack_dockerless.services.http import deployments, routes
from localstack_dockerless.services.http.functions import Function

_STAGE = re.compile(r"[\w-]+|\$default")
_BAD_KEY = (
    "The provided route key is not formatted properly for HTTP protocol. "
    'Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
)
_PROXIES = ("AWS_PROXY", "HTTP_PROXY")
_FORMATS = ("1.0", "2.0")
_TIMEOUT = range(50, 30_001)
_TTL = range(3_601)
_VARIABLE = "${stageVariables."


def bad_request(message: str) -> CommonServiceException:
    """What is wrong with a request, as an exception to raise."""
    return CommonServiceException("BadRequestException", message, status_code=400)


def conflict(message: str) -> CommonServiceException:
    """What is there already, as an exception to raise."""
    return CommonServiceException("ConflictException", message, status_code=409)


def backend(context: Any) -> Any:
    """State of an account in a region, as moto keeps it."""
    return apigatewayv2_backends[context.account_id][context.region]


def _api(context: Any, request: Any) -> Any:
    return backend(context).get_api(request["ApiId"])


def _is_http(api: Any) -> bool:
    return bool(api.protocol_type == "HTTP")


# APIs


def create_api(context: Any, request: Any) -> Any:
    """With Target it comes with an integration, a route and the stage $default (quick create)."""
    if request["ProtocolType"] == "WEBSOCKET":
        raise bad_request("WebSocket APIs are not emulated; only the ProtocolType HTTP is.")
    target, key = request.get("Target"), request.get("RouteKey")
    if key is not None and not target:
        raise bad_request("RouteKey needs a Target.")
    if key is not None:
        _check_key(key)
    response = dict(call_moto(context))
    api = backend(context).apis[response["ApiId"]]
    api.api_endpoint = response["ApiEndpoint"] = _endpoint(api.api_id, context.region)
    if target:
        _quick_create(api, target, key or routes.DEFAULT)
    return response


def _endpoint(api_id: str, region: str) -> str:
    """In the manner of the function URLs that LocalStack gives."""
    host = localstack_host()
    return f"http://{api_id}.execute-api.{region}.{host.host}:{host.port}"


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
    _check_route(_api(context, request), request, request["RouteKey"])
    return call_moto(context)


def update_route(context: Any, request: Any) -> Any:
    """The same for what changes."""
    api = _api(context, request)
    api.get_route(request["RouteId"])
    _check_route(api, request, request.get("RouteKey"), but=request["RouteId"])
    return call_moto(context)


def _check_route(api: Any, request: Any, key: str | None, but: str = "") -> None:
    if key is not None and _is_http(api):
        _check_key(key)
        _check_is_new(key, [route.route_key for route in api.routes.values() if route.route_id != but])
    if target := request.get("Target"):
        _check_target(api, target)
    _check_authorization(api, request)


def _check_key(key: str) -> None:
    if key != routes.DEFAULT:
        try:
            routes.template(key)
        except routes.BadKey:
            raise bad_request(_BAD_KEY) from None


def _check_is_new(key: str, others: list[str]) -> None:
    if key in others:
        raise conflict(f"Route with key {key} already exists for this API")
    if key == routes.DEFAULT:
        return
    ours = routes.template(key)
    for other in others:
        theirs = routes.template(other) if other != routes.DEFAULT else None
        if theirs and (theirs.method, theirs.shape) == (ours.method, ours.shape):
            sentence = f'The provided route key "{key}" has a conflicting variable on the same hierarchical level as'
            raise conflict(f'{sentence} "{other}"')


def _check_target(api: Any, target: str) -> None:
    kind, _, integration = target.partition("/")
    if kind != "integrations" or integration not in api.integrations:
        raise bad_request(f"Invalid Integration identifier specified {integration or target}")


def _check_authorization(api: Any, request: Any) -> None:
    kind, authorizer = request.get("AuthorizationType"), request.get("AuthorizerId")
    if kind == "JWT":
        raise bad_request("JWT authorizers are not emulated.")
    if kind == "CUSTOM" and not authorizer:
        raise bad_request("AuthorizerId is required for the authorization type CUSTOM.")
    if authorizer:
        api.get_authorizer(authorizer)


# Integrations


def create_integration(context: Any, request: Any) -> Any:
    """Functions and HTTP servers, each with what it needs."""
    api = _api(context, request)
    if _is_http(api):
        _check_integration(request)
    response = dict(call_moto(context))
    integration = api.integrations[response["IntegrationId"]]
    if integration.integration_type == "HTTP_PROXY" and not integration.payload_format_version:
        integration.payload_format_version = response["PayloadFormatVersion"] = "1.0"
    return response


def update_integration(context: Any, request: Any) -> Any:
    """The same for what it becomes."""
    integration = _api(context, request).get_integration(request["IntegrationId"])
    now = {
        "IntegrationType": integration.integration_type,
        "IntegrationUri": integration.integration_uri,
        "IntegrationMethod": integration.integration_method,
        "PayloadFormatVersion": integration.payload_format_version,
    }
    _check_integration(now | request)
    return call_moto(context)


def _check_integration(request: Any) -> None:
    kind, uri = request["IntegrationType"], request.get("IntegrationUri")
    if kind not in _PROXIES:
        raise bad_request(f"Integration type {kind} is not supported by HTTP APIs; use AWS_PROXY or HTTP_PROXY.")
    if request.get("IntegrationSubtype") or request.get("ConnectionType") == "VPC_LINK":
        raise bad_request("Integrations with other AWS services and with VPC links are not emulated.")
    if request.get("RequestParameters") or request.get("ResponseParameters"):
        raise bad_request("Parameter mapping is not emulated.")
    if not uri:
        raise bad_request("IntegrationUri is required.")
    _check_number("TimeoutInMillis", request.get("TimeoutInMillis"), _TIMEOUT)
    (_check_function if kind == "AWS_PROXY" else _check_server)(request, uri)


def _check_function(request: Any, uri: str) -> None:
    if Function.of(uri) is None and _VARIABLE not in uri:
        raise bad_request(f"Invalid function ARN specified in the integration URI {uri}")
    if request.get("PayloadFormatVersion") not in _FORMATS:
        raise bad_request("PayloadFormatVersion is a required parameter for integration: 1.0 or 2.0")


def _check_server(request: Any, uri: str) -> None:
    if not uri.startswith(("http://", "https://")):
        raise bad_request(f"Invalid HTTP endpoint specified for URI {uri}")
    if not request.get("IntegrationMethod"):
        raise bad_request("HttpMethod is a required parameter for this integration")


def _check_number(name: str, value: int | None, allowed: range) -> None:
    if value is not None and value not in allowed:
        raise bad_request(f"{name} should be between {allowed.start} and {allowed.stop - 1}")


# Authorizers


def create_authorizer(context: Any, request: Any) -> Any:
    """A function that is asked first."""
    api = _api(context, request)
    if request["AuthorizerType"] != "REQUEST":
        raise bad_request("JWT authorizers are not emulated; only the AuthorizerType REQUEST is.")
    _check_authorizer(request)
    if any(authorizer.name == request["Name"] for authorizer in api.authorizers.values()):
        raise bad_request(f"Authorizer name must be unique. Authorizer {request['Name']} already exists in this API.")
    return call_moto(context)


def update_authorizer(context: Any, request: Any) -> Any:
    """The same for what it becomes."""
    authorizer = _api(context, request).get_authorizer(request["AuthorizerId"])
    now = {
        "AuthorizerUri": authorizer.authorizer_uri,
        "AuthorizerPayloadFormatVersion": authorizer.auth_payload_format_version,
        "EnableSimpleResponses": authorizer.enable_simple_response,
    }
    _check_authorizer(now | request)
    return call_moto(context)


def _check_authorizer(request: Any) -> None:
    version = request.get("AuthorizerPayloadFormatVersion")
    if version not in _FORMATS:
        raise bad_request("AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer")
    if request.get("EnableSimpleResponses") and version == "1.0":
        raise bad_request("EnableSimpleResponses is only supported for the AuthorizerPayloadFormatVersion 2.0")
    if Function.of(request.get("AuthorizerUri") or "") is None:
        raise bad_request("Invalid Authorizer URI: " + str(request.get("AuthorizerUri")))
    _check_number("AuthorizerResultTtlInSeconds", request.get("AuthorizerResultTtlInSeconds"), _TTL)


# Stages and deployments


def create_stage(context: Any, request: Any) -> Any:
    """Its name has to be well formed and new."""
    api, name = _api(context, request), request["StageName"]
    if not _STAGE.fullmatch(name):
        raise bad_request("Stage name only allows a-zA-Z0-9_- or the name $default")
    if name in api.stages:
        raise conflict("Stage already exists")
    if deployment := request.get("DeploymentId"):
        deployments.get(api, deployment)
    return call_moto(context) | _deployed(request)


def update_stage(context: Any, request: Any) -> Any:
    """Change what is given."""
    api = _api(context, request)
    stage = api.get_stage(request["StageName"])
    if deployment := request.get("DeploymentId"):
        deployments.get(api, deployment)
        stage.config["deploymentId"] = deployment
    for name, attribute in _OF_STAGES.items():
        if name in request:
            setattr(stage, attribute, request[name])
    return _stage(context, request)


_OF_STAGES = {
    "AutoDeploy": "auto_deploy",
    "Description": "description",
    "StageVariables": "stage_variables",
    "RouteSettings": "route_settings",
    "DefaultRouteSettings": "default_route_settings",
    "AccessLogSettings": "access_log_settings",
}


def _stage(context: Any, request: Any) -> dict[str, Any]:
    """A stage as boto3 shows it; moto writes members of settings in lower case, and so do we only where it reads."""
    stage = _api(context, request).get_stage(request["StageName"])
    shown = {
        "StageName": stage.name,
        "AutoDeploy": bool(stage.auto_deploy),
        "CreatedDate": stage.created,
        "LastUpdatedDate": stage.updated,
        "StageVariables": stage.stage_variables,
        "Tags": stage.tags,
        "Description": stage.description,
    }
    return {name: value for name, value in shown.items() if value is not None} | _deployed(stage.config)


def _deployed(given: Any) -> dict[str, Any]:
    deployment = given.get("DeploymentId") or given.get("deploymentId")
    return {"DeploymentId": deployment} if deployment else {}


def create_deployment(context: Any, request: Any) -> Any:
    """What the API is now, for one stage or to be given to one later."""
    api = _api(context, request)
    stage = api.get_stage(request["StageName"]) if request.get("StageName") else None
    if stage and stage.auto_deploy:
        raise bad_request("Deploying to a stage with auto deploy is not allowed.")
    made = deployments.deploy(api, request.get("Description"))
    if stage:
        stage.config["deploymentId"] = made.id
    return made.shown()


def get_deployment(context: Any, request: Any) -> Any:
    """One of them."""
    return deployments.get(_api(context, request), request["DeploymentId"]).shown()


def get_deployments(context: Any, request: Any) -> Any:
    """All of them."""
    return {"Items": [deployment.shown() for deployment in deployments.of(_api(context, request)).values()]}


def delete_deployment(context: Any, request: Any) -> Any:
    """Unless a stage serves it."""
    api, name = _api(context, request), request["DeploymentId"]
    deployments.get(api, name)
    if any(stage.config.get("deploymentId") == name for stage in api.stages.values()):
        raise bad_request("Active stages pointing to this deployment must be moved or deleted")
    del deployments.of(api)[name]
    return {}
