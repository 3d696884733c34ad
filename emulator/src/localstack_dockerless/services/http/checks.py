"""What AWS refuses in the control plane of HTTP APIs, and what this emulator does.

https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/api-reference.html
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api import CommonServiceException

from localstack_dockerless.services.http import routes
from localstack_dockerless.services.http.functions import Function

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


def key(key: str) -> None:
    """Refuse what is no route key."""
    if key != routes.DEFAULT:
        try:
            routes.template(key)
        except routes.BadKey:
            raise bad_request(_BAD_KEY) from None


def is_new(key: str, others: list[str]) -> None:
    """Refuse a route key that is there already, or differs from one only in the names of its variables."""
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


def target(api: Any, target: str) -> None:
    """Refuse a route to an integration that is not there."""
    kind, _, integration = target.partition("/")
    if kind != "integrations" or integration not in api.integrations:
        raise bad_request(f"Invalid Integration identifier specified {integration or target}")


def authorization(api: Any, request: Any) -> None:
    """Refuse a route for callers that nobody can tell."""
    kind, authorizer = request.get("AuthorizationType"), request.get("AuthorizerId")
    if kind == "JWT":
        raise bad_request("JWT authorizers are not emulated.")
    if kind == "CUSTOM" and not authorizer:
        raise bad_request("AuthorizerId is required for the authorization type CUSTOM.")
    if authorizer:
        api.get_authorizer(authorizer)


def integration(request: Any) -> None:
    """Refuse an integration that AWS would, or that is not emulated."""
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


def authorizer(request: Any) -> None:
    """Refuse an authorizer that AWS would, or that is not emulated."""
    if request["AuthorizerType"] != "REQUEST":
        raise bad_request("JWT authorizers are not emulated; only the AuthorizerType REQUEST is.")
    version = request.get("AuthorizerPayloadFormatVersion")
    if version not in _FORMATS:
        raise bad_request("AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer")
    if request.get("EnableSimpleResponses") and version == "1.0":
        raise bad_request("EnableSimpleResponses is only supported for the AuthorizerPayloadFormatVersion 2.0")
    if Function.of(request.get("AuthorizerUri") or "") is None:
        raise bad_request("Invalid Authorizer URI: " + str(request.get("AuthorizerUri")))
    _check_number("AuthorizerResultTtlInSeconds", request.get("AuthorizerResultTtlInSeconds"), _TTL)


def is_unused(api: Any, request: Any) -> None:
    """Refuse the deletion of an integration or an authorizer that a route needs."""
    for one in api.routes.values():
        if request.get("IntegrationId") and one.target == f"integrations/{request['IntegrationId']}":
            raise conflict(f"Cannot delete Integration '{request['IntegrationId']}' that is referenced by a Route.")
        if request.get("AuthorizerId") and one.authorizer_id == request["AuthorizerId"]:
            raise conflict(f"Cannot delete Authorizer '{request['AuthorizerId']}' that is referenced by a Route.")
