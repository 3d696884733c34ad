"""Policy documents: read, and refused in AWS's words when they are none.

Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal

from localstack_dockerless.permissions.conditions import Condition, condition
from localstack_dockerless.permissions.matching import VARIABLES_SINCE

Kind = Literal["identity", "resource", "trust", "endpoint"]
"""What a policy is attached to: a principal (also as a boundary or a session's), a resource, a role, a VPC endpoint."""

VERSIONS: Final = ("2008-10-17", VARIABLES_SINCE)
SYNTAX = "Syntax errors in policy."
ELEMENTS: Final = {
    *("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition")
}
PRINCIPALS: Final = {"AWS", "Service", "Federated", "CanonicalUser"}
_ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?-]+")


class MalformedPolicyDocumentError(ValueError):
    """The document is not a policy; the words are AWS's."""


@dataclass(frozen=True)
class Statement:
    """One statement.

    Args:
        principals: by type ("AWS", "Service", ...), whom it is about; None in policies of a principal.
        actions, resources: patterns; resources are ("*",) where the policy need not say them.
        not_principal, not_action, not_resource: whether it is about all others.
    """

    sid: str
    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    principals: Mapping[str, tuple[str, ...]] | None = None
    conditions: tuple[Condition, ...] = ()
    not_action: bool = False
    not_resource: bool = False
    not_principal: bool = False
    variables: bool = True


@dataclass(frozen=True)
class Policy:
    """A policy that has been read.

    Args:
        name: how `Decision.explain` calls it, such as "the inline policy writes-logs".
        arn: of a managed policy.
    """

    statements: tuple[Statement, ...]
    name: str = field(default="", compare=False)
    arn: str = ""


@lru_cache(maxsize=512)
def parse(document: str, kind: Kind = "identity", name: str = "", arn: str = "") -> Policy:
    """Read a policy.

    Args:
        document: JSON.
        kind: decides which elements it has to have, and may not have.
        name: how to call it in explanations.
        arn: of a managed policy.

    Raises:
        MalformedPolicyDocumentError: it is none.
    """
    try:
        content = json.loads(document, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise MalformedPolicyDocumentError(SYNTAX) from None
    return read(content, kind, name, arn)


def read(content: Any, kind: Kind = "identity", name: str = "", arn: str = "") -> Policy:
    """The same for a document that has been taken out of its JSON.

    Raises:
        MalformedPolicyDocumentError: it is none.
    """
    _demand(isinstance(content, dict) and content.keys() <= {"Version", "Id", "Statement"})
    version = content.get("Version", VERSIONS[0])
    _demand(version in VERSIONS, "Policy document must be version 2012-10-17 or greater.")
    statements = _many(content.get("Statement"))
    _demand(bool(statements))
    parsed = tuple(_statement(one, kind, variables=version == VARIABLES_SINCE) for one in statements)
    sids = [statement.sid for statement in parsed if statement.sid]
    _demand(len(sids) == len(set(sids)), "Statement IDs (SID) in a single policy must be unique.")
    return Policy(parsed, name, arn)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a key comes twice")
    return content


def _demand(holds: bool, words: str = SYNTAX) -> None:
    if not holds:
        raise MalformedPolicyDocumentError(words)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _texts(value: Any) -> tuple[str, ...]:
    texts = _many(value)
    _demand(all(isinstance(text, str) for text in texts))
    return tuple(texts)


def _statement(content: Any, kind: Kind, *, variables: bool) -> Statement:
    _demand(isinstance(content, dict) and content.keys() <= ELEMENTS)
    _demand(content.get("Effect") in ("Allow", "Deny"))
    _demand(isinstance(content.get("Sid", ""), str))
    _exclusive(content, kind)
    return Statement(
        sid=content.get("Sid", ""),
        effect=content["Effect"],
        actions=_actions(content),
        resources=_resources(content, kind),
        principals=_principals(content.get("Principal", content.get("NotPrincipal")), kind),
        conditions=_conditions(content.get("Condition"), variables=variables),
        not_action="NotAction" in content,
        not_resource="NotResource" in content,
        not_principal="NotPrincipal" in content,
        variables=variables,
    )


def _exclusive(content: Mapping[str, Any], kind: Kind) -> None:
    for element in ("Action", "Resource", "Principal"):
        _demand(not (element in content and f"Not{element}" in content))
    named = "Principal" in content or "NotPrincipal" in content
    _demand(kind != "identity" or not named, "Policy document should not specify a principal.")
    _demand(kind == "identity" or named, "Missing required field Principal")
    if kind == "trust":
        _demand(not {"Resource", "NotResource"} & content.keys(), "Has prohibited field Resource")


def _actions(content: Mapping[str, Any]) -> tuple[str, ...]:
    actions = _texts(content.get("Action", content.get("NotAction")))
    _demand(bool(actions), "Policy statement must contain actions.")
    if not all(":" in action or action == "*" for action in actions):
        raise MalformedPolicyDocumentError("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
    _demand(all(_ACTION.fullmatch(action) for action in actions), "The policy failed legacy parsing")
    return actions


def _resources(content: Mapping[str, Any], kind: Kind) -> tuple[str, ...]:
    resources = _texts(content.get("Resource", content.get("NotResource")))
    if kind == "trust":
        return ("*",)
    _demand(bool(resources), "Policy statement must contain resources.")
    for resource in resources:
        if resource != "*" and not resource.startswith(("arn:", "*", "?", "${")):
            raise MalformedPolicyDocumentError(f'Resource {resource} must be in ARN format or "*".')
    return resources


def _principals(content: Any, kind: Kind) -> Mapping[str, tuple[str, ...]] | None:
    if kind == "identity":
        return None
    if content == "*":
        return {"*": ("*",)}
    _demand(isinstance(content, dict) and bool(content) and content.keys() <= PRINCIPALS, "Invalid principal in policy")
    named = {name: _texts(value) for name, value in content.items()}
    _demand(all(named.values()), "Invalid principal in policy")
    return named


def _conditions(content: Any, *, variables: bool) -> tuple[Condition, ...]:
    if content is None:
        return ()
    _demand(isinstance(content, dict) and all(isinstance(keys, dict) for keys in content.values()))
    pairs = [(name, key, value) for name, keys in content.items() for key, value in keys.items()]
    return tuple(_condition(name, key, value, variables=variables) for name, key, value in pairs)


def _condition(name: str, key: str, value: Any, *, variables: bool) -> Condition:
    if ":" not in key:
        raise MalformedPolicyDocumentError("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
    texts = [json.dumps(one) if isinstance(one, bool | int | float) else one for one in _many(value)]
    try:
        return condition(name, key, _texts(texts), variables=variables)
    except ValueError as error:
        if isinstance(error, MalformedPolicyDocumentError):
            raise
        raise MalformedPolicyDocumentError(f"Invalid Condition type : {name}.") from None
