"""The checks of lab 15 judge what is in a function's layers and what the function answers, not version numbers."""

import json

import boto3
import pytest

from coldstart.lab import checking, package, readonly

PREFIX = "coldstart-15-"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
CHECKS = checking.load("15-layers")


class Workshop:
    """Makes the lab's functions, and gives them layers by the names of their folders."""

    def __init__(self):
        self.aws = boto3.client("lambda")
        created = boto3.client("iam").create_role(RoleName=f"{PREFIX}role", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role, self.arns = created["Role"]["Arn"], {}

    def make(self, *names):
        for name in names:
            self.aws.create_function(
                FunctionName=PREFIX + name,
                Runtime="python3.13",
                Handler=f"{name}.handler",
                Role=self.role,
                Code={"ZipFile": package("15-layers", f"{name}.py")},
            )
            self._wait("function_active_v2", name)

    def give(self, name, *folders):
        self.aws.update_function_configuration(
            FunctionName=PREFIX + name, Layers=[self._layer(folder) for folder in folders]
        )
        self._wait("function_updated_v2", name)

    def _layer(self, folder):
        """Return the ARN of a layer version; both editions of pricing are versions of one layer."""
        if folder not in self.arns:
            published = self.aws.publish_layer_version(
                LayerName=PREFIX + folder.partition("-")[0],
                Description=folder,
                Content={"ZipFile": package("15-layers", folder)},
            )
            self.arns[folder] = published["LayerVersionArn"]
        return self.arns[folder]

    def _wait(self, waiter, name):
        self.aws.get_waiter(waiter).wait(FunctionName=PREFIX + name, WaiterConfig={"Delay": 0.1})


@pytest.fixture
def workshop(here):
    return Workshop()


def said(name):
    return checking.look(CHECKS[name], readonly.session(PREFIX)).message


def test_both_functions_share_the_first_edition(workshop):
    assert "There is no function coldstart-15-checkout yet" in said("shared")
    workshop.make("checkout", "invoice")
    assert said("shared") == "`checkout` has no layer; give it the first edition of `pricing`."
    workshop.give("checkout", "pricing-1")
    assert said("shared") == "`invoice` has no layer; give it the first edition of `pricing`."
    workshop.give("invoice", "pricing-2")
    assert "`invoice` has the layer pricing-2; give it the first edition" in said("shared")
    workshop.give("invoice", "pricing-1")
    assert said("shared") == ""


def test_one_function_moves_and_the_other_stays(workshop):
    workshop.make("checkout", "invoice")
    for name in ("checkout", "invoice"):
        workshop.give(name, "pricing-1")
    assert "`checkout` has the layer pricing-1 and cannot round yet" in said("one-moved")
    workshop.give("checkout", "pricing-2")
    assert said("one-moved") == ""
    workshop.give("invoice", "pricing-2")
    assert "`checkout` is right, but `invoice` has the layer pricing-2" in said("one-moved")


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (["regional", "defaults", "tools"], "`label` prints ** 5 USD **: `defaults` is merged after `regional`"),
        (["defaults", "regional"], "`label` lacks the layer tools; all three stay in the list."),
        (["regional", "tools"], "`label` lacks the layer defaults; all three stay in the list."),
        (["defaults", "regional", "tools"], ""),
        (["tools", "defaults", "regional"], ""),
        (["defaults", "tools", "regional"], ""),
    ],
)
def test_the_later_of_two_layers_wins_and_none_is_left_out(workshop, layers, words):
    workshop.make("label")
    workshop.give("label", *layers)
    message = said("regional-wins")
    assert words in message
    assert bool(message) == bool(words)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (["pricing-2"], "`checkout` has the layer pricing-2; the layer `visits` is not among them."),
        (["visits"], "`checkout` has the layer visits: the second edition of `pricing` is lost."),
        (["pricing-1", "visits"], "the second edition of `pricing` is lost."),
        (["pricing-2", "visits"], ""),
        (["visits", "pricing-2"], ""),
    ],
)
def test_the_extension_comes_beside_what_is_there(workshop, layers, words):
    workshop.make("checkout")
    workshop.give("checkout", *layers)
    message = said("extension")
    assert words in message
    assert bool(message) == bool(words)
