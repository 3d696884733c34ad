"""Checks of lab 16."""

import fnmatch
import http.client
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3

from coldstart.lab.checking import CheckFailed, check

BALANCER, SEARCH = "coldstart-16-web", "coldstart-16-search"
PRINCIPAL = "elasticloadbalancing.amazonaws.com"
MULTI_VALUE = "lambda.multi_value_headers.enabled"
OLD = "the old shop"
BESIDE = "/searching"  # begins like the path of the search, and is another one
TRIES = 6
STATES = 100  # looks at the target's health, while the first check is on its way
EVENT = {"httpMethod": "GET", "path": "/search", "queryStringParameters": {"colour": "red"}, "headers": {}, "body": ""}


@dataclass
class Answer:
    """What a client of the load balancer gets."""

    status: int
    text: str
    cookies: list[str]

    @property
    def colours(self) -> list[str]:
        """The colours that the search found things for; none where it was not the search that answered."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return []
        return list(found.get("colours", [])) if isinstance(found, dict) else []


def _balancer(aws: boto3.Session) -> dict[str, Any]:
    balancers = aws.client("elbv2")
    try:
        found: dict[str, Any] = balancers.describe_load_balancers(Names=[BALANCER])["LoadBalancers"][0]
    except balancers.exceptions.LoadBalancerNotFoundException:
        raise CheckFailed(f"There is no load balancer {BALANCER} yet; the cells above create it.") from None
    return found


def _group(aws: boto3.Session) -> dict[str, Any]:
    balancers = aws.client("elbv2")
    try:
        found: dict[str, Any] = balancers.describe_target_groups(Names=[SEARCH])["TargetGroups"][0]
    except balancers.exceptions.TargetGroupNotFoundException:
        raise CheckFailed(f"There is no target group {SEARCH} yet; the cells above create it.") from None
    return found


def _targets(aws: boto3.Session, group: str) -> list[dict[str, Any]]:
    found = aws.client("elbv2").describe_target_health(TargetGroupArn=group)
    return list(found["TargetHealthDescriptions"])


def _get(aws: boto3.Session, path: str) -> Answer:
    """Ask the load balancer for a path, as the lab's browser does."""
    host = _balancer(aws)["DNSName"]
    connection = http.client.HTTPConnection(urlsplit(os.environ.get("AWS_ENDPOINT_URL", "")).netloc or host, timeout=60)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    return Answer(answer.status, text, cookies)


def _statements(aws: boto3.Session, **qualifier: str) -> Iterator[dict[str, Any]]:
    """Yield the statements that let load balancers invoke the function, or its alias."""
    functions = aws.client("lambda")
    try:
        policy = json.loads(functions.get_policy(FunctionName=SEARCH, **qualifier)["Policy"])
    except functions.exceptions.ResourceNotFoundException:
        return
    for statement in policy["Statement"]:
        if statement["Effect"] == "Allow" and PRINCIPAL in json.dumps(statement["Principal"]):
            yield statement


def _sources(statement: dict[str, Any]) -> list[str]:
    """Return the ARNs to which a statement is bound."""
    bound: list[str] = []
    for keys in statement.get("Condition", {}).values():
        for key, value in keys.items():
            if key.lower() == "aws:sourcearn":
                bound += [value] if isinstance(value, str) else value
    return bound


def _alias(aws: boto3.Session) -> dict[str, Any]:
    functions = aws.client("lambda")
    try:
        found: dict[str, Any] = functions.get_alias(FunctionName=SEARCH, Name="live")
    except functions.exceptions.ResourceNotFoundException:
        raise CheckFailed(f"{SEARCH} has no alias `live` yet; the cells above create it.") from None
    return found


@check("connected", "The target group may invoke `live`, and has it as its target")
def connected(aws: boto3.Session) -> None:
    alias, group = _alias(aws)["AliasArn"], _group(aws)["TargetGroupArn"]
    _permitted(aws, group)
    targets = [target["Target"]["Id"] for target in _targets(aws, group)]
    if not targets:
        raise CheckFailed("Load balancers may invoke `live`, but it is not registered in the target group yet.")
    if targets != [alias]:
        raise CheckFailed(f"The target is {targets[0].rpartition('function:')[2]}; register the alias, by its ARN.")
    answer = aws.client("lambda").invoke(FunctionName=SEARCH, Qualifier="live", Payload=json.dumps(EVENT))
    if "FunctionError" in answer:
        raise CheckFailed(f"All is connected, but `live` fails: {json.load(answer['Payload'])['errorMessage']}")


def _permitted(aws: boto3.Session, group: str) -> None:
    """The alias's policy names load balancers, and this target group as their source."""
    statements = list(_statements(aws, Qualifier="live"))
    if not statements and any(_statements(aws)):
        raise CheckFailed("The permission is on the function; an alias needs its own, with `Qualifier`.")
    if not statements:
        raise CheckFailed(f"No statement lets {PRINCIPAL} invoke the alias `live` yet.")
    if any(not _sources(statement) for statement in statements):
        raise CheckFailed("Any load balancer of anybody may invoke `live`; bind the permission with `SourceArn`.")
    sources = [source for statement in statements for source in _sources(statement)]
    if not any(fnmatch.fnmatchcase(group, source) for source in sources):
        raise CheckFailed(f"The permission is for {sources[0].rpartition(':')[2]}, which is not this target group.")


