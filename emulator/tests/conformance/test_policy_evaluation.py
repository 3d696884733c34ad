"""Evaluation of policies

One test a rule, with the page of AWS it stands on; `tests/policies.py` has the tables.
"""

from __future__ import annotations

import json

import policies
import pytest
from localstack_dockerless.permissions.documents import MalformedPolicyDocumentError, parse
from policies import ACCOUNT, ALLOWED, NO_IDENTITY, Case, allow, deny, when

LOGIC = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"
WITH_RESOURCES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
ACROSS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-cross-account.html"
VARIABLES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"
OPERATORS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
TWO_CONDITIONS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html"
GRAMMAR = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"
DATES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws-dates.html"
ADDRESSES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html"
REGION = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-requested-region.html"
MFA_DATES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_mfa-dates.html"
ROWS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_dynamodb_items.html"
COLUMNS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_dynamodb_columns.html"
HOME = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_s3_home-directory-console.html"
OWN_BUCKET = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_s3_deny-except-bucket.html"
OWNERS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_ec2_tag-owner.html"
PASS_ROLE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_iam-passrole-service.html"
MESSAGES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"


def _each(cases):
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


def _judge(case):
    decision = case.decide()
    assert decision.allowed is (case.expected == ALLOWED), decision.explain()
    assert decision.why.startswith(case.expected), decision.explain()


@pytest.mark.rule(LOGIC)
@_each(policies.LOGIC)
def test_every_kind_of_policy_has_its_say(case):
    _judge(case)


@pytest.mark.rule(WITH_RESOURCES)
@_each(policies.RESOURCES)
def test_a_resource_names_whom_it_admits(case):
    _judge(case)


@pytest.mark.rule(ACROSS)
@_each(policies.ACCOUNTS)
def test_across_accounts_both_sides_have_to_allow(case):
    _judge(case)


@pytest.mark.rule(VARIABLES)
@_each(policies.PATTERNS)
def test_actions_and_resources_are_patterns(case):
    _judge(case)


@pytest.mark.rule(OPERATORS)
@pytest.mark.parametrize(("operator", "key", "values", "given", "holds"), policies.BY_CONDITION)
def test_a_statement_counts_when_its_condition_holds(operator, key, values, given, holds):
    context = {"aws:username": "anika"} | ({} if given is None else {key: given})
    statement = allow(**when(operator, key, *values))
    assert Case("", "", identity=(statement,), context=context).decide().allowed is holds


@pytest.mark.rule(TWO_CONDITIONS)
@pytest.mark.parametrize(("job", "team", "holds"), [("dev", "a", True), ("dev", "c", False), ("ops", "a", False)])
def test_all_keys_and_one_of_each_keys_values_have_to_be_right(job, team, holds):
    condition = {"StringEquals": {"aws:PrincipalTag/job": "dev", "aws:PrincipalTag/team": ["a", "b"]}}
    context = {"aws:PrincipalTag/job": job, "aws:PrincipalTag/team": team}
    assert Case("", "", identity=(allow(Condition=condition),), context=context).decide().allowed is holds


def _decide(statements, action, on="*", **context):
    case = Case(
        "",
        "",
        identity=tuple(statements),
        action=action,
        on=on,
        context={k.replace("__", ":"): v for k, v in context.items()},
    )
    return case.decide()


@pytest.mark.rule(DATES)
@pytest.mark.parametrize(("now", "allowed"), [("2020-05-01T00:00:00Z", True), ("2020-08-01T00:00:00Z", False)])
def test_example_access_between_two_dates(now, allowed):
    between = {
        "DateGreaterThan": {"aws:CurrentTime": "2020-04-01T00:00:00Z"},
        "DateLessThan": {"aws:CurrentTime": "2020-06-30T23:59:59Z"},
    }
    assert _decide([allow("service:act", Condition=between)], "service:act", aws__CurrentTime=now).allowed is allowed


@pytest.mark.rule(ADDRESSES)
@pytest.mark.parametrize(
    ("address", "by_service", "allowed"),
    [("192.0.2.7", "false", True), ("10.0.0.1", "false", False), ("10.0.0.1", "true", True)],
)
def test_example_nobody_from_elsewhere_unless_a_service_calls_for_them(address, by_service, allowed):
    elsewhere = {
        "NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]},
        "Bool": {"aws:ViaAWSService": "false"},
    }
    statements = [allow("*"), deny("*", Condition=elsewhere)]
    context = {"aws__SourceIp": address, "aws__ViaAWSService": by_service}
    assert _decide(statements, "ec2:StopInstances", **context).allowed is allowed


