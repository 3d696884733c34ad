"""Versions and aliases

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

VERSIONS = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html"
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
