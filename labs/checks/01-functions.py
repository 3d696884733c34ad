"""Checks of lab 01."""

import base64
import json
import re
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

OLD_PRICE, NEW_PRICE, CURRENCY = 2.5, 3.1, "CHF"
SLOW, LONGEST = 1.2, 5  # seconds: what the carrier may take, and what nobody waits for any more
PREPARATION = 100  # ms: what notice.py sleeps once in each environment


def _settings(aws: boto3.Session, name: str) -> dict[str, Any]:
    """Return the configuration of one of the lab's functions."""
    functions = aws.client("lambda")
    try:
        return dict(functions.get_function_configuration(FunctionName=f"coldstart-01-{name}"))
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no function coldstart-01-{name} yet; the cells above create it.") from None


def _call(aws: boto3.Session, name: str, event: dict[str, object]) -> tuple[Any, Any, str]:
    """Return a function's answer to an event, whether it is an error, and its log."""
    response = aws.client("lambda").invoke(
        FunctionName=f"coldstart-01-{name}", Payload=json.dumps(event), LogType="Tail"
    )
    log = base64.b64decode(response["LogResult"]).decode()
    return json.load(response["Payload"]), response.get("FunctionError"), log


def _invoke(aws: boto3.Session, name: str, event: dict[str, object]) -> Any:
    """Return a function's answer to an event; it must not be an error."""
    answer, failed, _ = _call(aws, name, event)
    if failed:
        raise CheckFailed(
            f"coldstart-01-{name} ends in {answer.get('errorType', 'an error')}: {answer.get('errorMessage', answer)}"
        )
    return answer


def _field(answer: Any, name: str, field: str) -> Any:
    """Return one field of an answer that should be an object."""
    if not isinstance(answer, dict) or field not in answer:
        raise CheckFailed(f'coldstart-01-{name} answers {json.dumps(answer)}, in which there is no "{field}".')
    return answer[field]


@check("handler-found", "Lambda finds the handler of the label function")
def handler_found(aws: boto3.Session) -> None:
    setting = _settings(aws, "label")["Handler"]
    answer, failed, _ = _call(aws, "label", {"name": "Ada", "city": "Bonn"})
    if failed and answer.get("errorType") == "Runtime.HandlerNotFound":
        raise CheckFailed(f"The handler setting is {setting}, and label.py has no function of that name.")
    label = _field(_invoke(aws, "label", {"name": "Ada", "city": "Bonn"}), "label", "label")
    if label != "Ada, BONN":
        raise CheckFailed(f'The label should read "Ada, BONN", but reads "{label}".')


@check("price-raised", "A kilogram costs 3.10, still in francs")
def price_raised(aws: boto3.Session) -> None:
    variables = _settings(aws, "postage").get("Environment", {}).get("Variables", {})
    price = variables.get("PRICE_PER_KG")
    if price is None:
        raise CheckFailed("The postage function has no environment variable PRICE_PER_KG.")
    if not _is_number(price) or float(price) == OLD_PRICE:
        raise CheckFailed(f"PRICE_PER_KG is {price}; it is to be 3.10.")
    if "CURRENCY" not in variables:
        raise CheckFailed("The price is new, but CURRENCY is gone: an update replaces all variables, so send both.")
    if variables["CURRENCY"] != CURRENCY:
        raise CheckFailed(f"CURRENCY was {CURRENCY} and is {variables['CURRENCY']} now; change the price only.")
    found = _field(_invoke(aws, "postage", {"kg": 2}), "postage", "price")
    if found != f"{2 * NEW_PRICE:.2f} {CURRENCY}":
        raise CheckFailed(f"Two kilograms should cost 6.20 CHF, but cost {found}.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@check("one-customer", "A notice names one customer's parcel, and the environment still counts")
def one_customer(aws: boto3.Session) -> None:
    _settings(aws, "notice")
    parcels = ("C-7", "C-8", "C-9")
    answers = [_invoke(aws, "notice", {"parcel": parcel}) for parcel in parcels]
    for parcel, answer in zip(parcels, answers, strict=True):
        told = _field(answer, "notice", "on their way")
        if not isinstance(told, list) or parcel not in told:
            raise CheckFailed(f'The notice about {parcel} does not list it under "on their way": it says {told}.')
        if len(told) > 1:
            raise CheckFailed(f"The customer who waits for {parcel} is told about {len(told)} parcels, not about one.")
    served = [_field(answer, "notice", "served") for answer in answers]
    if max(served) < 2:  # on AWS another environment may answer one of three calls, hardly all
        raise CheckFailed(f"`served` was {served} in three calls: the count should go on from call to call.")
    if min(_milliseconds(aws) for _ in parcels) >= PREPARATION:
        raise CheckFailed(f"Each invocation takes {PREPARATION} ms: the slow line runs again and again in the handler.")


def _milliseconds(aws: boto3.Session) -> float:
    """Return what the handler of one notice took."""
    _, _, log = _call(aws, "notice", {"parcel": "C-9"})
    found = re.search(r"\tDuration: ([\d.]+) ms", log)
    return float(found[1]) if found else 0


@check("timeout-fits", "A slow carrier is waited for, a silent one is not")
def timeout_fits(aws: boto3.Session) -> None:
    timeout = _settings(aws, "carrier")["Timeout"]
    if timeout < SLOW:
        raise CheckFailed(f"The timeout is {timeout} second, less than the {SLOW} seconds that an answer may take.")
    if timeout > LONGEST:
        raise CheckFailed(
            f"With a timeout of {timeout} seconds, a silent carrier is waited and paid for longer than {LONGEST} seconds."
        )
    _field(_invoke(aws, "carrier", {"seconds": SLOW}), "carrier", "place")
