"""Policies and what AWS makes of requests: the examples of the IAM User Guide, and the corners of its rules."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from localstack_dockerless.permissions.documents import parse
from localstack_dockerless.permissions.engine import Decision, Policies, Request, evaluate
from localstack_dockerless.permissions.principals import ANONYMOUS, Principal, service

ACCOUNT, OTHER = "123456789012", "999999999999"
USER = Principal("user", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/anika", ids=("AIDAEXAMPLE",))
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/reads"
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/reads/nightly"
ROLE = Principal("role", ACCOUNT, SESSION_ARN, ROLE_ARN, ids=("AROAEXAMPLE",))
LAMBDA = service("lambda.amazonaws.com")
BUCKET, OBJECT = "arn:aws:s3:::pictures", "arn:aws:s3:::pictures/cat.png"
ALLOWED = ""
NO_IDENTITY, NO_BOUNDARY = "because no identity-based policy allows", "because no permissions boundary allows"
NO_SESSION, NO_RESOURCE = "because no session policy allows", "because no resource-based policy allows"
NO_ENDPOINT = "because no VPC endpoint policy allows"
DENIED = "with an explicit deny in an identity-based policy"
DENIED_BY_RESOURCE = "with an explicit deny in a resource-based policy"
ANYONE: dict[str, Any] = {"Principal": "*"}


def allow(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def but(statement: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The statement with NotAction, NotResource or NotPrincipal instead of its counterpart."""
    kept = {name: value for name, value in statement.items() if f"Not{name}" not in changes}
    return {**kept, **changes}


def when(operator: str, key: str, *values: Any) -> dict[str, Any]:
    """A statement's condition."""
    return {"Condition": {operator: {key: list(values)}}}


@dataclass(frozen=True)
class Case:
    """A request, and the end of the sentence with which AWS refuses it."""

    name: str
    expected: str
    identity: tuple[dict[str, Any], ...] = ()
    resource: tuple[dict[str, Any], ...] = ()
    boundary: tuple[dict[str, Any], ...] = ()
    session: tuple[dict[str, Any], ...] = ()
    endpoint: tuple[dict[str, Any], ...] = ()
    who: Principal = ROLE
    action: str = "s3:GetObject"
    on: str = OBJECT
    account: str = ACCOUNT
    context: dict[str, Any] = field(default_factory=dict)
    must: bool = False
    version: str = "2012-10-17"

    def decide(self) -> Decision:
        context = {key.lower(): value for key, value in self.context.items()}
        asked = Request(self.who, self.action, self.on, self.account, context)
        return evaluate(asked, self._policies())

    def _policies(self) -> Policies:
        def policy(statements: tuple[dict[str, Any], ...], kind: Any) -> Any:
            document = json.dumps({"Version": self.version, "Statement": statements})
            return parse(document, kind) if statements else None

        some = [policy((statement,), "identity") for statement in self.identity]
        session = policy(self.session, "identity")
        return Policies(
            tuple(some),
            policy(self.boundary, "identity"),
            (session,) if session else (),
            policy(self.resource, "resource"),
            policy(self.endpoint, "endpoint"),
            self.must,
        )


def named(*arns: str) -> dict[str, Any]:
    return {"Principal": {"AWS": list(arns)}}


