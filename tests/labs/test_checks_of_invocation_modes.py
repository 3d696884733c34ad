"""The checks of lab 10 count attempts, and tell a client that looks from one that calls twice in any case."""

import json

import boto3
import pytest

from coldstart.lab import checking, package, readonly

FUNCTION = "coldstart-10-reserve"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
LOGGING = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
CHECKS = checking.load("10-invocation-modes")


@pytest.fixture
def call(here):
    """Calls the lab's function, which is made for it."""
    iam, functions = boto3.client("iam"), boto3.client("lambda")
    role = iam.create_role(RoleName="coldstart-10-role", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    iam.attach_role_policy(RoleName="coldstart-10-role", PolicyArn=LOGGING)
    functions.create_function(
        FunctionName=FUNCTION,
        Runtime="python3.13",
        Handler="reserve.handler",
        Role=role["Arn"],
        Code={"ZipFile": package("10-invocation-modes", "reserve.py")},
        Timeout=10,
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=FUNCTION, WaiterConfig={"Delay": 0.1})
    return lambda **event: functions.invoke(FunctionName=FUNCTION, Payload=json.dumps(event))


def said(check):
    return checking.look(CHECKS[check], readonly.session("coldstart-10-")).message


def looks(call, **event):
    if call(**event).get("FunctionError"):
        call(**event)


def until_it_succeeds(call, **event):
    while "FunctionError" in call(**event):
        pass


def always_twice(call, **event):
    call(**event)
    call(**event)


def by_the_status(call, **event):
    if call(**event)["StatusCode"] != 200:
        call(**event)


@pytest.mark.parametrize(
    ("reserve", "words"),
    [
        (looks, ""),
        (until_it_succeeds, ""),
        (always_twice, "A-4 2 times, where 2 and 1 are right"),
        (by_the_status, "look for FunctionError"),
    ],
)
def test_a_client_calls_again_after_an_error_and_only_then(call, reserve, words):
    reserve(call, order="A-3", fails="once")
    reserve(call, order="A-4")
    found = said("client-retries")
    assert words in found if words else not found


def test_an_order_that_is_missing_is_named(call):
    assert "not seen order A-3" in said("client-retries")
    looks(call, order="A-3", fails="once")
    assert "not seen order A-4" in said("client-retries")


def test_one_retry_is_not_none(call):
    functions = boto3.client("lambda")
    functions.put_function_event_invoke_config(FunctionName=FUNCTION, MaximumRetryAttempts=1)
    assert "MaximumRetryAttempts is 1" in said("no-retry")
    functions.put_function_event_invoke_config(FunctionName=FUNCTION, MaximumRetryAttempts=0)
    assert "Now hand over order B-2" in said("no-retry")
    always_twice(call, order="B-2", fails="always")
    assert "B-2 has 2 attempts, not 1" in said("no-retry")
