"""Proofs by cfn-lint: rules for CloudFormation templates, and its table of runtimes."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from coldstart.facts.model import CfnlintProof, LifecycleProof, Value
from coldstart.facts.outcome import Outcome, compared

MINIMAL: Final[Mapping[str, Mapping[str, Any]]] = {
    "AWS::Lambda::Function": {
        "Code": {"ZipFile": "def handler(event, context): pass"},
        "Handler": "index.handler",
        "Role": "arn:aws:iam::123456789012:role/learner",
        "Runtime": "python3.13",
    },
    "AWS::Lambda::Alias": {"FunctionName": "greeter", "FunctionVersion": "1", "Name": "live"},
    "AWS::Lambda::EventInvokeConfig": {"FunctionName": "greeter", "Qualifier": "live"},
    "AWS::Lambda::EventSourceMapping": {"FunctionName": "greeter"},
}
"""The properties that make a resource valid; a resource that is not listed begins empty."""

REGION: Final = "us-east-1"


def prove_rule(proof: CfnlintProof, value: Value) -> Outcome:
    """Lint the two templates: the rule must speak for one of them and no rule may call the other an error."""
    accepted = _findings(_template(proof, _resolved(proof.accepts, value)))
    refused = _findings(_template(proof, _resolved(proof.refuses, value)))
    if wrong := {rule for rule in accepted if rule == proof.rule or rule.startswith("E")}:
        return Outcome(
            "failed", f"{', '.join(sorted(wrong))} for {_resolved(proof.accepts, value)!r}, which should be accepted"
        )
    if proof.rule not in refused:
        return Outcome("failed", f"no {proof.rule} for {_resolved(proof.refuses, value)!r}")
    return Outcome("passed", f"{proof.rule} for {_resolved(proof.refuses, value)!r} only")


def prove_lifecycle(proof: LifecycleProof, value: Value) -> Outcome:
    """Compare an entry of the table of runtimes with the value."""
    entry = _lifecycle().get(proof.runtime, {})
    text = entry.get(proof.field)
    found = date.fromisoformat(text) if text and proof.field != "successor" else text
    return compared(found, value)


def _resolved(end: str | int | float, value: Value) -> Any:
    if not isinstance(end, str) or not end.startswith("value"):
        return end
    offset = end.removeprefix("value")
    return value + int(offset) if offset and isinstance(value, int | float) else value


def _template(proof: CfnlintProof, value: Any) -> str:
    properties = {**MINIMAL.get(proof.resource, {}), **_filled(proof.properties, value)}
    return json.dumps({"Resources": {"Subject": {"Type": proof.resource, "Properties": properties}}})


def _filled(node: Any, value: Any) -> Any:
    match node:
        case {"$times": str(text)}:
            return [text.replace("$n", str(number)) for number in range(1, value + 1)]
        case dict():
            return {_filled(key, str(value)): _filled(entry, value) for key, entry in node.items()}
        case list():
            return [_filled(entry, value) for entry in node]
        case "$value":
            return value
        case str():
            return node.replace("$value", str(value))
    return node


@cache
def _findings(template: str) -> frozenset[str]:
    from cfnlint import api
    from cfnlint.config import ManualArgs

    return frozenset(match.rule.id for match in api.lint(template, config=ManualArgs(regions=[REGION])))


@cache
def _lifecycle() -> dict[str, dict[str, str | None]]:
    table = files("cfnlint.data.AdditionalSpecs") / "LmbdRuntimeLifecycle.json"
    return dict(json.loads(table.read_text(encoding="utf-8")))
