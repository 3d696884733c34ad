"""Quotas and validation

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import boto3
import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from deployed import package
from limits import RULES, request
from servers import CLIENT

QUOTAS = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
VARIABLES = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"
CREATE = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html"
UPDATE = "https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html"
ALIAS = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html"
ASYNCHRONOUS = "https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"
MAPPING = "https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html"
ROLE = "arn:aws:iam::000000000000:role/test"
LAYER = "arn:aws:lambda:us-east-1:000000000000:layer:one:1"


@pytest.fixture(scope="module")
def client(server):
    return server.client("lambda", "640000000001")


@pytest.fixture(scope="module")
def raw(server):
    """A client that leaves all checks to the server."""
    config = CLIENT.merge(Config(parameter_validation=False))
    session = boto3.Session("640000000001", "secret", region_name="us-east-1")
    return session.client("lambda", endpoint_url=server.endpoint, config=config)


@pytest.fixture(scope="module")
def name(client):
    """A function; none of the tests gets as far as changing it."""
    code = {"ZipFile": package("probe.py")}
    client.create_function(
        FunctionName="quotas", Runtime="python3.13", Role=ROLE, Handler="probe.handler", Code=code, Timeout=5
    )
    client.get_waiter("function_active_v2").wait(FunctionName="quotas", WaiterConfig={"Delay": 0.05})
    yield "quotas"
    client.delete_function(FunctionName="quotas")


def configure(client, name, **changes):
    client.update_function_configuration(FunctionName=name, **changes)


@pytest.mark.rule(QUOTAS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.operation}-{rule.member}-{rule.words[-25:]}")
def test_limits_hold_to_the_last_value_and_no_further(raw, rule):
    passed = refusal(raw, rule, rule.good)
    assert rule.words not in passed
    assert "InternalError" not in passed
    refused = refusal(raw, rule, rule.bad)
    assert refused.startswith(f"{rule.code}: ")
    assert rule.words in refused


def refusal(client, rule, value):
    """The error of a request, if it ends in one."""
    operation = getattr(client, xform_name(rule.operation))
    try:
        operation(**request(rule, value))
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return ""


@pytest.mark.rule(UPDATE)
def test_everything_wrong_is_named_at_once(client, name):
    with pytest.raises(ClientError, match=r"3 validation errors detected: .*description.*; .*timeout.*; .*memorySize"):
        configure(client, name, MemorySize=10241, Timeout=901, Description="x" * 257)


@pytest.mark.rule(CREATE)
def test_creation_is_held_to_the_same(client):
    with pytest.raises(ClientError, match=r"ValidationException.*'10241' at 'memorySize'"):
        client.create_function(
            FunctionName="never",
            Runtime="python3.13",
            Role=ROLE,
            Handler="a.b",
            Code={"ZipFile": b"x"},
            MemorySize=10241,
        )


@pytest.mark.rule(UPDATE)
def test_the_greatest_values_are_allowed(client, name):
    storage = {"Size": 10240}
    configure(client, name, MemorySize=10240, Timeout=900, EphemeralStorage=storage, Description="x" * 256)
    client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.05})


@pytest.mark.rule(CREATE)
@pytest.mark.parametrize("named", ["x" * 65, f"arn:aws:lambda:us-east-1:640000000001:function:{'x' * 100}"])
def test_a_function_name_has_64_characters_and_its_arn_140(client, named):
    with pytest.raises(ClientError, match=r"Member must have length less than or equal to (64|140)"):
        client.create_function(
            FunctionName=named, Runtime="python3.13", Role=ROLE, Handler="a.b", Code={"ZipFile": b"x"}
        )


@pytest.mark.rule(QUOTAS)
def test_a_function_has_five_layers_at_most(client, name):
    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*Cannot reference more than 5 layers\."):
        configure(client, name, Layers=[LAYER] * 6)


@pytest.mark.rule(QUOTAS)
def test_environment_variables_have_4_kb_together(client, name):
    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*exceeded the 4KB limit"):
        configure(client, name, Environment={"Variables": {"LONG": "x" * 4096}})


@pytest.mark.rule(VARIABLES)
@pytest.mark.parametrize("reserved", ["AWS_REGION", "AWS_ACCESS_KEY_ID", "LAMBDA_TASK_ROOT", "AWS_LAMBDA_RUNTIME_API"])
def test_what_lambda_sets_itself_is_reserved(client, name, reserved):
    with pytest.raises(ClientError, match=f"Reserved keys used in this request: {reserved}$") as refusal:
        configure(client, name, Environment={"Variables": {"OWN": "x", reserved: "x"}})
    assert "InvalidParameterValueException" in str(refusal.value)


@pytest.mark.rule(ALIAS)
def test_an_alias_has_128_characters_and_its_description_256(client, name):
    with pytest.raises(ClientError, match=r"2 validation errors.*'name'.*equal to 128.*'description'.*equal to 256"):
        client.create_alias(FunctionName=name, Name="a" * 129, FunctionVersion="$LATEST", Description="x" * 257)


@pytest.mark.rule(ASYNCHRONOUS)
@pytest.mark.parametrize(
    "change", [{"MaximumRetryAttempts": 3}, {"MaximumEventAgeInSeconds": 21601}, {"MaximumEventAgeInSeconds": 59}]
)
def test_asynchronous_invocations_are_tried_for_six_hours_and_twice_again_at_most(server, name, change):
    with pytest.raises(ClientError, match=r"ValidationException.*failed to satisfy constraint"):
        unchecked(server).put_function_event_invoke_config(FunctionName=name, **change)


def unchecked(server):
    """Without botocore's own checks of minima."""
    config = CLIENT.merge(Config(parameter_validation=False))
    session = boto3.Session("640000000001", "secret", region_name="us-east-1")
    return session.client("lambda", endpoint_url=server.endpoint, config=config)


@pytest.mark.rule(MAPPING)
@pytest.mark.parametrize("concurrency", [1, 1001])
def test_a_mapping_runs_2_to_1000_environments_at_most(server, name, concurrency):
    queue = "arn:aws:sqs:us-east-1:640000000001:none"
    with pytest.raises(ClientError, match=r"ValidationException.*'scalingConfig\.maximumConcurrency'"):
        unchecked(server).create_event_source_mapping(
            FunctionName=name, EventSourceArn=queue, ScalingConfig={"MaximumConcurrency": concurrency}
        )
