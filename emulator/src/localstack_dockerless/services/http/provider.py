"""HTTP APIs as a service of LocalStack's: moto's control plane, and a data plane beside that of REST APIs."""

from __future__ import annotations

from typing import Any

from localstack.aws.api import CommonServiceException
from localstack.services.apigateway.next_gen.execute_api.router import ApiGatewayEndpoint
from localstack.services.moto import call_moto
from localstack.services.plugins import SERVICE_PLUGINS, Service
from localstack.utils.patch import Patch, Patches
from moto.core.exceptions import RESTError

from localstack_dockerless.services.http import authorizers, checks, control, gateway, imports, stages
from localstack_dockerless.services.moto import Handler, service

_patches = Patches()
_EXISTING = {
    # Deleting what is not there is an error on AWS, and success in moto.
    "DeleteApi": ("get_api", "ApiId"),
    "DeleteAuthorizer": ("get_authorizer", "ApiId", "AuthorizerId"),
    "DeleteIntegration": ("get_integration", "ApiId", "IntegrationId"),
    "DeleteRoute": ("get_route", "ApiId", "RouteId"),
    "DeleteStage": ("get_stage", "ApiId", "StageName"),
}


def provide() -> Service:
    """The service; from its first use on, the addresses of REST APIs serve HTTP APIs, too."""
    SERVICE_PLUGINS.require("apigateway")  # has the routes
    if not _patches.patches:
        _patches.add(Patch.function(ApiGatewayEndpoint.__call__, _serve))
        _patches.apply()
    return service("apigatewayv2", {name: _with_status(handler) for name, handler in _handlers().items()})


def _with_status(handler: Handler) -> Handler:
    """What moto raises when it is asked directly says its HTTP status in a way that LocalStack does not know."""

    def handle(context: Any, request: Any) -> Any:
        try:
            return handler(context, request)
        except RESTError as error:
            raise CommonServiceException(error.error_type, error.message, status_code=error.code) from error

    return handle


def _handlers() -> dict[str, Handler]:
    return {
        "CreateApi": control.create_api,
        "ImportApi": imports.import_api,
        "ReimportApi": imports.reimport_api,
        "CreateRoute": control.create_route,
        "UpdateRoute": control.update_route,
        "CreateIntegration": control.create_integration,
        "UpdateIntegration": control.update_integration,
        "CreateAuthorizer": control.create_authorizer,
        "UpdateAuthorizer": control.update_authorizer,
        "ResetAuthorizersCache": _forget_decisions,
        "CreateStage": stages.create_stage,
        "GetStage": stages.get_stage,
        "GetStages": stages.get_stages,
        "UpdateStage": stages.update_stage,
        "CreateDeployment": stages.create_deployment,
        "GetDeployment": stages.get_deployment,
        "GetDeployments": stages.get_deployments,
        "DeleteDeployment": stages.delete_deployment,
        **{name: _existing(*how) for name, how in _EXISTING.items()},
    }


def _existing(getter: str, *names: str) -> Handler:
    def handle(context: Any, request: Any) -> Any:
        getattr(control.backend(context), getter)(*(request[name] for name in names))
        checks.is_unused(control.backend(context).get_api(request["ApiId"]), request)
        return call_moto(context)

    return handle


def _forget_decisions(context: Any, request: Any) -> Any:
    for authorizer in control.backend(context).get_api(request["ApiId"]).authorizers.values():
        authorizers.remembered(authorizer).clear()
    return {}


def _serve(original: Any, endpoint: ApiGatewayEndpoint, request: Any, **named: Any) -> Any:
    found = gateway.find(str(named.get("api_id", "")).lower())
    return gateway.serve(found, request) if found else original(endpoint, request, **named)
