"""AWS's evaluation logic: is a request allowed, and which statement decided?

Rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-cross-account.html

    decision = evaluate(Request(principal, "s3:GetObject", arn, "123456789012", context), Policies(identity=...))
    decision.allowed, decision.message(), decision.explain()
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from localstack_dockerless.permissions.documents import Policy, Statement
from localstack_dockerless.permissions.matching import Context, UnresolvedVariableError, expand, glob, matches_arn
from localstack_dockerless.permissions.principals import Principal, Reach, reach

Layer = Literal["identity", "boundary", "session", "resource", "endpoint"]
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # As https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html has them.
    "identity": ("an identity-based policy", "no identity-based policy allows"),
    "boundary": ("a permissions boundary", "no permissions boundary allows"),
    "session": ("a session policy", "no session policy allows"),
    "resource": ("a resource-based policy", "no resource-based policy allows"),
    "endpoint": ("a VPC endpoint policy", "no VPC endpoint policy allows"),
}


@dataclass(frozen=True)
class Request:
    """What somebody wants to do.

    Args:
        principal: who.
        action: such as "s3:GetObject".
        resource: its ARN, or "*" where the action has none.
        account: the resource's, 12 digits; the principal's own when empty.
        context: condition keys in lower case, with their values.
    """

    principal: Principal
    action: str
    resource: str = "*"
    account: str = ""
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Policies:
    """Every policy that has a say.

    Args:
        identity: of the principal: inline and managed, of a user also those of the groups.
        boundary: the permissions boundary; None when there is none.
        session: the session policies; empty when there are none.
        resource: the resource's own policy.
        endpoint: of the VPC endpoint that the request came through.
        resource_must_allow: whether the policies of the principal are not enough, as with keys of KMS and roles.
    """

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] = ()
    resource: Policy | None = None
    endpoint: Policy | None = None
    resource_must_allow: bool = False

    def layers(self) -> Iterable[tuple[Layer, tuple[Policy, ...]]]:
        """All of them, in the order in which AWS looks for denials."""
        yield "endpoint", (self.endpoint,) if self.endpoint else ()
        yield "resource", (self.resource,) if self.resource else ()
        yield "identity", self.identity
        yield "boundary", (self.boundary,) if self.boundary else ()
        yield "session", self.session


@dataclass(frozen=True)
class Decision:
    """What came of it.

    Args:
        layer: the kind of policy that decided.
        policy, statement: what decided; None when nothing allowed the request.
    """

    allowed: bool
    request: Request
    layer: Layer
    policy: Policy | None = None
    statement: Statement | None = None

    @property
    def why(self) -> str:
        """The end of AWS's sentence, from "because" or "with"; empty when the request is allowed."""
        if self.allowed:
            return ""
        denies, lacks = WORDS[self.layer]
        if not self.statement:
            return f"because {lacks} the {self.request.action} action"
        arn = f": {self.policy.arn}" if self.policy and self.policy.arn else ""
        return f"with an explicit deny in {denies}{arn}"

    def message(self) -> str:
        """AWS's sentence for a request that is not allowed."""
        asked = self.request
        return (
            f"User: {asked.principal.arn} is not authorized to perform: {asked.action} "
            f"on resource: {asked.resource} {self.why}"
        )

    def explain(self) -> str:
        """A sentence that names the statement, for a person who looks for it."""
        what = f"{self.request.action} on {self.request.resource}"
        if not self.statement:
            return f"{what} is denied: {WORDS[self.layer][1]} it."
        verb = "allowed" if self.allowed else "denied"
        name = (self.policy and (self.policy.name or self.policy.arn)) or WORDS[self.layer][0]
        index = self.policy.statements.index(self.statement) + 1 if self.policy else 1
        sid = f' ("{self.statement.sid}")' if self.statement.sid else ""
        return f"{what} is {verb} by statement {index}{sid} of {name}."


@dataclass(frozen=True)
class _Found:
    layer: Layer
    policy: Policy
    statement: Statement
    reach: Reach


def evaluate(request: Request, policies: Policies) -> Decision:
    """Decide.

    Args:
        request: who wants to do what.
        policies: all that apply.
    """
    for layer, some in policies.layers():
        if denial := _find(request, layer, some, "Deny"):
            return Decision(False, request, layer, denial.policy, denial.statement)
    if policies.endpoint and not _find(request, "endpoint", (policies.endpoint,), "Allow"):
        return Decision(False, request, "endpoint")
    granted = _find(request, "resource", (policies.resource,) if policies.resource else (), "Allow")
    if not request.principal.has_policies:
        return _of(request, granted, "resource")
    if _is_foreign(request):
        return _both(request, policies, granted)
    return _either(request, policies, granted)


def _is_foreign(request: Request) -> bool:
    return bool(request.account) and request.account != request.principal.account


def _of(request: Request, found: _Found | None, layer: Layer) -> Decision:
    if found:
        return Decision(True, request, found.layer, found.policy, found.statement)
    return Decision(False, request, layer)


def _both(request: Request, policies: Policies, granted: _Found | None) -> Decision:
    """Across accounts, either side has to allow."""
    own = _own_side(request, policies)
    return own if not own.allowed else _of(request, granted, "resource")


def _either(request: Request, policies: Policies, granted: _Found | None) -> Decision:
    """Within an account either side is enough, as far as the resource's policy names more than the account."""
    if granted and granted.reach is Reach.EXACT:
        return _of(request, granted, "resource")
    if granted and granted.reach is Reach.ROLE:
        return _limits(request, policies) or _of(request, granted, "resource")
    if policies.resource_must_allow and not granted:
        return Decision(False, request, "resource")
    return _own_side(request, policies)


def _own_side(request: Request, policies: Policies) -> Decision:
    if request.principal.kind == "root":
        return Decision(True, request, "identity")
    allowed = _find(request, "identity", policies.identity, "Allow")
    if not allowed:
        return Decision(False, request, "identity")
    return _limits(request, policies) or _of(request, allowed, "identity")


def _limits(request: Request, policies: Policies) -> Decision | None:
    """The denial by what limits a principal without granting anything."""
    if policies.boundary and not _find(request, "boundary", (policies.boundary,), "Allow"):
        return Decision(False, request, "boundary")
    if policies.session and not _find(request, "session", policies.session, "Allow"):
        return Decision(False, request, "session")
    return None


def _find(request: Request, layer: Layer, policies: tuple[Policy, ...], effect: str) -> _Found | None:
    """The statement of that effect that goes furthest."""
    best: _Found | None = None
    for policy in policies:
        for statement in policy.statements:
            far = _applies(statement, request) if statement.effect == effect else Reach.NONE
            if far and (best is None or far > best.reach):
                best = _Found(layer, policy, statement, far)
    return best


def _applies(statement: Statement, request: Request) -> Reach:
    far = reach(statement, request.principal)
    applies = (
        far
        and any(glob(action, request.action, ignore_case=True) for action in statement.actions) != statement.not_action
        and _names_resource(statement, request) != statement.not_resource
        and all(condition.holds(request.context) for condition in statement.conditions)
    )
    return far if applies else Reach.NONE


def _names_resource(statement: Statement, request: Request) -> bool:
    return any(_is_resource(pattern, statement, request) for pattern in statement.resources)


def _is_resource(pattern: str, statement: Statement, request: Request) -> bool:
    if not statement.variables:
        return matches_arn(pattern, request.resource)
    try:
        return matches_arn(expand(pattern, request.context), request.resource)
    except UnresolvedVariableError:
        return False
