"""HTTP APIs from OpenAPI documents, as SAM and people write them.

Defects of moto 5.1.54 that are mended here: it lacks ImportApi, and its ReimportApi knows neither ANY nor `$default`,
neither authorizers nor references, and checks nothing.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml
from moto.apigatewayv2.exceptions import BadRequestException

from localstack_dockerless.services.http import routes

_ANY = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_CORS = "x-amazon-apigateway-cors"
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", _ANY})


@dataclass(frozen=True)
class Operation:
    """One method of a path.

    Attributes:
        integration: As CreateIntegration takes it; None if there is none.
        authorizer: Its name in `Document.authorizers`, or nothing.
    """

    key: str
    integration: dict[str, Any] | None
    authorizer: str


@dataclass(frozen=True)
class Document:
    """What a document says about an API, in the words of the API's operations."""

    name: str
    version: str | None
    description: str | None
    cors: dict[str, Any] | None
    authorizers: dict[str, dict[str, Any]]
    operations: list[Operation] = field(default_factory=list)


def read(text: str) -> Document:
    """Read a document, in JSON or YAML.

    Raises:
        BadRequestException: It is none.
    """
    try:
        whole = yaml.safe_load(text)
        return _document(whole)
    except yaml.YAMLError:
        raise BadRequestException("Invalid OpenAPI input: it is neither JSON nor YAML.") from None
    except RecursionError:
        raise BadRequestException("Invalid OpenAPI input: it is nested too deeply.") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadRequestException(f"Invalid OpenAPI input: {error}") from error


def _document(whole: dict[str, Any]) -> Document:
    info = whole["info"]
    schemes = whole.get("components", {}).get("securitySchemes", {})
    authorizers = {
        name: _authorizer(name, scheme[_AUTHORIZER]) for name, scheme in schemes.items() if _AUTHORIZER in scheme
    }
    version = info.get("version")
    document = Document(
        str(info["title"]), version and str(version), info.get("description"), whole.get(_CORS), authorizers
    )
    for path, methods in whole.get("paths", {}).items():
        for verb, method in methods.items():
            if verb.lower() in _VERBS:
                document.operations.append(_operation(whole, path, verb.lower(), method))
    return document


def _operation(whole: dict[str, Any], path: str, verb: str, method: dict[str, Any]) -> Operation:
    is_default = path.removeprefix("/") == routes.DEFAULT  # SAM writes it without the slash
    key = routes.DEFAULT if is_default else f"{routes.ANY if verb == _ANY else verb.upper()} {path}"
    given = method.get(_INTEGRATION)
    names = [name for one in method.get("security", whole.get("security", [])) for name in one]
    integration = _integration(_resolved(whole, given)) if given else None
    return Operation(key, integration, names[0] if names else "")


def _resolved(whole: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a `$ref` within the document points to."""
    if "$ref" not in part:
        return part
    found: Any = whole
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def _integration(given: dict[str, Any]) -> dict[str, Any]:
    wanted = {
        "IntegrationType": str(given["type"]).upper(),
        "IntegrationUri": given.get("uri"),
        "IntegrationMethod": given.get("httpMethod"),
        "PayloadFormatVersion": given.get("payloadFormatVersion") and str(given["payloadFormatVersion"]),
        "TimeoutInMillis": given.get("timeoutInMillis"),
        "ConnectionType": given.get("connectionType"),
        "IntegrationSubtype": given.get("integrationSubtype"),
        "RequestParameters": given.get("requestParameters"),
        "ResponseParameters": given.get("responseParameters"),
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _authorizer(name: str, given: dict[str, Any]) -> dict[str, Any]:
    source = given.get("identitySource") or []
    version = given.get("authorizerPayloadFormatVersion")
    return {
        "Name": name,
        "AuthorizerType": str(given["type"]).upper(),
        "AuthorizerUri": given.get("authorizerUri"),
        "AuthorizerPayloadFormatVersion": version and str(version),
        "AuthorizerResultTtlInSeconds": given.get("authorizerResultTtlInSeconds"),
        "EnableSimpleResponses": given.get("enableSimpleResponses"),
        "IdentitySource": [one.strip() for one in source.split(",")] if isinstance(source, str) else source,
    }
