"""Checks of lab 13."""

import json
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

FUNCTION = "coldstart-13-quote"
KG = 10
SPRING, SUMMER = (22.0, "30 days"), (25.0, "14 days")
"""What the lab's releases quote for ten kilograms."""
WEEKS = ("0.26", "0.27", "0.28")


def _versions(aws: boto3.Session) -> list[dict[str, Any]]:
    """Return the published versions, the oldest first."""
    functions = aws.client("lambda")
    try:
        pages = list(functions.get_paginator("list_versions_by_function").paginate(FunctionName=FUNCTION))
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(
            f"The function {FUNCTION} is not there. Was it deleted without a Qualifier? Run the lab from its beginning."
        ) from None
    found = [version for page in pages for version in page["Versions"] if version["Version"] != "$LATEST"]
    if not found:
        raise CheckFailed(f"{FUNCTION} has no published version; the first cells of the lab make one.")
    return sorted(found, key=lambda version: int(version["Version"]))


def _quote(aws: boto3.Session, qualifier: str) -> tuple[float, str]:
    """Return price and terms of a version for a parcel of ten kilograms."""
    event = json.dumps({"kg": KG})
    answer = aws.client("lambda").invoke(FunctionName=FUNCTION, Qualifier=qualifier, Payload=event)
    said = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise CheckFailed(f"A call of {qualifier} ends in {said['errorType']}: {said['errorMessage']}")
    return said["price"], said["terms"]


def _listed(numbers: list[str]) -> str:
    return f"version {numbers[0]}" if len(numbers) == 1 else f"versions {', '.join(numbers)}"


def _surcharge(version: dict[str, Any]) -> str:
    value = version.get("Environment", {}).get("Variables", {}).get("SURCHARGE", "")
    return str(value)


def _spring(aws: boto3.Session, versions: list[dict[str, Any]]) -> None:
    """The first version is there and quotes what it always did."""
    if _quote(aws, versions[0]["Version"]) != SPRING:
        raise CheckFailed("The version with the spring prices is gone; nothing but the bad version may be deleted.")


@check("release", "The summer prices are published, with a description, and the spring prices are still there")
def release(aws: boto3.Session) -> None:
    versions = _versions(aws)
    if len(versions) < 2:
        raise CheckFailed("There is one published version, that of the spring. Publish the draft.")
    _spring(aws, versions)
    newest = versions[-1]
    if _quote(aws, newest["Version"]) != SUMMER:
        raise CheckFailed(
            f"Version {newest['Version']} quotes {_quote(aws, newest['Version'])[0]} for {KG} kg; "
            f"the summer prices come to {SUMMER[0]}. Is the draft as section 2 leaves it?"
        )
    if not newest["Description"]:
        raise CheckFailed(
            f"Version {newest['Version']} says nothing about itself. A published version cannot get a description any more: "
            "update the draft's Description and publish again."
        )


@check("mended", "The mistyped surcharge is gone, and a new version has the right one")
def mended(aws: boto3.Session) -> None:
    versions = _versions(aws)
    _spring(aws, versions)
    quotes = {version["Version"]: _quote(aws, version["Version"]) for version in versions}
    right = [number for number, quoted in quotes.items() if quoted == SUMMER]
    if not _published_after_the_mistake([int(number) for number in quotes], [int(number) for number in right]):
        _say_what_is_missing(aws)
    if wrong := [number for number, quoted in quotes.items() if quoted not in (SPRING, SUMMER)]:
        raise CheckFailed(
            f"The new version is right, but {_listed(wrong)} still quotes {quotes[wrong[0]][0]} for {KG} kg."
        )
    if len(right) < 2:
        raise CheckFailed(
            f"Only {_listed(right)} has the summer prices; the one of exercise 1 was to stay beside the new one."
        )


def _published_after_the_mistake(published: list[int], right: list[int]) -> bool:
    """Tell whether a right version is newer than one that is wrong or, as a gap shows, was deleted."""
    mistakes = set(range(published[0] + 1, published[-1] + 1)) - set(right)
    return bool(right) and bool(mistakes) and max(right) > min(mistakes)


def _say_what_is_missing(aws: boto3.Session) -> None:
    draft, _ = _quote(aws, "$LATEST")
    if draft != SUMMER[0]:
        raise CheckFailed(f"The draft quotes {draft} for {KG} kg; with the surcharge at 0.25 it is {SUMMER[0]}.")
    raise CheckFailed(
        "The draft is right again, but nothing was published since the mistake; "
        "beside the version of exercise 1 there should be a new one."
    )


@check("retries", "Failed events of the newest version are not tried again, those of the others are")
def retries(aws: boto3.Session) -> None:
    newest = _versions(aws)[-1]["Version"]
    pages = aws.client("lambda").get_paginator("list_function_event_invoke_configs").paginate(FunctionName=FUNCTION)
    attempts = {
        config["FunctionArn"].rpartition(":")[2]: config.get("MaximumRetryAttempts")
        for page in pages
        for config in page["FunctionEventInvokeConfigs"]
    }
    others = sorted(qualifier for qualifier, count in attempts.items() if count == 0 and qualifier != newest)
    if others:
        what = "the draft" if others[0] in (FUNCTION, "$LATEST") else f"`{others[0]}`"
        raise CheckFailed(f"You switched retries off for {what}; only those of version {newest} should be off.")
    if attempts.get(newest) is None:
        raise CheckFailed(f"Version {newest} has no number of retries of its own yet, so the usual one holds.")
    if attempts[newest] != 0:
        raise CheckFailed(f"MaximumRetryAttempts of version {newest} is {attempts[newest]}; it should be 0.")


@check("tidy", "Only the two newest versions and the one of the alias are left, and they answer")
def tidy(aws: boto3.Session) -> None:
    versions = _versions(aws)
    aliases = aws.client("lambda").list_aliases(FunctionName=FUNCTION)["Aliases"]
    used = {alias["FunctionVersion"] for alias in aliases}
    if not used:
        raise CheckFailed("The alias `audit` is gone; the auditor needs it, and the version it refers to.")
    kept = {_surcharge(version) for version in versions}
    if missing := [week for week in WEEKS[-2:] if week not in kept]:
        raise CheckFailed(f"The version with the surcharge {missing[-1]} is gone; it is one of the two newest.")
    old = [v["Version"] for v in versions if v["Version"] not in used and _surcharge(v) not in WEEKS[-2:]]
    if old:
        raise CheckFailed(f"Nobody needs {_listed(old)} any more: neither an alias nor the two newest. Delete by rule.")
    if _quote(aws, "audit") != SPRING:
        raise CheckFailed(
            f"`audit` quotes {_quote(aws, 'audit')[0]} for {KG} kg; it was to stay with the spring prices."
        )
    for version in versions:
        _quote(aws, version["Version"])
