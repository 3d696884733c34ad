"""What a request to a service asks for: actions on resources, each of which has to be allowed."""

from __future__ import annotations

from collections.abc import Iterable

from localstack_dockerless.permissions import operations, resources
from localstack_dockerless.permissions.calls import Call, Demand, action_of, members
from localstack_dockerless.permissions.special import SPECIAL


def demands(call: Call) -> list[Demand]:
    """Everything that a request needs; nothing for the few operations that are free."""
    if (call.service, call.operation) in operations.FREE:
        return []
    special = SPECIAL.get(call.prefix)
    found = special(call) if special else None
    return [*(_ordinary(call) if found is None else found), *_passed_roles(call)]


def _ordinary(call: Call) -> list[Demand]:
    named = resources.named(call.prefix, call.operation, call.request, call.place)
    return [Demand(action_of(call), resource) for resource in named]


def _passed_roles(call: Call) -> Iterable[Demand]:
    """Whoever gives a role to a service needs iam:PassRole for it."""
    member, service = operations.PASSED.get((call.service, call.operation), ("", ""))
    for role in members(call.request, member) if member else ():
        if isinstance(role, str):
            yield Demand("iam:PassRole", role, {"iam:passedtoservice": service})
