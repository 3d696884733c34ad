"""Which questions a mock exam asks: so many of each domain, spread over the sections, by chance that can be repeated."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import NamedTuple


class Candidate(NamedTuple):
    """A question that may be asked: its id, its domain and its section."""

    id: str
    domain: str
    section: str


@dataclass(frozen=True)
class Selection:
    """What is asked, in that order, and of which domains there were too few (domain to how many are missing)."""

    questions: list[str]
    missing: dict[str, int]


def quotas(percents: Mapping[str, int], total: int) -> dict[str, int]:
    """Share out a number of questions by the method of the largest remainder.

    Args:
        percents: Domain to its share; 100 together.
        total: Number of questions.
    """
    shares = {domain: divmod(percent * total, 100) for domain, percent in percents.items()}
    left = total - sum(whole for whole, _ in shares.values())
    first = sorted(shares, key=lambda domain: (-shares[domain][1], domain))[:left]
    return {domain: whole + (domain in first) for domain, (whole, _) in shares.items()}


def select(pool: Sequence[Candidate], wanted: Mapping[str, int], seed: int) -> Selection:
    """Choose questions; where a domain has too few, the others fill up.

    Args:
        pool: All there are.
        wanted: Domain to number of questions.
        seed: The same seed and pool give the same exam.
    """
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    by_domain = {domain: _spread([each for each in pool if each.domain == domain], chance) for domain in wanted}
    chosen = [each for domain, most in wanted.items() for each in by_domain[domain][:most]]
    spare = _spread([each for domain, most in wanted.items() for each in by_domain[domain][most:]], chance)
    missing = {
        domain: most - len(by_domain[domain]) for domain, most in wanted.items() if most > len(by_domain[domain])
    }
    questions = [each.id for each in [*chosen, *spare[: sum(missing.values())]]]
    chance.shuffle(questions)
    return Selection(questions, missing)


def _spread(candidates: Sequence[Candidate], chance: random.Random) -> list[Candidate]:
    """Order by chance so that every section comes once before one comes twice."""
    sections: dict[str, list[Candidate]] = {}
    for each in sorted(candidates):
        sections.setdefault(each.section, []).append(each)
    piles = list(sections.values())
    chance.shuffle(piles)
    for pile in piles:
        chance.shuffle(pile)
    return [each for each in chain.from_iterable(zip_longest(*piles)) if each is not None]
