"""Arbitrary documents are policies or refused, and evaluation is what AWS's rules say, compared with their plainest form."""

from __future__ import annotations

import contextlib
import json

from fuzzing import FUZZ, JSON
from hypothesis import given
from hypothesis import strategies as st
from localstack_dockerless.permissions.documents import ELEMENTS, MalformedPolicyDocumentError, Policy, parse, read
from localstack_dockerless.permissions.engine import Policies, Request, evaluate
from localstack_dockerless.permissions.principals import Principal

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = Principal("role", ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/app/one", role=ROLE)
ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]
RESOURCES = ["arn:aws:s3:::one/a", "arn:aws:s3:::one/b", f"arn:aws:sqs:us-east-1:{ACCOUNT}:one"]
ODD = st.sampled_from(
    ["*", "s3:*", "${aws:username}", "${", "arn:", "", "a:b", "StringLike", "ForAllValues:Bool", "é\ud800"]
)
VALUES = (
    JSON
    | ODD
    | st.lists(ODD, max_size=3)
    | st.dictionaries(ODD, st.dictionaries(ODD, JSON | ODD, max_size=2), max_size=2)
)
STATEMENTS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(["Allow", "Deny"]) if name == "Effect" else VALUES for name in sorted(ELEMENTS)}
)
DOCUMENTS = st.fixed_dictionaries(
    {"Statement": STATEMENTS | st.lists(STATEMENTS, max_size=3) | JSON},
    optional={"Version": st.sampled_from(["2012-10-17", "2008-10-17"]) | JSON, "Id": JSON},
)
KINDS = st.sampled_from(["identity", "resource", "trust", "endpoint"])


def some(names):
    return st.lists(st.sampled_from([*names, "*"]), min_size=1, max_size=2)


@st.composite
def policies(draw):
    """A policy without conditions."""
    statements = st.fixed_dictionaries(
        {"Effect": st.sampled_from(["Allow", "Deny"])}
        | {draw(st.sampled_from(["Action", "NotAction"])): some([*ACTIONS, "s3:*"])}
        | {draw(st.sampled_from(["Resource", "NotResource"])): some([*RESOURCES, "arn:aws:s3:::one/*"])}
    )
    return read({"Version": "2012-10-17", "Statement": draw(st.lists(statements, min_size=1, max_size=3))})


REQUESTS = st.builds(Request, st.just(SESSION), st.sampled_from(ACTIONS), st.sampled_from(RESOURCES), st.just(ACCOUNT))
SETS = st.builds(
    Policies,
    identity=st.lists(policies(), max_size=2).map(tuple),
    boundary=st.none() | policies(),
    session=st.lists(policies(), max_size=2).map(tuple),
)


def covers(pattern, text):
    """With a star at the end, at most."""
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern


def says(policy: Policy, effect: str, request: Request) -> bool:
    return any(
        statement.effect == effect
        and any(covers(one, request.action) for one in statement.actions) != statement.not_action
        and any(covers(one, request.resource) for one in statement.resources) != statement.not_resource
        for statement in policy.statements
    )


def allowed(request: Request, held: Policies) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html, within one account."""
    limits = [some for some in ([held.boundary] if held.boundary else [], held.session) if some]
    everything = [*held.identity, *(policy for some in limits for policy in some)]
    return (
        not any(says(policy, "Deny", request) for policy in everything)
        and any(says(policy, "Allow", request) for policy in held.identity)
        and all(any(says(policy, "Allow", request) for policy in some) for some in limits)
    )


@FUZZ
@given(DOCUMENTS | JSON, KINDS)
def test_arbitrary_documents_are_policies_or_malformed(content, kind):
    try:
        policy = read(content, kind)
    except MalformedPolicyDocumentError:
        return
    decision = evaluate(Request(SESSION, ACTIONS[0], RESOURCES[0], ACCOUNT), Policies(identity=(policy,)))
    assert decision.explain()
    assert decision.allowed or decision.message()


@FUZZ
@given(st.text(max_size=60) | JSON.map(json.dumps), KINDS)
def test_arbitrary_texts_are_policies_or_malformed(text, kind):
    with contextlib.suppress(MalformedPolicyDocumentError):
        assert parse(text, kind).statements


def test_what_is_nested_too_deeply_is_malformed():
    for text in ("[" * 200_000, '{"Statement":' * 200_000):
        try:
            parse(text)
        except MalformedPolicyDocumentError:
            continue
        raise AssertionError(text[:20])


@FUZZ
@given(REQUESTS, SETS)
def test_a_decision_is_what_the_rules_say(request, held):
    decision = evaluate(request, held)
    assert decision.allowed == allowed(request, held)
    assert decision.allowed != bool(decision.why)


@FUZZ
@given(REQUESTS, SETS, policies())
def test_a_further_denial_never_opens_and_a_further_permission_never_closes(request, held, more):
    before = evaluate(request, held).allowed
    after = evaluate(request, Policies((*held.identity, more), held.boundary, held.session)).allowed
    if says(more, "Deny", request):
        assert not after
    elif not says(more, "Allow", request):
        assert after == before
    else:
        assert after or not before
