"""Checks of lab 14."""

import json
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

FUNCTION = "coldstart-14-greeting"
DRAWS = 60  # all on one version at 40/60: once in 20 million million tries, more than 7 sigma


def _alias(aws: boto3.Session) -> tuple[dict[str, float], dict[str, Any]]:
    """Return each version's share of the alias `live`, those with none left out, and the alias as AWS tells it."""
    functions = aws.client("lambda")
    try:
        alias = functions.get_alias(FunctionName=FUNCTION, Name="live")
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"{FUNCTION} has no alias `live` yet; the cells above create it.") from None
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    shares = {alias["FunctionVersion"]: round(1 - sum(weights.values()), 6), **weights}
    return {version: share for version, share in sorted(shares.items()) if share}, alias


def _told(shares: dict[str, float]) -> str:
    """Return shares in words."""
    if len(shares) == 1:
        return f"everything to version {next(iter(shares))}"
    return " and ".join(f"{share:.4g} of the calls to version {version}" for version, share in shares.items())


def _both_answer(aws: boto3.Session) -> bool:
    """Call the alias until two versions have answered; with a weight on each it hardly takes more than a few calls."""
    seen = set()
    for _ in range(DRAWS):
        seen.add(_invoke(aws, "live", '{"name": "Ada"}')["ExecutedVersion"])
        if len(seen) > 1:
            return True
    return False


def _invoke(aws: boto3.Session, qualifier: str, event: str) -> dict[str, Any]:
    """Invoke the function, which must not fail."""
    answer: dict[str, Any] = aws.client("lambda").invoke(FunctionName=FUNCTION, Qualifier=qualifier, Payload=event)
    if "FunctionError" in answer:
        error = json.load(answer["Payload"])
        raise CheckFailed(f"A call of `{qualifier}` with {event} ends in {error['errorType']}: {error['errorMessage']}")
    return answer


@check("split-40-60", "`live` sends 40 % to version 1 and 60 % to version 2")
def split(aws: boto3.Session) -> None:
    shares, _ = _alias(aws)
    if len(shares) == 1:
        raise CheckFailed(f"`live` sends {_told(shares)}; give a second version an additional weight.")
    if shares != {"1": 0.4, "2": 0.6}:
        raise CheckFailed(f"`live` sends {_told(shares)}; it is to be 0.4 to version 1 and 0.6 to version 2.")
    if not _both_answer(aws):
        raise CheckFailed(f"The shares are right, but {DRAWS} calls were all answered by one version.")


@check("shifted", "`live` sends everything to version 2")
def shifted(aws: boto3.Session) -> None:
    shares, alias = _alias(aws)
    if shares != {"2": 1}:
        raise CheckFailed(f"`live` sends {_told(shares)}; send everything to version 2.")
    if alias["FunctionVersion"] != "2":
        raise CheckFailed("Everything goes to version 2, but by a weight; make 2 the alias's own version instead.")
    if _invoke(aws, "live", '{"name": "Ada"}')["ExecutedVersion"] != "2":
        raise CheckFailed("The alias is right, but calls are still answered by another version.")


@check("rolled-back", "`live` is back on version 1, and says why")
def rolled_back(aws: boto3.Session) -> None:
    shares, alias = _alias(aws)
    if others := sorted(shares.keys() - {"1"}):
        raise CheckFailed(f"Guests still meet version {', '.join(others)}; send everything to version 1.")
    if not alias["Description"]:
        raise CheckFailed("Everything goes to version 1, but the alias does not say why: give it a Description.")
    _invoke(aws, "live", "{}")


@check("canary", "One invocation in ten goes to version 3, the rest to version 1")
def canary(aws: boto3.Session) -> None:
    shares, _ = _alias(aws)
    if "3" not in shares:
        raise CheckFailed("Version 3 gets no traffic yet; give it one call in ten, a share of 0.1.")
    if shares != {"1": 0.9, "3": 0.1}:
        raise CheckFailed(f"`live` sends {_told(shares)}; it is to be 0.9 to version 1 and 0.1 to version 3.")
    _invoke(aws, "3", "{}")
