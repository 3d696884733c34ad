from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError
from deployed import archive, eventually


def saying(word):
    return archive({"probe.py": f"def handler(e, c):\n    return {word!r}\n"})


@pytest.fixture
def two_versions(deploy):
    function = deploy(code=saying("one"))
    first = function.publish()
    function.deploy(saying("two"))
    return function, first, function.publish()


def test_a_version_keeps_its_code(two_versions):
    function, first, second = two_versions
    assert [function.invoke(Qualifier=version).value for version in (first, second, "$LATEST")] == ["one", "two", "two"]
    assert function.invoke(Qualifier=first).version == first
    assert f"Version: {first}" in function.invoke(Qualifier=first).log


def test_an_alias_splits_its_traffic(two_versions):
    function, first, second = two_versions
    routing = {"AdditionalVersionWeights": {second: 0.6}}
    function.client.create_alias(FunctionName=function.name, Name="live", FunctionVersion=first, RoutingConfig=routing)
    seen = [function.invoke(Qualifier="live").version for _ in range(400)]
    assert {first, second} == set(seen)
    assert abs(seen.count(second) - 240) < 54, "five and a half standard deviations: once in 25 million runs"


def test_an_alias_is_in_the_invoked_arn_but_not_in_the_version(deploy):
    function = deploy()
    version = function.publish()
    function.client.create_alias(FunctionName=function.name, Name="live", FunctionVersion=version)
    value = function.invoke(Qualifier="live").value
    assert value["context"]["arn"].endswith(":live")
    assert value["environment"]["AWS_LAMBDA_FUNCTION_VERSION"] == version


def test_provisioned_concurrency_initializes_ahead(deploy):
    function = deploy()
    version = function.publish()
    provision(function, version, 1)
    answer = function.invoke(Qualifier=version)
    assert answer.value["environment"]["AWS_LAMBDA_INITIALIZATION_TYPE"] == "provisioned-concurrency"
    assert "Init Duration" not in answer.report
    assert any(line.startswith("INIT_REPORT Init Duration: ") for line in answer.lines)


def test_what_exceeds_provisioned_concurrency_runs_on_demand(deploy):
    function = deploy(Timeout=10)
    version = function.publish()
    provision(function, version, 1)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: function.invoke({"sleep": 2}, Qualifier=version), range(2)))
    kinds = {answer.value["environment"]["AWS_LAMBDA_INITIALIZATION_TYPE"] for answer in answers}
    assert kinds == {"provisioned-concurrency", "on-demand"}


@pytest.mark.parametrize("how", ["raise", "exit"])
def test_provisioning_fails_if_init_fails(deploy, how):
    function = deploy("init_fails.py", Environment={"Variables": {"HOW": how}})
    version = function.publish()
    status = provision(function, version, 1)
    assert (status["Status"], status["StatusReason"]) == ("FAILED", "FUNCTION_ERROR_INIT_FAILURE")


def provision(function, version, count):
    names = {"FunctionName": function.name, "Qualifier": version}
    function.client.put_provisioned_concurrency_config(**names, ProvisionedConcurrentExecutions=count)

    def settled():
        status = function.client.get_provisioned_concurrency_config(**names)
        return status if status["Status"] != "IN_PROGRESS" else None

    return eventually(settled)


def test_reserved_concurrency_of_nothing_throttles_everything(deploy):
    function = deploy()
    function.client.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=0)
    with pytest.raises(ClientError) as refused:
        function.invoke()
    assert refused.value.response["Error"]["Code"] == "TooManyRequestsException"


def test_reserved_concurrency_caps_what_runs_at_a_time(deploy):
    function = deploy(Timeout=10)
    function.client.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=1)

    def attempt(_):
        try:
            return function.invoke({"sleep": 5}).error
        except ClientError as error:
            return error.response["Error"]["Code"]

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(attempt, range(2))) == {None, "TooManyRequestsException"}
