"""A short way for the request that counts: a plain synchronous Invoke.

LocalStack finds out by heuristics which of 400 services a request is for, parses it with the service's model and
serializes the answer with it: 2 ms, three times what the invocation itself takes. An Invoke can be told by its first
line. Everything with anything unusual about it, and every error, goes the ordinary way; a test compares both.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, BinaryIO
from urllib.parse import unquote
from uuid import uuid4

from localstack.aws.accounts import get_account_id_from_access_key_id
from localstack.runtime import events
from localstack.services.plugins import SERVICE_PLUGINS, ServiceState
from localstack.utils.xray.trace_header import TraceHeader

from localstack_dockerless.permissions.enforcement import may_invoke
from localstack_dockerless.server.wire import Head, Header

TARGET = re.compile(r"/2015-03-31/functions/([^/?]+)/invocations(?:\?Qualifier=([^&]+))?")
CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/, ]+)/[^/, ]+/([^/, ]+)/lambda/aws4_request,.*")
HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?")
ORDINARY = {
    # What botocore and the other SDKs send with every request, and what the lane understands.
    *("host", "authorization", "accept", "accept-encoding", "connection", "content-length", "content-type"),
    *("user-agent", "amz-sdk-invocation-id", "amz-sdk-request", "expect", "x-amz-content-sha256", "x-amz-date"),
    *("x-amz-security-token", "x-amz-invocation-type", "x-amz-log-type", "x-amz-client-context", "x-amzn-trace-id"),
    *("x-amz-user-agent", "x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm"),
}
LOG_TYPES = ("None", "Tail")
FAILED = "dockerless.error"
"""In the WSGI environment: what the lane's invocation ended in, to be answered the ordinary way."""

OPERATION = SimpleNamespace(name="Invoke")


@dataclass
class Reply:
    """A complete answer."""

    status: str
    headers: list[Header]
    body: bytes


@dataclass
class Invoke:
    """One request, as the provider wants it."""

    function: str
    qualifier: str | None
    account: str
    region: str
    headers: dict[str, str]

    def context(self, request_id: str) -> Any:
        """As much of LocalStack's RequestContext as its Lambda provider looks at."""
        trace = TraceHeader.from_header_str(self.headers.get("x-amzn-trace-id")).ensure_root_exists()
        agent = SimpleNamespace(string=self.headers.get("user-agent", ""))
        return SimpleNamespace(
            account_id=self.account,
            region=self.region,
            request_id=request_id,
            operation=OPERATION,
            request=SimpleNamespace(user_agent=agent),
            trace_context={"aws_trace_header": trace},
        )


class Lane:
    """Answers what it can, past the gateway."""

    def answer(self, head: Head, body: BinaryIO, environment: dict[str, Any]) -> Reply | None:
        """Answer a request.

        Args:
            head: the request.
            body: its body, read only when the request is one for the lane.
            environment: WSGI's, which takes the request's body and its error when it has to go on to the gateway.

        Returns:
            None when the gateway has to answer.
        """
        invoke = self._recognize(head)
        if invoke is None:
            return None
        payload = body.read()
        try:
            return self._invoke(invoke, payload)
        except Exception as error:  # noqa: BLE001 - raised again where the gateway turns errors into answers
            environment["wsgi.input"] = io.BytesIO(payload)
            environment[FAILED] = error
            return None

    def _recognize(self, head: Head) -> Invoke | None:
        target = TARGET.fullmatch(head.target) if head.method == "POST" else None
        if not target or events.infra_stopping.is_set() or not _is_running():
            return None
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head.headers}
        credential = CREDENTIAL.fullmatch(headers.get("authorization", ""))
        if not credential or not _is_ordinary(head, headers) or credential[2] not in self._regions:
            return None
        account = get_account_id_from_access_key_id(credential[1])
        invoke = Invoke(unquote(target[1]), unquote(target[2]) if target[2] else None, account, credential[2], headers)
        return invoke if _is_allowed(invoke, credential[1]) else None

    @cached_property
    def _regions(self) -> frozenset[str]:
        from localstack.aws.handlers.region import DefaultRegionRewriterStrategy

        return frozenset(DefaultRegionRewriterStrategy().available_regions)

    @staticmethod
    def _invoke(invoke: Invoke, payload: bytes) -> Reply:
        request_id = str(uuid4())
        service: Any = SERVICE_PLUGINS.get_service("lambda")
        result = service._provider.invoke(
            invoke.context(request_id),
            function_name=invoke.function,
            qualifier=invoke.qualifier,
            invocation_type=invoke.headers.get("x-amz-invocation-type"),
            log_type=invoke.headers.get("x-amz-log-type"),
            client_context=invoke.headers.get("x-amz-client-context"),
            payload=io.BytesIO(payload) if payload else None,
        )
        return _reply(result, request_id)


def _is_allowed(invoke: Invoke, access_key: str) -> bool:
    agent = invoke.headers.get("user-agent", "")
    return may_invoke(access_key, invoke.account, invoke.region, invoke.function, invoke.qualifier, agent)


def _is_running() -> bool:
    """Whether the Lambda service has been loaded; the gateway loads it."""
    return bool(SERVICE_PLUGINS.get_state("lambda") == ServiceState.RUNNING)


def _is_ordinary(head: Head, headers: dict[str, str]) -> bool:
    return (
        len(headers) == len(head.headers)
        and headers.keys() <= ORDINARY
        and headers.get("x-amz-invocation-type", "RequestResponse") == "RequestResponse"
        and headers.get("x-amz-log-type", "None") in LOG_TYPES
        and HOST.fullmatch(headers.get("host", "")) is not None
    )


def _reply(result: Any, request_id: str) -> Reply:
    """As LocalStack's serializer writes it."""
    named = {
        "X-Amz-Function-Error": result.get("FunctionError"),
        "X-Amz-Log-Result": result.get("LogResult"),
        "X-Amz-Executed-Version": result.get("ExecutedVersion"),
    }
    payload = result["Payload"]
    body = payload.encode() if isinstance(payload, str) else bytes(payload)
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        *((name, value) for name, value in named.items() if value),
        ("Content-Length", str(len(body))),
        ("x-amzn-RequestId", request_id),
        ("x-amz-request-id", request_id),
        ("x-localstack", "true"),
    ]
    return Reply("200 OK", headers, body)


def raise_failure(_chain: Any, context: Any, _response: Any) -> None:
    """The gateway's part: what failed in the lane fails here again, where it becomes an answer."""
    error = context.request.environ.get(FAILED)
    if error is not None:
        raise error