@check("routed", "`/search` and what is below it go to the function, all else to the old shop")
def routed(aws: boto3.Session) -> None:
    if OLD not in (front := _get(aws, "/")).text:
        raise CheckFailed(f"`/` is answered with {front.status} and not by the old shop; leave the default action.")
    for path in ("/search?colour=red", "/search/new?colour=red"):
        answer = _get(aws, path)
        if OLD in answer.text:
            raise CheckFailed(f"`{path.partition('?')[0]}` is still answered by the old shop; {_rules(aws)}.")
        if answer.status != http.client.OK or answer.colours != ["red"]:
            raise CheckFailed(f"`{path}` is answered with {answer.status}: {_reason(answer)}.")
    if OLD not in _get(aws, BESIDE).text:
        raise CheckFailed(f"`{BESIDE}` is not below `/search` and no longer reaches the old shop; {_rules(aws)}.")


def _rules(aws: boto3.Session) -> str:
    """Say which paths go to the group of the search."""
    balancers, group = aws.client("elbv2"), _group(aws)["TargetGroupArn"]
    listeners = balancers.describe_listeners(LoadBalancerArn=_balancer(aws)["LoadBalancerArn"])["Listeners"]
    rules = [rule for one in listeners for rule in balancers.describe_rules(ListenerArn=one["ListenerArn"])["Rules"]]
    ours = [rule for rule in rules if group in json.dumps(rule["Actions"])]
    patterns = [
        value
        for rule in ours
        for condition in rule["Conditions"]
        for value in condition.get("PathPatternConfig", condition).get("Values", [])
    ]
    return f"the group gets {' and '.join(patterns)}" if patterns else f"no rule forwards it to {SEARCH}"


def _reason(answer: Answer) -> str:
    known = {
        502: "the load balancer could not use the function's answer",
        503: "its target group has no target",
        200: "but it is not the search that answers",
    }
    return known.get(answer.status, "look at the function's log")


@check("every-value", "Version 2 answers alone, and no colour and no cookie is lost")
def every_value(aws: boto3.Session) -> None:
    alias = _alias(aws)
    if alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"):
        raise CheckFailed("`live` still splits the traffic; send everything to version 2, without weights.")
    if alias["FunctionVersion"] == "$LATEST":
        raise CheckFailed("`live` is on `$LATEST`, which the next update changes; move it to version 2.")
    if alias["FunctionVersion"] == "1":
        raise CheckFailed("`live` is on version 1, which understands single values only; move it to version 2.")
    attributes = aws.client("elbv2").describe_target_group_attributes(TargetGroupArn=_group(aws)["TargetGroupArn"])
    if {"Key": MULTI_VALUE, "Value": "true"} not in attributes["Attributes"]:
        raise CheckFailed(f"Version 2 is in place, but the target group sends single values: set {MULTI_VALUE}.")
    for _ in range(TRIES):
        _has_all(_get(aws, "/search?colour=red&colour=blue"))


def _has_all(answer: Answer) -> None:
    if OLD in answer.text:
        raise CheckFailed("The switch is on, but `/search` is answered by the old shop; exercise 2 routes it.")
    if answer.status != http.client.OK:
        raise CheckFailed(f"Asked for two colours, it answers {answer.status}: {_reason(answer)}.")
    if answer.colours != ["red", "blue"]:
        raise CheckFailed(f"Asked for red and blue, the search heard {answer.colours}.")
    if len(answer.cookies) < 2:
        raise CheckFailed(f"Both colours arrive, but of two cookies the client gets {len(answer.cookies)}.")


@check("healthy", "The path `/health` is checked every 10 seconds, and the target is healthy")
def healthy(aws: boto3.Session) -> None:
    group = _group(aws)
    if not group.get("HealthCheckEnabled"):
        raise CheckFailed("Health checks of the target group are off: `HealthCheckEnabled` turns them on.")
    if (path := group["HealthCheckPath"]) != "/health":
        raise CheckFailed(f"The path `{path}` is checked; version 2 looks at its warehouse under `/health`.")
    if (interval := group["HealthCheckIntervalSeconds"]) != 10:
        raise CheckFailed(f"A check is made every {interval} seconds; make it every 10.")
    counts = {key: group[key] for key in ("HealthyThresholdCount", "UnhealthyThresholdCount")}
    if wrong := [f"{key} is {count}" for key, count in counts.items() if count != 2]:
        raise CheckFailed(f"{wrong[0]}; two results in a row are to be enough.")
    health = _settled(aws, group["TargetGroupArn"])
    if health["State"] != "healthy":
        raise CheckFailed(f"The target is {health['State']}: {health.get('Description', 'nobody says why')}.")


def _settled(aws: boto3.Session, group: str) -> dict[str, Any]:
    """Return the target's health, once the first check has been made."""
    for _ in range(STATES):
        targets = _targets(aws, group)
        if not targets:
            raise CheckFailed("Health checks are on, but the target group has no target.")
        health: dict[str, Any] = targets[0]["TargetHealth"]
        if health["State"] != "initial":
            break
        time.sleep(0.1)
    return health
