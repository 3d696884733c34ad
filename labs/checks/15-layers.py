"""Checks of lab 15."""

import base64
import json
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

PREFIX = "coldstart-15-"
NET = {"net": 99}
ROUNDED = 118


def _layers(aws: boto3.Session, name: str) -> list[str]:
    """Return what is in a function's layers, ``pricing-1`` for its first edition, in the order of its configuration."""
    functions = aws.client("lambda")
    try:
        configuration = functions.get_function_configuration(FunctionName=PREFIX + name)
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"There is no function {PREFIX}{name} yet; the cells above create it.") from None
    return [_content(functions, layer["Arn"]) for layer in configuration.get("Layers", [])]


def _content(functions: Any, arn: str) -> str:
    """Return the description of a layer version, which the lab gives it; its name where there is none."""
    try:
        found = functions.get_layer_version_by_arn(Arn=arn)
    except functions.exceptions.ResourceNotFoundException:
        found = {}
    return str(found.get("Description") or arn.split(":")[-2].removeprefix(PREFIX))


def _invoke(aws: boto3.Session, name: str, event: dict[str, Any]) -> tuple[Any, str]:
    """Return a function's answer and the end of its log; it must not fail."""
    answer = aws.client("lambda").invoke(FunctionName=PREFIX + name, Payload=json.dumps(event), LogType="Tail")
    payload = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise CheckFailed(f"`{name}` fails: {payload.get('errorMessage', payload)}")
    return payload, base64.b64decode(answer["LogResult"]).decode()


def _total(aws: boto3.Session) -> int:
    """Return what a customer pays for 99 cents."""
    payload, _ = _invoke(aws, "checkout", NET)
    return int(payload["total"])


@check("shared", "`checkout` and `invoice` share the first edition of the layer `pricing`")
def shared(aws: boto3.Session) -> None:
    for name in ("checkout", "invoice"):
        if "pricing-1" not in (found := _layers(aws, name)):
            raise CheckFailed(f"`{name}` has {_told(found)}; give it the first edition of `pricing`.")
        _invoke(aws, name, NET)


@check("one-moved", "`checkout` uses the second edition of `pricing`, `invoice` still the first")
def one_moved(aws: boto3.Session) -> None:
    checkout, invoice = _layers(aws, "checkout"), _layers(aws, "invoice")
    if "pricing-2" not in checkout:
        raise CheckFailed(
            f"`checkout` has {_told(checkout)} and cannot round yet; give it the second edition of `pricing`."
        )
    if "pricing-1" not in invoice:
        raise CheckFailed(f"`checkout` is right, but `invoice` has {_told(invoice)}; it stays on the first edition.")
    if (total := _total(aws)) != ROUNDED:
        raise CheckFailed(f"The layers are right, but `checkout` answers {total} cents for 99 net, not {ROUNDED}.")


@check("regional-wins", "`label` has all three layers and prints euros")
def regional_wins(aws: boto3.Session) -> None:
    found = _layers(aws, "label")
    if missing := [name for name in ("defaults", "regional", "tools") if name not in found]:
        raise CheckFailed(f"`label` lacks the layer {', '.join(missing)}; all three stay in the list.")
    tag, _ = _invoke(aws, "label", {"price": 5})
    if "EUR" not in str(tag):
        raise CheckFailed(f"`label` prints {tag}: `defaults` is merged after `regional` and replaces its file.")


@check("extension", "`checkout` runs the extension `visits` and still computes prices")
def extension(aws: boto3.Session) -> None:
    found = _layers(aws, "checkout")
    if "visits" not in found:
        raise CheckFailed(f"`checkout` has {_told(found)}; the layer `visits` is not among them.")
    if "pricing-2" not in found:
        raise CheckFailed(
            f"The extension is there, but `checkout` has {_told(found)}: the second edition of `pricing` is lost."
        )
    _, log = _invoke(aws, "checkout", NET)
    if "visits:" not in log:
        raise CheckFailed("The layers are right, but the extension wrote nothing: is its file under `extensions/`?")


def _told(layers: list[str]) -> str:
    """Return layers in words."""
    return f"the layers {', '.join(layers)}" if len(layers) > 1 else f"the layer {layers[0]}" if layers else "no layer"
