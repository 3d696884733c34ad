"""What each kind of proof notices, with facts made up for the purpose."""

import json
from datetime import date

import pytest

from coldstart.facts import evidence
from coldstart.facts.model import SHAPE
from coldstart.facts.prove import mutants, prove

TIMEOUT = {
    "kind": "cfnlint",
    "rule": "E3717",
    "properties": {"Timeout": "$value"},
    "accepts": "value",
    "refuses": "value+1",
}
LAYERS = {
    "kind": "cfnlint",
    "rule": "E3032",
    "properties": {"Layers": {"$times": "arn:aws:lambda:us-east-1:123456789012:layer:part-$n:1"}},
    "accepts": "value",
    "refuses": "value+1",
}
RESERVED = {
    "kind": "cfnlint",
    "rule": "E3663",
    "properties": {"Environment": {"Variables": {"$value": "x"}}},
    "accepts": "STAGE",
    "refuses": "value",
}
CITED = {
    "kind": "doc",
    "url": "https://docs.aws.amazon.com/x.html",
    "quote": "up to 15 minutes",
    "checked": date(2026, 1, 1),
}


def fact(value, proof, unit=None):
    return SHAPE.validate_python(
        {"id": "a.b", "claim": "It is {value}.", "value": value, "unit": unit, "proofs": [proof]}
    )


def states(subject, values):
    return [prove(subject, subject.proofs[0], value=value, today=date(2026, 2, 1)).state for value in values]


@pytest.mark.parametrize(
    ("value", "proof"),
    [
        (128, {"kind": "model", "at": "MemorySize.min"}),
        (1.0, {"kind": "model", "at": "Weight.max"}),
        ("[0-9]+", {"kind": "model", "at": "AdditionalVersionWeights.key.pattern"}),
        ("PassThrough", {"kind": "model", "at": "TracingMode.enum", "compare": "contains"}),
        (["Zip", "Image"], {"kind": "model", "at": "PackageType.enum"}),
        (["FunctionName", "Name", "FunctionVersion"], {"kind": "model", "at": "CreateAliasRequest.required"}),
        (["OnFailure", "OnSuccess"], {"kind": "model", "at": "DestinationConfig.members"}),
        ("X-Amz-Executed-Version", {"kind": "model", "at": "InvocationResponse.ExecutedVersion.location_name"}),
        (3, {"kind": "model_doc", "at": "CreateFunctionRequest.Timeout", "regex": r"default is (\d+) seconds"}),
        (2, {"kind": "model_doc", "at": "operations.CreateAlias", "regex": r"between (\w+) versions"}),
        (900, TIMEOUT),
        (5, LAYERS),
        ("AWS_REGION", RESERVED),
        (date(2025, 12, 15), {"kind": "lifecycle", "runtime": "python3.9", "field": "deprecated"}),
    ],
    ids=lambda item: item["kind"] if isinstance(item, dict) else str(item),
)
def test_a_machine_proof_holds_for_the_value_alone(value, proof):
    subject = fact(value, proof)
    assert states(subject, [value]) == ["passed"]
    assert set(states(subject, mutants(value))) == {"failed"}


@pytest.mark.parametrize(
    ("proof", "detail"),
    [
        ({"kind": "model", "at": "Memory.min"}, "no Memory.min"),
        ({"kind": "model", "at": "LayerList.max"}, "no LayerList.max"),
        ({"kind": "model_doc", "at": "operations.Nothing", "regex": "(1)"}, "no operations.Nothing"),
        ({"kind": "model_doc", "at": "MemorySize", "regex": "(1)"}, "finds nothing"),
        ({"kind": "lab", "section": "99-none", "cell": "99-none-a"}, "there is no labs/99-none.ipynb"),
        ({**CITED, "quote": "up to 16 minutes"}, "does not state 900"),
        ({**CITED, "checked": date(2999, 1, 1)}, "yet to come"),
    ],
)
def test_a_proof_that_finds_nothing_says_so(proof, detail):
    subject = fact(900, proof, unit="s")
    outcome = prove(subject, subject.proofs[0])
    assert outcome.state == "failed"
    assert detail in outcome.detail


def test_a_documentation_proof_whose_matches_differ_fails():
    subject = fact(3, {"kind": "model_doc", "at": "CreateFunctionRequest.Timeout", "regex": r"(\d+) seconds"})
    assert states(subject, [3]) == ["failed"]


@pytest.mark.parametrize(("today", "state"), [(date(2026, 6, 30), "passed"), (date(2026, 7, 1), "due")])
def test_a_citation_is_due_after_its_days(today, state):
    subject = fact(900, CITED, unit="s")
    assert prove(subject, subject.proofs[0], today=today).state == state


@pytest.mark.parametrize(
    ("emitted", "state"),
    [
        ({"fact": "a.b", "value": 2}, "passed"),
        ({"fact": "a.b", "value": 3}, "failed"),
        ({"fact": "a.c", "value": 2}, "failed"),
    ],
)
def test_a_lab_proof_reads_what_the_cell_emitted(tmp_path, monkeypatch, emitted, state):
    monkeypatch.setattr(evidence, "LABS", tmp_path)
    output = {"output_type": "display_data", "data": {evidence.MIME: emitted}, "metadata": {}}
    cells = [{"id": "05-x-count", "outputs": [output]}, {"id": "05-x-other", "outputs": []}, {"id": "05-x-text"}]
    (tmp_path / "05-x.ipynb").write_text(json.dumps({"cells": cells}))
    assert states(fact(2, {"kind": "lab", "section": "05-x", "cell": "05-x-count"}), [2]) == [state]


def test_a_truth_value_is_not_a_number():
    subject = fact(True, {"kind": "model", "at": "Weight.max"})
    assert states(subject, [True]) == ["failed"]


def test_without_cfn_lint_a_proof_is_not_run(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cfnlint", None)
    subject = fact(123, TIMEOUT)
    assert "`make test` installs it" in prove(subject, subject.proofs[0]).detail
