"""The variables that a lab gets: the emulator's, whatever a person's own shell says."""

import io
import json
import zipfile
from contextlib import ExitStack

import boto3
import pytest

from coldstart import stack
from coldstart.errors import CourseError

CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def test_the_emulator_is_reached_past_a_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    endpoint = stack.Endpoint("http://127.0.0.1:4566", 4566)
    assert endpoint.environment["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"


def test_a_profile_of_ones_own_does_not_reach_a_lab():
    assert stack.local({"AWS_PROFILE": "production", "AWS_SESSION_TOKEN": "x", "HOME": "/home"}) == {"HOME": "/home"}


@pytest.fixture
def port(free_port, monkeypatch, tmp_path):
    """A port for an emulator of the test's own, stopped at the end."""
    monkeypatch.setattr(stack, "STATE", tmp_path)
    yield free_port
    stack.down(free_port)


def test_an_emulator_started_for_a_session_ends_with_the_last_that_uses_it(port):
    first, second = ExitStack(), ExitStack()
    first.enter_context(stack.ensure(port))
    second.enter_context(stack.ensure(port))
    first.close()
    assert stack.status(port)["running"], "the second still works with it"
    second.close()
    assert not stack.status(port)["running"]


def test_an_emulator_that_somebody_started_stays_after_a_session(port):
    stack.up(port)
    with stack.ensure(port):
        pass
    assert stack.status(port)["running"]


def test_one_that_somebody_wants_to_keep_stays_though_a_session_started_it(port):
    with stack.ensure(port):
        stack.up(port)
    assert stack.status(port)["running"]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (
            "Port 1 is taken by another program; stop that one or choose another port with --port.",
            "another one with COLDSTART_PORT.",
        ),
        ("The disk of /x is full; free at least 32 MB or choose --data.", "free at least 32 MB."),
        (
            "x 2 is running on port 1 and this is 1; stop it first with `localstack-dockerless stop`.",
            "first with `make down`.",
        ),
        ("No server is running on port 1; start one with `localstack-dockerless start`.", "start one with `make up`."),
    ],
)
def test_the_emulators_sentences_name_what_the_course_has(theirs, ours):
    said = stack._sentence(f"a line before\n{theirs}\n")
    assert said.endswith(ours)
    assert "--" not in said


def test_an_answer_that_is_none_is_one_sentence():
    with pytest.raises(CourseError, match="make down"):
        stack._parsed("Traceback", "status")
    assert stack._parsed(json.dumps({"running": False}), "status") == {"running": False}


def test_why_a_function_in_a_vpc_reaches_a_service_is_told_hop_by_hop(port):
    """With plain boto3, and what the command says before and after a gateway endpoint."""
    endpoint = stack.up(port)

    def client(service):
        return boto3.client(service, endpoint_url=endpoint.url, region_name="us-east-1", **CREDENTIALS)

    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="why", Description="-", VpcId=vpc)["GroupId"]
    create(client, VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]})
    refused = stack.why("why", "s3", port=port)
    assert f"not reachable: NO_ROUTE_TO_DESTINATION from {subnet}" in refused
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[table])
    reached = stack.why("why", "s3", port=port)
    assert "gateway endpoint for s3" in reached
    assert f"\nreachable from {subnet}" in reached
    with pytest.raises(CourseError, match="nobody"):
        stack.why("nobody", "s3", port=port)


def create(client, **configuration):
    """A function that could be called."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = client("iam").create_role(RoleName="why", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    access = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    client("iam").attach_role_policy(RoleName="why", PolicyArn=access)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return event")
    code = {"ZipFile": content.getvalue()}
    client("lambda").create_function(
        FunctionName="why", Runtime="python3.13", Handler="app.handler", Role=role, Code=code, **configuration
    )
