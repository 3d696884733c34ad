"""Checks of lab 09."""

import json
import math
import os
import time
from contextlib import suppress
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

CHECKOUT, ALARM = "coldstart-09-checkout", "coldstart-09-payments-fail"
GROUP = f"/aws/lambda/{CHECKOUT}"
SECONDS = 20


def _configuration(aws: boto3.Session) -> dict[str, Any]:
    functions = aws.client("lambda")
    try:
        return dict(functions.get_function_configuration(FunctionName=CHECKOUT))
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no function {CHECKOUT} yet; the cells of step 1 create it.") from None


def _pay(aws: boto3.Session, order: str, amount: str) -> dict[str, Any]:
    payment = {"shop": "check", "order": order, "amount": amount, "card": "4000 0000 0000 0002"}
    answer = aws.client("lambda").invoke(FunctionName=CHECKOUT, Payload=json.dumps(payment))
    return {"failed": "FunctionError" in answer, **json.load(answer["Payload"])}


@check("alarm", "An alarm goes off when a payment fails")
def alarm(aws: boto3.Session) -> None:
    _configuration(aws)
    found = aws.client("cloudwatch").describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]
    if not found:
        raise CheckFailed(f"There is no alarm {ALARM} yet.")
    (made,) = found
    if (made.get("Namespace"), made.get("MetricName")) != ("AWS/Lambda", "Errors"):
        raise CheckFailed(
            f"The alarm looks at {made.get('MetricName')}; failing payments are counted by Errors of AWS/Lambda."
        )
    if made["Dimensions"] != [{"Name": "FunctionName", "Value": CHECKOUT}]:
        raise CheckFailed(f"The alarm is to look at the function {CHECKOUT} alone: one dimension, FunctionName.")
    if made.get("Statistic") != "Sum":
        raise CheckFailed(
            f"Errors are counted by their Sum; {made.get('Statistic')} of them says how many there were per invocation at best."
        )
    _threshold(made)
    _missing(made)
    _goes_off(aws)


def _threshold(made: dict[str, Any]) -> None:
    compare, threshold = made["ComparisonOperator"], made["Threshold"]
    at_least = {
        "GreaterThanOrEqualToThreshold": math.ceil(threshold),
        "GreaterThanThreshold": math.floor(threshold) + 1,
    }
    least = at_least.get(compare)  # errors are counted in whole numbers
    if least is None:
        raise CheckFailed(f"The alarm compares by {compare}: it is to go off when errors are many, not few.")
    if least < 1:
        raise CheckFailed("The alarm goes off without any error, too: the threshold is too low.")
    if least > 1:
        raise CheckFailed(f"One error in a minute is to be enough; yours needs {least:g}.")
    if (made["Period"], made["EvaluationPeriods"]) != (60, 1):
        raise CheckFailed(
            f"One period of 60 seconds is to be looked at; yours are {made['EvaluationPeriods']} of {made['Period']}."
        )


def _missing(made: dict[str, Any]) -> None:
    if (told := made.get("TreatMissingData", "missing")) != "notBreaching":
        raise CheckFailed(
            f"A minute without payments is no reason for an alarm, but missing data are treated as {told}."
        )


def _goes_off(aws: boto3.Session) -> None:
    """Fail one payment and wait until the alarm says so, or has said so."""
    cloudwatch = aws.client("cloudwatch")
    _pay(aws, "check-alarm", "no amount")
    until = time.monotonic() + (SECONDS if _here() else 180)
    while time.monotonic() < until:
        if cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]["StateValue"] == "ALARM":
            return
        time.sleep(0.2)
    raise CheckFailed("The alarm is as it should be, but it did not go off; run this cell again in a minute.")


def _here() -> bool:
    return bool(os.environ.get("AWS_ENDPOINT_URL"))


@check("json", "The log is JSON from INFO on, and no card is in it any more")
def json_format(aws: boto3.Session) -> None:
    logging = _configuration(aws)["LoggingConfig"]
    if logging["LogFormat"] != "JSON":
        raise CheckFailed(f"The log format of {CHECKOUT} is still {logging['LogFormat']}.")
    level = logging.get("ApplicationLogLevel", "INFO")
    if level in {"TRACE", "DEBUG"}:
        raise CheckFailed(f"At the level {level} the DEBUG lines stay, with the card in them.")
    if level != "INFO":
        raise CheckFailed(f"At the level {level} the INFO lines are dropped as well; the next step needs them.")
    order = f"check-{time.time_ns()}"
    _pay(aws, order, "1.00")
    if not (written := _written(aws, order)):
        raise CheckFailed("A payment left no line in the log; wait a moment and run this cell again.")
    if any("card" in line for line in written):
        raise CheckFailed("The card is still in the log: DEBUG lines are not dropped yet.")


def _written(aws: boto3.Session, order: str) -> list[str]:
    """Return the lines about an order, once there are any."""
    logs = aws.client("logs")
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with suppress(logs.exceptions.ResourceNotFoundException):  # nothing was written yet
            events = logs.filter_log_events(logGroupName=GROUP, filterPattern=f'"{order}"')["events"]
            if events:
                return [event["message"] for event in events]
        time.sleep(0.1)
    return []


@check("query", "A query counts the payments with a comma, by shop")
def query(aws: boto3.Session) -> None:
    _configuration(aws)
    logs = aws.client("logs")
    asked = logs.describe_queries(logGroupName=GROUP)["queries"]
    counted = [row for entry in asked for row in _rows(logs, entry["queryId"]) if "commas" in row]
    if not counted:
        raise CheckFailed("No query of this log group has counted anything as `commas` yet.")
    if not any("shop" in row for row in counted):
        raise CheckFailed("The query counts commas, but not by shop: it should say which shop sends them.")
    shops = {row["shop"] for row in counted if "shop" in row}
    if not any(row.get("shop") == "lyon" for row in counted):
        raise CheckFailed(
            f"The query finds commas at {', '.join(sorted(shops))}, but not where they are; look at `amount`."
        )
    if all(
        {"leeds", "bergen"} & {row.get("shop") for row in _rows(logs, entry["queryId"])}
        for entry in asked
        if _counts(logs, entry)
    ):
        raise CheckFailed("The query also counts payments without a comma: filter on `amount`.")


def _counts(logs: Any, entry: dict[str, Any]) -> bool:
    return any("commas" in row and "shop" in row for row in _rows(logs, entry["queryId"]))


def _rows(logs: Any, query_id: str) -> list[dict[str, str]]:
    results = logs.get_query_results(queryId=query_id)["results"]
    return [{cell["field"]: cell["value"] for cell in row} for row in results]


@check("repair", "Payments with a point and with a comma come through, with the right total")
def repair(aws: boto3.Session) -> None:
    _configuration(aws)
    answer = _pay(aws, "check-comma", "12,50")
    if answer["failed"]:
        raise CheckFailed(f"A payment of 12,50 still fails: {answer.get('errorMessage')}")
    if answer["total"] != 12.75:
        raise CheckFailed(f"12,50 and its fee of 0,25 make 12.75, not {answer['total']}.")
    point = _pay(aws, "check-point", "12.50")
    if point["failed"] or point["total"] != 12.75:
        raise CheckFailed("Now a payment of 12.50, with a point, is not read as before.")
