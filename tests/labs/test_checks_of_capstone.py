"""The checks of lab 17 look at what the application does, and tell one wrong repair from another."""

import json
import runpy

import boto3
import pytest

from coldstart.lab import checking, package, readonly
from coldstart.paths import LABS

STACK, PACKAGES = "coldstart-17-parcels", "coldstart-17-packages"
DESK, SORTER = "coldstart-17-desk", "coldstart-17-sorter"
FILES = LABS / "functions" / "17-capstone"
CHECKS = checking.load("17-capstone")
SOON = {"Delay": 0.2, "MaxAttempts": 600}
SORTING = """
  Sorter:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: coldstart-17-sorter
      Handler: sorter.handler
      CodeUri: {Bucket: !Ref Packages, Key: sorter.zip}
      Policies:
        - DynamoDBWritePolicy: {TableName: !Ref Parcels}
      Events:
        Parcels:
          Type: SQS
          Properties:
            Queue: !GetAtt Waiting.Arn
            BatchSize: 5
            FunctionResponseTypes: [ReportBatchItemFailures]
"""
RESPONSES = "            FunctionResponseTypes: [ReportBatchItemFailures]\n"
HANDLER = "      Handler: desk.handler\n"
BASE = (FILES / "parcels.yaml").read_text()
RELEASED = BASE.replace(HANDLER, HANDLER + "      AutoPublishAlias: live\n")


class Parcels:
    """The lab's application, as a learner may deploy and repair it."""

    def __init__(self):
        self.functions, self.cloudformation = boto3.client("lambda"), boto3.client("cloudformation")
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=PACKAGES)
        for name, file in {"desk": "desk.py", "sorter": "sorter.py", "tariff": "layer"}.items():
            s3.put_object(Bucket=PACKAGES, Key=f"{name}.zip", Body=package("17-capstone", file))

    def deploy(self, body):
        wanted = {
            "StackName": STACK,
            "TemplateBody": body,
            "Parameters": [{"ParameterKey": "Packages", "ParameterValue": PACKAGES}],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        }
        there = self.cloudformation.list_stacks(StackStatusFilter=["CREATE_COMPLETE", "UPDATE_COMPLETE"])
        verb = "update" if there["StackSummaries"] else "create"
        getattr(self.cloudformation, f"{verb}_stack")(**wanted)
        self.cloudformation.get_waiter(f"stack_{verb}_complete").wait(StackName=STACK, WaiterConfig=SOON)

    def route(self, version):
        self.functions.update_alias(FunctionName=DESK, Name="live", FunctionVersion=version)

    def allow(self, *actions):
        role = self.functions.get_function_configuration(FunctionName=SORTER)["Role"].rpartition("/")[2]
        table = boto3.resource("dynamodb").Table(STACK).table_arn
        statement = {"Effect": "Allow", "Action": actions, "Resource": table}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        boto3.client("iam").put_role_policy(RoleName=role, PolicyName="writes", PolicyDocument=document)

    def switch_on(self):
        (mapping,) = self.functions.list_event_source_mappings(FunctionName=SORTER)["EventSourceMappings"]
        self.functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


@pytest.fixture
def parcels(here):
    return Parcels()


def _found(name):
    return checking.look(CHECKS[name], readonly.session("coldstart-17-")).message


ANOTHER_FORM = SORTING.replace(
    "- DynamoDBWritePolicy: {TableName: !Ref Parcels}",
    "- Statement: [{Effect: Allow, Action: dynamodb:PutItem, Resource: !GetAtt Parcels.Arn}]",
)
WRONG_SORTERS = [
    ("", f"The stack has no function {SORTER} yet."),
    (SORTING.replace(RESPONSES, ""), "brings its neighbours back"),
    (SORTING.replace("BatchSize: 5", "BatchSize: 10"), "The mapping takes batches of 10; five were asked for."),
    (SORTING.replace("DynamoDBWritePolicy", "DynamoDBCrudPolicy"), "The sorter may also call dynamodb:"),
]


def test_a_sorter_is_judged_by_its_mapping_and_by_what_its_role_allows(parcels, subtests):
    for text, message in WRONG_SORTERS:
        with subtests.test(message):
            parcels.deploy(BASE + text)
            assert message in _found("sorted")
    parcels.deploy(BASE + ANOTHER_FORM)
    assert _found("sorted") == ""


def test_a_release_without_the_sorter_is_refused(parcels):
    parcels.deploy(BASE + SORTING)
    assert "has no alias `live` yet" in _found("released")
    parcels.deploy(RELEASED)
    assert "The sorter is gone with this deployment" in _found("released")
    parcels.deploy(RELEASED + SORTING)
    assert _found("released") == ""


@pytest.fixture
def monday(parcels):
    """The application after the incident."""
    parcels.deploy(RELEASED + SORTING)
    runpy.run_path(str(FILES / "incident.py"))
    return parcels


def test_a_repair_counts_when_customers_are_served_and_parcels_arrive(monday, subtests):
    with subtests.test("release still there"):
        assert "answers 500 to an ordinary parcel; `live` points to version 2" in _found("answers")
    monday.route("$LATEST")
    with subtests.test("no version"):
        assert "`live` points to $LATEST" in _found("answers")
    monday.route("1")
    with subtests.test("taken back"):
        assert _found("answers") == ""
    monday.allow("dynamodb:*")
    with subtests.test("mapping still off"):
        assert "The mapping is Disabled: nobody reads the queue." in _found("flows")
    monday.switch_on()
    with subtests.test("role too wide"):
        assert "may do more than write to this table" in _found("flows")
    monday.allow("dynamodb:PutItem", "dynamodb:UpdateItem")
    with subtests.test("repaired"):
        assert _found("flows") == ""
    _give_up_a_message()
    with subtests.test("a message was given up"):
        assert "Messages in `unsorted`: 1." in _found("flows")


def _give_up_a_message():
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="coldstart-17-unsorted")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
