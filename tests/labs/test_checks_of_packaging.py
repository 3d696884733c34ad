"""The checks of lab 03 judge what the functions do, not how the learner brought them there."""

import json

import boto3
import pytest

from coldstart.lab import checking, face, package, readonly

SLUG = "03-packaging"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
CHECKS = checking.load(SLUG)
ZIP = {"Runtime": "python3.13", "Handler": "parcels.handler"}
RETURNS = {"ImageConfig": {"Command": ["returns.handler"]}}


class Account:
    """Makes what a learner may have made."""

    def __init__(self):
        self.functions, self.ecr, iam = boto3.client("lambda"), boto3.client("ecr"), boto3.client("iam")
        made = iam.create_role(RoleName="coldstart-03-role", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role = made["Role"]["Arn"]

    def push(self, dockerfile, tag="current", repository="coldstart-03-parcels"):
        if repository not in [each["repositoryName"] for each in self.ecr.describe_repositories()["repositories"]]:
            self.ecr.create_repository(repositoryName=repository)
        uri = self.ecr.describe_repositories(repositoryNames=[repository])["repositories"][0]["repositoryUri"]
        face.begin(SLUG)
        face.image(SLUG, dockerfile, f"{uri}:{tag}")
        return f"{uri}:{tag}"

    def zip(self, name, *files, **settings):
        return self._create(name, Code={"ZipFile": package(SLUG, *files)}, **{**ZIP, **settings})

    def image(self, name, uri, **settings):
        return self._create(name, PackageType="Image", Code={"ImageUri": uri}, **settings)

    def _create(self, name, **settings):
        self.functions.create_function(FunctionName=f"coldstart-03-{name}", Role=self.role, **settings)
        self.ready(name)

    def ready(self, name):
        for waiter in ("function_active_v2", "function_updated_v2"):
            found = self.functions.get_waiter(waiter)
            found.wait(FunctionName=f"coldstart-03-{name}", WaiterConfig={"Delay": 0.1, "MaxAttempts": 900})

    def update(self, uri, *names):
        for name in names:
            self.functions.update_function_code(FunctionName=f"coldstart-03-{name}", ImageUri=uri)
            self.ready(name)


@pytest.fixture
def account(here):
    return Account()


def said(check):
    return checking.look(CHECKS[check], readonly.session("coldstart-03-")).message


@pytest.mark.parametrize(
    ("files", "handler", "words"),
    [
        (["app"], "parcels.handler", ""),
        (["app", "rates-2027.json"], "parcels.handler", ""),
        (["."], "parcels.handler", "Is everything in `app` at the root of the archive?"),
        (["."], "app.parcels.handler", "set it back to parcels.handler, and mend the archive instead"),
        (["app"], "returns.handler", "Its handler is returns.handler now"),
        (["app/parcels.py"], "parcels.handler", "Is everything in `app` at the root of the archive?"),
    ],
)
def test_an_archive_has_to_hold_everything_where_python_looks(account, files, handler, words):
    account.zip("zipped", *files, Handler=handler)
    assert words in said("zip-works")
    assert bool(words) == bool(said("zip-works"))


def test_an_archive_that_would_have_fitted_into_the_request_is_noticed(account):
    account.zip("heavy", "app")
    assert "it is to be the one with the model in it" in said("through-s3")


@pytest.mark.parametrize(
    ("name", "check", "settings", "words"),
    [
        ("image", "from-image", {}, ""),
        ("image", "from-image", RETURNS, "without a price; another handler must have run"),
        ("returns", "second-command", RETURNS, ""),
        ("returns", "second-command", {}, "runs the image's own CMD and gives a price; override its Command"),
        (
            "returns",
            "second-command",
            {"ImageConfig": {"Command": ["parcels.may_write"]}},
            "a parcel of 3 kg has a refund of 5",
        ),
        ("returns", "second-command", {"ImageConfig": {"Command": ["refunds.handler"]}}, "No module named 'refunds'"),
    ],
)
def test_a_function_of_the_image_has_to_run_the_handler_of_its_exercise(account, name, check, settings, words):
    account.image(name, account.push("Dockerfile"), **settings)
    assert words in said(check)
    assert bool(words) == bool(said(check))


def test_an_archive_is_no_image_and_another_repository_not_the_shops(account):
    account.zip("image", "app")
    assert "delete it, and create it with PackageType Image" in said("from-image")
    account.image("returns", account.push("Dockerfile", repository="elsewhere"), **RETURNS)
    assert "it is to be one of coldstart-03-parcels" in said("second-command")


def test_the_rates_of_next_year_do_not_pass_for_those_of_today(account):
    account.image("image", account.push("Dockerfile.2027"))
    assert "prices a parcel of 3 kg at 11, not at 10" in said("from-image")


def test_new_rates_have_to_reach_both_functions_by_tag_or_by_digest(account):
    uri = account.push("Dockerfile")
    account.image("image", uri)
    account.image("returns", uri, **RETURNS)
    assert "gives a price of 10, not of 11" in said("new-rates")
    account.push("Dockerfile.2027")
    assert "`coldstart-03-image` still runs an image that the tag `current` named before" in said("new-rates")
    account.update(uri, "image")
    assert "`coldstart-03-returns` still runs an image" in said("new-rates")
    tagged = account.ecr.describe_images(repositoryName="coldstart-03-parcels", imageIds=[{"imageTag": "current"}])[
        "imageDetails"
    ][0]["imageDigest"]
    account.update(f"{uri.rpartition(':')[0]}@{tagged}", "returns")
    assert said("new-rates") == ""
