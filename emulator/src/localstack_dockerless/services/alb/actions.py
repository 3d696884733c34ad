"""What listeners and rules may do, and when: checked before moto stores it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_network
from typing import Any

from localstack_dockerless.services.alb.errors import refuse

CONFIGURATIONS = {"redirect": "RedirectConfig", "fixed-response": "FixedResponseConfig"}
CONTENT_TYPES = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")
FINAL = ("forward", "redirect", "fixed-response")
HTTPS_ONLY = ("authenticate-oidc", "authenticate-cognito", "jwt-validation")
UNCHANGED = {
    # A redirect changes at least one of these, or it would lead to itself.
    "Protocol": "#{protocol}",
    "Host": "#{host}",
    "Port": "#{port}",
    "Path": "/#{path}",
    "Query": "#{query}",
}
CONDITIONS = {
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "path-pattern": "PathPatternConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
PORT, LAST_PORT = re.compile("[1-9][0-9]{0,4}"), 65535
MAX_GROUPS, MAX_WEIGHT, MAX_VALUES = 5, 999, 5


def forwarded(action: dict[str, Any]) -> list[dict[str, Any]]:
    """The target groups of an action, each with its weight; none when it does not forward."""
    if action.get("Type") != "forward":
        return []
    groups = (action.get("ForwardConfig") or {}).get("TargetGroups")
    arn = action.get("TargetGroupArn")
    return groups or ([{"TargetGroupArn": arn, "Weight": 1}] if arn else [])


def check_actions(actions: Iterable[dict[str, Any]], backend: Any, balancer: Any, protocol: str) -> None:
    """Refuse actions that AWS refuses.

    Args:
        actions: of a request.
        backend: moto's, of the account and region.
        balancer: moto's load balancer whose listener it is.
        protocol: of the listener.
    """
    actions = list(actions)
    if sum(action["Type"] in FINAL for action in actions) != 1:
        refuse("InvalidLoadBalancerAction", f"One action must be of a type that ends a rule: {', '.join(FINAL)}")
    for action in actions:
        kind = action["Type"]
        if kind in HTTPS_ONLY and protocol != "HTTPS":
            refuse("InvalidLoadBalancerAction", f"Actions of type '{kind}' are supported only on HTTPS listeners")
        if kind == "forward":
            _check_forward(action, backend, balancer)
        if kind in CONFIGURATIONS:
            _check_configuration(kind, action.get(CONFIGURATIONS[kind]))


def _check_forward(action: dict[str, Any], backend: Any, balancer: Any) -> None:
    groups = forwarded(action)
    if not 1 <= len(groups) <= MAX_GROUPS:
        refuse("InvalidLoadBalancerAction", f"A forward action must specify 1 to {MAX_GROUPS} target groups")
    for group in groups:
        arn, weight = group.get("TargetGroupArn"), int(group.get("Weight") or 0)
        if arn not in backend.target_groups:
            refuse("TargetGroupNotFound", f"Target group '{arn}' not found")
        if not 0 <= weight <= MAX_WEIGHT:
            refuse("ValidationError", f"Target group weight '{weight}' must be between '0-{MAX_WEIGHT}' inclusive")
        if any(user != balancer.arn for user in backend.target_groups[arn].load_balancer_arns):
            text = f"Target group '{arn}' cannot be associated with more than one load balancer"
            refuse("TargetGroupAssociationLimit", text)


def _check_configuration(kind: str, configuration: dict[str, Any] | None) -> None:
    if not configuration:
        refuse("ValidationError", f"A '{CONFIGURATIONS[kind]}' must be specified with '{kind}'")
    if kind == "redirect" and all(configuration.get(key) in (None, value) for key, value in UNCHANGED.items()):
        refuse("InvalidLoadBalancerAction", "The redirect configuration is not valid because it creates a loop")
    if kind == "redirect":
        _check_place(configuration)
    content_type = configuration.get("ContentType")
    if content_type and content_type not in CONTENT_TYPES:
        refuse("InvalidLoadBalancerAction", f"The ContentType must be one of: {', '.join(CONTENT_TYPES)}")


def _check_place(configuration: dict[str, Any]) -> None:
    path, port = configuration.get("Path"), configuration.get("Port")
    if path is not None and not path.startswith("/"):
        refuse("ValidationError", f"The redirect path '{path}' must begin with '/'")
    if port is not None and port != UNCHANGED["Port"] and not (PORT.fullmatch(port) and int(port) <= LAST_PORT):
        refuse("ValidationError", f"The redirect port '{port}' must be #{{port}} or a number from 1 to 65535")


def check_conditions(conditions: Iterable[dict[str, Any]]) -> None:
    """Refuse conditions that AWS refuses, or that would be a puzzle to moto."""
    values = 0
    for condition in conditions:
        field = condition.get("Field")
        if field not in CONDITIONS:
            refuse("ValidationError", f"Condition field '{field}' must be one of '[{','.join(CONDITIONS)}]'")
        if _uses_patterns(condition):
            refuse("ValidationError", "Regular expressions are not supported here; give values with wildcards")
        given = condition_values(condition)
        if not given:
            refuse("ValidationError", "A condition value must be specified")
        if field == "http-header" and not (condition.get("HttpHeaderConfig") or {}).get("HttpHeaderName"):
            refuse("ValidationError", "A header name must be specified with 'http-header'")
        if field == "source-ip":
            _check_blocks(given)
        values += len(given)
    if values > MAX_VALUES:
        refuse("ValidationError", f"A rule can only have '{MAX_VALUES}' condition values")


def _check_blocks(values: Iterable[str]) -> None:
    for value in values:
        try:
            ip_network(value, strict=False)
        except ValueError:
            refuse("ValidationError", f"The 'source-ip' value '{value}' is not a valid CIDR block")


def _uses_patterns(condition: dict[str, Any]) -> bool:
    configuration = condition.get(CONDITIONS[condition["Field"]]) or {}
    return bool(condition.get("RegexValues") or configuration.get("RegexValues"))


def condition_values(condition: dict[str, Any]) -> list[Any]:
    """What a condition compares with, in whichever of the two places it stands."""
    configuration = condition.get(CONDITIONS[condition["Field"]]) or {}
    return configuration.get("Values") or condition.get("Values") or []
