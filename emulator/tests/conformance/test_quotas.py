"""Quotas and validation

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import re

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
WEIGHTS = "https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html"
POLICIES = "https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html"
CONCURRENCY = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"
GET_FUNCTION = "https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html"
INVOKE = "https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"
SNAPSTART = "https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html"
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
    """A function that every test leaves as it was, or larger."""
    code = {"ZipFile": package("probe.py")}
    client.create_function(
        FunctionName="quotas", Runtime="python3.13", Role=ROLE, Handler="probe.handler", Code=code, Timeout=5
    )
    client.get_waiter("function_active_v2").wait(FunctionName="quotas", WaiterConfig={"Delay": 0.05})
    yield "quotas"
    client.delete_function(FunctionName="quotas")


@pytest.fixture(scope="module")
def version(client, name):
    return client.publish_version(FunctionName=name)["Version"]


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


@pytest.mark.rule(WEIGHTS)
def test_an_alias_has_one_additional_version(client, name, version):
    with pytest.raises(
        ClientError, match=r"InvalidParameterValueException.*AdditionalVersionWeights cannot be greater"
    ):
        client.create_alias(
            FunctionName=name,
            Name="three",
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": {"2": 0.1, "3": 0.1}},
        )


@pytest.mark.rule(QUOTAS)
@pytest.mark.parametrize(
    ("size", "code", "words"),
    [
        (52_428_800, "InvalidParameterValueException", "Could not unzip uploaded file."),
        (52_428_801, "RequestEntityTooLargeException", "Zipped size must be smaller than 52428800 bytes"),
        (52_700_000, "RequestEntityTooLargeException", "Request must be smaller than 70167211 bytes for the "),
    ],
)
def test_a_package_in_a_request_has_50_mb(client, name, size, code, words):
    with pytest.raises(ClientError) as refusal:
        client.update_function_code(FunctionName=name, ZipFile=bytes(size))
    error = refusal.value.response["Error"]
    assert error["Code"] == code
    assert error["Message"].startswith(words)


@pytest.mark.rule(POLICIES)
def test_a_resource_policy_has_20_kb(client, name):
    statement = {"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com", "FunctionName": name}
    source = "arn:aws:s3:::"
    with pytest.raises(ClientError, match=r"PolicyLengthExceededException") as refusal:
        client.add_permission(StatementId="long", SourceArn=source + "x" * 20_480, **statement)
    size = int(
        re.search(r"The final policy size \((\d+)\) is bigger than the limit \(20480\)\.", str(refusal.value))[1]
    )
    length = 20_480 - (size - 20_480)
    with pytest.raises(ClientError, match=r"The final policy size \(20481\) is bigger"):
        client.add_permission(StatementId="long", SourceArn=source + "x" * (length + 1), **statement)
    client.add_permission(StatementId="long", SourceArn=source + "x" * length, **statement)
    with pytest.raises(ClientError, match=r"PolicyLengthExceededException"):
        client.add_permission(StatementId="more", **statement)
    client.remove_permission(FunctionName=name, StatementId="long")


@pytest.mark.rule(CONCURRENCY)
def test_a_hundred_of_a_thousand_stay_unreserved(client, name, version):
    below = r"InvalidParameterValueException.*below its minimum value of \[100\]"
    with pytest.raises(ClientError, match=below):
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=901)
    with pytest.raises(ClientError, match=below):
        client.put_provisioned_concurrency_config(
            FunctionName=name, Qualifier=version, ProvisionedConcurrentExecutions=901
        )
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=900)
    assert client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 100
    client.delete_function_concurrency(FunctionName=name)


@pytest.mark.rule(GET_FUNCTION)
@pytest.mark.parametrize("reserved", [0, 3])
def test_a_function_shows_what_is_reserved_for_it(client, name, reserved):
    assert "Concurrency" not in client.get_function(FunctionName=name)
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=reserved)
    shown = client.get_function(FunctionName=name)["Concurrency"]
    assert shown == {"ReservedConcurrentExecutions": reserved}
    client.delete_function_concurrency(FunctionName=name)


@pytest.mark.rule(INVOKE)
def test_a_function_without_concurrency_is_throttled_and_says_why(client, name):
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError) as refusal:
        client.invoke(FunctionName=name)
    answer = refusal.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert answer["Error"]["Code"] == "TooManyRequestsException"
    assert answer["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    client.delete_function_concurrency(FunctionName=name)


@pytest.mark.rule(SNAPSTART)
def test_snapstart_goes_with_neither_much_tmp_nor_provisioned_concurrency(client):
    """Of what it excludes: https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html#snapstart-limitations."""
    wanted = {
        "FunctionName": "snapstart",
        "Runtime": "python3.13",
        "Role": ROLE,
        "Handler": "probe.handler",
        "Code": {"ZipFile": package("probe.py")},
        "SnapStart": {"ApplyOn": "PublishedVersions"},
    }
    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*512 MB"):
        client.create_function(**wanted, EphemeralStorage={"Size": 513})
    client.create_function(**wanted, EphemeralStorage={"Size": 512})
    client.get_waiter("function_active_v2").wait(FunctionName="snapstart", WaiterConfig={"Delay": 0.05})
    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*512 MB"):
        configure(client, "snapstart", EphemeralStorage={"Size": 513})
    published = client.publish_version(FunctionName="snapstart")["Version"]
    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*provisioned concurrency"):
        client.put_provisioned_concurrency_config(
            FunctionName="snapstart", Qualifier=published, ProvisionedConcurrentExecutions=1
        )
    client.delete_function(FunctionName="snapstart")
