"""Who may call a method of a REST API: Lambda authorizers, and signatures for IAM. LocalStack asks nobody.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    AccessDeniedError,
    AuthorizerConfigurationError,
    MissingAuthTokenError,
    UnauthorizedError,
)

from localstack_dockerless.services.http.authorizers import Misbehaved, effects
from localstack_dockerless.services.http.functions import Function, FunctionFailed, TookTooLong
from localstack_dockerless.services.http.incoming import multiple

_SOURCE = re.compile(r"(method\.request\.header|method\.request\.querystring|stageVariables|context)\.(.+)")
_LIMIT = 29.0  # seconds an authorizer may take
_UNAUTHORIZED = "Unauthorized"


def authorize(_chain: Any, context: Any, _response: Any) -> None:
    """A handler of LocalStack's gateway, between routing and everything else.

    Raises:
        MissingAuthTokenError: not signed.
        UnauthorizedError: it does not say who asks.
        AccessDeniedError: refused.
        AuthorizerConfigurationError: the authorizer failed.
    """
    kind = context.resource_method.get("authorizationType") or "NONE"
    if kind == "AWS_IAM" and not _is_signed(context):
        raise MissingAuthTokenError("Missing Authentication Token")
    if kind == "CUSTOM":
        _ask(context, context.deployment.rest_api.authorizers.get(context.resource_method.get("authorizerId")))
    elif kind not in ("NONE", "AWS_IAM"):
        raise UnauthorizedError(_UNAUTHORIZED)  # user pools do not exist here, so nobody is in one


def _is_signed(context: Any) -> bool:
    request = context.invocation_request
    signed = str(request["headers"].get("Authorization", "")).startswith("AWS4-HMAC-SHA256 ")
    return signed or "X-Amz-Signature" in request["query_string_parameters"]


def _ask(context: Any, authorizer: Any) -> None:
    if authorizer is None:
        raise AuthorizerConfigurationError
    identity = _identity(context, authorizer)
    arn = _arn(context)
    try:
        decision = _decision(context, authorizer, identity, arn)
        said = effects(decision, arn)
    except (Misbehaved, FunctionFailed, TookTooLong):
        raise AuthorizerConfigurationError from None
    if "Deny" in said:
        raise AccessDeniedError("User is not authorized to access this resource with an explicit deny")
    if "Allow" not in said:
        raise AccessDeniedError("User is not authorized to access this resource")
    told = {name: _text(value) for name, value in (decision.get("context") or {}).items()}
    context.context_variables["authorizer"] = {"principalId": decision.get("principalId"), **told}
    if key := decision.get("usageIdentifierKey"):
        context.context_variables["identity"]["apiKey"] = key


def _identity(context: Any, authorizer: Any) -> tuple[str, ...]:
    """The values of the identity sources, which have to be there if the authorizer names any."""
    sources = [source.strip() for source in (authorizer.get("identitySource") or "").split(",") if source.strip()]
    values = tuple(_value(source, context) for source in sources)
    pattern = authorizer.get("identityValidationExpression")
    if not all(values) or (pattern and values and not re.fullmatch(pattern, values[0])):
        raise UnauthorizedError(_UNAUTHORIZED)
    return values


def _value(source: str, context: Any) -> str:
    found = _SOURCE.fullmatch(source)
    if not found:
        return ""
    kind, name = found.groups()
    request = context.invocation_request
    values: dict[str, Any] = {
        "method.request.header": request["headers"],
        "method.request.querystring": request["query_string_parameters"],
        "stageVariables": context.stage_variables or {},
        "context": context.context_variables,
    }
    return str(values[kind].get(name) or "")


def _arn(context: Any) -> str:
    base = f"arn:aws:execute-api:{context.region}:{context.account_id}:{context.api_id}/{context.stage}"
    return f"{base}/{context.invocation_request['http_method']}{context.invocation_request['path']}"


def _decision(context: Any, authorizer: Any, identity: tuple[str, ...], arn: str) -> dict[str, Any]:
    """What it says now, or said a while ago: it is remembered for five minutes unless that is configured."""
    cache: dict[tuple[str, ...], tuple[float, dict[str, Any]]]
    cache = context.deployment.__dict__.setdefault("dockerless_decisions", {})
    key = (authorizer["id"], context.stage, *identity)
    until, decision = cache.get(key, (0.0, {}))
    if time.monotonic() < until:
        return decision
    source = f"{arn.partition('/')[0]}/authorizers/{authorizer['id']}"
    decision = _answer(authorizer, _event(context, authorizer, identity, arn), source)
    if identity:
        seconds = authorizer.get(
            "authorizerResultTtlInSeconds"
        )  # None for one that an OpenAPI definition does not give
        cache[key] = time.monotonic() + (300 if seconds is None else int(seconds)), decision
    return decision


def _answer(authorizer: Any, event: dict[str, Any], source: str) -> dict[str, Any]:
    """Its decision. An error whose message is "Unauthorized" is one, too."""
    function = Function.of(authorizer.get("authorizerUri") or "")
    if function is None:
        raise Misbehaved
    if not authorizer.get("authorizerCredentials"):
        function.let_in(source)
    payload, failed = function.outcome(event, _LIMIT)
    try:
        decision = json.loads(payload)
    except (ValueError, RecursionError):
        raise Misbehaved from None
    if failed and isinstance(decision, dict) and decision.get("errorMessage") == _UNAUTHORIZED:
        raise UnauthorizedError(_UNAUTHORIZED)
    if failed or not isinstance(decision, dict) or not isinstance(decision.get("context") or {}, dict):
        raise Misbehaved
    return decision


def _event(context: Any, authorizer: Any, identity: tuple[str, ...], arn: str) -> dict[str, Any]:
    if authorizer.get("type") == "TOKEN":
        return {"type": "TOKEN", "authorizationToken": identity[0] if identity else "", "methodArn": arn}
    request = context.invocation_request
    headers = multiple(list(request["headers"]))
    return {
        "type": "REQUEST",
        "methodArn": arn,
        "resource": context.resource["path"],
        "path": request["path"],
        "httpMethod": request["http_method"],
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": request["query_string_parameters"],
        "multiValueQueryStringParameters": request["multi_value_query_string_parameters"],
        "pathParameters": request.get("path_parameters") or {},
        "stageVariables": context.stage_variables or {},
        "requestContext": context.context_variables,
    }


def _text(value: Any) -> str:
    """In a REST API everything an authorizer says arrives as text."""
    return json.dumps(value) if isinstance(value, bool) else str(value)
