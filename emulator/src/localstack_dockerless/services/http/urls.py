"""Function URLs, in place of LocalStack's handler, which has the routes.

Its defects: it checks neither the AuthType nor CORS (and has browsers refused by LocalStack's own rules), sends no
cookies in either direction, decodes paths, takes the caller's address from a header, and answers what the function
cannot mean.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localstack.aws.accounts import get_account_id_from_access_key_id
from localstack.aws.handlers import cors as cors_handlers
from localstack.http import Response
from localstack.services.lambda_.invocation.models import lambda_stores
from localstack.services.lambda_.urlrouter import FunctionUrlRouter
from localstack.utils.patch import Patch, Patches

from localstack_dockerless.executor.payloads import SYNCHRONOUS_LIMIT
from localstack_dockerless.permissions import callers, grants
from localstack_dockerless.services.http import events, responses, streaming
from localstack_dockerless.services.http.cors import Cors, is_preflight
from localstack_dockerless.services.http.events import Call
from localstack_dockerless.services.http.functions import Function, FunctionFailed, Throttled
from localstack_dockerless.services.http.incoming import Incoming
from localstack_dockerless.services.http.responses import message

_JSON = "application/json"
_FORBIDDEN = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)
_LABEL = ".lambda-url."
_DEFAULT = "$default"
_patches = Patches()


@dataclass(frozen=True)
class Url:
    """A function URL and what it is for."""

    function: Function
    configuration: Any

    @property
    def streams(self) -> bool:
        """Whether the response is sent while the function writes it."""
        return bool(self.configuration.invoke_mode == "RESPONSE_STREAM")


def apply() -> None:
    """Replace LocalStack's handler, once, before the first URL exists."""
    if _patches.patches:
        return
    _patches.function(FunctionUrlRouter.handle_lambda_url_invocation, _handle)
    enforce = cors_handlers.should_enforce_self_managed_service
    _patches.add(Patch(cors_handlers, "should_enforce_self_managed_service", _but_for_urls(enforce)))
    _patches.apply()


def _but_for_urls(enforce: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """LocalStack refuses browsers' requests from strange origins; a function URL has rules of its own."""
    return lambda context: _LABEL not in context.request.host and enforce(context)


def _handle(original: Any, router: FunctionUrlRouter, request: Any, api_id: str, region: str, **named: str) -> Any:
    url = find(api_id, region)
    return serve(url, request) if url else original(router, request, api_id, region, **named)


def find(url_id: str, region: str) -> Url | None:
    """The function URL with an id, which may be any account's."""
    for account in list(lambda_stores):
        for function in list(lambda_stores[account][region].functions.values()):
            for configuration in list(function.function_url_configs.values()):
                if configuration.url_id.lower() == url_id.lower():
                    target = Function.of(configuration.function_arn)
                    return Url(target, configuration) if target else None
    return None


def serve(url: Url, request: Any) -> Response:
    """Answer a request to a function URL."""
    incoming = Incoming.of(request)
    cors = Cors.of(url.configuration.cors)
    if cors and is_preflight(incoming):
        return cors.preflight(incoming)
    response = _serve(url, incoming)
    if cors:
        cors.complete(incoming, response)
    return response


def _serve(url: Url, incoming: Incoming) -> Response:
    if not _is_open(url, incoming):
        response = message(_FORBIDDEN, 403, "Message")
        response.headers.set("x-amzn-ErrorType", "AccessDeniedException")
        return response
    if len(incoming.body) > SYNCHRONOUS_LIMIT:
        return message("Request Entity Too Large", 413, "Message")
    call = _call(url, incoming)
    response = _invoke(url, _event(url, call))
    response.headers.set("x-amzn-requestid", call.request_id)
    return response


def _is_open(url: Url, incoming: Incoming) -> bool:
    """Whether policies let the request in.

    Rule: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    arn = url.configuration.function_arn
    if url.configuration.auth_type != "AWS_IAM":
        return grants.open_to_all(arn, incoming.source_ip)
    if not incoming.signed:
        return False
    key = _access_key(incoming)
    account = caller(incoming)
    try:
        asking = callers.caller(key, account) or callers.root(account)
    except callers.UnknownKeyError:
        return False
    return grants.open_to(asking, arn, incoming.source_ip, incoming.header("user-agent"))


def _invoke(url: Url, event: dict[str, Any]) -> Response:
    try:
        if url.streams:
            return streaming.respond(lambda: url.function.call(event))
        return _buffered(url.function.answer(event))
    except Throttled:
        return message("Rate Exceeded.", 429)
    except (FunctionFailed, responses.Malformed):
        return Response("Internal Server Error", 502, content_type="text/plain")


def _buffered(payload: bytes) -> Response:
    """The response; a function may write it as a stream whose end is awaited."""
    prelude, found, body = payload.partition(responses.PRELUDE_END)
    return streaming.head(prelude, [body]) if found else responses.inferred(payload, _JSON)


def _call(url: Url, incoming: Incoming) -> Call:
    account = caller(incoming) if url.configuration.auth_type == "AWS_IAM" else "anonymous"
    return Call(incoming, account, url.configuration.url_id, _DEFAULT, _DEFAULT, incoming.path)


def _event(url: Url, call: Call) -> dict[str, Any]:
    event = events.version_2(call)
    if url.configuration.auth_type == "AWS_IAM":
        event["requestContext"]["authorizer"] = {"iam": _identity(call)}
    return event


def caller(incoming: Incoming) -> str:
    """The account of whoever signed a request."""
    return str(get_account_id_from_access_key_id(_access_key(incoming)))


def _access_key(incoming: Incoming) -> str:
    credential = incoming.header("authorization").partition("Credential=")[2]
    credential = credential or dict(incoming.parameters).get("X-Amz-Credential", "")
    return credential.partition("/")[0]


def _identity(call: Call) -> dict[str, Any]:
    """Who signed: of the user no more is known than the account."""
    return {
        "accessKey": _access_key(call.incoming),
        "accountId": call.account,
        "callerId": call.account,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": f"arn:aws:iam::{call.account}:root",
        "userId": call.account,
    }
