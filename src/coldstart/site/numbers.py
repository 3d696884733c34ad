"""The register of numbers: every fact of the course with what proves it."""

from collections.abc import Callable, Iterable
from html import escape
from itertools import groupby
from typing import Any, Final

from coldstart.course import sections
from coldstart.facts import Fact, Facts
from coldstart.facts.wording import bare

INTRODUCTION: Final = """\
---
title: Numbers
description: Every number that the course prints, and what proves it.
---

# Numbers

What these pages state about AWS, limits, defaults, names and messages, comes from this register, and something stands behind each entry:
the description of the API that AWS ships with its SDK, a rule of its template checker, a lab cell that shows it, or a
sentence in AWS's documentation that a person read on the day given here. All but the last are checked by a program whenever the tests run.
A lab runs on this course's own emulator: it shows the thing, and whether AWS does the same is for the other proofs to say.
"""

KINDS: Final = {
    "model": "the API's model",
    "model_doc": "the API reference",
    "cfnlint": "cfn-lint",
    "lifecycle": "cfn-lint's table of runtimes",
    "lab": "a lab",
    "doc": "AWS's documentation",
}

SCOPES: Final = {
    "default": "default compute",
    "managed-instances": "Managed Instances",
    "web-functions": "web functions",
}

PROOFS: Final[dict[str, Callable[[Any], str]]] = {
    "model": lambda p: f"the API's model, <code>{p.at}</code>",
    "model_doc": lambda p: f"the API reference, <code>{p.at}</code>",
    "cfnlint": lambda p: f"cfn-lint, rule <code>{p.rule}</code>",
    "lifecycle": lambda p: f"cfn-lint's table of runtimes, <code>{p.runtime}</code>",
    "lab": lambda p: f'<a href="labs/{p.section}.html#{p.cell}">the lab</a>, which shows it',
    "doc": lambda p: f'<a href="{escape(p.url)}">AWS</a>: “{escape(p.quote)}” (read on {bare(p.checked)})',
}


def proof_in_short(fact: Fact) -> str:
    """Say in a few words what stands behind a number, for a tooltip."""
    kinds = dict.fromkeys(KINDS[proof.kind] for proof in fact.proofs)
    return f"{fact.standing.capitalize()}: {', '.join(kinds)}"


def register(facts: Facts) -> str:
    """Return the Markdown of the register."""
    by_file = groupby(facts.values(), key=lambda fact: fact.where.path.stem)
    return INTRODUCTION + "".join(_group(name, group) for name, group in by_file)


def _group(name: str, facts: Iterable[Fact]) -> str:
    titles = {section.slug.partition("-")[2]: section.title for section in sections()}
    heading = titles.get(name, name.replace("-", " ").capitalize())
    entries = "".join(map(_entry, facts))
    return f'\n## {heading}\n\n<ul class="numbers">\n{entries}</ul>\n'


def _entry(fact: Fact) -> str:
    claim = escape(fact.claim).replace("{value}", f"<strong>{escape(bare(fact.value))}</strong>")
    scope = f' <span class="scope">{SCOPES.get(fact.scope, fact.scope)}</span>' if fact.scope != "all" else ""
    proofs = "; ".join(PROOFS[proof.kind](proof) for proof in fact.proofs)
    return f'<li id="{fact.id}"><p>{claim}{scope}</p><p class="proof">Proof: {proofs}.</p></li>\n'
