"""The checks of lab 09 look at when the alarm goes off, at what is in the log and at what a query found."""

import json
import time
from contextlib import suppress

import boto3
import pytest

from coldstart.lab import checking, package, readonly

CHECKOUT, FEES, ROLE = "coldstart-09-checkout", "coldstart-09-fees", "coldstart-09-role"
GROUP, ALARM = f"/aws/lambda/{CHECKOUT}", "coldstart-09-payments-fail"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
POLICIES = ("AWSLambdaBasicExecutionRole", "AWSLambdaRole")
SHOPS = {"bergen": "12.50", "leeds": "8.00", "lyon": "12,50"}
RIGHT = {
    "AlarmName": ALARM,
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "FunctionName", "Value": CHECKOUT}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    "TreatMissingData": "notBreaching",
}
CHECKS = checking.load("09-observability")


class Checkout:
    """The lab's application, as a learner may configure it."""

    def __init__(self):
        self.functions, self.logs = boto3.client("lambda"), boto3.client("logs")
        self.cloudwatch = boto3.client("cloudwatch")
        iam = boto3.client("iam")
        self.role = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        for policy in POLICIES:
            iam.attach_role_policy(RoleName=ROLE, PolicyArn=f"arn:aws:iam::aws:policy/service-role/{policy}")
        for name, module in ((CHECKOUT, "checkout"), (FEES, "fees")):
            self._make(name, module)

    def _make(self, name, module):
        self.functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler=f"{module}.handler",
            Role=self.role,
            Code={"ZipFile": package("09-observability", f"{module}.py")},
            Timeout=15,
            Environment={"Variables": {"FEES": FEES}},
        )
        self.functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.1})

    def alarm(self, **different):
        self.cloudwatch.put_metric_alarm(**{**RIGHT, **different})

    def log(self, **logging):
        self.functions.update_function_configuration(FunctionName=CHECKOUT, LoggingConfig=logging)
        self.functions.get_waiter("function_updated_v2").wait(FunctionName=CHECKOUT, WaiterConfig={"Delay": 0.1})

    def pay(self):
        for shop, amount in SHOPS.items():
            payment = {"shop": shop, "order": f"{shop}-1", "amount": amount, "card": "4000 0000 0000 0002"}
            self.functions.invoke(FunctionName=CHECKOUT, Payload=json.dumps(payment))
        until = time.monotonic() + 30
        while len(self._payments()) < len(SHOPS) and time.monotonic() < until:
            time.sleep(0.1)

    def _payments(self):
        with suppress(self.logs.exceptions.ResourceNotFoundException):  # until the first line is there
            return self.logs.filter_log_events(logGroupName=GROUP, filterPattern='{ $.message = "payment" }')["events"]
        return []

    def ask(self, query):
        now = int(time.time())
        self.logs.start_query(logGroupName=GROUP, startTime=now - 600, endTime=now + 60, queryString=query)


@pytest.fixture
def checkout(here):
    return Checkout()


def _found(name):
    return checking.look(CHECKS[name], readonly.session("coldstart-09-")).message


WRONG_ALARMS = [
    ({"MetricName": "Throttles"}, "The alarm looks at Throttles; failing payments are counted by Errors"),
    ({"Dimensions": [{"Name": "FunctionName", "Value": FEES}]}, f"look at the function {CHECKOUT} alone"),
    ({"Dimensions": []}, f"look at the function {CHECKOUT} alone"),
    ({"Statistic": "Average"}, "Errors are counted by their Sum"),
    ({"ComparisonOperator": "GreaterThanThreshold"}, "One error in a minute is to be enough; yours needs 2."),
    ({"ComparisonOperator": "LessThanThreshold"}, "The alarm compares by LessThanThreshold"),
    ({"Threshold": 0}, "The alarm goes off without any error, too"),
    ({"EvaluationPeriods": 3}, "One period of 60 seconds is to be looked at; yours are 3 of 60."),
    ({"TreatMissingData": "breaching"}, "missing data are treated as breaching"),
]
RIGHT_ALARMS = [
    {},
    {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 0},
    {"ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.5},
    {"Threshold": 0.5},
]


def test_an_alarm_is_judged_by_what_it_goes_off_for(checkout, subtests):
    for different, message in WRONG_ALARMS:
        with subtests.test(message):
            checkout.alarm(**different)
            assert message in _found("alarm")
    for different in RIGHT_ALARMS:
        with subtests.test(**different):
            checkout.alarm(**different)
            assert _found("alarm") == ""


WRONG_LOGS = [
    ({"LogFormat": "Text"}, f"The log format of {CHECKOUT} is still Text."),
    ({"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"}, "At the level DEBUG the DEBUG lines stay"),
    ({"LogFormat": "JSON", "ApplicationLogLevel": "WARN"}, "At the level WARN the INFO lines are dropped as well"),
]


def test_a_log_is_to_be_json_without_cards(checkout, subtests):
    for logging, message in WRONG_LOGS:
        with subtests.test(message):
            checkout.log(**logging)
            assert message in _found("json")
    checkout.log(LogFormat="JSON")  # INFO is the level that JSON has at first
    assert _found("json") == ""


PAYMENTS = 'filter message = "payment"'
WRONG_QUERIES = [
    (f"{PAYMENTS} | stats count(*) as found by shop", "No query of this log group has counted anything as `commas`"),
    (f"{PAYMENTS} and amount like /,/ | stats count(*) as commas", "The query counts commas, but not by shop"),
    (f"{PAYMENTS} | stats count(*) as commas by shop", "The query also counts payments without a comma"),
]
RIGHT_QUERY = f"fields strcontains(amount, ',') as comma | {PAYMENTS} and comma = 1 | stats count(*) as commas by shop"


def test_a_query_is_to_find_commas_by_shop(checkout, subtests):
    checkout.log(LogFormat="JSON")
    checkout.pay()
    for query, message in WRONG_QUERIES:
        with subtests.test(message):
            checkout.ask(query)
            assert message in _found("query")
    checkout.ask(RIGHT_QUERY)
    assert _found("query") == ""
