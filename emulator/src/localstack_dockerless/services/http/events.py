"""Events of HTTP APIs and function URLs.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localstack_dockerless.services.http.incoming import Incoming, multiple

_UNKNOWN = (
    # Of the caller, unless it signed.
    *("accessKey", "accountId", "caller", "cognitoAmr", "cognitoAuthenticationProvider", "cognitoAuthenticationType"),
    *("cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn"),
)
_TIME = "%d/%b/%Y:%H:%M:%S %z"


@dataclass(frozen=True)
class Call:
    """A request that has found its route.

    Attributes:
        path: As the event names it, with the stage where that is part of the URL.
        authorizer: What the authorizer said about the caller.
        arn: Of the route, as an authorizer gets to see it.
        source: The route's ARN with its key instead of the request's path, as a function's policy names it.
    """

    incoming: Incoming
    account: str
    api_id: str
    stage: str
    route_key: str
    path: str
    parameters: dict[str, str] = field(default_factory=dict)
    stage_variables: dict[str, str] = field(default_factory=dict)
    authorizer: dict[str, Any] | None = None
    arn: str = ""
    source: str = ""
    request_id: str = field(default_factory=lambda: base64.b64encode(os.urandom(10))[:15].decode() + "=")
    time: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def domain(self) -> str:
        """The name the client asked for."""
        return self.incoming.header("host").partition(":")[0]


def version_2(call: Call) -> dict[str, Any]:
    """Format 2.0."""
    incoming = call.incoming
    body, is_base64 = incoming.encoded_body()
    event = _common_2(call)
    event["requestContext"] |= {"authorizer": {"lambda": call.authorizer}} if call.authorizer is not None else {}
    event |= {"body": body} if body is not None else {}
    return event | {"isBase64Encoded": is_base64}


def _common_2(call: Call) -> dict[str, Any]:
    """What format 2.0 says to functions and to authorizers; members that would be empty are left out."""
    incoming = call.incoming
    headers = {name: value for name, value in incoming.joined_headers.items() if name != "cookie"}
    optional: dict[str, Any] = {
        "cookies": incoming.cookies,
        "queryStringParameters": incoming.joined_parameters,
        "pathParameters": call.parameters,
        "stageVariables": call.stage_variables,
    }
    return {
        "version": "2.0",
        "routeKey": call.route_key,
        "rawPath": call.path,
        "rawQueryString": incoming.query,
        "headers": headers,
        "requestContext": _context_2(call),
        **{name: value for name, value in optional.items() if value},
    }


def _context_2(call: Call) -> dict[str, Any]:
    return {
        "accountId": call.account,
        "apiId": call.api_id,
        "domainName": call.domain,
        "domainPrefix": call.domain.partition(".")[0],
        "http": {
            "method": call.incoming.method,
            "path": call.path,
            "protocol": call.incoming.protocol,
            "sourceIp": call.incoming.source_ip,
            "userAgent": call.incoming.header("user-agent"),
        },
        "requestId": call.request_id,
        "routeKey": call.route_key,
        "stage": call.stage,
        "time": call.time.strftime(_TIME),
        "timeEpoch": int(call.time.timestamp() * 1000),
    }


def version_1(call: Call) -> dict[str, Any]:
    """Format 1.0: every member is there, null where it has nothing to say."""
    body, is_base64 = call.incoming.encoded_body()
    return _common_1(call) | {
        "stageVariables": call.stage_variables or None,
        "body": body,
        "isBase64Encoded": is_base64,
    }


def _common_1(call: Call) -> dict[str, Any]:
    headers, parameters = multiple(call.incoming.headers), multiple(call.incoming.parameters)
    return {
        "version": "1.0",
        "resource": _resource(call),
        "path": call.path,
        "httpMethod": call.incoming.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in parameters.items()} or None,
        "multiValueQueryStringParameters": parameters or None,
        "requestContext": _context_1(call),
        "pathParameters": call.parameters or None,
    }


def _context_1(call: Call) -> dict[str, Any]:
    incoming = call.incoming
    identity: dict[str, Any] = dict.fromkeys(_UNKNOWN)
    return {
        "accountId": call.account,
        "apiId": call.api_id,
        "authorizer": call.authorizer,
        "domainName": call.domain,
        "domainPrefix": call.domain.partition(".")[0],
        "extendedRequestId": call.request_id,
        "httpMethod": incoming.method,
        "identity": identity | {"sourceIp": incoming.source_ip, "userAgent": incoming.header("user-agent")},
        "path": call.path,
        "protocol": incoming.protocol,
        "requestId": call.request_id,
        "requestTime": call.time.strftime(_TIME),
        "requestTimeEpoch": int(call.time.timestamp() * 1000),
        "resourceId": call.route_key,
        "resourcePath": _resource(call),
        "stage": call.stage,
    }


def _resource(call: Call) -> str:
    return call.route_key.partition(" ")[2] or call.route_key


def authorizer_2(call: Call, identity: list[str]) -> dict[str, Any]:
    """The event of an authorizer, format 2.0."""
    return _common_2(call) | {"type": "REQUEST", "routeArn": call.arn, "identitySource": identity or None}


def authorizer_1(call: Call, identity: list[str]) -> dict[str, Any]:
    """The event of an authorizer, format 1.0."""
    joined = ",".join(identity)
    return _common_1(call) | {
        "type": "REQUEST",
        "methodArn": call.arn,
        "identitySource": joined,
        "authorizationToken": joined,
        "stageVariables": call.stage_variables or None,
    }
