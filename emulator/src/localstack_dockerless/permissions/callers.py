"""Whose access key it is, and which policies are attached to that user or role.

Credentials, roles and policies are in LocalStack's stores of IAM and STS. An account's root credentials - its 12 digits, or
any key that nobody issued - have no restrictions, and no caller here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any
from urllib.parse import unquote

from localstack.services.iam.models import iam_stores
from localstack.services.sts.models import sts_stores

from localstack_dockerless.permissions.documents import MalformedPolicyDocumentError, Policy, parse
from localstack_dockerless.permissions.matching import Value
from localstack_dockerless.permissions.principals import Principal
from localstack_dockerless.permissions.stores import REGION

SESSION_POLICIES = "dockerless:session-policies"
"""In the `iam_context` of a session: the documents that were passed to AssumeRole."""
_SESSION = re.compile(r"arn:[\w-]+:sts::(\d{12}):assumed-role/([^/]+)/(.+)")
_ISSUED = re.compile(r"L[SK]IA[A-Z2-7]{16}")
_AWS_MANAGED = re.compile(r"arn:[\w-]+:iam::aws:policy/")


class UnknownKeyError(LookupError):
    """The access key looks as if it had been issued here, and is not valid (any more)."""


class ExpiredKeyError(UnknownKeyError):
    """Its time is over."""


@dataclass(frozen=True)
class Caller:
    """A user or a role's session.

    Args:
        keys: the condition keys that are about the caller, in lower case.
    """

    principal: Principal
    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] = ()
    keys: dict[str, Value] = field(default_factory=dict)


def caller(access_key: str, account: str) -> Caller | None:
    """The user or the session behind an access key; None for root.

    Args:
        access_key: its id.
        account: which account it belongs to.

    Raises:
        UnknownKeyError: it has been deleted, has expired, or was never issued.
    """
    if session := sts_stores[account][REGION].credentials.get(access_key):
        return _of_session(session)
    store = iam_stores[account][REGION]
    if name := store.ACCESS_KEY_INDEX.get(access_key):
        return _of_user(store, name, access_key)
    if _ISSUED.fullmatch(access_key):
        raise UnknownKeyError(access_key)
    return None


def role_caller(role_arn: str, session: str) -> Caller:
    """A session of a role that a service would begin; a role that is missing has no policies."""
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    return _of_role(account, name, f"arn:aws:sts::{account}:assumed-role/{name}/{session}", role_arn)


def of_lasting_session(session: Any) -> Caller | None:
    """Whose session it is, whether its time is over or not: services renew theirs by themselves; None for root's."""
    return _read_session(session)


def root(account: str) -> Caller:
    """An account's root, where it needs somebody's permission: a role's, to assume it."""
    return Caller(Principal("root", account, f"arn:aws:iam::{account}:root"))


def _of_session(session: Any) -> Caller | None:
    if session.is_expired():
        raise ExpiredKeyError(session.access_key_id)
    return _read_session(session)


def _read_session(session: Any) -> Caller | None:
    parts = _SESSION.fullmatch(session.arn)
    if not parts:
        return _of_other_session(session)
    found = _of_role(parts[1], parts[2], session.arn, "")
    stored = session.iam_context.get(SESSION_POLICIES)
    keys = {
        **found.keys,
        "aws:userid": session.user_id,
        **{f"aws:principaltag/{tag['Key'].lower()}": tag["Value"] for tag in session.tags.values()},
        **{key.lower(): kept.value for key, kept in session.iam_context.items() if key != SESSION_POLICIES},
    }
    if session.source_identity:
        keys["aws:sourceidentity"] = session.source_identity
    policies = tuple(read(document, "the session policy") for document in (stored.value if stored else ()))
    return Caller(found.principal, found.identity, found.boundary, policies, keys)


def _of_other_session(session: Any) -> Caller | None:
    """GetSessionToken and GetFederationToken: the user's own policies, and none of a federated user's."""
    account, name = session.account_id, session.arn.rpartition("/")[2]
    if session.arn.endswith(":root"):
        return None
    store = iam_stores[account][REGION]
    if ":user/" in session.arn and name in store.USERS:
        return _of_user(store, name, "")
    return Caller(Principal("user", account, session.arn), keys={"aws:userid": session.user_id})


