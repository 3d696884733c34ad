"""CloudFormation and SAM templates

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

import fronts
import pytest
from balanced import ask
from deployed import eventually

TYPES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html"
SAM = "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html"
INLINE = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html"
)

BALANCERS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ElasticLoadBalancingV2.html"
FILES = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EFS.html"
APIS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGatewayV2.html"
CAPABILITIES = ["CAPABILITY_AUTO_EXPAND", "CAPABILITY_IAM"]

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

SAM_API = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Front:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Own
        Authorizers:
          Own:
            FunctionArn: !GetAtt Doorkeeper.Arn
            AuthorizerPayloadFormatVersion: 2.0
            EnableSimpleResponses: true
            EnableFunctionDefaultPermissions: true
            Identity: {Headers: [Authorization]}
  Doorkeeper:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: "def handler(event, context): return {'isAuthorized': True}"
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: "def handler(event, context): return {'statusCode': 200, 'body': 'hello'}"
      Events:
        One: {Type: HttpApi, Properties: {ApiId: !Ref Front, Path: /a, Method: get}}
Outputs:
  Api: {Value: !Ref Front}
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

NETWORK = """
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.3.0.0/16}}
  One: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.3.1.0/24, AvailabilityZone: us-east-1a}}
  Two: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.3.2.0/24, AvailabilityZone: us-east-1b}}
  Three: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.3.3.0/24, AvailabilityZone: us-east-1c}}
  First: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: first, VpcId: !Ref Net}}
  Second: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: second, VpcId: !Ref Net}}
"""

FUNCTION = """
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: arn:aws:iam::000000000000:role/test
      Code: {ZipFile: "def handler(event, context): return {'statusCode': 200, 'body': event['path']}"}
"""

# Numbers and truths as texts and texts as numbers: a template does not tell them apart.
BALANCED = (
    "Resources:"
    + NETWORK
    + FUNCTION
    + """
  May:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Worker
      Action: lambda:InvokeFunction
      Principal: elasticloadbalancing.amazonaws.com
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    DependsOn: May
    Properties:
      TargetType: lambda
      HealthCheckEnabled: "false"
      HealthCheckIntervalSeconds: "40"
      Matcher: {HttpCode: 200}
      Targets: [{Id: !GetAtt Worker.Arn}]
      TargetGroupAttributes: [{Key: lambda.multi_value_headers.enabled, Value: true}]
      Tags: [{Key: old, Value: a}]
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Subnets: [!Ref One, !Ref Two]
      SecurityGroups: [!Ref First]
      LoadBalancerAttributes: [{Key: idle_timeout.timeout_seconds, Value: 30}]
      Tags: [{Key: old, Value: a}, {Key: kept, Value: a}]
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: "80"
      Protocol: HTTP
      DefaultActions: [{Type: fixed-response, FixedResponseConfig: {StatusCode: 404}}]
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: "5"
      Conditions: [{Field: path-pattern, PathPatternConfig: {Values: [/a]}}]
      Actions: [{Type: forward, TargetGroupArn: !Ref Group}]
Outputs:
  Balancer: {Value: !Ref Balancer}
  Full: {Value: !GetAtt Balancer.LoadBalancerFullName}
  Host: {Value: !GetAtt Balancer.DNSName}
  Zone: {Value: !GetAtt Balancer.CanonicalHostedZoneID}
  Group: {Value: !Ref Group}
  GroupName: {Value: !GetAtt Group.TargetGroupFullName}
  Listener: {Value: !Ref Listener}
  Rule: {Value: !Ref Rule}
  Second: {Value: !Ref Second}
