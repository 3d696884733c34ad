"""Provisioned concurrency of aliases

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from deployed import archive, eventually

PROVISIONED = "https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html"
ROUTING = "https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html"
DELETE = "https://docs.aws.amazon.com/lambda/latest/api/API_DeleteProvisionedConcurrencyConfig.html"
KIND = """
import os
def handler(event, context):
    return os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]
"""


@pytest.fixture
def alias(deploy):
    """A function with the versions 1 and 2 and the alias `live`, which points to version 1."""
    function = deploy(code=archive({"probe.py": KIND}))
    function.publish()
    function.configure(Description="two").publish()
    function.client.create_alias(FunctionName=function.name, Name="live", FunctionVersion="1")
    return function


def provision(function, number, qualifier="live"):
    function.client.put_provisioned_concurrency_config(
        FunctionName=function.name, Qualifier=qualifier, ProvisionedConcurrentExecutions=number
    )
    return ready(function, number, qualifier)


def ready(function, number, qualifier="live"):
    def done():
        found = function.client.get_provisioned_concurrency_config(FunctionName=function.name, Qualifier=qualifier)
        ours = found["AvailableProvisionedConcurrentExecutions"], found["AllocatedProvisionedConcurrentExecutions"]
        return found["Status"] == "READY" and ours == (number, number)

    return eventually(done, 60)


def route(function, version, weights):
    routing = {"AdditionalVersionWeights": weights}
    function.client.update_alias(
        FunctionName=function.name, Name="live", FunctionVersion=version, RoutingConfig=routing
    )


def kinds(function):
    """How the versions answer now."""
    return [function.invoke(Qualifier=version).value for version in ("1", "2")]


HERE, ELSEWHERE = ["provisioned-concurrency", "on-demand"], ["on-demand", "provisioned-concurrency"]


@pytest.mark.rule(DELETE)
def test_the_configuration_of_an_alias_can_be_deleted_and_gives_its_environments_back(alias):
    provision(alias, 1)
    assert kinds(alias) == HERE
    answer = alias.client.delete_provisioned_concurrency_config(FunctionName=alias.name, Qualifier="live")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    with pytest.raises(ClientError, match="ProvisionedConcurrencyConfigNotFoundException"):
        alias.client.get_provisioned_concurrency_config(FunctionName=alias.name, Qualifier="live")
    assert kinds(alias) == ["on-demand", "on-demand"]


@pytest.mark.rule(PROVISIONED)
def test_environments_move_with_the_alias(alias):
    provision(alias, 1)
    route(alias, "2", {})
    ready(alias, 1)
    assert kinds(alias) == ELSEWHERE


@pytest.mark.rule(ROUTING)
def test_environments_are_spread_over_both_versions_as_the_weights_say(alias):
    provision(alias, 2)
    route(alias, "1", {"2": 0.5})
    ready(alias, 2)
    assert kinds(alias) == ["provisioned-concurrency"] * 2
    route(alias, "1", {"2": 1.0})
    ready(alias, 2)
    assert kinds(alias) == ELSEWHERE


@pytest.mark.rule(PROVISIONED)
def test_an_environment_that_stays_is_not_started_anew(alias):
    provision(alias, 1)
    assert alias.invoke(Qualifier="live").value == "provisioned-concurrency"
    provision(alias, 2)
    provision(alias, 1)
    # The used one is the older of the two, and what it did at INIT has been reported already.
    assert "INIT_START" not in alias.invoke(Qualifier="live").log


@pytest.mark.rule(PROVISIONED)
def test_an_alias_takes_its_environments_along_when_it_is_deleted(alias):
    provision(alias, 1)
    alias.client.delete_alias(FunctionName=alias.name, Name="live")
    assert kinds(alias) == ["on-demand", "on-demand"]
