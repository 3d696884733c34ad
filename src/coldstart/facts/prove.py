"""Run the proofs of facts, and alter values to show that the proofs would notice."""

from datetime import date, timedelta

from coldstart.facts.aws_model import prove_doc, prove_model
from coldstart.facts.evidence import prove_citation, prove_lab
from coldstart.facts.lint_rules import prove_lifecycle, prove_rule
from coldstart.facts.model import (
    CfnlintProof,
    DocProof,
    Fact,
    LabProof,
    LifecycleProof,
    ModelDocProof,
    ModelProof,
    Proof,
    Value,
)
from coldstart.facts.outcome import Outcome


def prove(fact: Fact, proof: Proof, *, value: Value | None = None, today: date | None = None) -> Outcome:
    """Run one proof of a fact.

    Args:
        fact: The fact.
        proof: One of its proofs.
        value: What to prove in place of the fact's own value, to see the proof fail.
        today: The day for which a citation's age is judged.
    """
    claimed = fact.value if value is None else value
    try:
        return _prove(fact, proof, claimed, today or date.today())
    except ModuleNotFoundError as error:
        return Outcome("not run", f"{error.name} is not installed here; `make test` installs it")


def mutants(value: Value) -> list[Value]:
    """Return values near this one that are wrong, of the same type."""
    match value:
        case bool():
            return [not value]
        case int():
            return [value - 1, value + 1]
        case float():
            return [value - 0.1, value + 0.1]
        case date():
            return [value - timedelta(days=1), value + timedelta(days=1)]
        case list():
            return [value[:-1], [*value, "mutant"]]
    return [f"{value}x", value[:-1]]


def _prove(fact: Fact, proof: Proof, value: Value, today: date) -> Outcome:
    match proof:
        case ModelProof():
            return prove_model(proof, value)
        case ModelDocProof():
            return prove_doc(proof, value)
        case CfnlintProof():
            return prove_rule(proof, value)
        case LifecycleProof():
            return prove_lifecycle(proof, value)
        case LabProof():
            return prove_lab(proof, fact, value)
        case DocProof():
            return prove_citation(proof, fact, value, today)
