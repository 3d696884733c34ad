"""The checks of lab 01 judge what the functions do, not how the learner brought them there."""

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
CHECKS = checking.load("01-functions")
NOTICE = """
import time
{before}
served = 0
parcels = []
def handler(event, context):
    global served
    {first}
    parcels.append(event["parcel"])
    return {{"on their way": {told}, "served": {counted}}}
"""


@pytest.fixture
def made(here):
    """Makes a function of the lab with other settings or other code than the lab's."""
    functions, iam = boto3.client("lambda"), boto3.client("iam")
    role = iam.create_role(RoleName="coldstart-01-role", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]

    def make(name, source=None, **settings):
        code = _archive(f"{name}.py", source) if source else package("01-functions", f"{name}.py")
        settings = {"Handler": f"{name}.handler", **settings}
        full = f"coldstart-01-{name}"
        functions.create_function(
            FunctionName=full, Runtime="python3.13", Role=role, Code={"ZipFile": code}, **settings
        )
        functions.get_waiter("function_active_v2").wait(FunctionName=full, WaiterConfig={"Delay": 0.1})
        return full

    def judge(check, name, source=None, **settings):
        full = make(name, source, **settings)
        said = checking.look(CHECKS[check], readonly.session("coldstart-01-")).message
        functions.delete_function(FunctionName=full)
        return said

    return judge


def _archive(name, source):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr(name, source)
    return archive.getvalue()


def _variables(**variables):
    return {"Environment": {"Variables": variables}}


LABEL = 'def {name}(event, context):\n    return {{"label": event["name"] + ", " + event["city"].{how}()}}\n'
CASES = [
    ("handler-found", "label", None, {"Handler": "label.write_label"}, ""),
    ("handler-found", "label", LABEL.format(name="handler", how="upper"), {}, ""),
    ("handler-found", "label", None, {}, "The handler setting is label.handler, and label.py has no function of"),
    ("handler-found", "label", None, {"Handler": "label.print"}, "The handler setting is label.print, and label.py"),
    ("handler-found", "label", None, {"Handler": "write_label"}, "ends in Runtime.MalformedHandlerName"),
    ("handler-found", "label", LABEL.format(name="handler", how="lower"), {}, 'reads "Ada, bonn"'),
    ("price-raised", "postage", None, _variables(PRICE_PER_KG="3.1", CURRENCY="CHF"), ""),
    ("price-raised", "postage", None, {}, "has no environment variable PRICE_PER_KG"),
    ("price-raised", "postage", None, _variables(PRICE_PER_KG="2.50", CURRENCY="CHF"), "is 2.50; it is to be 3.10"),
    ("price-raised", "postage", None, _variables(PRICE_PER_KG="3,10", CURRENCY="CHF"), "is 3,10; it is to be 3.10"),
    ("price-raised", "postage", None, _variables(PRICE_PER_KG="3.10"), "CURRENCY is gone"),
    ("price-raised", "postage", None, _variables(PRICE_PER_KG="3.10", CURRENCY="EUR"), "was CHF and is EUR now"),
    ("price-raised", "postage", None, _variables(PRICE_PER_KG="31", CURRENCY="CHF"), "but cost 62.00 CHF"),
    ("timeout-fits", "carrier", None, {"Timeout": 2}, ""),
    ("timeout-fits", "carrier", None, {"Timeout": 5}, ""),
    ("timeout-fits", "carrier", None, {"Timeout": 1}, "less than the 1.2 seconds"),
    ("timeout-fits", "carrier", None, {"Timeout": 900}, "With a timeout of 900 seconds"),
]
REWRITTEN = [
    ({"told": '[event["parcel"]]'}, ""),
    ({"first": "served += 1; parcels.clear()", "told": "parcels"}, ""),
    ({"told": "parcels"}, "The customer who waits for C-8 is told about 2 parcels, not about one."),
    ({"told": "[]"}, 'The notice about C-7 does not list it under "on their way"'),
    ({"told": '[event["parcel"]]', "counted": "1"}, "the count should go on from call to call"),
    ({"told": '[event["parcel"]]', "first": "served += 1; time.sleep(0.1)", "before": ""}, "the slow line runs again"),
    ({"told": "event['parcels']"}, "coldstart-01-notice ends in KeyError: 'parcels'"),
]


def test_what_an_exercise_asks_for_passes_and_the_rest_fails_with_a_sentence_that_is_true(made, subtests):
    for check, name, source, settings, message in CASES:
        with subtests.test(check, **settings):
            said = made(check, name, source, **settings)
            assert message in said
            assert bool(said) == bool(message)


def test_a_notice_may_be_written_in_any_way_that_tells_one_parcel_and_counts(made, subtests):
    for parts, message in REWRITTEN:
        with subtests.test(**parts):
            source = NOTICE.format(
                **{"before": "time.sleep(0.1)", "first": "served += 1", "counted": "served", **parts}
            )
            said = made("one-customer", "notice", source)
            assert message in said
            assert bool(said) == bool(message)