def _of_role(account: str, name: str, arn: str, missing: str) -> Caller:
    store = iam_stores[account][REGION]
    entity = store.ROLES.get(name)
    details: Any = entity.role if entity else {}
    role_arn = details.get("Arn") or missing or f"arn:aws:iam::{account}:role/{name}"
    principal = Principal("role", account, arn, role_arn, ids=tuple(filter(None, [details.get("RoleId")])))
    keys: dict[str, Value] = {"aws:principaltype": "AssumedRole", **_common(store, account, role_arn)}
    identity = _attached(store, entity, "role") if entity else ()
    return Caller(principal, identity, _boundary(store, details), (), keys)


def _of_user(store: Any, name: str, access_key: str) -> Caller:
    entity = store.USERS.get(name)
    key = entity.access_keys.get(access_key) if entity else None
    if not entity or (access_key and (not key or key.access_key.get("Status") == "Inactive")):
        raise UnknownKeyError(access_key)
    details = entity.user
    account = details["Arn"].split(":")[4]
    groups = [group for group in store.GROUPS.values() if name in group.member_user_names]
    identity = sum((_attached(store, group, "group") for group in groups), _attached(store, entity, "user"))
    keys: dict[str, Value] = {
        "aws:principaltype": "User",
        "aws:username": name,
        "aws:userid": details["UserId"],
        **_common(store, account, details["Arn"]),
    }
    principal = Principal("user", account, details["Arn"], ids=(details["UserId"],))
    return Caller(principal, identity, _boundary(store, details), (), keys)


def _common(store: Any, account: str, arn: str) -> dict[str, Value]:
    tags = store.TAGS.get_tags(arn) or {}
    return {
        "aws:principalarn": arn,
        "aws:principalaccount": account,
        "aws:principalisawsservice": "false",
        **{f"aws:principaltag/{name.lower()}": value for name, value in tags.items()},
    }


def _attached(store: Any, entity: Any, owner: str) -> tuple[Policy, ...]:
    inline = [
        read(document, f"the {owner}'s inline policy {name}") for name, document in entity.inline_policies.items()
    ]
    managed = [managed_policy(store, arn) for arn in list(entity.attached_policy_arns)]
    return (*inline, *(policy for policy in managed if policy))


def _boundary(store: Any, details: Any) -> Policy | None:
    boundary = details.get("PermissionsBoundary")
    if not boundary:
        return None
    # One that has been deleted allows nothing any more.
    return managed_policy(store, boundary["PermissionsBoundaryArn"]) or Policy((), "a missing permissions boundary")


def managed_policy(store: Any, arn: str) -> Policy | None:
    """The default version of a managed policy, of the account or of AWS; None when there is none."""
    document = managed_document(store, arn)
    return read(document, f"the managed policy {arn}", arn) if document else None


def managed_document(store: Any, arn: str) -> str:
    """Its document as LocalStack keeps it; empty when there is none."""
    entity = _aws_managed().get(_AWS_MANAGED.sub("arn:aws:iam::aws:policy/", arn)) or store.MANAGED_POLICIES.get(arn)
    return entity.versions[entity.policy["DefaultVersionId"]]["Document"] if entity else ""


@cache
def _aws_managed() -> Any:
    """LocalStack's list of AWS's own; whoever has a policy has made the service load it."""
    from localstack.services.plugins import SERVICE_PLUGINS

    service: Any = SERVICE_PLUGINS.get_service("iam")
    return service._provider._aws_managed_policy_cache


@lru_cache(maxsize=1024)
def read(document: str, name: str, arn: str = "") -> Policy:
    """A stored document, which LocalStack keeps with escapes for URLs; one that is no policy says nothing."""
    try:
        return parse(unquote(document), "identity", name, arn)
    except MalformedPolicyDocumentError:
        return Policy((), name, arn)