"""
)

BALANCED_CHANGES = (
    ("[!Ref One, !Ref Two]", "[!Ref One, !Ref Three]"),
    ("[!Ref First]", "[!Ref Second]"),
    ("Value: 30", "Value: 31"),
    ("[{Key: old, Value: a}, {Key: kept, Value: a}]", "[{Key: kept, Value: b}]"),
    ("Tags: [{Key: old, Value: a}]\n", "\n"),
    ('HealthCheckIntervalSeconds: "40"', "HealthCheckIntervalSeconds: 50"),
    ("enabled, Value: true", "enabled, Value: false"),
    ("StatusCode: 404", "StatusCode: 410"),
    ('Port: "80"', 'Port: "81"'),
    ('Priority: "5"', 'Priority: "6"'),
    ("Values: [/a]", "Values: [/b]"),
)

SCHEME = ("Subnets: [!Ref One, !Ref Two]", "Subnets: [!Ref One, !Ref Two]\n      Scheme: internal")

SHARED = (
    "Resources:"
    + NETWORK
    + """
  Files:
    Type: AWS::EFS::FileSystem
    Properties:
      Encrypted: "true"
      BackupPolicy: {Status: ENABLED}
      LifecyclePolicies: [{TransitionToIA: AFTER_30_DAYS}]
      FileSystemTags: [{Key: old, Value: a}]
  Target:
    Type: AWS::EFS::MountTarget
    Properties: {FileSystemId: !Ref Files, SubnetId: !Ref One, SecurityGroups: [!Ref First]}
  Point:
    Type: AWS::EFS::AccessPoint
    Properties:
      FileSystemId: !Ref Files
      PosixUser: {Uid: "1000", Gid: "1000"}
      RootDirectory: {Path: /data, CreationInfo: {OwnerUid: "1000", OwnerGid: "1000", Permissions: "0755"}}
      AccessPointTags: [{Key: old, Value: a}]
Outputs:
  Files: {Value: !Ref Files}
  Target: {Value: !Ref Target}
  Address: {Value: !GetAtt Target.IpAddress}
  Point: {Value: !Ref Point}
  PointArn: {Value: !GetAtt Point.Arn}
  Second: {Value: !Ref Second}
"""
)

HTTP = (
    "Resources:"
    + FUNCTION.replace("event['path']", "event['rawPath']")
    + """
  Front:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Name: front
      ProtocolType: HTTP
      CorsConfiguration: {AllowOrigins: ["https://a.example"], MaxAge: "60"}
      Tags: {old: a, kept: a}
  Work:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      ApiId: !Ref Front
      IntegrationType: AWS_PROXY
      IntegrationUri: !GetAtt Worker.Arn
      PayloadFormatVersion: 2.0
      TimeoutInMillis: "20000"
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !GetAtt Worker.Arn
      Action: lambda:InvokeFunction
      Principal: apigateway.amazonaws.com
      SourceArn: !Sub "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Front}/*"
  Route:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Front, RouteKey: GET /a, Target: !Sub "integrations/${Work}"}
  Stage:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Front, StageName: $default, AutoDeploy: "true", StageVariables: {colour: red}}
Outputs:
  Api: {Value: !Ref Front}
  Endpoint: {Value: !GetAtt Front.ApiEndpoint}
  Integration: {Value: !Ref Work}
  Route: {Value: !Ref Route}
  Stage: {Value: !Ref Stage}
