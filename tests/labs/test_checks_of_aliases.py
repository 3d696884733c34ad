"""The checks of lab 14 judge what share each version gets, not how the learner wrote it down."""

import json

import boto3
import pytest

from coldstart.lab import checking, package, readonly

FUNCTION = "coldstart-14-greeting"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
CHECKS = checking.load("14-aliases")


@pytest.fixture
def greeting(here):
    """The lab's function with its three versions and the alias; a call routes the alias anew."""
    functions = boto3.client("lambda")
    created = boto3.client("iam").create_role(RoleName="coldstart-14-role", AssumeRolePolicyDocument=json.dumps(TRUST))
    role = created["Role"]["Arn"]
    common = {"Runtime": "python3.13", "Handler": "greeting.handler", "Role": role}
    functions.create_function(FunctionName=FUNCTION, Code={"ZipFile": package("14-aliases", "v1")}, **common)
    functions.get_waiter("function_active_v2").wait(FunctionName=FUNCTION, WaiterConfig={"Delay": 0.1})
    functions.publish_version(FunctionName=FUNCTION)
    for version in ("v2", "v3"):
        functions.update_function_code(FunctionName=FUNCTION, ZipFile=package("14-aliases", version))
        functions.get_waiter("function_updated_v2").wait(FunctionName=FUNCTION, WaiterConfig={"Delay": 0.1})
        functions.publish_version(FunctionName=FUNCTION)
    functions.create_alias(FunctionName=FUNCTION, Name="live", FunctionVersion="1")

    def route(own, weights, description=""):
        routing = {"AdditionalVersionWeights": weights}
        functions.update_alias(
            FunctionName=FUNCTION, Name="live", FunctionVersion=own, RoutingConfig=routing, Description=description
        )

    return route


def _found(name):
    return checking.look(CHECKS[name], readonly.session("coldstart-14-")).message


RIGHT = [
    ("split-40-60", "1", {"2": 0.6}),
    ("split-40-60", "2", {"1": 0.4}),
    ("shifted", "2", {}),
    ("shifted", "2", {"1": 0.0}),
    ("rolled-back", "1", {}),
    ("rolled-back", "1", {"2": 0.0}),
    ("canary", "1", {"3": 0.1}),
    ("canary", "3", {"1": 0.9}),
]


def test_whatever_gives_the_shares_that_an_exercise_asks_for_passes(greeting, subtests):
    for name, own, weights in RIGHT:
        with subtests.test(name, own=own, weights=weights):
            greeting(own, weights, description="Guests got an error.")
            assert _found(name) == ""


WRONG = [
    ("split-40-60", "1", {}, "`live` sends everything to version 1; give a second version an additional weight."),
    (
        "split-40-60",
        "1",
        {"2": 0.4},
        "`live` sends 0.6 of the calls to version 1 and 0.4 of the calls to version 2; it",
    ),
    (
        "split-40-60",
        "1",
        {"3": 0.6},
        "0.6 of the calls to version 3; it is to be 0.4 to version 1 and 0.6 to version 2.",
    ),
    ("split-40-60", "2", {"1": 1.0}, "`live` sends everything to version 1; give a second version"),
    ("shifted", "2", {"1": 0.4}, "0.4 of the calls to version 1 and 0.6 of the calls to version 2; send everything"),
    ("shifted", "1", {"2": 1.0}, "Everything goes to version 2, but by a weight"),
    ("rolled-back", "1", {"2": 0.1}, "Guests still meet version 2; send everything to version 1."),
    ("rolled-back", "1", {"2": 0.0}, "the alias does not say why"),
    ("canary", "1", {"2": 0.1}, "Version 3 gets no traffic yet"),
    ("canary", "3", {"1": 0.1}, "0.1 of the calls to version 1 and 0.9 of the calls to version 3; it is to be 0.9"),
]


def test_other_shares_are_refused_with_a_sentence_that_is_true(greeting, subtests):
    for name, own, weights, message in WRONG:
        with subtests.test(name, own=own, weights=weights):
            greeting(own, weights)
            assert message in _found(name)
