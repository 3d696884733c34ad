"""Listeners and rules: moto's, with what AWS checks before and corrected after.

Each public function but `backend_of` does one operation; it takes the context and the parsed request.
"""

from __future__ import annotations

from typing import Any

from localstack.aws.api import ServiceException
from localstack.services.moto import call_moto

from localstack_dockerless.services.alb import actions
from localstack_dockerless.services.alb.errors import refuse


def backend_of(context: Any) -> Any:
    """Moto's state of the account and region that an operation is for."""
    from moto.elbv2.models import elbv2_backends

    return elbv2_backends[context.account_id][context.region]


def create_listener(context: Any, request: Any) -> Any:
    """Make a listener; the default one of its rules comes with it."""
    backend = backend_of(context)
    balancer = backend.load_balancers.get(request["LoadBalancerArn"])
    if balancer and balancer.type == "application":
        _check_listener(backend, balancer, None, request)
    response = call_moto(context)
    for listener in response["Listeners"]:
        _drop_policy(backend, listener)
    return response


def modify_listener(context: Any, request: Any) -> Any:
    """Change a listener."""
    backend = backend_of(context)
    balancer, listener = _listener(backend, request["ListenerArn"])
    if balancer.type == "application":
        _check_listener(backend, balancer, listener, request)
    response = call_moto(context)
    for changed in response["Listeners"]:
        _drop_policy(backend, changed)
    return response


def _listener(backend: Any, arn: str) -> tuple[Any, Any]:
    """A listener and its load balancer."""
    for balancer in (one for one in backend.load_balancers.values() if arn in one.listeners):
        return balancer, balancer.listeners[arn]
    return refuse("ListenerNotFound", "One or more listeners not found")


def _check_listener(backend: Any, balancer: Any, listener: Any, request: Any) -> None:
    """Refuse a second listener on a port, TLS settings without TLS, and actions that AWS refuses."""
    protocol = request.get("Protocol") or (listener.protocol if listener else "")
    others = [one for one in balancer.listeners.values() if one is not listener]
    if request.get("Port") and any(int(one.port) == int(request["Port"]) for one in others):
        refuse("DuplicateListener", "A listener already exists on this port for this load balancer")
    if protocol == "HTTP" and request.get("SslPolicy"):
        refuse("ValidationError", "An SSL policy cannot be specified for HTTP listeners")
    if protocol == "HTTP" and request.get("Certificates"):
        refuse("ValidationError", "A certificate cannot be specified for HTTP listeners")
    if protocol == "HTTPS" and not (request.get("Certificates") or (listener and listener.certificates)):
        refuse("ValidationError", "A certificate must be specified for HTTPS listeners")
    if listener is None or request.get("DefaultActions"):
        actions.check_actions(request.get("DefaultActions") or [], backend, balancer, protocol)


def _drop_policy(backend: Any, listener: dict[str, Any]) -> None:
    """Moto gives every listener a security policy for TLS."""
    if listener.get("Protocol") == "HTTP":
        _, stored = _listener(backend, listener["ListenerArn"])
        stored.ssl_policy = None
        listener.pop("SslPolicy", None)


def create_rule(context: Any, request: Any) -> Any:
    """Make a rule."""
    backend = backend_of(context)
    balancer, listener = _listener(backend, request["ListenerArn"])
    actions.check_conditions(request["Conditions"])
    actions.check_actions(request["Actions"], backend, balancer, listener.protocol)
    return call_moto(context)


def modify_rule(context: Any, request: Any) -> Any:
    """Change what a rule wants and does."""
    backend = backend_of(context)
    rule = _rule(backend, request["RuleArn"], "modified")
    balancer, listener = _listener(backend, rule.listener_arn)
    actions.check_conditions(request.get("Conditions") or [])
    if request.get("Actions"):
        actions.check_actions(request["Actions"], backend, balancer, listener.protocol)
    return call_moto(context)


def delete_rule(context: Any, request: Any) -> Any:
    """Moto knows neither that the rule may be missing nor that it may be the default one."""
    _rule(backend_of(context), request["RuleArn"], "deleted")
    return call_moto(context)


def set_rule_priorities(context: Any, request: Any) -> Any:
    """Rules may change places; moto finds the place of each still taken by the other."""
    backend = backend_of(context)
    rules = [_rule(backend, pair.get("RuleArn"), "moved") for pair in request["RulePriorities"]]
    before = [rule.priority for rule in rules]
    for number, rule in enumerate(rules, 1):
        rule.priority = -number
    try:
        return call_moto(context)
    except ServiceException:
        for rule, priority in zip(rules, before, strict=True):
            rule.priority = priority
        raise


def _rule(backend: Any, arn: str | None, done: str) -> Any:
    """A rule that may be changed: any but the default one of a listener."""
    for balancer in backend.load_balancers.values():
        for listener in balancer.listeners.values():
            for rule in (rule for rule in listener.rules.values() if rule.arn == arn):
                if rule.is_default:
                    refuse("OperationNotPermitted", f"Default rule '{arn}' cannot be {done}")
                return rule
    return refuse("RuleNotFound", "One or more rules not found")
