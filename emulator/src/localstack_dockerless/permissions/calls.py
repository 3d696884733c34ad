"""A request to a service, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_dockerless.permissions import operations, resources
from localstack_dockerless.permissions.matching import Value


@dataclass(frozen=True)
class Demand:
    """One action on one resource.

    Args:
        keys: condition keys that belong to this action alone.
    """

    action: str
    resource: str = resources.EVERYTHING
    keys: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request to a service, as much of it as decides.

    Args:
        service, operation: as botocore calls them.
        request: its members.
        method, path: of HTTP, for API Gateway, whose actions are made of them.
    """

    service: str
    operation: str
    request: Mapping[str, Any]
    account: str
    region: str
    partition: str = "aws"
    method: str = "POST"
    path: str = "/"

    @property
    def prefix(self) -> str:
        """IAM's name of the service."""
        return operations.PREFIXES.get(self.service, self.service)

    @property
    def place(self) -> dict[str, str]:
        """What ARNs are made of."""
        return {"partition": self.partition, "region": self.region, "account": self.account}

    def arn(self, rest: str) -> str:
        """An ARN of this partition."""
        return f"arn:{self.partition}:{rest}"


def action_of(call: Call) -> str:
    """The action of IAM that an operation needs."""
    name = operations.ACTIONS.get((call.prefix, call.operation), call.operation)
    return f"{call.prefix}:{name}"


def members(value: Any, path: str) -> list[Any]:
    """What stands at a path; lists on the way are gone through."""
    name, _, rest = path.partition(".")
    if isinstance(value, list):
        return [found for one in value for found in members(one, path)]
    inner = value.get(name) if isinstance(value, Mapping) else None
    if inner is None:
        return []
    return members(inner, rest) if rest else inner if isinstance(inner, list) else [inner]
