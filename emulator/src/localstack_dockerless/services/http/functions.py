"""Invoking a function on behalf of a client that knows only HTTP."""

from __future__ import annotations

import json
import logging
import re
import threading
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from localstack.aws.api import ServiceException
from localstack.aws.api.lambda_ import TooManyRequestsException
from localstack.services.plugins import SERVICE_PLUGINS

from localstack_dockerless.permissions import acting
from localstack_dockerless.permissions.calls import Call
from localstack_dockerless.permissions.grants import Source, grants

LOG = logging.getLogger(__name__)
_API_GATEWAY = "apigateway.amazonaws.com"

_ARN = re.compile(
    r"arn:[\w-]+:lambda:(?P<region>[\w-]+):(?P<account>\d{12}):function:(?P<name>[\w-]+)(?::(?P<qualifier>[\w$-]+))?"
)
_URI = re.compile(r"arn:[\w-]+:apigateway:[\w-]+:lambda:path/[\d-]+/functions/(?P<arn>[^/]+)/invocations")


class FunctionFailed(Exception):  # noqa: N818 - an event in somebody else's code
    """It could not be invoked, or ended in an error."""


class Throttled(FunctionFailed):
    """Its concurrency was used up."""


class TookTooLong(Exception):  # noqa: N818 - an event in somebody else's code
    """The front door does not wait any longer; the function goes on."""


@dataclass(frozen=True)
class Function:
    """What an integration, an authorizer or a function URL points to."""

    region: str
    account: str
    name: str
    qualifier: str | None

    @classmethod
    def of(cls, uri: str) -> Function | None:
        """From an ARN of a function, or the URI that API Gateway makes of it; None if it is neither."""
        wrapped = _URI.fullmatch(uri)
        found = _ARN.fullmatch(wrapped["arn"] if wrapped else uri)
        return cls(**found.groupdict()) if found else None

    @property
    def arn(self) -> str:
        """As a policy's resource names it."""
        base = f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}"
        return f"{base}:{self.qualifier}" if self.qualifier else base

    def let_in(self, source: str) -> None:
        """Ask the function's policy about API Gateway.

        Args:
            source: the ARN of the route, method or authorizer.

        Raises:
            FunctionFailed: it does not let API Gateway invoke it.
        """
        if not grants(self.arn, Source(_API_GATEWAY, source)):
            LOG.info("the policy of %s does not let in %s for %s", self.arn, _API_GATEWAY, source)
            raise FunctionFailed

    def act_with(self, role: str, source: str) -> None:
        """Ask a role that API Gateway was given.

        Args:
            role: its ARN.
            source: the ARN of the route or method.

        Raises:
            ClientError: the role does not trust API Gateway, or may not invoke the function.
        """
        call = Call("lambda", "Invoke", {"FunctionName": self.arn}, self.account, self.region)
        acting.require(_API_GATEWAY, role, call, source)

    def call(self, event: dict[str, Any]) -> Any:
        """Invoke it and wait.

        Returns:
            LocalStack's InvocationResult, also of a function that ended in an error.

        Raises:
            ServiceException: AWS Lambda refused, as it does without a function or with too many at work.
        """
        provider: Any = SERVICE_PLUGINS.require("lambda")._provider
        return provider.lambda_service.invoke(
            function_name=self.name,
            qualifier=self.qualifier,
            region=self.region,
            account_id=self.account,
            invocation_type="RequestResponse",
            client_context=None,
            request_id=str(uuid4()),
            payload=json.dumps(event).encode(),
        )

    def answer(self, event: dict[str, Any], seconds: float | None = None) -> bytes:
        """What it returned.

        Args:
            event: the event.
            seconds: how long to wait.

        Raises:
            FunctionFailed: see there.
            Throttled: see there.
            TookTooLong: see there.
        """
        payload, failed = self.outcome(event, seconds)
        if failed:
            raise FunctionFailed
        return payload

    def outcome(self, event: dict[str, Any], seconds: float | None = None) -> tuple[bytes, bool]:
        """What it returned, or the error it ended in, and whether it is one; otherwise like `answer`."""
        result = _within(seconds, lambda: self.call(event)) if seconds else _outcome(lambda: self.call(event))
        payload = result.payload
        return payload.encode() if isinstance(payload, str) else bytes(payload), bool(result.is_error)


def _outcome(call: Any) -> Any:
    try:
        return call()
    except TooManyRequestsException as refused:
        raise Throttled from refused
    except ServiceException as refused:
        raise FunctionFailed from refused
    except Exception as error:
        LOG.exception("could not invoke a function")
        raise FunctionFailed from error


def _within(seconds: float, call: Any) -> Any:
    """Run it in a thread of its own, as nobody can interrupt it."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(_outcome(call))
        except FunctionFailed as failed:
            outcome.append(failed)

    thread = threading.Thread(target=run, name="dockerless-http", daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise TookTooLong
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]
