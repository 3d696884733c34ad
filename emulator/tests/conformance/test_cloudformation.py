"""CloudFormation and SAM templates

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import itertools
import json

import pytest
from deployed import eventually

TYPES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html"
SAM = "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html"
INLINE = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html"
)

SAM_TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: |
        def handler(event, context):
            return {"statusCode": 200, "body": "hello"}
      Events:
        Rest: {Type: Api, Properties: {Path: /rest, Method: get}}
        Http: {Type: HttpApi, Properties: {Path: /http, Method: get}}
        Rest404: {Type: HttpApi}
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}
        Tick: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}
  Jobs: {Type: AWS::SQS::Queue}
Outputs:
  Function: {Value: !Ref Worker}
  Api: {Value: !Ref ServerlessHttpApi}
  RestApi: {Value: !Ref ServerlessRestApi}
"""

OBSERVED = """
Resources:
  Group: {Type: AWS::Logs::LogGroup}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: !Ref Group
      FilterPattern: ERROR
      MetricTransformations: [{MetricName: Errors, MetricNamespace: Own, MetricValue: "1"}]
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: Own
      MetricName: Errors
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanThreshold
Outputs:
  Group: {Value: !Ref Group}
"""

MANY = """
Resources:
  Files: {Type: AWS::EFS::FileSystem, Properties: {Encrypted: true}}
  Point:
    Type: AWS::EFS::AccessPoint
    Properties:
      FileSystemId: !Ref Files
      PosixUser: {Uid: "1000", Gid: "1000"}
      RootDirectory: {Path: /data, CreationInfo: {OwnerUid: "1000", OwnerGid: "1000", Permissions: "0755"}}
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      TargetType: lambda
      TargetGroupAttributes: [{Key: lambda.multi_value_headers.enabled, Value: "true"}]
Outputs:
  Point: {Value: !GetAtt Point.Arn}
  Targets: {Value: !Ref Targets}
"""


@pytest.fixture
def stacks(server):
    return server.client("cloudformation")


_numbers = itertools.count(1)


@pytest.fixture
def stack(stacks):
    """Makes a stack and returns its outputs; it is gone after the test."""
    made = []

    def make(template):
        made.append(f"stack-{next(_numbers)}")
        stacks.create_stack(StackName=made[-1], TemplateBody=template, Capabilities=["CAPABILITY_AUTO_EXPAND"])
        state = eventually(lambda: ended(stacks, made[-1]), 60)
        assert state["StackStatus"] == "CREATE_COMPLETE", state.get("StackStatusReason")
        return {output["OutputKey"]: output["OutputValue"] for output in state.get("Outputs", [])}

    yield make
    for name in made:
        stacks.delete_stack(StackName=name)
        arn = f"arn:aws:cloudformation:us-east-1:000000000000:stack/{name}"
        eventually(lambda name=name, arn=arn: deleted(stacks, name), 60)


def ended(stacks, name):
    (state,) = stacks.describe_stacks(StackName=name)["Stacks"]
    return None if state["StackStatus"].endswith("IN_PROGRESS") else state


def deleted(stacks, name):
    try:
        return ended(stacks, name)["StackStatus"] == "DELETE_COMPLETE"
    except stacks.exceptions.ClientError:
        return True
    except TypeError:  # still in progress
        return False


@pytest.mark.rule(TYPES)
@pytest.mark.parametrize("kind", ["AWS::RDS::DBInstance", "AWS::No::Such"])
def test_a_resource_type_that_cannot_be_made_fails_the_stack(stacks, kind):
    name = f"unsupported-{kind.replace(':', '')}"
    template = json.dumps({"Resources": {"Thing": {"Type": kind}}})
    try:
        stacks.create_stack(StackName=name, TemplateBody=template)
    except stacks.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "ValidationError"  # noqa: PT017 - either is a failure
        return
    state = eventually(lambda: ended(stacks, name), 60)
    assert "COMPLETE" not in state["StackStatus"] or state["StackStatus"] == "ROLLBACK_COMPLETE"
    assert kind in state["StackStatusReason"]
    stacks.delete_stack(StackName=name)


@pytest.mark.rule(SAM)
def test_a_sam_function_comes_with_its_events(stack, server):
    outputs = stack(SAM_TEMPLATE)
    client = server.client("lambda")
    answer = client.invoke(FunctionName=outputs["Function"])
    assert json.load(answer["Payload"]) == {"statusCode": 200, "body": "hello"}
    (mapping,) = client.list_event_source_mappings(FunctionName=outputs["Function"])["EventSourceMappings"]
    assert ":sqs:" in mapping["EventSourceArn"]
    routes = server.client("apigatewayv2").get_routes(ApiId=outputs["Api"])["Items"]
    assert {route["RouteKey"] for route in routes} == {"GET /http", "$default"}
    resources = server.client("apigateway").get_resources(restApiId=outputs["RestApi"])["items"]
    assert "/rest" in {resource["path"] for resource in resources}
    arn = client.get_function(FunctionName=outputs["Function"])["Configuration"]["FunctionArn"]
    assert server.client("events").list_rule_names_by_target(TargetArn=arn)["RuleNames"]


@pytest.mark.rule(TYPES)
def test_a_metric_filter_and_an_alarm(stack, server):
    outputs = stack(OBSERVED)
    (one,) = server.client("logs").describe_metric_filters(logGroupName=outputs["Group"])["metricFilters"]
    assert one["filterPattern"] == "ERROR"


@pytest.mark.rule(TYPES)
def test_file_systems_and_target_groups(stack, server):
    outputs = stack(MANY)
    points = server.client("efs").describe_access_points()["AccessPoints"]
    (point,) = [point for point in points if point["AccessPointArn"] == outputs["Point"]]
    assert point["PosixUser"] == {"Uid": 1000, "Gid": 1000}
    attributes = server.client("elbv2").describe_target_group_attributes(TargetGroupArn=outputs["Targets"])[
        "Attributes"
    ]
    assert {"Key": "lambda.multi_value_headers.enabled", "Value": "true"} in attributes
