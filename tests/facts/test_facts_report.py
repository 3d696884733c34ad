"""``coldstart facts check`` as a person sees it."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from coldstart.facts import Facts, load, report
from coldstart.facts.model import SHAPE
from coldstart.facts.outcome import Outcome
from coldstart.facts.report import by_file, check
from coldstart.facts.source import Where

SHARE = 0.6
MODEL = {"kind": "model", "at": "MemorySize.min"}
DOC = {
    "kind": "doc",
    "url": "https://docs.aws.amazon.com/a",
    "quote": "128 MB",
    "checked": "2020-01-01",
    "valid_days": 1,
}
LAB = {"kind": "lab", "section": "02-memory-cpu", "cell": "any"}


def facts_of(*records):
    """Facts that stand in a file."""
    facts = [SHAPE.validate_python(record) for record in records]
    for fact in facts:
        fact._where = Where(Path("some.yaml"), 1)
    return Facts(facts)


@pytest.mark.parametrize(
    ("proofs", "standing"),
    [
        ([MODEL], "machine-proven"),
        ([DOC, LAB, MODEL], "machine-proven"),
        ([LAB], "shown in the lab"),
        ([LAB, DOC], "shown in the lab, cited"),
        ([DOC], "cited"),
    ],
)
def test_a_lab_or_a_citation_alone_proves_nothing_of_aws(proofs, standing):
    fact = SHAPE.validate_python({"id": "a.b", "claim": "{value}.", "value": 128, "proofs": proofs})
    assert (fact.standing, fact.machine_proven) == (standing, standing == "machine-proven")


@pytest.mark.parametrize(
    ("value", "proofs", "status", "words"),
    [
        (
            128,
            [MODEL],
            0,
            [
                "128 MB",
                "model passed",
                "machine-proven",
                "1 facts, 1 machine-proven with botocore",
                "0 shown in the lab",
            ],
        ),
        (129, [MODEL], 1, ["model failed: found 128", "1 not holding"]),
        (128, [DOC], 0, ["doc due: read on 2020-01-01", "cited", "1 to be read again"]),
    ],
)
def test_the_table_shows_every_proof_and_the_status_follows(value, proofs, status, words):
    facts = facts_of({"id": "a.b", "claim": "{value}.", "value": value, "unit": "MB", "proofs": proofs})
    console = Console(file=io.StringIO(), width=160)
    assert check(console, facts) == status
    shown = " ".join(console.file.getvalue().split())
    assert [word for word in words if word not in shown] == []


def test_a_proof_whose_tool_is_missing_is_told_apart_from_one_that_fails(monkeypatch):
    monkeypatch.setattr(report, "prove", lambda *_: Outcome("not run", "cfnlint is not installed here"))
    facts = facts_of({"id": "a.b", "claim": "{value}.", "value": 1, "unit": "MB", "proofs": [MODEL]})
    console = Console(file=io.StringIO(), width=160)
    assert check(console, facts) == 0
    shown = " ".join(console.file.getvalue().split())
    assert "not run: cfnlint is not installed here" in shown
    assert "0 not holding, 1 not run here" in shown


def test_the_share_that_is_machine_proven_is_told_for_each_file_and_in_all():
    common = {"claim": "{value}.", "value": 128, "unit": "MB"}
    facts = facts_of({"id": "a.b", "proofs": [MODEL], **common}, {"id": "a.c", "proofs": [DOC], **common})
    console = Console(file=io.StringIO(), width=160)
    check(console, facts)
    shown = " ".join(console.file.getvalue().split())
    assert "file facts machine-proven some.yaml 2 1 50% in all 2 1 50%" in shown


@pytest.mark.parametrize(("file", "proven", "count"), [(file, *found) for file, found in by_file(load()).items()])
def test_most_facts_of_every_file_are_machine_proven(file, proven, count):
    assert proven >= SHARE * count, (
        f"book/facts/{file}: {proven} of {count} facts are machine-proven, {SHARE:.0%} are wanted. "
        "Give others a proof of kind model, model_doc, cfnlint or lifecycle, or leave out what only a citation supports."
    )
