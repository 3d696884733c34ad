"""Target groups of type lambda: their attributes, and the one function that may be registered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from localstack_dockerless.services.alb.errors import refuse
from localstack_dockerless.services.alb.functions import PRINCIPAL, Target

MULTI_VALUE = "lambda.multi_value_headers.enabled"
OTHERS = (
    # Attributes, or beginnings of their names, that target groups of other types have.
    *("deregistration_delay.", "stickiness.", "load_balancing.", "slow_start.", "target_group_health."),
    *("target_failover.", "target_health_state.", "proxy_protocol_v2.", "preserve_client_ip."),
)
CODES = re.compile(r"[234]\d\d(-[234]\d\d)?(,[234]\d\d(-[234]\d\d)?)*")
UNHEALTHY_THRESHOLD = 5  # failures; moto has 2 for every type


def check_attributes(group: Any, attributes: Iterable[dict[str, Any]]) -> None:
    """Refuse attributes that a target group of this type does not have, and values they cannot take.

    Args:
        group: moto's target group.
        attributes: of the request, each with Key and Value.
    """
    for attribute in attributes:
        key, value = attribute.get("Key") or "", attribute.get("Value") or ""
        if key != MULTI_VALUE and not key.startswith(OTHERS):
            refuse("ValidationError", f"Target group attribute key '{key}' is not recognized")
        if (key == MULTI_VALUE) != (group.target_type == "lambda"):
            text = f"A target group with target type '{group.target_type}' does not support the attribute {key}"
            refuse("InvalidConfigurationRequest", text)
        if key == MULTI_VALUE and value not in ("true", "false"):
            refuse("ValidationError", f"'{key}' value '{value}' must be one of [true, false]")


def check_codes(matcher: dict[str, Any] | None) -> None:
    """Refuse a matcher that no health check could be judged by; moto looks at its beginning alone."""
    codes = (matcher or {}).get("HttpCode")
    if codes and not CODES.fullmatch(codes):
        refuse("ValidationError", f"Health check matcher HTTP code '{codes}' must be within '200-499' inclusive")


def check_targets(group: Any, targets: list[dict[str, Any]], account: str, region: str) -> None:
    """Refuse functions that cannot be registered.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#register-lambda-function

    Args:
        group: moto's target group, of type lambda.
        targets: of the request, each with Id.
        account: of the target group.
        region: of the target group.
    """
    for entry in targets:
        target = Target.of(entry["Id"])
        if target is None:
            refuse("ValidationError", f"Target ID - {entry['Id']} is not valid")
        if (target.account, target.region) != (account, region) or not target.exists():
            refuse("InvalidTarget", f"The following targets do not exist: '{target.arn}'")
        if not target.allows(group.arn):
            service = PRINCIPAL.partition(".")[0]
            text = f"{service} principal does not have permission to invoke {target.arn} from target group {group.arn}"
            refuse("AccessDenied", text)
    if len({*group.targets, *(entry["Id"] for entry in targets)}) > 1:
        refuse("TooManyTargets", f"The target group '{group.arn}' can have one Lambda function as its target")


def is_multi_value(group: Any) -> bool:
    """Whether headers and query parameters come and go as lists."""
    return str(group.attributes.get(MULTI_VALUE)) == "true"