LOGIC = [
    Case("nothing allows", NO_IDENTITY),
    Case("an identity policy allows", ALLOWED, identity=(allow(),)),
    Case("one of several allows", ALLOWED, identity=(allow("sqs:*"), allow())),
    Case("a denial wins", DENIED, identity=(allow("*"), deny())),
    Case("a denial of something else", ALLOWED, identity=(allow("*"), deny("s3:DeleteObject"))),
    Case("a boundary alone grants nothing", NO_IDENTITY, boundary=(allow("*"),)),
    Case("a boundary limits", NO_BOUNDARY, identity=(allow("*"),), boundary=(allow("sqs:*"),)),
    Case("a boundary that allows it, too", ALLOWED, identity=(allow("*"),), boundary=(allow("s3:*"),)),
    Case(
        "a boundary denies",
        "with an explicit deny in a permissions boundary",
        identity=(allow("*"),),
        boundary=(allow("*"), deny()),
    ),
    Case("a session policy limits", NO_SESSION, identity=(allow("*"),), session=(allow("sqs:*"),)),
    Case("a session policy alone grants nothing", NO_IDENTITY, session=(allow("*"),)),
    Case("an endpoint policy limits", NO_ENDPOINT, identity=(allow("*"),), endpoint=(allow("sqs:*", **ANYONE),)),
    Case("an endpoint policy grants nothing", NO_IDENTITY, endpoint=(allow("*", **ANYONE),)),
    Case("both allow", ALLOWED, identity=(allow("*"),), endpoint=(allow("*", **ANYONE),)),
]
RESOURCES = [
    Case("the resource names the role", ALLOWED, resource=(allow(**named(ROLE_ARN)),)),
    Case("the resource names the session", ALLOWED, resource=(allow(**named(SESSION_ARN)),)),
    Case("the resource names somebody else", NO_IDENTITY, resource=(allow(**named(USER.arn)),)),
    Case("the resource names everybody", ALLOWED, resource=(allow(**ANYONE),)),
    Case("the resource names the account", NO_IDENTITY, resource=(allow(**named(ACCOUNT)),)),
    Case(
        "the resource names the account, and the role may",
        ALLOWED,
        identity=(allow(),),
        resource=(allow(**named(f"arn:aws:iam::{ACCOUNT}:root")),),
    ),
    Case("the resource denies", DENIED_BY_RESOURCE, identity=(allow(),), resource=(deny(**named(ROLE_ARN)),)),
    Case(
        "the resource denies the account", DENIED_BY_RESOURCE, identity=(allow(),), resource=(deny(**named(ACCOUNT)),)
    ),
    Case(
        "a boundary limits what names the role",
        NO_BOUNDARY,
        boundary=(allow("sqs:*"),),
        resource=(allow(**named(ROLE_ARN)),),
    ),
    Case(
        "a boundary does not limit what names the session",
        ALLOWED,
        boundary=(allow("sqs:*"),),
        resource=(allow(**named(SESSION_ARN)),),
    ),
    Case(
        "a session policy limits what names the role",
        NO_SESSION,
        session=(allow("sqs:*"),),
        resource=(allow(**named(ROLE_ARN)),),
    ),
    Case(
        "a boundary does not limit what names the user",
        ALLOWED,
        who=USER,
        boundary=(allow("sqs:*"),),
        resource=(allow(**named(USER.arn)),),
    ),
    Case("the user by its id", ALLOWED, who=USER, resource=(allow(**named("AIDAEXAMPLE")),)),
    Case(
        "everybody but the role",
        NO_IDENTITY,
        resource=(but(allow(), NotPrincipal={"AWS": [ACCOUNT, ROLE_ARN, SESSION_ARN]}),),
    ),
    Case(
        "nobody but the user",
        DENIED_BY_RESOURCE,
        identity=(allow(),),
        resource=(but(deny(), NotPrincipal={"AWS": [USER.arn, ACCOUNT]}),),
    ),
    Case(
        "nobody but this user",
        ALLOWED,
        who=USER,
        identity=(allow(),),
        resource=(but(deny(), NotPrincipal={"AWS": [USER.arn, f"arn:aws:iam::{ACCOUNT}:root"]}),),
    ),
    Case("a key that names nobody", NO_RESOURCE, must=True, identity=(allow("kms:*"),), action="kms:Decrypt"),
    Case(
        "a key that leaves it to the account",
        ALLOWED,
        must=True,
        identity=(allow("kms:*"),),
        resource=(allow("kms:*", **named(f"arn:aws:iam::{ACCOUNT}:root")),),
        action="kms:Decrypt",
    ),
    Case(
        "a service that is named", ALLOWED, who=LAMBDA, resource=(allow(Principal={"Service": "lambda.amazonaws.com"}),)
    ),
    Case("another service", NO_RESOURCE, who=LAMBDA, resource=(allow(Principal={"Service": "s3.amazonaws.com"}),)),
    Case("nobody who signed in", ALLOWED, who=ANONYMOUS, resource=(allow(**ANYONE),)),
    Case("nobody who signed in, to a private bucket", NO_RESOURCE, who=ANONYMOUS, resource=(allow(**named(ACCOUNT)),)),
]
ACCOUNTS = [
    Case("only the caller's side", NO_RESOURCE, account=OTHER, identity=(allow(),)),
    Case("only the resource's side", NO_IDENTITY, account=OTHER, resource=(allow(**named(ROLE_ARN)),)),
    Case("both sides", ALLOWED, account=OTHER, identity=(allow(),), resource=(allow(**named(ROLE_ARN)),)),
    Case("both sides, the account", ALLOWED, account=OTHER, identity=(allow(),), resource=(allow(**named(ACCOUNT)),)),
    Case("both sides, everybody", ALLOWED, account=OTHER, identity=(allow(),), resource=(allow(**ANYONE),)),
    Case(
        "another account is named", NO_RESOURCE, account=OTHER, identity=(allow(),), resource=(allow(**named(OTHER)),)
    ),
    Case(
        "the caller's boundary",
        NO_BOUNDARY,
        account=OTHER,
        identity=(allow(),),
        boundary=(allow("sqs:*"),),
        resource=(allow(**ANYONE),),
    ),
]
PATTERNS = [
    Case(
        "a tag whose name has a space",
        DENIED,
        identity=(allow("*"), deny(resource=f"{BUCKET}/${{aws:PrincipalTag/my team}}*")),
        context={"aws:PrincipalTag/my team": "cat"},
    ),
    Case("actions in any case", ALLOWED, identity=(allow("S3:getobject"),)),
    Case("a part of the action", ALLOWED, identity=(allow("s3:Get*"),)),
    Case("one character", ALLOWED, identity=(allow("s3:GetObjec?"),)),
    Case("all but an action", NO_IDENTITY, identity=(but(allow(), NotAction="s3:GetObject"),)),
    Case("all but another action", ALLOWED, identity=(but(allow(), NotAction="iam:*"),)),
    Case("all but a resource", NO_IDENTITY, identity=(but(allow(), NotResource=f"{BUCKET}/*"),)),
    Case("all but another resource", ALLOWED, identity=(but(allow(), NotResource="arn:aws:s3:::secrets/*"),)),
    Case("the objects of the bucket", ALLOWED, identity=(allow(resource=f"{BUCKET}/*"),)),
    Case("the bucket is not its objects", NO_IDENTITY, identity=(allow(resource=BUCKET),)),
    Case("names keep their case", NO_IDENTITY, identity=(allow(resource=f"{BUCKET}/CAT.png"),)),
    Case(
        "a star stays in its field",
        NO_IDENTITY,
        identity=(allow("sqs:*", "arn:aws:sqs:*:jobs"),),
        action="sqs:SendMessage",
        on=f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs",
    ),
    Case(
        "fields that are missing",
        ALLOWED,
        identity=(allow("sqs:*", "arn:aws:sqs:us-east-1"),),
        action="sqs:SendMessage",
        on=f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs",
    ),
    Case(
        "a variable in the resource",
        ALLOWED,
        identity=(allow(resource=f"{BUCKET}/${{aws:username}}/*"),),
        on=f"{BUCKET}/anika/a",
        context={"aws:username": "anika"},
    ),
    Case(
        "somebody else's folder",
        NO_IDENTITY,
        identity=(allow(resource=f"{BUCKET}/${{aws:username}}/*"),),
        on=f"{BUCKET}/bo/a",
        context={"aws:username": "anika"},
    ),
    Case(
        "a variable without a value",
        NO_IDENTITY,
        identity=(allow(resource=f"{BUCKET}/${{aws:username}}/*"),),
        on=f"{BUCKET}//a",
    ),
    Case(
        "a default",
        ALLOWED,
        identity=(allow(resource=f"{BUCKET}/${{aws:PrincipalTag/team, 'all'}}/*"),),
        on=f"{BUCKET}/all/a",
    ),
    Case(
        "a value with a star is no pattern",
        NO_IDENTITY,
        identity=(allow(resource=f"{BUCKET}/${{aws:username}}"),),
        on=f"{BUCKET}/anika",
        context={"aws:username": "*"},
    ),
    Case("a literal star", ALLOWED, identity=(allow(resource=f"{BUCKET}/${{*}}"),), on=f"{BUCKET}/*"),
    Case("a literal star is no pattern", NO_IDENTITY, identity=(allow(resource=f"{BUCKET}/${{*}}"),), on=f"{BUCKET}/a"),
    Case(
        "no variables in the old version",
        NO_IDENTITY,
        version="2008-10-17",
        identity=(allow(resource=f"{BUCKET}/${{aws:username}}"),),
        on=f"{BUCKET}/anika",
        context={"aws:username": "anika"},
    ),
]
BY_CONDITION = [
    # operator, key, values of the policy, value of the request (None: it has none), whether it holds
    ("StringEquals", "aws:PrincipalTag/job", ["dev"], "dev", True),
    ("StringEquals", "AWS:principaltag/job", ["dev", "ops"], "ops", True),
    ("StringEquals", "aws:PrincipalTag/job", ["dev"], "Dev", False),
    ("StringEquals", "aws:PrincipalTag/job", ["dev"], None, False),
    ("StringEquals", "s3:prefix", ["home/${aws:username}"], "home/anika", True),
    ("StringEquals", "s3:prefix", ["home/${aws:userid}"], "home/anika", False),
    ("StringEqualsIfExists", "aws:PrincipalTag/job", ["dev"], None, True),
    ("StringNotEquals", "aws:PrincipalTag/job", ["dev"], "ops", True),
    ("StringNotEquals", "aws:PrincipalTag/job", ["dev", "ops"], "ops", False),
    ("StringNotEquals", "aws:PrincipalTag/job", ["dev"], None, True),
    ("StringEqualsIgnoreCase", "aws:PrincipalTag/job", ["dev"], "DEV", True),
    ("StringNotEqualsIgnoreCase", "aws:PrincipalTag/job", ["dev"], "DEV", False),
    ("StringLike", "s3:prefix", ["home/*"], "home/anika/x", True),
    ("StringLike", "s3:prefix", ["home/${aws:username}/*"], "home/anika/x", True),
    ("StringLike", "s3:prefix", ["hom?"], "home/", False),
    ("StringNotLike", "s3:prefix", ["home/*"], "etc", True),
    ("NumericEquals", "s3:max-keys", ["10"], "10.0", True),
    ("NumericNotEquals", "s3:max-keys", ["10"], "11", True),
    ("NumericLessThan", "s3:max-keys", [10], "9", True),
    ("NumericLessThanEquals", "s3:max-keys", ["10"], "10", True),
    ("NumericGreaterThan", "s3:max-keys", ["10"], "10", False),
    ("NumericGreaterThanEquals", "s3:max-keys", ["10"], "many", False),
    ("NumericLessThanEqualsIfExists", "s3:max-keys", ["10"], None, True),
    ("DateGreaterThan", "aws:CurrentTime", ["2026-01-01T00:00:00Z"], "2026-06-01T00:00:00Z", True),
    ("DateLessThan", "aws:CurrentTime", ["2026-01-01T00:00:00Z"], "2026-06-01T00:00:00Z", False),
    ("DateGreaterThanEquals", "aws:EpochTime", ["1767225600"], "1767225600", True),
    ("DateLessThanEquals", "aws:CurrentTime", ["1767225600"], "2026-01-01T00:00:00Z", True),
    ("DateEquals", "aws:CurrentTime", ["2026-01-01"], "2026-01-01T00:00:00Z", True),
    ("DateNotEquals", "aws:CurrentTime", ["2026-01-01"], "2026-01-02T00:00:00Z", True),
    ("Bool", "aws:SecureTransport", ["false"], "false", True),
    ("Bool", "aws:SecureTransport", [True], "true", True),
    ("Bool", "aws:MultiFactorAuthPresent", ["true"], None, False),
    ("BoolIfExists", "aws:MultiFactorAuthPresent", ["true"], None, True),
    ("BinaryEquals", "aws:key", ["QmluYXJ5"], "QmluYXJ5", True),
    ("BinaryEquals", "aws:key", ["QmluYXJ5"], "no base64", False),
    ("IpAddress", "aws:SourceIp", ["203.0.113.0/24"], "203.0.113.9", True),
    ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:db8::/32"], "2001:db8::1", True),
    ("IpAddress", "aws:SourceIp", ["203.0.113.0/24"], "198.51.100.1", False),
    ("IpAddress", "aws:SourceIp", ["nonsense"], "198.51.100.1", False),
    ("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24"], "198.51.100.1", True),
    ("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24"], None, True),
    ("ArnEquals", "aws:SourceArn", ["arn:aws:sns:*:123456789012:*"], "arn:aws:sns:us-east-1:123456789012:t", True),
    ("ArnLike", "aws:SourceArn", ["arn:aws:s3:::pictures"], "arn:aws:s3:::pictures", True),
    ("ArnLike", "aws:SourceArn", ["arn:aws:sns:*:t"], "arn:aws:sns:us-east-1:123456789012:t", False),
    ("ArnNotEquals", "aws:SourceArn", ["arn:aws:s3:::pictures"], "arn:aws:s3:::other", True),
    ("ArnNotLike", "aws:SourceArn", ["arn:aws:s3:::p*"], "arn:aws:s3:::pictures", False),
    ("Null", "aws:TokenIssueTime", ["true"], None, True),
    ("Null", "aws:TokenIssueTime", ["false"], None, False),
    ("Null", "aws:TokenIssueTime", [False], "now", True),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], ["a"], True),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], ["a", "c"], False),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a"], None, True),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["a", "b"], ["c", "b"], True),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["a"], None, False),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["a"], ["a", "b"], True),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", ["a"], ["a", "b"], False),
    ("ForAllValues:StringLike", "dynamodb:LeadingKeys", ["${aws:username}"], ["anika"], True),
    ("forallvalues:stringlikeifexists", "dynamodb:LeadingKeys", ["an*"], ["anika"], True),
]
