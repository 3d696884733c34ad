"""The gateway's part: asks the engine before a request reaches its service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from localstack.utils.aws.request_context import extract_access_key_id_from_auth_header

from localstack_dockerless.permissions import attached, intake, keys, refusals, stores, switch
from localstack_dockerless.permissions.callers import Caller, ExpiredKeyError, UnknownKeyError, caller, root
from localstack_dockerless.permissions.calls import Call, Demand
from localstack_dockerless.permissions.demands import demands
from localstack_dockerless.permissions.documents import MalformedPolicyDocumentError, Policy, parse
from localstack_dockerless.permissions.engine import Decision, Policies, Request, evaluate

LOOPBACK: Final = "127.0.0.1"
_ROOT: Final = re.compile(r"\d{12}|test|injectedaccesskey")


@dataclass(frozen=True)
class Way:
    """How a request came.

    Args:
        policy: of the VPC endpoint on the way; None without one.
        keys: condition keys that it adds (`aws:SourceVpc`, `aws:SourceVpce`), in lower case.
    """

    policy: Policy | None = None
    keys: Mapping[str, str] = field(default_factory=dict)


DIRECT: Final = Way()
WAY: Final = "dockerless.way"
"""In the WSGI environment: how the request came, if not directly."""


def by_endpoint(document: str, endpoint: str, vpc: str) -> Way:
    """The way of a request that came by a VPC endpoint.

    Args:
        document: the endpoint's policy; one that is none, which EC2 here does not refuse, restricts nothing.
        endpoint: its ID.
        vpc: the ID of its VPC.
    """
    try:
        policy = parse(document, "endpoint", f"the policy of {endpoint}") if document else None
    except MalformedPolicyDocumentError:
        policy = None
    return Way(policy, {"aws:sourcevpce": endpoint, "aws:sourcevpc": vpc})


def enforce(_chain: Any, context: Any, _response: Any) -> None:
    """A handler of LocalStack's chain, once the request has been parsed.

    Raises:
        CommonServiceException: the caller may not do this, or brings a policy that is none.
    """
    if context.service is None or context.operation is None:
        return
    intake.check(context.service.service_name, context.operation.name, context.service_request or {})
    if context.internal_request_params is not None and not _is_passed_on(context):
        return  # a service: see `behalf`
    access_key = extract_access_key_id_from_auth_header(context.request.headers) or ""
    if not switch.is_on(context.account_id):
        return
    asking = None
    if not is_root(access_key):
        asking = identify(access_key, context.account_id, context.service.service_name, context.protocol)
    if asking is None and context.operation.name == "AssumeRole":
        asking = root(context.account_id)  # may do everything, but a role says itself who may assume it
    if asking:
        check_call(context, asking)


def _is_passed_on(context: Any) -> bool:
    """Whether LocalStack's SQS repeats what came to a queue's own URL: nobody else within asks by that protocol."""
    return context.service.service_name in ("sqs", "sqs-query") and context.protocol == "query"


def is_root(access_key: str) -> bool:
    """Whether a key is nobody's but an account's, at a glance."""
    return _ROOT.fullmatch(access_key) is not None


def may_invoke(access_key: str, account: str, region: str, function: str, qualifier: str | None, agent: str) -> bool:
    """Whether a plain Invoke from this machine is allowed; the gateway finds the words if it is not.

    Args:
        access_key: the caller's.
        account: the request's.
        region: the request's.
        function: by name or ARN.
        qualifier: of a version or an alias.
        agent: the User-Agent.
    """
    if is_root(access_key) or not switch.is_on(account):
        return True
    try:
        asking = caller(access_key, account)
    except UnknownKeyError:
        return False
    request = {"FunctionName": function, "Qualifier": qualifier}
    return asking is None or not refusal(asking, Call("lambda", "Invoke", request, account, region), LOOPBACK, agent)


def identify(access_key: str, account: str, service: str, protocol: str) -> Caller | None:
    """Who calls; None for root.

    Raises:
        CommonServiceException: the access key is not valid.
    """
    try:
        return caller(access_key, account)
    except UnknownKeyError as error:
        raise refusals.invalid_key(service, protocol, expired=isinstance(error, ExpiredKeyError)) from None


def check_call(context: Any, asking: Caller) -> None:
    """Refuse a request that somebody may not make.

    Args:
        context: LocalStack's.
        asking: who makes it.

    Raises:
        CommonServiceException: the caller may not do this.
    """
    service, request = context.service.service_name, context.request
    call = Call(
        service=service,
        operation=context.operation.name,
        request=context.service_request or {},
        account=context.account_id,
        region=context.region,
        partition=context.partition or "aws",
        method=request.method,
        path=request.path,
    )
    way = request.environ.get(WAY, DIRECT)
    refused = refusal(asking, call, request.remote_addr or LOOPBACK, request.user_agent.string, way)
    if refused:
        raise refusals.denied(service, context.protocol, refused)


def refusal(asking: Caller, call: Call, address: str, agent: str = "", way: Way = DIRECT) -> Decision | None:
    """The first demand of a call that is not allowed.

    Args:
        asking: who calls.
        call: what for.
        address: of the client.
        agent: its User-Agent.
        way: how the request came.
    """
    wanted = demands(call)
    common = keys.of_call(call, address, agent) | asking.keys | dict(way.keys) if wanted else {}
    if "aws:sourcevpce" in common:
        common.pop("aws:sourceip", None)  # which names public addresses, and there is none on that way
    for demand in wanted:
        decision = decide(asking, demand, common, way.policy)
        if not decision.allowed:
            return decision
    return None


def decide(asking: Caller, demand: Demand, common: dict[str, Any], endpoint: Policy | None = None) -> Decision:
    """Evaluate one demand.

    Args:
        asking: who.
        demand: what.
        common: condition keys of caller and request.
        endpoint: the policy of the VPC endpoint that it came by.
    """
    found = attached.resource(demand.resource, demand.action)
    account = found.account or asking.principal.account
    own = {f"aws:resourcetag/{name.lower()}": value for name, value in stores.tags(demand.resource).items()}
    context = {**common, "aws:resourceaccount": account, **own, **demand.keys}
    policies = Policies(
        identity=asking.identity,
        boundary=asking.boundary,
        session=asking.session,
        resource=found.policy,
        resource_must_allow=found.must_allow,
        endpoint=endpoint,
    )
    return evaluate(Request(asking.principal, demand.action, demand.resource, account, context), policies)