@pytest.mark.rule(REGION)
@pytest.mark.parametrize(
    ("action", "region", "allowed"),
    [
        ("ec2:RunInstances", "eu-west-1", True),
        ("ec2:RunInstances", "us-east-1", False),
        ("iam:ListUsers", "us-east-1", True),
    ],
)
def test_example_only_some_regions_but_for_global_services(action, region, allowed):
    elsewhere = {
        "Effect": "Deny",
        "NotAction": ["cloudfront:*", "iam:*", "route53:*", "support:*"],
        "Resource": "*",
        **when("StringNotEquals", "aws:RequestedRegion", "eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3"),
    }
    assert _decide([allow("*"), elsewhere], action, aws__RequestedRegion=region).allowed is allowed


@pytest.mark.rule(MFA_DATES)
def test_example_without_multi_factor_authentication():
    condition = {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "DateGreaterThan": {"aws:CurrentTime": "2017-07-01T00:00:00Z"},
        "DateLessThan": {"aws:CurrentTime": "2017-12-31T23:59:59Z"},
    }
    statements, now = [allow("service:act", Condition=condition)], "2017-09-01T00:00:00Z"
    assert not _decide(statements, "service:act", aws__CurrentTime=now).allowed
    assert _decide(statements, "service:act", aws__CurrentTime=now, aws__MultiFactorAuthPresent="true").allowed


TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/MyTable"


@pytest.mark.rule(ROWS)
@pytest.mark.parametrize(("keys", "allowed"), [(["anika"], True), (["anika", "bo"], False)])
def test_example_rows_by_user_name(keys, allowed):
    own = allow(
        ["dynamodb:GetItem", "dynamodb:BatchGetItem"],
        TABLE,
        **when("ForAllValues:StringEquals", "dynamodb:LeadingKeys", "${aws:username}"),
    )
    context = {"dynamodb__LeadingKeys": keys, "aws__username": "anika"}
    assert _decide([own], "dynamodb:GetItem", TABLE, **context).allowed is allowed


@pytest.mark.rule(COLUMNS)
@pytest.mark.parametrize(
    ("attributes", "select", "allowed"),
    [
        (["column-name-1"], "SPECIFIC_ATTRIBUTES", True),
        (["secret"], "SPECIFIC_ATTRIBUTES", False),
        (["column-name-1"], None, True),
    ],
)
def test_example_some_columns(attributes, select, allowed):
    condition = {
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["column-name-1", "column-name-2"]},
        "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
    }
    context = {"dynamodb__Attributes": attributes} | ({"dynamodb__Select": select} if select else {})
    assert (
        _decide([allow("dynamodb:Query", TABLE, Condition=condition)], "dynamodb:Query", TABLE, **context).allowed
        is allowed
    )


@pytest.mark.rule(HOME)
@pytest.mark.parametrize(
    ("action", "on", "prefix", "allowed"),
    [
        ("s3:ListBucket", "arn:aws:s3:::bucket-name", "home/anika/x", True),
        ("s3:ListBucket", "arn:aws:s3:::bucket-name", "home/bo", False),
        ("s3:PutObject", "arn:aws:s3:::bucket-name/home/anika/file", "", True),
        ("s3:PutObject", "arn:aws:s3:::bucket-name/home/bo/file", "", False),
    ],
)
def test_example_a_home_directory(action, on, prefix, allowed):
    statements = [
        allow(
            "s3:ListBucket",
            "arn:aws:s3:::bucket-name",
            **when("StringLike", "s3:prefix", "", "home/", "home/${aws:username}/*"),
        ),
        allow(
            "s3:*", ["arn:aws:s3:::bucket-name/home/${aws:username}", "arn:aws:s3:::bucket-name/home/${aws:username}/*"]
        ),
    ]
    assert _decide(statements, action, on, s3__prefix=prefix, aws__username="anika").allowed is allowed


@pytest.mark.rule(OWN_BUCKET)
@pytest.mark.parametrize(
    ("action", "on", "allowed"),
    [
        ("s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/a", True),
        ("s3:GetObject", "arn:aws:s3:::b/a", False),
        ("ec2:RunInstances", "*", False),
    ],
)
def test_example_one_bucket_and_nothing_else(action, on, allowed):
    here = ["arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:s3:::amzn-s3-demo-bucket/*"]
    statements = [allow("s3:*", here), {"Effect": "Deny", "NotAction": "s3:*", "NotResource": here}]
    assert _decide(statements, action, on).allowed is allowed


