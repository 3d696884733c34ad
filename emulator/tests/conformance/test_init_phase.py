"""Init phase

One test a rule, with the page of AWS it stands on.
"""

from __future__ import annotations

import pytest
from localstack_dockerless.executor.settings import INIT_LIMIT

PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"
SNAPSTART = "https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html"


def phases(answer):
    return [line.split("\t")[1:3] for line in answer.lines if line.startswith("INIT_REPORT")]


@pytest.mark.rule(PAGE)
def test_init_may_take_ten_seconds_whatever_the_timeout(deploy):
    assert INIT_LIMIT == 10, "that it is kept is tested with a shorter one, in test_environment.py"
    variables = {"HOW": "sleep", "SECONDS": "3.2"}
    answer = deploy("init_fails.py", Timeout=3, Environment={"Variables": variables}).invoke()
    assert answer.value == "loaded"
    assert "Init Duration" in answer.report


@pytest.mark.rule(PAGE)
def test_a_failed_init_is_repeated_by_the_invocation_and_by_each_later_one(deploy):
    function = deploy("init_fails.py", Environment={"Variables": {"HOW": "raise"}})
    failed = ["Phase: invoke", "Status: error"]
    assert phases(function.invoke()) == [["Phase: init", "Status: error"], failed]
    assert phases(function.invoke()) == [failed]


@pytest.mark.rule(PAGE)
def test_a_suppressed_init_is_part_of_the_duration(deploy):
    report = deploy("init_fails.py", Environment={"Variables": {"HOW": "once"}}).invoke().report
    assert "Init Duration" not in report


@pytest.mark.rule(SNAPSTART)
def test_snapstart_takes_effect_on_published_versions_alone(deploy):
    function = deploy(SnapStart={"ApplyOn": "PublishedVersions"})
    version = function.publish()
    configuration = function.client.get_function_configuration
    latest, published = (
        configuration(FunctionName=function.name),
        configuration(FunctionName=f"{function.name}:{version}"),
    )
    assert latest["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}
    assert published["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}


@pytest.mark.rule(SNAPSTART)
@pytest.mark.parametrize("runtime", ["python3.12", "python3.13", "python3.14"])
def test_snapstart_is_for_python_3_12_and_later(deploy, runtime):
    settings = {"SnapStart": {"ApplyOn": "PublishedVersions"}}
    assert deploy(Runtime=runtime, **settings).configuration()["SnapStart"]["ApplyOn"] == "PublishedVersions"


@pytest.mark.rule(SNAPSTART)
@pytest.mark.parametrize("runtime", ["python3.11", "nodejs22.x", "provided.al2023"])
def test_snapstart_is_refused_for_other_runtimes(deploy, runtime):
    with pytest.raises(Exception, match=f"{runtime} is not supported for SnapStart enabled functions"):
        deploy(Runtime=runtime, SnapStart={"ApplyOn": "PublishedVersions"})
