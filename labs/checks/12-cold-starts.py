"""Checks of lab 12."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from coldstart.lab.checking import CheckFailed, check

PREFIX = "coldstart-12-"
PLACES, READY = 4, 2  # what the exercises ask for
CROWD = 6  # customers at the same moment
HOLDS = (0.3, 1.0, 2.0)  # seconds that a payment takes; longer where threads are slow to start
PROVISIONED = "provisioned-concurrency"


def _client(aws: boto3.Session) -> Any:
    """Return a client of Lambda that shows the first answer."""
    return aws.client("lambda", config=Config(retries={"total_max_attempts": 1}, max_pool_connections=CROWD))


def _asked(aws: boto3.Session, operation: str, name: str) -> dict[str, Any]:
    """Return what an operation of Lambda says about one of the lab's functions."""
    functions = aws.client("lambda")
    try:
        return dict(getattr(functions, operation)(FunctionName=PREFIX + name))
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no function {PREFIX}{name}; the cells above create it.") from None


def _reserved(aws: boto3.Session, name: str) -> int | None:
    """Return how many environments are reserved for a function, None if nobody has said."""
    number = _asked(aws, "get_function_concurrency", name).get("ReservedConcurrentExecutions")
    return None if number is None else int(number)


def _sell(functions: Any, seconds: float = 0, **where: str) -> dict[str, Any] | None:
    """Return what the tickets function answers, None if Lambda refuses for want of concurrency."""
    try:
        answer = functions.invoke(
            FunctionName=f"{PREFIX}tickets", Payload=json.dumps({"seconds": seconds}), LogType="Tail", **where
        )
    except functions.exceptions.TooManyRequestsException:
        return None
    payload = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise CheckFailed(f"The tickets function ends in an error: {payload.get('errorMessage', payload)}")
    return dict(payload)


@check("capped", "The tickets function has what the formula says, and no more")
def capped(aws: boto3.Session) -> None:
    number = _reserved(aws, "tickets")
    if number is None:
        raise CheckFailed("Nothing is reserved for coldstart-12-tickets: it takes whatever the account has.")
    if number != PLACES:
        raise CheckFailed(
            f"{number} are reserved. The formula: 20 customers a second, each 0.2 seconds, make {PLACES} at a time."
        )
    functions = _client(aws)
    for seconds in HOLDS:
        with ThreadPoolExecutor(CROWD) as crowd:
            sales = list(crowd.map(lambda _, seconds=seconds: _sell(functions, seconds), range(CROWD)))
        if None in sales:
            return
    raise CheckFailed(f"{PLACES} are reserved, but {CROWD} customers at the same moment were all served.")


@check("stopped", "Nobody can run the mailer, and it is still there")
def stopped(aws: boto3.Session) -> None:
    number = _reserved(aws, "mailer")
    if number is None:
        raise CheckFailed("coldstart-12-mailer may still take every environment that the account can spare.")
    if number > 0:
        raise CheckFailed(f"coldstart-12-mailer still has {number} reserved: so many can run at the same time.")
    functions = _client(aws)
    try:
        functions.invoke(FunctionName=f"{PREFIX}mailer")
    except functions.exceptions.TooManyRequestsException:
        return
    raise CheckFailed("Nothing is reserved for coldstart-12-mailer, but it still answers.")


@check("warm-on-live", "Two environments are ready for the alias `live`")
def warm_on_live(aws: boto3.Session) -> None:
    functions = _client(aws)
    configs = _asked(aws, "list_provisioned_concurrency_configs", "tickets")["ProvisionedConcurrencyConfigs"]
    found = [config["FunctionArn"].rpartition(":")[2] for config in configs]
    if not found:
        raise CheckFailed("The tickets function has no provisioned concurrency yet.")
    if "live" not in found:
        raise CheckFailed(
            f"The environments belong to version {', '.join(found)}. Give them to the alias `live` instead: "
            "then they follow it to the next version."
        )
    config = functions.get_provisioned_concurrency_config(FunctionName=f"{PREFIX}tickets", Qualifier="live")
    if (number := config["RequestedProvisionedConcurrentExecutions"]) != READY:
        raise CheckFailed(f"The alias `live` asks for {number}, not for {READY}.")
    if config["Status"] != "READY":
        raise CheckFailed(f"The environments of `live` are {config['Status']}; wait until they are READY.")
    sale = _sell(functions, Qualifier="live")
    if sale is None or sale["kind"] != PROVISIONED:
        raise CheckFailed(f"The alias `live` has {READY}, but none of them served: {sale and sale['kind']}.")


@check("caller-uses-live", "The shop sells from an environment that was ready")
def caller_uses_live(aws: boto3.Session) -> None:
    variables = _asked(aws, "get_function_configuration", "shop").get("Environment", {}).get("Variables", {})
    if "TARGET" not in variables:
        raise CheckFailed("The shop has no environment variable TARGET any more; it does not know what to invoke.")
    target = variables["TARGET"]
    if not target.endswith(":live"):
        raise CheckFailed(f"TARGET is {target}{_meaning(target)}")
    payload = _shop(aws)
    if payload.get("sold by") != PROVISIONED:
        raise CheckFailed(
            f"TARGET names `live`, but an environment {payload.get('sold by')} sold: are two provisioned and READY?"
        )


def _meaning(target: str) -> str:
    """Say what a wrong target leads to."""
    if f"{PREFIX}tickets" not in target:
        return ", which names no function: write the function's name, and the alias behind it."
    qualifier = target.rpartition(f"{PREFIX}tickets")[2].removeprefix(":")
    if qualifier.isdigit():
        return f": version {qualifier} for ever. With the alias `live` the shop need not change at the next version."
    return (
        ", which means `$LATEST`: nothing is provisioned for that."
        if not qualifier or qualifier == "$LATEST"
        else (", which is not the alias that has the environments.")
    )


def _shop(aws: boto3.Session) -> dict[str, Any]:
    """Return what the shop answers; an error is told."""
    functions = _client(aws)
    try:
        answer = functions.invoke(FunctionName=f"{PREFIX}shop")
    except ClientError as refusal:
        raise CheckFailed(f"The shop cannot be invoked: {refusal.response['Error']['Message']}") from None
    payload = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise CheckFailed(f"The shop fails: {payload.get('errorMessage', payload)}")
    return dict(payload)
