"""Rules about figures and facts: nothing typed that is a fact, no other scope's figure, every proof still holds."""

from collections.abc import Iterator, Sequence

from coldstart.facts import Fact, Facts
from coldstart.facts.model import SCOPES
from coldstart.facts.outcome import Outcome
from coldstart.facts.prove import prove
from coldstart.facts.wording import quantity, typed
from coldstart.quiz.lint.finding import Finding, of_bank, of_item
from coldstart.quiz.model import Question


@of_item("error")
def literal(item: Question, facts: Facts) -> Iterator[str]:
    """A figure that is a fact is written as a placeholder, or declared as part of the scenario."""
    for place, text in item.texts():
        for allowed in item.literals:
            text = text.replace(allowed, "")  # noqa: PLW2901
        for fact in facts.values():
            if match := typed(fact).search(text):
                yield f"{place}: write {{fact:{fact.id}}} for {match[0]!r}, or list it under literals"
    for allowed in item.literals:
        if not any(allowed in text for _, text in item.texts()):
            yield f"literals lists {allowed!r}, which does not occur; remove it"


@of_item("error")
def sibling(item: Question, facts: Facts) -> Iterator[str]:
    """Where an option has the figure of another scope, the stem says which scope is meant."""
    stem = facts.expand(item.stem).lower()
    for fact in (facts[fact_id] for fact_id in item.facts):
        for other in (facts[fact_id] for fact_id in fact.siblings):
            shown = [
                option.id for option in item.options if quantity(other.value, other.unit) in facts.expand(option.text)
            ]
            if shown and not any(word in stem for word in SCOPES[fact.scope]):
                yield f"option {shown[0]} holds for {other.scope}; name the scope in the stem ({', '.join(SCOPES[fact.scope])})"


@of_bank
def proof(items: Sequence[Question], facts: Facts) -> Iterator[Finding]:
    """What proves the keys holds today, and the pages that are cited were read not long ago."""
    used = dict.fromkeys(fact_id for item in items for fact_id in item.facts)
    outcomes = {fact_id: _ends(facts[fact_id]) for fact_id in used}
    for item in items:
        for fact_id in item.facts:
            for kind, outcome in outcomes[fact_id]:
                if outcome.state == "failed":
                    message = f"fact {fact_id}: its {kind} proof fails ({outcome.detail}); correct fact and question"
                    yield Finding(item.where, item.id, "proof", "error", message)
                if outcome.state == "due":
                    yield Finding(item.where, item.id, "freshness", "warning", f"fact {fact_id}: {outcome.detail}")


def _ends(fact: Fact) -> list[tuple[str, Outcome]]:
    return [(each.kind, prove(fact, each)) for each in fact.proofs]
