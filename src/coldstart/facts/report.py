"""``coldstart facts check``: every fact, what proves it, and whether it still does."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from coldstart.facts import Fact, Facts, load
from coldstart.facts.outcome import Outcome
from coldstart.facts.prove import prove
from coldstart.facts.wording import quantity

_STYLES: Final = {"passed": "green", "failed": "bold red", "due": "yellow", "not run": "yellow"}


def check(console: Console | None = None, facts: Facts | None = None) -> int:
    """Run every proof and print a table.

    Args:
        console: Where to print; the terminal if None.
        facts: What to check; the course's facts if None.

    Returns:
        1 when a proof failed, else 0: also when one could not be run here, which the table says.
    """
    console = console or Console()
    facts = load() if facts is None else facts
    table = Table(
        Column("fact", overflow="fold"), "value", "proofs", Column("standing", min_width=14), box=None, pad_edge=False
    )
    outcomes = {fact.id: [(proof.kind, prove(fact, proof)) for proof in fact.proofs] for fact in facts.values()}
    for fact in facts.values():
        table.add_row(fact.id, escape(quantity(fact.value, fact.unit)), _lines(outcomes[fact.id]), fact.standing)
    console.print(table)
    ends = [outcome.state for proofs in outcomes.values() for _, outcome in proofs]
    console.print(_shares(facts))
    console.print(_summary(facts, ends))
    return 1 if "failed" in ends else 0


def _lines(proofs: Sequence[tuple[str, Outcome]]) -> str:
    return "\n".join(
        f"[{_STYLES[outcome.state]}]{kind} {outcome.state}[/]"
        + ("" if outcome.state == "passed" else f": {escape(outcome.detail)}")
        for kind, outcome in proofs
    )


def _shares(facts: Facts) -> Table:
    """Return how many facts of each file, and of all, are machine-proven."""
    table = Table(
        "file",
        Column("facts", justify="right"),
        Column("machine-proven", justify="right"),
        "",
        box=None,
        pad_edge=False,
    )
    for name, (proven, count) in {**by_file(facts), "in all": _count(facts.values())}.items():
        table.add_row(name, str(count), str(proven), f"{proven / count:.0%}" if count else "")
    return table


def by_file(facts: Facts) -> dict[str, tuple[int, int]]:
    """Return for the name of each file how many of its facts are machine-proven, and how many there are."""
    names = dict.fromkeys(fact.where.path.name for fact in facts.values())
    return {name: _count(fact for fact in facts.values() if fact.where.path.name == name) for name in names}


def _count(facts: Iterable[Fact]) -> tuple[int, int]:
    proven = [fact.machine_proven for fact in facts]
    return sum(proven), len(proven)


def _summary(facts: Facts, ends: Sequence[str]) -> str:
    import botocore

    standings = Counter(fact.standing for fact in facts.values())
    shown = standings["shown in the lab"] + standings["shown in the lab, cited"]
    return (
        f"{len(facts)} facts, {standings['machine-proven']} machine-proven with botocore {botocore.__version__}, "
        f"{shown} shown in the lab, {standings['cited']} cited only; "
        f"{len(ends)} proofs, {ends.count('failed')} not holding, {ends.count('not run')} not run here, "
        f"{ends.count('due')} to be read again."
    )
