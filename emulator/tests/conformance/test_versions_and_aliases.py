"""Versions and aliases

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from deployed import package
from roles import ensure_role

VERSIONS = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html"
DELETE = "https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html"
ROUTING = "https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html"


@pytest.fixture
def client(server):
    return server.client("lambda")


@pytest.fixture
def two_versions(deploy):
    """The name of a function with the versions 1 and 2."""
    function = deploy()
    for description in ("one", "two"):
        function.configure(Description=description).publish()
    return function.name


@pytest.mark.rule(VERSIONS)
def test_publishing_an_unchanged_function_makes_no_new_version(client, two_versions):
    assert client.publish_version(FunctionName=two_versions)["Version"] == "2"


@pytest.mark.rule(VERSIONS)
def test_a_published_version_does_not_change_with_the_function(client, two_versions):
    client.update_function_configuration(FunctionName=two_versions, Description="later")
    published = client.get_function_configuration(FunctionName=two_versions, Qualifier="1")
    assert published["Description"] == "one"


@pytest.mark.rule(ROUTING)
def test_an_alias_points_to_two_versions_at_most(client, two_versions):
    weights = {"AdditionalVersionWeights": {"1": 0.1, "2": 0.1}}
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        client.create_alias(FunctionName=two_versions, Name="live", FunctionVersion="1", RoutingConfig=weights)


@pytest.mark.rule(ROUTING)
def test_latest_takes_no_part_in_a_split(client, two_versions):
    weights = {"AdditionalVersionWeights": {"1": 0.1}}
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        client.create_alias(FunctionName=two_versions, Name="live", FunctionVersion="$LATEST", RoutingConfig=weights)


@pytest.mark.rule(DELETE)
@pytest.mark.parametrize("version", ["1", "2"])
def test_a_version_that_an_alias_points_to_stays(client, two_versions, version):
    weights = {"AdditionalVersionWeights": {"2": 0.1}}
    client.create_alias(FunctionName=two_versions, Name="live", FunctionVersion="1", RoutingConfig=weights)
    with pytest.raises(ClientError, match=r"ResourceConflictException.*following aliases reference it: \[live\]"):
        client.delete_function(FunctionName=two_versions, Qualifier=version)
    client.delete_alias(FunctionName=two_versions, Name="live")
    client.delete_function(FunctionName=two_versions, Qualifier=version)
    remaining = client.list_versions_by_function(FunctionName=two_versions)["Versions"]
    assert version not in [one["Version"] for one in remaining]


@pytest.mark.rule(DELETE)
def test_a_function_goes_with_its_aliases(client):
    code = {"ZipFile": package("probe.py")}
    name, role = "goes-with-aliases", "arn:aws:iam::000000000000:role/test"
    client.create_function(
        FunctionName=name, Runtime="python3.13", Role=role, Handler="probe.handler", Code=code, Publish=True
    )
    client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    client.delete_function(FunctionName=name)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.get_function(FunctionName=name)


@pytest.mark.rule(VERSIONS)
@pytest.mark.parametrize("qualifier", ["1", "live"])
@pytest.mark.parametrize("prefix", ["", "arn:aws:lambda:us-east-1:000000000000:function:"])
def test_only_the_function_itself_is_updated(client, two_versions, prefix, qualifier):
    client.create_alias(FunctionName=two_versions, Name="live", FunctionVersion="1")
    qualified = f"{prefix}{two_versions}:{qualifier}"
    other, unqualified = r"versions other than \$LATEST", "unqualified function ARN"
    for change, words in (
        (lambda: client.update_function_configuration(FunctionName=qualified, Description="changed"), other),
        (lambda: client.update_function_code(FunctionName=qualified, ZipFile=b"none"), other),
        (lambda: client.put_function_concurrency(FunctionName=qualified, ReservedConcurrentExecutions=1), unqualified),
        (lambda: client.delete_function_concurrency(FunctionName=qualified), unqualified),
    ):
        with pytest.raises(ClientError, match=f"InvalidParameterValueException.*{words}"):
            change()
    assert client.get_function_configuration(FunctionName=two_versions)["Description"] == "two"


@pytest.mark.rule(ROUTING)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Role": "arn:aws:iam::000000000000:role/other"}, "same execution role"),
        ({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:000000000000:dead"}}, "same dead-letter queue"),
    ],
)
def test_versions_that_share_an_alias_have_role_and_queue_in_common(server, client, deploy, change, words):
    ensure_role(server.client("iam"), "other")
    function = deploy()
    first, second = function.publish(), function.configure(**change).publish()
    weights = {"AdditionalVersionWeights": {second: 0.1}}
    client.create_alias(FunctionName=function.name, Name="live", FunctionVersion=first)
    with pytest.raises(ClientError, match=f"InvalidParameterValueException.*{words}"):
        client.update_alias(FunctionName=function.name, Name="live", RoutingConfig=weights)
    with pytest.raises(ClientError, match=f"InvalidParameterValueException.*{words}"):
        client.create_alias(FunctionName=function.name, Name="new", FunctionVersion=first, RoutingConfig=weights)
