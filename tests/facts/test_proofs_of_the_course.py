"""Every fact of the course: its proofs hold, and would fail if the value were another."""

import warnings

import pytest

from coldstart.facts import load
from coldstart.facts.prove import mutants, prove

FACTS = load()
PROOFS = [
    pytest.param(fact, proof, id=f"{fact.id}-{number}-{proof.kind}")
    for fact in FACTS.values()
    for number, proof in enumerate(fact.proofs)
]
MACHINE_PROOFS = [param for param in PROOFS if param.values[1].kind != "doc"]


@pytest.mark.parametrize(("fact", "proof"), PROOFS)
def test_the_proof_holds(fact, proof):
    outcome = prove(fact, proof)
    if outcome.state == "due":
        warnings.warn(f"{fact.where}: {fact.id}: {outcome.detail}", stacklevel=1)
    assert outcome.state in ("passed", "due"), f"{fact.where}: {outcome.detail}"


@pytest.mark.parametrize(("fact", "proof"), MACHINE_PROOFS)
def test_the_proof_fails_for_any_other_value(fact, proof):
    unnoticed = [mutant for mutant in mutants(fact.value) if prove(fact, proof, value=mutant).state == "passed"]
    assert not unnoticed, f"{fact.where}: the proof also holds for {unnoticed}"


@pytest.mark.parametrize("fact", [fact for fact in FACTS.values() if fact.siblings], ids=lambda fact: fact.id)
def test_siblings_tell_the_same_quantity_in_another_scope(fact):
    for sibling in map(FACTS.known, fact.siblings):
        assert sibling.scope != fact.scope, f"{fact.where}: {sibling.id} has the same scope"
        assert sibling.unit == fact.unit, f"{fact.where}: {sibling.id} has another unit"


@pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.id)
def test_the_claim_is_a_sentence(fact):
    assert fact.claim.endswith("."), f"{fact.where}: end the claim with a full stop"
    assert fact.claim[0] == fact.claim[0].upper()
