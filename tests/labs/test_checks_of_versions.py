"""The checks of lab 13 judge what the versions quote, not their numbers, and tell wrong ways from one another."""

import json

import boto3
import pytest

from coldstart.lab import checking, package, readonly

FUNCTION, LAYER, ROLE = "coldstart-13-quote", "coldstart-13-terms", "coldstart-13-role"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
CHECKS = checking.load("13-versions")


class Quote:
    """The lab's function: the spring release is version 1, the draft is ready for the summer."""

    def __init__(self):
        self.aws = boto3.client("lambda")
        role = boto3.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        self.aws.create_function(
            FunctionName=FUNCTION,
            Runtime="python3.13",
            Handler="quote.handler",
            Role=role,
            Code={"ZipFile": package("13-versions", "v1")},
            Environment={"Variables": {"SURCHARGE": "0.10"}},
            Layers=[self.layer("terms-1")],
        )
        self.aws.get_waiter("function_active_v2").wait(FunctionName=FUNCTION, WaiterConfig={"Delay": 0.1})
        self.publish("Spring prices")
        self.aws.update_function_code(FunctionName=FUNCTION, ZipFile=package("13-versions", "v2"))
        self.settled()
        self.surcharge("0.25", Layers=[self.layer("terms-2")])

    def layer(self, folder):
        content = {"ZipFile": package("13-versions", folder)}
        return self.aws.publish_layer_version(LayerName=LAYER, Content=content)["LayerVersionArn"]

    def settled(self):
        self.aws.get_waiter("function_updated_v2").wait(FunctionName=FUNCTION, WaiterConfig={"Delay": 0.1})

    def surcharge(self, value, **settings):
        variables = {"Variables": {"SURCHARGE": value}}
        self.aws.update_function_configuration(FunctionName=FUNCTION, Environment=variables, **settings)
        self.settled()
        return self

    def publish(self, description=None):
        given = {"Description": description} if description else {}
        return self.aws.publish_version(FunctionName=FUNCTION, **given)["Version"]

    def delete(self, *numbers):
        for number in numbers:
            self.aws.delete_function(FunctionName=FUNCTION, Qualifier=number)

    def retries(self, count, **qualifier):
        self.aws.put_function_event_invoke_config(FunctionName=FUNCTION, MaximumRetryAttempts=count, **qualifier)

    def mistake(self):
        """As after section 3: version 3 has the mistyped surcharge."""
        self.publish("Summer prices")
        self.surcharge("2.5").publish()

    def weeks(self):
        """As after the first cells of section 5: seven versions, of which one is deleted, and an alias."""
        self.mistake()
        self.surcharge("0.25").publish()
        self.delete("3")
        for week in ("0.26", "0.27", "0.28"):
            self.surcharge(week).publish(f"Surcharge {week}")
        self.aws.create_alias(FunctionName=FUNCTION, Name="audit", FunctionVersion="1")


@pytest.fixture
def quote(here):
    return Quote()


def _found(name):
    return checking.look(CHECKS[name], readonly.session("coldstart-13-")).message


def test_a_release_needs_a_version_the_summer_prices_and_a_description(quote):
    assert "one published version" in _found("release")
    quote.publish()
    assert "Version 2 says nothing about itself" in _found("release")
    quote.surcharge("0.25", Description="Summer").publish()
    assert _found("release") == ""
    quote.surcharge("0.10").publish("Summer")
    assert "Version 4 quotes 22.0 for 10 kg; the summer prices come to 25.0" in _found("release")


def test_a_function_that_was_deleted_as_a_whole_is_told_from_a_version(quote):
    quote.aws.delete_function(FunctionName=FUNCTION)
    assert "Was it deleted without a Qualifier?" in _found("mended")


@pytest.mark.parametrize("delete_first", [True, False])
def test_a_mistake_is_mended_in_either_order(quote, delete_first):
    quote.mistake()
    assert "The draft quotes 70.0" in _found("mended")
    if delete_first:
        quote.delete("3")
    quote.surcharge("0.25")
    assert "nothing was published since the mistake" in _found("mended")
    quote.publish()
    if not delete_first:
        assert "version 3 still quotes 70.0" in _found("mended")
        quote.delete("3")
    assert _found("mended") == ""


def test_mending_takes_a_new_version_even_after_two_releases_of_the_summer(quote):
    quote.publish()
    quote.surcharge("0.25", Description="Summer").publish()
    bad = quote.surcharge("2.5").publish()
    quote.delete(bad)
    quote.surcharge("0.25")
    assert "nothing was published since the mistake" in _found("mended")
    quote.publish()
    assert _found("mended") == ""


def test_mending_spares_the_release_of_the_summer(quote):
    quote.mistake()
    quote.surcharge("0.25").publish()
    quote.delete("2", "3")
    assert "Only version 4 has the summer prices" in _found("mended")


def test_mending_spares_the_version_of_the_spring(quote):
    quote.mistake()
    quote.surcharge("0.25").publish()
    quote.delete("1", "3")
    assert "The version with the spring prices is gone" in _found("mended")


def test_retries_are_those_of_the_newest_version_alone(quote):
    quote.publish("Summer prices")
    quote.retries(1, Qualifier="1")
    assert "Version 2 has no number of retries of its own" in _found("retries")
    quote.retries(1, Qualifier="2")
    assert "MaximumRetryAttempts of version 2 is 1; it should be 0" in _found("retries")
    quote.retries(0, Qualifier="2")
    assert _found("retries") == ""
    quote.retries(0)
    assert "You switched retries off for the draft" in _found("retries")
    quote.aws.delete_function_event_invoke_config(FunctionName=FUNCTION)
    quote.retries(0, Qualifier="1")
    assert "off for `1`; only those of version 2" in _found("retries")


def test_tidying_keeps_what_an_alias_refers_to_and_the_two_newest(quote):
    quote.weeks()
    assert "Nobody needs versions 2, 4, 5 any more" in _found("tidy")
    quote.delete("2", "4")
    assert "Nobody needs version 5 any more" in _found("tidy")
    quote.delete("5")
    assert _found("tidy") == ""
    quote.delete("7")
    assert "The version with the surcharge 0.28 is gone" in _found("tidy")


def test_tidying_leaves_the_alias_where_it_was(quote):
    quote.weeks()
    quote.aws.update_alias(FunctionName=FUNCTION, Name="audit", FunctionVersion="7")
    quote.delete("1", "2", "4", "5")
    assert "`audit` quotes 25.6 for 10 kg" in _found("tidy")
    quote.aws.delete_alias(FunctionName=FUNCTION, Name="audit")
    assert "The alias `audit` is gone" in _found("tidy")
