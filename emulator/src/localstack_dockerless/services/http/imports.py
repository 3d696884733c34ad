"""ImportApi and ReimportApi: an HTTP API with everything an OpenAPI document says."""

from __future__ import annotations

from typing import Any

from moto.apigatewayv2.exceptions import BadRequestException

from localstack_dockerless.services.http import addresses, checks, control, openapi

_AUTHORIZER = {
    # Our words, and moto's.
    "AuthorizerType": "authorizer_type",
    "AuthorizerUri": "authorizer_uri",
    "AuthorizerPayloadFormatVersion": "auth_payload_format_version",
    "AuthorizerResultTtlInSeconds": "auth_result_ttl",
    "EnableSimpleResponses": "enable_simple_response",
    "IdentitySource": "identity_source",
    "Name": "name",
}
_INTEGRATION = {
    "IntegrationType": "integration_type",
    "IntegrationUri": "integration_uri",
    "IntegrationMethod": "integration_method",
    "PayloadFormatVersion": "payload_format_version",
    "TimeoutInMillis": "timeout_in_millis",
}


def import_api(context: Any, request: Any) -> Any:
    """A new API."""
    document = _checked(request)
    backend = control.backend(context)
    api = backend.create_api(
        api_key_selection_expression=None,
        cors_configuration=document.cors,
        description=document.description,
        disable_schema_validation=None,
        disable_execute_api_endpoint=None,
        name=document.name,
        protocol_type="HTTP",
        route_selection_expression=None,
        tags={},
        version=document.version,
    )
    api.api_endpoint = addresses.endpoint_of(api.api_id, context.region)
    _fill(api, document)
    return _shown(api)


def reimport_api(context: Any, request: Any) -> Any:
    """Another document for an API; its stages stay."""
    document, api = _checked(request), control.backend(context).get_api(request["ApiId"])
    for parts in (api.routes, api.integrations, api.authorizers):
        parts.clear()
    api.name, api.version, api.description = document.name, document.version, document.description
    api.cors_configuration = document.cors
    _fill(api, document)
    return _shown(api)


def _checked(request: Any) -> openapi.Document:
    """The document, or the first thing that is wrong with it; until then nothing has changed."""
    document = openapi.read(request["Body"])
    seen: list[str] = []
    for operation in document.operations:
        checks.key(operation.key)
        checks.is_new(operation.key, seen)
        seen.append(operation.key)
        if operation.integration:
            checks.integration(operation.integration)
        if operation.authorizer and operation.authorizer not in document.authorizers:
            raise BadRequestException(f"The security scheme {operation.authorizer} has no authorizer.")
    for authorizer in document.authorizers.values():
        checks.authorizer(authorizer)
    return document


def _fill(api: Any, document: openapi.Document) -> None:
    blank = dict.fromkeys(("auth_creds_arn", "identity_validation_expr", "jwt_config"))
    made = {
        name: api.create_authorizer(**blank, **_in_words(given, _AUTHORIZER)).id
        for name, given in document.authorizers.items()
    }
    for operation in document.operations:
        target = _integration(api, operation.integration) if operation.integration else None
        api.create_route(
            api_key_required=False,
            authorization_scopes=None,
            authorization_type="CUSTOM" if operation.authorizer else "NONE",
            authorizer_id=made.get(operation.authorizer),
            route_key=operation.key,
            target=target,
        )


def _integration(api: Any, given: dict[str, Any]) -> str:
    blank = dict.fromkeys(_INTEGRATION.values())
    made = api.create_integration(
        **blank | _in_words(given, _INTEGRATION), connection_type="INTERNET", description=None
    )
    return f"integrations/{made.id}"


def _in_words(given: dict[str, Any], words: dict[str, str]) -> dict[str, Any]:
    return {words[name]: value for name, value in given.items() if name in words}


def _shown(api: Any) -> dict[str, Any]:
    """As boto3 shows it."""
    shown = {
        "ApiId": api.api_id,
        "ApiEndpoint": api.api_endpoint,
        "Name": api.name,
        "Description": api.description,
        "Version": api.version,
        "ProtocolType": api.protocol_type,
        "RouteSelectionExpression": api.route_selection_expression,
        "CreatedDate": api.created_date,
    }
    return {name: value for name, value in shown.items() if value is not None}