"""
)


@pytest.fixture
def stacks(server):
    return server.client("cloudformation")


_numbers = itertools.count(1)


@dataclass
class Stack:
    """A stack and what became of it."""

    client: Any
    name: str

    def make(self, template: str) -> dict[str, str]:
        self.client.create_stack(StackName=self.name, TemplateBody=template, Capabilities=CAPABILITIES)
        return self.outputs("CREATE_COMPLETE")

    def fail(self, template: str) -> str:
        """The reason why the stack cannot be made."""
        self.client.create_stack(StackName=self.name, TemplateBody=template, Capabilities=CAPABILITIES)
        self.outputs("ROLLBACK_COMPLETE")
        return " ".join(self.reasons())

    def change(self, template: str) -> dict[str, str]:
        self.client.update_stack(StackName=self.name, TemplateBody=template, Capabilities=CAPABILITIES)
        return self.outputs("UPDATE_COMPLETE")

    def fail_to_change(self, template: str) -> str:
        """The reason why the stack cannot be changed."""
        self.client.update_stack(StackName=self.name, TemplateBody=template, Capabilities=CAPABILITIES)
        self.outputs("UPDATE_ROLLBACK_COMPLETE")
        return " ".join(self.reasons())

    def outputs(self, status: str) -> dict[str, str]:
        state = eventually(lambda: ended(self.client, self.name), 60)
        assert state["StackStatus"] == status, self.reasons()
        return {output["OutputKey"]: output["OutputValue"] for output in state.get("Outputs", [])}

    def events(self, status: str, kind: str = "") -> list[dict[str, Any]]:
        events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        return [e for e in events if e["ResourceStatus"].endswith(status) and e["ResourceType"].endswith(kind)]

    def reasons(self) -> list[str]:
        """Why resources could not be made, changed or deleted."""
        return [event.get("ResourceStatusReason", "") for event in self.events("FAILED")]

    def delete(self) -> None:
        self.client.delete_stack(StackName=self.name)
        assert eventually(lambda: deleted(self.client, self.name), 60) == "DELETE_COMPLETE"


@pytest.fixture
def new(stacks):
    """Names a stack; it is gone after the test."""
    made = []

    def name():
        made.append(Stack(stacks, f"stack-{next(_numbers)}"))
        return made[-1]

    yield name
    for one in made:
        one.delete()


@pytest.fixture
def stack(new):
    """Makes a stack and returns its outputs; it is gone after the test."""
    return lambda template: new().make(template)


def changed(template, *changes):
    """The template with other words."""
    for old, now in changes:
        assert template.count(old) == 1, old
        template = template.replace(old, now)
    return template


def ended(stacks, name):
    (state,) = stacks.describe_stacks(StackName=name)["Stacks"]
    return None if state["StackStatus"].endswith("IN_PROGRESS") else state


def deleted(stacks, name):
    """How the deletion ended, once it has."""
    try:
        state = ended(stacks, name)
    except stacks.exceptions.ClientError:
        return "DELETE_COMPLETE"
    return state and state["StackStatus"]


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
def test_a_metric_filter_is_made_changed_and_deleted(new, server):
    logs, one = server.client("logs"), new()

    def filters():
        return logs.describe_metric_filters(metricNamespace="Own", metricName="Errors")["metricFilters"]

    group = one.make(OBSERVED)["Group"]
    (found,) = filters()
    assert (found["logGroupName"], found["filterPattern"]) == (group, "ERROR")
    assert (
        found["metricTransformations"][0] | {"metricName": "Errors", "metricNamespace": "Own", "metricValue": "1"}
        == (found["metricTransformations"][0])
    )
    one.change(changed(OBSERVED, ("ERROR", "FATAL")))
    assert [found["filterPattern"] for found in filters()] == ["FATAL"]
    one.delete()
    assert filters() == []


def tags(elb, arn):
    (described,) = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return {tag["Key"]: tag["Value"] for tag in described["Tags"]}


@pytest.mark.rule(BALANCERS)
def test_a_load_balancer_with_all_around_it_is_made_changed_and_deleted(new, server):
    elb, one = server.client("elbv2"), new()
    made = one.make(BALANCED)
    assert ask(server, made["Host"], "/a").body == b"/a"
    assert ask(server, made["Host"], "/b").status == 404
    assert made["Balancer"].endswith(f":loadbalancer/{made['Full']}")
    assert made["Group"].endswith(f":{made['GroupName']}")
    assert made["Zone"]
    assert tags(elb, made["Balancer"]) == {"old": "a", "kept": "a"}

    assert one.change(changed(BALANCED, *BALANCED_CHANGES)) == made
    assert ask(server, f"{made['Host']}:81", "/b").body == b"/b"
    assert ask(server, f"{made['Host']}:81", "/a").status == 410
    (balancer,) = elb.describe_load_balancers(LoadBalancerArns=[made["Balancer"]])["LoadBalancers"]
    assert balancer["SecurityGroups"] == [made["Second"]]
    assert {zone["ZoneName"] for zone in balancer["AvailabilityZones"]} == {"us-east-1a", "us-east-1c"}
    attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=made["Balancer"])["Attributes"]
    assert {"Key": "idle_timeout.timeout_seconds", "Value": "31"} in attributes
    assert (tags(elb, made["Balancer"]), tags(elb, made["Group"])) == ({"kept": "b"}, {})
    (group,) = elb.describe_target_groups(TargetGroupArns=[made["Group"]])["TargetGroups"]
    assert group["HealthCheckIntervalSeconds"] == 50
    attributes = elb.describe_target_group_attributes(TargetGroupArn=made["Group"])["Attributes"]
    assert {"Key": "lambda.multi_value_headers.enabled", "Value": "false"} in attributes
    (rule,) = elb.describe_rules(RuleArns=[made["Rule"]])["Rules"]
    assert rule["Priority"] == "6"

    one.delete()
    balancers = [one["LoadBalancerArn"] for one in elb.describe_load_balancers()["LoadBalancers"]]
    groups = [one["TargetGroupArn"] for one in elb.describe_target_groups()["TargetGroups"]]
    assert made["Balancer"] not in balancers
    assert made["Group"] not in groups


@pytest.mark.rule(BALANCERS)
def test_a_change_that_needs_another_load_balancer_makes_one(new, server):
    elb, one = server.client("elbv2"), new()
    template = BALANCED.partition("  Rule:")[0] + "Outputs: {Host: {Value: !GetAtt Balancer.DNSName}}"
    before = one.make(template)
    now = one.change(changed(template, SCHEME))
    assert now["Host"].startswith("internal-")
    assert ask(server, now["Host"], "/a").status == 404
    hosts = {one["DNSName"] for one in elb.describe_load_balancers()["LoadBalancers"]}
    assert hosts & {before["Host"], now["Host"]} == {now["Host"]}


@pytest.mark.rule(FILES)
def test_a_file_system_with_its_mount_target_and_access_point_is_made_changed_and_deleted(new, server):
    efs, one = server.client("efs"), new()
    made = one.make(SHARED)
    (point,) = efs.describe_access_points(AccessPointId=made["Point"])["AccessPoints"]
    assert point["PosixUser"] == {"Uid": 1000, "Gid": 1000}
    assert point["AccessPointArn"] == made["PointArn"]
    (target,) = efs.describe_mount_targets(FileSystemId=made["Files"])["MountTargets"]
    assert (target["MountTargetId"], target["IpAddress"]) == (made["Target"], made["Address"])
    lifecycle = efs.describe_lifecycle_configuration(FileSystemId=made["Files"])["LifecyclePolicies"]
    assert lifecycle == [{"TransitionToIA": "AFTER_30_DAYS"}]
    assert efs.describe_backup_policy(FileSystemId=made["Files"])["BackupPolicy"]["Status"] == "ENABLED"

    changes = (
        ("LifecyclePolicies: [{TransitionToIA: AFTER_30_DAYS}]", "LifecyclePolicies: []"),
        ("FileSystemTags: [{Key: old, Value: a}]", "FileSystemTags: [{Key: new, Value: b}]"),
        ("AccessPointTags: [{Key: old, Value: a}]", "AccessPointTags: [{Key: new, Value: b}]"),
        ("SecurityGroups: [!Ref First]", "SecurityGroups: [!Ref Second]"),
    )
    assert one.change(changed(SHARED, *changes)) == made
    groups = efs.describe_mount_target_security_groups(MountTargetId=made["Target"])["SecurityGroups"]
    assert groups == [made["Second"]]
    for resource in (made["Files"], made["Point"]):
        assert efs.list_tags_for_resource(ResourceId=resource)["Tags"] == [{"Key": "new", "Value": "b"}]
    assert efs.describe_lifecycle_configuration(FileSystemId=made["Files"])["LifecyclePolicies"] == []

    replaced = one.change(changed(SHARED, *changes, ("Path: /data", "Path: /other")))
    assert replaced["Point"] != made["Point"]
    points = efs.describe_access_points(FileSystemId=made["Files"])["AccessPoints"]
    assert [point["RootDirectory"]["Path"] for point in points] == ["/other"]

    one.delete()
    assert made["Files"] not in {one["FileSystemId"] for one in efs.describe_file_systems()["FileSystems"]}


@pytest.mark.rule(APIS)
def test_an_http_api_with_its_parts_is_made_changed_and_deleted(new, server):
    apis, one = server.client("apigatewayv2"), new()
    made = one.make(HTTP)
    assert fronts.ask(server, f"{made['Endpoint']}/a").body == b"/a"
    assert made["Stage"] == "$default"
    assert apis.get_api(ApiId=made["Api"])["CorsConfiguration"]["MaxAge"] == 60

    changes = (
        ("Name: front", "Name: rear"),
        ('MaxAge: "60"', "MaxAge: 61"),
        ("{old: a, kept: a}", "{kept: b}"),
        ('"20000"', '"10000"'),
        ("RouteKey: GET /a", "RouteKey: GET /b"),
        ("colour: red", "colour: blue"),
    )
    assert one.change(changed(HTTP, *changes)) == made
    assert [fronts.ask(server, f"{made['Endpoint']}{path}").status for path in ("/a", "/b")] == [404, 200]
    api = apis.get_api(ApiId=made["Api"])
    assert (api["Name"], api["CorsConfiguration"]["MaxAge"], api["Tags"]) == ("rear", 61, {"kept": "b"})
    integration = apis.get_integration(ApiId=made["Api"], IntegrationId=made["Integration"])
    assert integration["TimeoutInMillis"] == 10000
    assert apis.get_stage(ApiId=made["Api"], StageName="$default")["StageVariables"] == {"colour": "blue"}

    one.delete()
    assert made["Api"] not in {api["ApiId"] for api in apis.get_apis()["Items"]}


@pytest.mark.rule(SAM)
def test_routes_of_a_sam_http_api_change_with_its_events(new, server):
    one = new()
    made = one.make(SAM_API)
    url = fronts.ask
    api = server.client("apigatewayv2").get_api(ApiId=made["Api"])["ApiEndpoint"]
    assert [url(server, f"{api}{path}").status for path in ("/a", "/b")] == [401, 404]
    assert url(server, f"{api}/a", headers={"Authorization": "yes"}).body == b"hello"
    assert one.change(changed(SAM_API, ("Path: /a", "Path: /b"))) == made
    assert [url(server, f"{api}{path}").status for path in ("/a", "/b")] == [404, 401]
    one.delete()
    assert url(server, f"{api}/b").status == 404


@pytest.mark.rule(TYPES)
@pytest.mark.parametrize(
    ("template", "change", "reason"),
    [
        (SHARED, ('Encrypted: "true"', "Encrypted: true\n      Bogus: 1"), "Encountered unsupported property Bogus"),
        (SHARED, ('Permissions: "0755"', 'Permissions: "9"'), "Permissions"),
        (HTTP, ("GET /a", "/a"), "route key"),
        (BALANCED, ("multi_value_headers.enabled", "bogus"), "lambda.bogus"),
    ],
    ids=["unknown", "permissions", "route", "attribute"],
)
def test_a_resource_that_cannot_be_made_fails_the_stack_and_leaves_nothing(new, server, template, change, reason):
    one, ec2 = new(), server.client("ec2")
    before = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}
    assert reason in one.fail(changed(template, change))
    one.delete()
    assert {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]} == before
    groups = server.client("elbv2").describe_target_groups()["TargetGroups"]
    assert not [group for group in groups if group["TargetGroupName"].startswith(f"{one.name}-")]


@pytest.mark.rule(TYPES)
def test_a_change_that_is_refused_fails_the_update(new, server):
    """LocalStack's UpdateStack tells of success all the same."""
    one = new()
    made = one.make(HTTP)
    wrong = changed(HTTP, ('"integrations/${Work}"', "integrations/unknown"), ("colour: red", "colour: blue"))
    assert "Invalid Integration identifier" in one.fail_to_change(wrong)
    assert one.change(changed(HTTP, ("GET /a", "GET /b"))) == made
    assert fronts.ask(server, f"{made['Endpoint']}/b").status == 200


@pytest.mark.rule(TYPES)
def test_what_an_update_adds_goes_with_the_stack(new, server):
    """LocalStack's UpdateStack forgets it."""
    one, apis = new(), server.client("apigatewayv2")
    template = "Resources:\n  A: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: %s, ProtocolType: HTTP}}\n"
    one.make(template % "kept")
    one.change(template % "kept" + (template % "added").replace("A:", "B:").partition("\n")[2])
    assert {"kept", "added"} <= {api["Name"] for api in apis.get_apis()["Items"]}
    one.delete()
    assert not {"kept", "added"} & {api["Name"] for api in apis.get_apis()["Items"]}


@pytest.mark.rule(TYPES)
def test_an_update_without_a_change_is_refused(new, stacks):
    one = new()
    one.make(HTTP)
    with pytest.raises(stacks.exceptions.ClientError, match="No updates are to be performed"):
        stacks.update_stack(StackName=one.name, TemplateBody=HTTP)
