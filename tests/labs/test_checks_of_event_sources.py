"""The checks of lab 06 try a rule's pattern on events, and look at whom a permission lets in."""

import json

import boto3
import pytest

from coldstart.lab import checking, package, readonly

NAME = "coldstart-06-"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
SOURCE = {"source": ["coldstart.parcels"]}
RIGHT = SOURCE | {"detail": {"state": ["delivered"]}}
EXACT = RIGHT | {"detail-type": ["Parcel state"]}
PREFIXED = SOURCE | {"detail": {"state": [{"prefix": "deliver"}]}}
CHECKS = checking.load("06-event-sources")


class Parcels:
    """The lab's functions `files` and `rule`, which keep what they get, and what may call them."""

    def __init__(self):
        self.functions, self.bus, self.s3 = (boto3.client(name) for name in ("lambda", "events", "s3"))
        self.account = boto3.client("sts").get_caller_identity()["Account"]
        self.bucket = f"{NAME}parcels-{self.account}"
        iam = boto3.client("iam")
        role = iam.create_role(RoleName=f"{NAME}role", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        write = {"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": write})
        iam.put_role_policy(RoleName=f"{NAME}role", PolicyName="keep", PolicyDocument=policy)
        boto3.client("dynamodb").create_table(
            TableName=f"{NAME}kept",
            KeySchema=[{"AttributeName": "function", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "function", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.arns = {name: self._make(name, role) for name in ("files", "rule")}

    def _make(self, name, role):
        made = self.functions.create_function(
            FunctionName=NAME + name,
            Runtime="python3.13",
            Handler="keep.handler",
            Role=role,
            Code={"ZipFile": package("06-event-sources", "keep.py")},
            Environment={"Variables": {"KEPT": f"{NAME}kept"}},
            Timeout=15,
        )
        self.functions.get_waiter("function_active_v2").wait(FunctionName=NAME + name, WaiterConfig={"Delay": 0.1})
        return made["FunctionArn"]

    def admit(self, name, service, **source):
        self.functions.add_permission(
            FunctionName=NAME + name,
            StatementId="caller",
            Action="lambda:InvokeFunction",
            Principal=f"{service}.amazonaws.com",
            **source,
        )

    def rule(self, pattern, *, target="rule", narrow=True):
        rule = self.bus.put_rule(Name=f"{NAME}delivered", EventPattern=json.dumps(pattern))["RuleArn"]
        self.admit("rule", "events", **({"SourceArn": rule} if narrow else {}))
        self.bus.put_targets(Rule=f"{NAME}delivered", Targets=[{"Id": "one", "Arn": self.arns[target]}])
        for state in ("sent", "delivered"):
            detail = json.dumps({"parcel": "p-1", "state": state})
            entry = {"Source": "coldstart.parcels", "DetailType": "Parcel state", "Detail": detail}
            self.bus.put_events(Entries=[entry])

    def announce(self, target):
        one = {"LambdaFunctionArn": self.arns[target], "Events": ["s3:ObjectCreated:*"]}
        self.s3.put_bucket_notification_configuration(
            Bucket=self.bucket, NotificationConfiguration={"LambdaFunctionConfigurations": [one]}
        )


@pytest.fixture
def parcels(here):
    return Parcels()


def found(name):
    return checking.look(CHECKS[name], readonly.session(NAME)).message


@pytest.mark.parametrize("pattern", [RIGHT, EXACT, PREFIXED], ids=["right", "with the kind", "by a prefix"])
def test_every_pattern_that_chooses_delivered_parcels_is_right(parcels, pattern):
    parcels.rule(pattern)
    assert found("rule-matches") == ""


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (SOURCE, "has to name the state"),
        (SOURCE | {"detail": {"state": [{"exists": True}]}}, "has to name the state"),
        (SOURCE | {"state": ["delivered"]}, "does not match a delivered parcel"),
        (SOURCE | {"detail": {"state": ["Delivered"]}}, "does not match a delivered parcel"),
        ({"detail": {"state": ["delivered"]}}, "does not look at the source"),
    ],
)
def test_a_pattern_is_judged_by_what_it_matches(parcels, pattern, words):
    parcels.rule(pattern)
    assert words in found("rule-matches")


def test_a_permission_for_every_rule_and_a_wrong_target_are_found(parcels):
    parcels.rule(RIGHT, narrow=False)
    assert "Every rule of every account may call `rule`" in found("rule-matches")
    parcels.bus.put_targets(Rule=f"{NAME}delivered", Targets=[{"Id": "one", "Arn": parcels.arns["files"]}])
    assert "not among its targets" in found("rule-matches")


def test_a_bucket_is_admitted_with_its_own_name_and_account(parcels):
    parcels.s3.create_bucket(Bucket=parcels.bucket)
    arn, account = f"arn:aws:s3:::{parcels.bucket}", parcels.account
    for source, words in [
        ({"SourceAccount": account}, "for other buckets"),
        ({"SourceArn": f"{arn}*", "SourceAccount": account}, "for other buckets"),
        ({"SourceArn": arn}, "say the SourceAccount"),
        ({"SourceArn": arn, "SourceAccount": account}, "no notification that names `files`"),
    ]:
        parcels.admit("files", "s3", **source)
        assert words in found("bucket-pushes")
        parcels.functions.remove_permission(FunctionName=f"{NAME}files", StatementId="caller")


def test_the_notification_has_to_name_the_function(parcels):
    parcels.s3.create_bucket(Bucket=parcels.bucket)
    own = {"SourceArn": f"arn:aws:s3:::{parcels.bucket}", "SourceAccount": parcels.account}
    parcels.admit("files", "s3", **own)
    parcels.admit("rule", "s3", **own)
    parcels.announce("rule")
    assert "no notification that names `files`" in found("bucket-pushes")
    parcels.announce("files")
    assert "put an object into the bucket" in found("bucket-pushes")
    parcels.s3.put_object(Bucket=parcels.bucket, Key="label 1.pdf", Body=b"a label")
    assert found("bucket-pushes") == ""
