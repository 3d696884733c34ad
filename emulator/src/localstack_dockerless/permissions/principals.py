"""Who asks, and whom a statement's Principal means.

Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from localstack_dockerless.permissions.documents import Statement

_ACCOUNT = re.compile(r"\d{12}|arn:[\w-]+:iam::(\d{12}):root")


@dataclass(frozen=True)
class Principal:
    """Somebody who makes requests.

    Args:
        kind: a session of a role is a "role"; who is not signed in is "anonymous".
        account: 12 digits; empty for services and the anonymous.
        arn: as error messages have it, of a session arn:aws:sts::...:assumed-role/ROLE/SESSION.
        role: the ARN of the session's role, with its path.
        service: such as "lambda.amazonaws.com".
        ids: unique ids by which policies may name it, too (AIDA..., AROA...).
        providers: names under which an identity provider vouches for it.
    """

    kind: Literal["root", "user", "role", "service", "anonymous", "federated"]
    account: str = ""
    arn: str = ""
    role: str = ""
    service: str = ""
    ids: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()

    @property
    def has_policies(self) -> bool:
        """Whether policies can be attached to it; for all others the resource alone decides."""
        return self.kind in ("root", "user", "role")


def service(name: str) -> Principal:
    """A service of AWS."""
    return Principal("service", arn=name, service=name)


ANONYMOUS = Principal("anonymous", arn="anonymous")


class Reach(IntEnum):
    """How closely a statement names a principal, which decides what limits it."""

    NONE = 0
    ACCOUNT = 1
    """Its account: within the account that grants nothing by itself."""
    ROLE = 2
    """Its role, or everybody: a permissions boundary and session policies still limit it."""
    EXACT = 3
    """The user or the session itself, or a service."""


def reach(statement: Statement, principal: Principal) -> Reach:
    """How closely a statement names the principal; one without principals is about whoever it is attached to."""
    if statement.principals is None:
        return Reach.EXACT
    if statement.not_principal:
        return Reach.NONE if _is_excepted(statement.principals, principal) else Reach.ROLE
    found = [_reach(kind, name, principal) for kind, names in statement.principals.items() for name in names]
    best = max(found, default=Reach.NONE)
    # A user has no session: whatever names it more closely than by its account is not limited.
    return Reach.EXACT if best is Reach.ROLE and principal.kind in ("user", "root") else best


def _reach(kind: str, name: str, principal: Principal) -> Reach:
    if kind == "*" or (kind == "AWS" and name == "*"):
        return Reach.ROLE
    if kind == "Service":
        return Reach.EXACT if principal.service == name else Reach.NONE
    if kind == "Federated":
        return Reach.EXACT if name in principal.providers else Reach.NONE
    return _of_aws(name, principal) if kind == "AWS" else Reach.NONE


def _of_aws(name: str, principal: Principal) -> Reach:
    if account := _ACCOUNT.fullmatch(name):
        named = (account[1] or name) == principal.account and bool(principal.account)
        return Reach.NONE if not named else Reach.EXACT if principal.kind == "root" else Reach.ACCOUNT
    if name == principal.arn:
        return Reach.EXACT
    return Reach.ROLE if name in (principal.role, *principal.ids) else Reach.NONE


def _is_excepted(principals: Mapping[str, tuple[str, ...]], principal: Principal) -> bool:
    """With NotPrincipal, a name of the principal that is missing among the excepted is enough for the statement."""
    if "*" in principals or "*" in principals.get("AWS", ()):
        return True
    if principal.service:
        return principal.service in principals.get("Service", ())
    named = {_account(name) for name in principals.get("AWS", ())}
    own = {principal.account, principal.role, principal.arn} if principal.kind != "root" else {principal.account}
    return bool(principal.account) and own - {""} <= named


def _account(name: str) -> str:
    account = _ACCOUNT.fullmatch(name)
    return (account[1] or name) if account else name
