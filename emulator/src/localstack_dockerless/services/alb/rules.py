"""Which rule a request meets.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from localstack_dockerless.services.alb.actions import condition_values
from localstack_dockerless.services.alb.http import Request


def chosen(listener: Any, request: Request) -> Any:
    """The rule of the lowest priority whose every condition the request meets; the default rule meets any."""
    rules = sorted(listener._non_default_rules.values(), key=lambda rule: int(rule.priority))
    matching = (rule for rule in rules if all(meets(condition, request) for condition in rule.conditions))
    return next(matching, listener._default_rule[0])


def meets(condition: dict[str, Any], request: Request) -> bool:
    """Whether one of the values of a condition fits."""
    test = TESTS[condition["Field"]]
    return any(test(request, value, condition) for value in condition_values(condition))


@lru_cache(1024)
def _pattern(text: str, flags: int) -> re.Pattern[str]:
    """Of wildcards: an asterisk for any characters or none, a question mark for one; a backslash takes that from them."""
    signs = {"*": ".*", "?": "."}
    parts = re.findall(r"\\[*?\\]|.", text, re.DOTALL)
    return re.compile("".join(signs.get(part) or re.escape(part[-1]) for part in parts), flags | re.DOTALL)


def _fits(text: str, wildcards: str, flags: int = re.IGNORECASE) -> bool:
    return _pattern(wildcards, flags).fullmatch(text) is not None


def _header(request: Request, value: Any, condition: dict[str, Any]) -> bool:
    name = condition["HttpHeaderConfig"]["HttpHeaderName"].lower()
    return any(_fits(given, value) for given in request.all(name))


def _parameter(request: Request, value: Any, _condition: dict[str, Any]) -> bool:
    """A value alone fits with any name."""
    key = value.get("Key") or "*"
    return any(_fits(name, key) and _fits(given, value["Value"]) for name, given in request.parameters)


def _address(request: Request, value: Any, _condition: dict[str, Any]) -> bool:
    return ip_address(request.client) in ip_network(value, strict=False)


TESTS: dict[str, Callable[[Request, Any, dict[str, Any]], bool]] = {
    "host-header": lambda request, value, _: _fits(request.host, value),
    "http-header": _header,
    "http-request-method": lambda request, value, _: request.method == value,
    "path-pattern": lambda request, value, _: _fits(request.path, value, flags=0),
    "query-string": _parameter,
    "source-ip": _address,
}