@pytest.mark.rule(OWNERS)
@pytest.mark.parametrize(("owner", "allowed"), [("anika", True), ("bo", False)])
def test_example_instances_with_the_users_tag(owner, allowed):
    instance = "arn:aws:ec2:us-east-1:123456789012:instance/i-1"
    own = allow(
        "ec2:StopInstances",
        "arn:aws:ec2:*:*:instance/*",
        **when("StringEquals", "aws:ResourceTag/Owner", "${aws:username}"),
    )
    context = {"aws__ResourceTag/Owner": owner, "aws__username": "anika"}
    assert _decide([own], "ec2:StopInstances", instance, **context).allowed is allowed


@pytest.mark.rule(PASS_ROLE)
@pytest.mark.parametrize(("to", "allowed"), [("cloudwatch.amazonaws.com", True), ("lambda.amazonaws.com", False)])
def test_example_a_role_for_one_service(to, allowed):
    passed = allow("iam:PassRole", **when("StringEquals", "iam:PassedToService", "cloudwatch.amazonaws.com"))
    context = {"iam__PassedToService": to}
    assert _decide([passed], "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/r", **context).allowed is allowed


@pytest.mark.rule(MESSAGES)
def test_a_refusal_names_who_what_where_and_why():
    case = Case("", NO_IDENTITY)
    assert case.decide().message() == (
        "User: arn:aws:sts::123456789012:assumed-role/reads/nightly is not authorized to perform: s3:GetObject "
        "on resource: arn:aws:s3:::pictures/cat.png because no identity-based policy allows the s3:GetObject action"
    )


@pytest.mark.rule(MESSAGES)
def test_an_explicit_deny_in_a_managed_policy_is_named_by_its_arn():
    document = json.dumps({"Version": "2012-10-17", "Statement": deny(Sid="NoReading")})
    policy = parse(document, arn="arn:aws:iam::123456789012:policy/Careful")
    decision = policies.evaluate(policies.Request(policies.ROLE, "s3:GetObject"), policies.Policies((policy,)))
    assert decision.why == "with an explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/Careful"
    assert decision.explain() == (
        's3:GetObject on * is denied by statement 1 ("NoReading") of arn:aws:iam::123456789012:policy/Careful.'
    )


@pytest.mark.rule(GRAMMAR)
@pytest.mark.parametrize(
    ("document", "kind", "words"),
    [
        ("{", "identity", "Syntax errors in policy."),
        ("[]", "identity", "Syntax errors in policy."),
        ("[" * 100_000, "identity", "Syntax errors in policy."),
        (
            {"Version": "2013-01-01", "Statement": allow()},
            "identity",
            "Policy document must be version 2012-10-17 or greater.",
        ),
        ({"Statement": []}, "identity", "Syntax errors in policy."),
        ({"Statement": {**allow(), "Effect": "allow"}}, "identity", "Syntax errors in policy."),
        ({"Statement": {**allow(), "Extra": 1}}, "identity", "Syntax errors in policy."),
        ({"Statement": {**allow(), "NotAction": "a:b"}}, "identity", "Syntax errors in policy."),
        ({"Statement": allow([])}, "identity", "Policy statement must contain actions."),
        (
            {"Statement": allow("GetObject")},
            "identity",
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        ({"Statement": allow(resource=[])}, "identity", "Policy statement must contain resources."),
        ({"Statement": allow(resource="pictures")}, "identity", 'Resource pictures must be in ARN format or "*".'),
        ({"Statement": allow(Principal="*")}, "identity", "Policy document should not specify a principal."),
        ({"Statement": allow()}, "resource", "Missing required field Principal"),
        ({"Statement": allow(Principal={"Aws": "*"})}, "resource", "Invalid principal in policy"),
        ({"Statement": allow("sts:AssumeRole", Principal="*")}, "trust", "Has prohibited field Resource"),
        ({"Statement": allow(Condition={"StringIs": {"a:b": "c"}})}, "identity", "Invalid Condition type : StringIs."),
        ({"Statement": allow(Condition=[])}, "identity", "Syntax errors in policy."),
        (
            {"Statement": [allow(Sid="a"), allow(Sid="a")]},
            "identity",
            "Statement IDs (SID) in a single policy must be unique.",
        ),
    ],
)
def test_what_is_no_policy_is_refused(document, kind, words):
    with pytest.raises(MalformedPolicyDocumentError) as refused:
        parse(document if isinstance(document, str) else json.dumps(document), kind)
    assert str(refused.value) == words


@pytest.mark.rule(VARIABLES)
def test_a_pattern_of_many_stars_is_compared_at_once():
    pattern = f"{policies.BUCKET}/{'a*' * 60}b"
    decision = Case("", NO_IDENTITY, identity=(allow(resource=pattern),), on=f"{policies.BUCKET}/{'a' * 900}").decide()
    assert not decision.allowed
