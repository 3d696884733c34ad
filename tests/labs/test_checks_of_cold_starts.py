"""The checks of lab 12 judge how many may run and who is ready, and tell near misses apart."""

import io
import json
import zipfile

import boto3
import pytest

from coldstart.lab import checking, package, readonly

TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
CHECKS = checking.load("12-cold-starts")
SHOP = 'def handler(event, context):\n    return {{"sold by": "{kind}"}}\n'
BROKEN = "def handler(event, context):\n    raise ValueError('sold out')\n"


@pytest.fixture
def functions(here):
    """Lambda's client, with the role of the lab there."""
    document = json.dumps(TRUST)
    boto3.client("iam").create_role(RoleName="coldstart-12-role", AssumeRolePolicyDocument=document)
    return boto3.client("lambda")


@pytest.fixture
def make(functions):
    """Makes a function of the lab, of its own code if none is given."""

    def make(name, source=None, **settings):
        code = _archive(f"{name}.py", source) if source else package("12-cold-starts", f"{name}.py")
        full = f"coldstart-12-{name}"
        functions.create_function(
            FunctionName=full,
            Runtime="python3.13",
            Role="arn:aws:iam::000000000000:role/coldstart-12-role",
            Handler=f"{name}.handler",
            Timeout=10,
            Code={"ZipFile": code},
            **settings,
        )
        functions.get_waiter("function_active_v2").wait(FunctionName=full, WaiterConfig={"Delay": 0.1})
        return full

    return make


def _archive(name, source):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr(name, source)
    return archive.getvalue()


def said(check):
    return checking.look(CHECKS[check], readonly.session("coldstart-12-")).message


def test_a_function_that_is_gone_is_named(functions):
    assert "There is no function coldstart-12-tickets" in said("capped")
    assert "There is no function coldstart-12-mailer" in said("stopped")
    assert "There is no function coldstart-12-tickets" in said("warm-on-live")
    assert "There is no function coldstart-12-shop" in said("caller-uses-live")


def test_the_cap_is_what_the_formula_says(functions, make):
    name = make("tickets")
    assert said("capped") == "Nothing is reserved for coldstart-12-tickets: it takes whatever the account has."
    for number, words in ((100, "100 are reserved. The formula"), (0, "0 are reserved. The formula"), (4, "")):
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=number)
        assert said("capped").startswith(words), number
    assert said("capped") == ""


def test_the_mailer_is_stopped_when_nothing_is_left_for_it(functions, make):
    name = make("mailer")
    assert "may still take every environment" in said("stopped")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    assert "still has 1 reserved" in said("stopped")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    assert said("stopped") == ""


def test_the_environments_belong_to_the_alias(functions, make):
    name = make("tickets")
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    assert said("warm-on-live") == "The tickets function has no provisioned concurrency yet."
    _provide(functions, version, 2)
    assert f"The environments belong to version {version}." in said("warm-on-live")
    functions.delete_provisioned_concurrency_config(FunctionName=name, Qualifier=version)
    _provide(functions, "live", 1)
    assert said("warm-on-live") == "The alias `live` asks for 1, not for 2."
    _provide(functions, "live", 2)
    assert said("warm-on-live") == ""


def _provide(functions, qualifier, number):
    wanted = {"FunctionName": "coldstart-12-tickets", "Qualifier": qualifier}
    functions.put_provisioned_concurrency_config(**wanted, ProvisionedConcurrentExecutions=number)
    while functions.get_provisioned_concurrency_config(**wanted)["Status"] == "IN_PROGRESS":
        pass


@pytest.mark.parametrize(
    ("target", "kind", "words"),
    [
        ("coldstart-12-tickets", "on-demand", "which means `$LATEST`"),
        ("coldstart-12-tickets:$LATEST", "on-demand", "which means `$LATEST`"),
        ("coldstart-12-tickets:1", "provisioned-concurrency", "version 1 for ever"),
        ("live", "on-demand", "which names no function"),
        ("coldstart-12-tickets:beta", "on-demand", "not the alias that has the environments"),
        ("coldstart-12-tickets:live", "on-demand", "an environment on-demand sold"),
        ("coldstart-12-tickets:live", "provisioned-concurrency", ""),
        ("arn:aws:lambda:us-east-1:000000000000:function:coldstart-12-tickets:live", "provisioned-concurrency", ""),
    ],
)
def test_the_shop_sells_through_the_alias(make, target, kind, words):
    make("shop", SHOP.format(kind=kind), Environment={"Variables": {"TARGET": target}})
    message = said("caller-uses-live")
    assert words in message
    assert bool(message) == bool(words)


def test_a_shop_that_fails_says_how(make):
    make("shop", BROKEN, Environment={"Variables": {"TARGET": "coldstart-12-tickets:live"}})
    assert said("caller-uses-live") == "The shop fails: sold out"


def test_a_shop_without_a_target_is_told(make):
    make("shop", SHOP.format(kind="on-demand"))
    assert "no environment variable TARGET" in said("caller-uses-live")
