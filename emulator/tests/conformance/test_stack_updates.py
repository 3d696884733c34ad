"""Updates of CloudFormation stacks

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import itertools
import json

import pytest
from deployed import eventually

BEHAVIOUR = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html"
)
POLICY = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
OUTPUTS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html"
ALIAS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-alias.html"
URL = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-url.html"
RETRIES = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html"
)

CHANGES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html"
CAPABILITIES = ["CAPABILITY_AUTO_EXPAND"]

_numbers = itertools.count(1)


class Stack:
    """A stack that a test changes."""

    def __init__(self, client, template):
        self.client, self.name = client, f"updated-{next(_numbers)}"
        self.client.create_stack(StackName=self.name, TemplateBody=json.dumps(template), Capabilities=CAPABILITIES)
        assert self.ended()["StackStatus"] == "CREATE_COMPLETE", self.reasons()

    def update(self, template):
        self.client.update_stack(StackName=self.name, TemplateBody=json.dumps(template), Capabilities=CAPABILITIES)
        return self.ended()["StackStatus"]

    def ended(self):
        def state():
            (found,) = self.client.describe_stacks(StackName=self.name)["Stacks"]
            return None if found["StackStatus"].endswith("IN_PROGRESS") else found

        return eventually(state, 60)

    def reasons(self):
        events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        return [event.get("ResourceStatusReason") for event in events]

    def id_of(self, resource):
        found = self.client.describe_stack_resource(StackName=self.name, LogicalResourceId=resource)
        return found["StackResourceDetail"]["PhysicalResourceId"]


@pytest.fixture
def stack(server):
    made = []

    def make(template):
        made.append(Stack(server.client("cloudformation"), template))
        return made[-1]

    yield make
    for one in made:
        one.client.delete_stack(StackName=one.name)


@pytest.fixture
def functions(server):
    return server.client("lambda")


def template(answer, *versions, **resources):
    """A function, its versions by logical name, and what refers to it."""
    code = f"def handler(event, context): return {answer!r}"
    role = "arn:aws:iam::000000000000:role/test"
    properties = {"Runtime": "python3.13", "Handler": "index.handler", "Role": role, "Code": {"ZipFile": code}}
    version = {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Work"}}}
    kept = {name: {**version, "DeletionPolicy": "Retain"} for name in versions}
    return {"Resources": {"Work": {"Type": "AWS::Lambda::Function", "Properties": properties}, **kept, **resources}}


def alias(version, **properties):
    of = {"FunctionName": {"Ref": "Work"}, "FunctionVersion": {"Fn::GetAtt": [version, "Version"]}, "Name": "live"}
    return {"Type": "AWS::Lambda::Alias", "Properties": {**of, **properties}}


@pytest.mark.rule(BEHAVIOUR)
def test_a_resource_is_not_replaced_because_one_that_it_refers_to_changes(stack, functions):
    one = stack(template("old", "First", Live=alias("First")))
    before = one.id_of("Live")
    assert one.update(template("new", "First", "Second", Live=alias("Second"))) == "UPDATE_COMPLETE", one.reasons()
    assert one.id_of("Live") == before
    assert answer(functions, one, "live") == "new"


@pytest.mark.rule(POLICY)
def test_a_version_that_is_retained_is_there_after_it_left_the_template(stack, functions):
    one = stack(template("old", "First", Live=alias("First")))
    assert one.update(template("new", "Second", Live=alias("Second"))) == "UPDATE_COMPLETE", one.reasons()
    assert answer(functions, one, "1") == "old"
    assert answer(functions, one, "live") == "new"


@pytest.mark.rule(ALIAS)
def test_weights_and_description_of_an_alias_come_and_go(stack, functions):
    weights = [{"FunctionVersion": {"Fn::GetAtt": ["Second", "Version"]}, "FunctionWeight": 0.25}]
    split = {"RoutingConfig": {"AdditionalVersionWeights": weights}, "Description": "one in four"}
    one = stack(template("old", "First", Live=alias("First")))
    assert one.update(template("new", "First", "Second", Live=alias("First", **split))) == "UPDATE_COMPLETE"
    found = functions.get_alias(FunctionName=one.id_of("Work"), Name="live")
    assert found["RoutingConfig"] == {"AdditionalVersionWeights": {"2": 0.25}}
    assert found["Description"] == "one in four"
    assert one.update(template("new", "First", "Second", Live=alias("Second"))) == "UPDATE_COMPLETE"
    found = functions.get_alias(FunctionName=one.id_of("Work"), Name="live")
    assert not found.get("RoutingConfig")
    assert not found.get("Description")


@pytest.mark.rule(ALIAS)
def test_an_alias_can_be_made_with_weights(stack, functions):
    weights = [{"FunctionVersion": {"Fn::GetAtt": ["First", "Version"]}, "FunctionWeight": 0.5}]
    split = alias("Second", RoutingConfig={"AdditionalVersionWeights": weights})
    one = stack(template("old", "First"))
    assert one.update(template("new", "First", "Second", Live=split)) == "UPDATE_COMPLETE", one.reasons()
    found = functions.get_alias(FunctionName=one.id_of("Work"), Name="live")
    assert found["RoutingConfig"] == {"AdditionalVersionWeights": {"1": 0.5}}


@pytest.mark.rule(URL)
def test_the_settings_of_a_function_url_change_and_its_address_stays(stack, functions):
    def url(**properties):
        target = {"TargetFunctionArn": {"Fn::GetAtt": ["Work", "Arn"]}}
        return {"Type": "AWS::Lambda::Url", "Properties": {**target, "AuthType": "NONE", **properties}}

    one = stack(template("same", Address=url()))
    before = functions.get_function_url_config(FunctionName=one.id_of("Work"))
    cors = {"AllowOrigins": ["https://shop.example"], "MaxAge": 60}
    assert one.update(template("same", Address=url(Cors=cors, InvokeMode="RESPONSE_STREAM"))) == "UPDATE_COMPLETE"
    found = functions.get_function_url_config(FunctionName=one.id_of("Work"))
    assert (found["Cors"], found["InvokeMode"]) == (cors, "RESPONSE_STREAM")
    assert found["FunctionUrl"] == before["FunctionUrl"]


@pytest.mark.rule(RETRIES)
def test_the_retries_of_asynchronous_invocations_change(stack, functions):
    def retries(**properties):
        of = {"FunctionName": {"Ref": "Work"}, "Qualifier": "$LATEST"}
        return {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": {**of, **properties}}

    one = stack(template("same", Retries=retries(MaximumRetryAttempts=2)))
    assert one.update(template("same", Retries=retries(MaximumEventAgeInSeconds=60))) == "UPDATE_COMPLETE"
    found = functions.get_function_event_invoke_config(FunctionName=one.id_of("Work"))
    assert found["MaximumEventAgeInSeconds"] == 60
    assert "MaximumRetryAttempts" not in found


@pytest.mark.rule(OUTPUTS)
def test_an_output_keeps_its_description(stack):
    outputs = {"Jobs": {"Value": {"Ref": "Old"}, "Description": "Where jobs wait"}, "Bare": {"Value": "x"}}
    one = stack({"Resources": {"Old": {"Type": "AWS::SQS::Queue"}}, "Outputs": outputs})
    shown = {output["OutputKey"]: output.get("Description") for output in one.ended()["Outputs"]}
    assert shown == {"Jobs": "Where jobs wait", "Bare": None}


@pytest.mark.rule(OUTPUTS)
@pytest.mark.parametrize("suffix", ["amazonaws.com", {"Ref": "AWS::URLSuffix"}])
def test_the_address_of_an_api_as_templates_put_it_together_can_be_requested(stack, server, suffix):
    parts = ["https://", {"Ref": "Front"}, ".execute-api.", {"Ref": "AWS::Region"}, ".", suffix, "/live/orders"]
    api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "front", "ProtocolType": "HTTP"}}
    one = stack({"Resources": {"Front": api}, "Outputs": {"Address": {"Value": {"Fn::Join": ["", parts]}}}})
    (output,) = one.ended()["Outputs"]
    api_id = one.id_of("Front")
    assert output["OutputValue"] == f"http://{api_id}.execute-api.us-east-1.localhost:{server.port}/live/orders"


@pytest.mark.rule(CHANGES)
def test_a_sam_template_without_changes_makes_no_change_set(stack):
    function = {"Runtime": "python3.13", "Handler": "index.handler", "InlineCode": "def handler(event, context): pass"}
    resources = {"Work": {"Type": "AWS::Serverless::Function", "Properties": {**function, "AutoPublishAlias": "live"}}}
    same = {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}
    one = stack(same)
    made = {"StackName": one.name, "ChangeSetName": "again", "Capabilities": ["CAPABILITY_AUTO_EXPAND"]}
    one.client.create_change_set(**made, TemplateBody=json.dumps(same))
    found = eventually(lambda: _made(one.client, one.name, "again"), 60)
    words = "The submitted information didn't contain changes. Submit different information to create a change set."
    assert (found["Status"], found["StatusReason"], found["Changes"]) == ("FAILED", words, [])
    with pytest.raises(one.client.exceptions.ClientError, match=r"No updates are to be performed\."):
        one.update(same)


def _made(client, stack, name):
    found = client.describe_change_set(StackName=stack, ChangeSetName=name)
    return found if found["Status"] in ("CREATE_COMPLETE", "FAILED") else None


def answer(functions, one, qualifier):
    return json.load(functions.invoke(FunctionName=one.id_of("Work"), Qualifier=qualifier)["Payload"])


@pytest.mark.rule("https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html")
def test_a_deleted_stack_is_not_among_those_that_are_there(server):
    stack = Stack(server.client("cloudformation"), {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    (there,) = stack.client.describe_stacks(StackName=stack.name)["Stacks"]
    stack.client.delete_stack(StackName=stack.name)
    eventually(lambda: stack.name not in {one["StackName"] for one in stack.client.describe_stacks()["Stacks"]})
    (deleted,) = stack.client.describe_stacks(StackName=there["StackId"])["Stacks"]
    assert deleted["StackStatus"] == "DELETE_COMPLETE"


@pytest.mark.rule(
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html"
)
def test_a_mapping_that_an_update_takes_away_is_gone_when_the_update_is_over(stack, functions):
    role = {"Fn::GetAtt": ["Role", "Arn"]}
    allowed = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = {"PolicyName": "reads", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allowed]}}
    properties = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}, "Policies": [policy]}
    code = {"ZipFile": "def handler(event, context):\n    pass\n"}
    reader = {"Runtime": "python3.13", "Handler": "index.handler", "Role": role, "Code": code}
    without = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": properties},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Reader": {"Type": "AWS::Lambda::Function", "Properties": reader},
    }
    between = {"FunctionName": {"Ref": "Reader"}, "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}
    mapping = {"Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": between}}
    reads = stack({"Resources": without | mapping})
    uuid = reads.id_of("Mapping")
    assert reads.update({"Resources": without}) == "UPDATE_COMPLETE"
    there = functions.list_event_source_mappings()["EventSourceMappings"]
    assert uuid not in {one["UUID"] for one in there}
    assert reads.update({"Resources": without | mapping}) == "UPDATE_COMPLETE", reads.reasons()
