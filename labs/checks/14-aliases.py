"""Checks of lab 14."""

import json
from typing import Any

import boto3

from coldstart.lab.checking import CheckFailed, check

FUNCTION = "coldstart-14-greeting"
DRAWS = 30  # all of them on one version happens once in four million times at 40/60


def _alias(aws: boto3.Session) -> tuple[str, dict[str, float], str]:
    """Return version, additional weights and description of the alias `live`."""
    functions = aws.client("lambda")
    try:
        alias = functions.get_alias(FunctionName=FUNCTION, Name="live")
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"{FUNCTION} has no alias `live` yet; the cells above create it.") from None
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    return alias["FunctionVersion"], weights, alias["Description"]


def _answering(aws: boto3.Session, calls: int) -> set[str]:
    """Return the versions that answer some calls of the alias."""
    return {_invoke(aws, "live", '{"name": "Ada"}')["ExecutedVersion"] for _ in range(calls)}


def _invoke(aws: boto3.Session, qualifier: str, event: str) -> dict[str, Any]:
    """Invoke the function, which must not fail."""
    answer: dict[str, Any] = aws.client("lambda").invoke(FunctionName=FUNCTION, Qualifier=qualifier, Payload=event)
    if "FunctionError" in answer:
        error = json.load(answer["Payload"])
        raise CheckFailed(f"A call of `{qualifier}` with {event} ends in {error['errorType']}: {error['errorMessage']}")
    return answer


@check("split-40-60", "`live` sends 40 % to version 1 and 60 % to version 2")
def split(aws: boto3.Session) -> None:
    version, weights, _ = _alias(aws)
    if not weights:
        raise CheckFailed(f"`live` sends everything to version {version}; give version 2 an additional weight.")
    if version != "1" or set(weights) != {"2"}:
        raise CheckFailed(
            f"`live` splits between {version} and {', '.join(weights)}; version 1 is to be its own, 2 the additional one."
        )
    if weights["2"] != 0.6:
        raise CheckFailed(f"Version 2 has a weight of {weights['2']}; 60 % is 0.6, and version 1 gets the rest.")
    if _answering(aws, DRAWS) != {"1", "2"}:
        raise CheckFailed(f"The weights are right, but {DRAWS} calls were not answered by both versions.")


@check("shifted", "`live` sends everything to version 2")
def shifted(aws: boto3.Session) -> None:
    version, weights, _ = _alias(aws)
    if version != "2":
        raise CheckFailed(f"The alias's own version is {version}; make it 2.")
    if weights:
        raise CheckFailed(f"A weight is left behind for version {', '.join(weights)}; empty AdditionalVersionWeights.")
    if _answering(aws, 5) != {"2"}:
        raise CheckFailed("The alias is right, but calls are still answered by another version.")


@check("rolled-back", "`live` is back on version 1, and says why")
def rolled_back(aws: boto3.Session) -> None:
    version, weights, description = _alias(aws)
    if (version, weights) != ("1", {}):
        raise CheckFailed(
            f"Guests still meet version {', '.join({version, *weights} - {'1'})}; send everything to version 1."
        )
    if not description:
        raise CheckFailed("Everything goes to version 1, but the alias does not say why: give it a Description.")
    _invoke(aws, "live", "{}")


@check("canary", "One invocation in ten goes to version 3, the rest to version 1")
def canary(aws: boto3.Session) -> None:
    version, weights, _ = _alias(aws)
    if "3" not in {version, *weights}:
        raise CheckFailed("Version 3 gets no traffic yet; give it an additional weight.")
    if version != "1":
        raise CheckFailed(f"The bulk goes to version {version}; version 1 is to keep it.")
    if weights != {"3": 0.1}:
        raise CheckFailed(f"Version 3 has a weight of {weights['3']}; one in ten is 0.1.")
    _invoke(aws, "3", "{}")
