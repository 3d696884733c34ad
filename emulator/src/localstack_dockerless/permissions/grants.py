"""What a function's own policy says about those who are nobody's user or role: services, and the public.

Rules: https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html,
https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html and, for the two keys that keep a service from being used by a
stranger, https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from localstack_dockerless.permissions import attached, keys, principals, switch
from localstack_dockerless.permissions.callers import Caller
from localstack_dockerless.permissions.calls import Call, Demand
from localstack_dockerless.permissions.enforcement import LOOPBACK, decide
from localstack_dockerless.permissions.engine import Policies, Request, evaluate
from localstack_dockerless.permissions.matching import Value

INVOKE: Final = "lambda:InvokeFunction"
INVOKE_URL: Final = "lambda:InvokeFunctionUrl"
_FIELDS: Final = 6  # of an ARN; there are two more in a function's


@dataclass(frozen=True)
class Source:
    """On whose behalf a service invokes a function.

    Args:
        service: its principal, such as "sns.amazonaws.com".
        arn: of the resource behind it: the topic, the bucket, the rule; empty when there is none.
        account: that resource's, where the ARN does not say it.
    """

    service: str
    arn: str = ""
    account: str = ""

    @property
    def keys(self) -> dict[str, Value]:
        """The condition keys that it sets."""
        account = self.account or _owner(self.arn)
        named = {"aws:sourcearn": self.arn, "aws:sourceaccount": account}
        return {"aws:principalisawsservice": "true", **{key: value for key, value in named.items() if value}}


def _owner(arn: str) -> str:
    """The account of an ARN; of a bucket, whoever it belongs to."""
    fields = arn.split(":", _FIELDS - 1)
    if len(fields) < _FIELDS:
        return ""
    return fields[4] or attached.resource(arn, "").account


def grants(function: str, source: Source) -> bool:
    """Whether a function's policy lets a service invoke it.

    Args:
        function: its ARN, with the version or alias that is invoked.
        source: who wants to.
    """
    account = function.split(":")[4]
    if not switch.is_on(account):
        return True
    names = (source.service, _regional(source.service, function.split(":")[3]))
    return any(_evaluate(principals.service(name), function, INVOKE, source.keys).allowed for name in names)


def _regional(service: str, region: str) -> str:
    """CloudWatch Logs has a name for each region, too."""
    return service.replace(".", f".{region}.", 1) if service == "logs.amazonaws.com" else service


def _evaluate(principal: principals.Principal, function: str, action: str, context: dict[str, Value]) -> Any:
    account = function.split(":")[4]
    function = function.removesuffix(":$LATEST")  # which has no policy of its own
    found = attached.resource(function, action)
    context = {"lambda:functionarn": function, "aws:resourceaccount": account, "aws:securetransport": "true", **context}
    return evaluate(Request(principal, action, function, account, context), Policies(resource=found.policy))


def open_to_all(function: str, address: str = LOOPBACK) -> bool:
    """Whether everybody may use a function URL that asks nobody who it is.

    Args:
        function: the ARN that the URL is for.
        address: of the client.
    """
    if not switch.is_on(function.split(":")[4]):
        return True
    return all(
        _evaluate(principals.ANONYMOUS, function, demand.action, {"aws:sourceip": address, **demand.keys}).allowed
        for demand in of_url(function, "NONE")
    )


def of_url(function: str, auth_type: str) -> list[Demand]:
    """What it takes to use a function URL: since October 2025, two permissions."""
    through: dict[str, Value] = {"lambda:functionurlauthtype": auth_type}
    by_url: dict[str, Value] = {**through, "lambda:invokedviafunctionurl": "true"}
    return [Demand(INVOKE_URL, function, through), Demand(INVOKE, function, by_url)]


def open_to(asking: Caller, function: str, address: str = LOOPBACK, agent: str = "") -> bool:
    """Whether somebody may use a function URL that asks for a signature.

    Args:
        asking: who signed.
        function: the ARN that the URL is for.
        address: of the client.
        agent: its User-Agent.
    """
    _, _, _, region, account, *_ = function.split(":")
    if not switch.is_on(account):
        return True
    call = Call("lambda", "InvokeFunctionUrl", {}, account, region)
    common = keys.of_call(call, address, agent) | asking.keys
    return all(decide(asking, demand, common).allowed for demand in of_url(function, "AWS_IAM"))
