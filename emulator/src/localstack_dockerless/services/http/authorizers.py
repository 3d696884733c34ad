"""Functions that decide who may call a route.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

from __future__ import annotations

import json
import re
import time
from fnmatch import fnmatchcase
from typing import Any

from localstack_dockerless.services.http import events
from localstack_dockerless.services.http.events import Call
from localstack_dockerless.services.http.functions import Function, FunctionFailed

_SOURCE = re.compile(r"\$(request\.header|request\.querystring|context|stageVariables)\.(.+)")
_LIMIT = 30.0  # seconds an authorizer may take
_INVOKE = "execute-api:Invoke"


class Unauthorized(Exception):  # noqa: N818 - the name of the HTTP status
    """The caller did not say who it is."""


class Forbidden(Exception):  # noqa: N818 - the name of the HTTP status
    """The caller may not."""


class Misbehaved(Exception):  # noqa: N818 - an event in somebody else's code
    """The authorizer failed, or returned something else than a decision."""


def authorize(authorizer: Any, call: Call) -> dict[str, Any]:
    """Ask an authorizer, or remember what it said.

    Args:
        authorizer: moto's.
        call: the request.

    Returns:
        What it wants the function to know about the caller.

    Raises:
        Unauthorized: see there.
        Forbidden: see there.
        Misbehaved: see there.
    """
    identity = [_value(source, call) for source in authorizer.identity_source or []]
    if not all(identity):
        raise Unauthorized
    decision = _decision(authorizer, call, identity)
    if not (_simple if authorizer.enable_simple_response else _policy)(decision, call.arn):
        raise Forbidden
    context = decision.get("context") or {}
    is_old = authorizer.auth_payload_format_version == "1.0"
    return {"principalId": decision.get("principalId"), **context} if is_old else context


def _value(source: str, call: Call) -> str:
    """What an identity source stands for; empty if there is nothing."""
    found = _SOURCE.fullmatch(source)
    if not found:
        return ""
    kind, name = found.groups()
    if kind == "request.header":
        return call.incoming.header(name)
    if kind == "request.querystring":
        return call.incoming.joined_parameters.get(name, "")
    return (call.stage_variables if kind == "stageVariables" else _context(call)).get(name, "")


def _context(call: Call) -> dict[str, str]:
    return {
        "accountId": call.account,
        "apiId": call.api_id,
        "domainName": call.domain,
        "httpMethod": call.incoming.method,
        "identity.sourceIp": call.incoming.source_ip,
        "identity.userAgent": call.incoming.header("user-agent"),
        "path": call.path,
        "protocol": call.incoming.protocol,
        "requestId": call.request_id,
        "routeKey": call.route_key,
        "stage": call.stage,
    }


def _decision(authorizer: Any, call: Call, identity: list[str]) -> dict[str, Any]:
    cache: dict[tuple[str, ...], tuple[float, dict[str, Any]]] = remembered(authorizer)
    until, decision = cache.get(tuple(identity), (0.0, {}))
    if time.monotonic() < until:
        return decision
    decision = _ask(authorizer, call, identity)
    if identity and authorizer.auth_result_ttl:
        cache[tuple(identity)] = time.monotonic() + authorizer.auth_result_ttl, decision
    return decision


def remembered(authorizer: Any) -> dict[tuple[str, ...], tuple[float, dict[str, Any]]]:
    """What an authorizer decided, by the values of its identity sources, and how long that holds."""
    cache: dict[tuple[str, ...], tuple[float, dict[str, Any]]] = authorizer.__dict__.setdefault("dockerless_cache", {})
    return cache


def _ask(authorizer: Any, call: Call, identity: list[str]) -> dict[str, Any]:
    is_old = authorizer.auth_payload_format_version == "1.0"
    event = (events.authorizer_1 if is_old else events.authorizer_2)(call, identity)
    function = Function.of(authorizer.authorizer_uri)
    try:
        if function:
            function.let_in(_of(authorizer, call))
        decision = json.loads(function.answer(event, _LIMIT)) if function else None
    except (FunctionFailed, ValueError, RecursionError):
        raise Misbehaved from None
    if not isinstance(decision, dict) or not isinstance(decision.get("context") or {}, dict):
        raise Misbehaved
    return decision


def _of(authorizer: Any, call: Call) -> str:
    """The authorizer's ARN."""
    region, account = call.arn.split(":")[3:5]
    return f"arn:aws:execute-api:{region}:{account}:{call.api_id}/authorizers/{authorizer.id}"


def _simple(decision: dict[str, Any], _arn: str) -> bool:
    if not isinstance(decision.get("isAuthorized"), bool):
        raise Misbehaved
    return bool(decision["isAuthorized"])


def _policy(decision: dict[str, Any], arn: str) -> bool:
    """Allowed if a statement says so and none denies."""
    return effects(decision, arn) == {"Allow"}


def effects(decision: dict[str, Any], arn: str) -> set[str]:
    """What the statements of a policy that speak of a route say: "Allow", "Deny", both or nothing.

    Args:
        decision: what an authorizer returned, with a policyDocument.
        arn: of the route.

    Raises:
        Misbehaved: see there.
    """
    try:
        statements = _several(decision["policyDocument"]["Statement"])
        return {str(statement["Effect"]) for statement in statements if _speaks_of(statement, arn)}
    except (KeyError, TypeError, AttributeError):
        raise Misbehaved from None


def _speaks_of(statement: dict[str, Any], arn: str) -> bool:
    actions, resources = _several(statement["Action"]), _several(statement["Resource"])
    return any(_matches(_INVOKE.lower(), action.lower()) for action in actions) and any(
        _matches(arn, resource) for resource in resources
    )


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(text: str, pattern: str) -> bool:
    """IAM's wildcards are `*` and `?` only."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))
