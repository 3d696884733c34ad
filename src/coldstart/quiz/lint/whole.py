"""Rules about questions side by side: repetitions, hints, where the keys stand, what the bank covers."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from statistics import mean
from typing import Final

from rapidfuzz import fuzz

from coldstart.facts import Facts
from coldstart.facts.source import Where
from coldstart.paths import QUIZZES
from coldstart.quiz.bank import build
from coldstart.quiz.exams import domain, outline
from coldstart.quiz.lint.finding import Finding, of_bank
from coldstart.quiz.lint.wording import key_sticks_out, loud, words
from coldstart.quiz.model import Question

SIMILAR: Final = 90
CHANCE: Final = 0.01
TELLING_WORDS: Final = 5
CHI_SQUARE_3: Final = 11.34
"""Beyond it, four positions are used so unevenly that chance explains it in one case of a hundred."""
DOMAIN_POINTS: Final = 3
PER_SKILL_MIN: Final = 3
RECALL_MAX: Final = 1 / 3
NEGATIVE_MAX: Final = 0.05


@of_bank
def duplicate(items: Sequence[Question], facts: Facts) -> Iterator[Finding]:
    """No question is asked twice, in the same words or about the same facts with the same answer."""
    stems = [(item, " ".join(words(facts.expand(item.asked)))) for item in items]
    for (one, stem), (other, again) in combinations(stems, 2):
        if fuzz.token_set_ratio(stem, again) >= SIMILAR:
            yield Finding(other.where, other.id, "duplicate", "error", f"its stem repeats {one.id} at {one.where}")
        elif one.facts and one.facts == other.facts and _key(one, facts) == _key(other, facts):
            message = f"it has the facts and the answer of {one.id} at {one.where}; ask something else"
            yield Finding(other.where, other.id, "duplicate", "error", message)


@of_bank
def longest_too_often(items: Sequence[Question], facts: Facts) -> Iterator[Finding]:
    """The key is the longest option not more often than chance allows (binomial test over a file)."""
    for path in dict.fromkeys(item.where.path for item in items):
        mine = [item for item in items if item.where.path == path]
        hits = sum(key_sticks_out(item, facts) for item in mine)
        share = mean(len(item.keys) / len(item.options) for item in mine)
        if _at_least(hits, len(mine), share) < CHANCE:
            message = f"the correct option is the longest in {hits} of {len(mine)} questions; even them out"
            yield Finding(Where(path, 1), "", "longest-too-often", "error", message)


@of_bank
def independence(items: Sequence[Question], facts: Facts) -> Iterator[Finding]:
    """No stem tells the answer of another question of its file."""
    by_path = Counter(item.where.path for item in items)
    for path in by_path:
        mine = [(item, facts.expand(item.stem).lower()) for item in items if item.where.path == path]
        for (asked, _), (other, stem) in permutations(mine, 2):
            key = _key(asked, facts).rstrip(".")
            if len(words(key)) >= TELLING_WORDS and key in stem:
                message = f"its stem says the answer of {asked.id} at {asked.where}; put one of them in other words"
                yield Finding(other.where, other.id, "independence", "warning", message)


@of_bank
def round_trip(items: Sequence[Question], facts: Facts) -> Iterator[Finding]:
    """The bank that all surfaces read has every question with its options, and the same ones correct."""
    built = {entry["id"]: entry for entry in build("", "", items, facts)["questions"]}
    for item in items:
        shown = {option["id"]: option["correct"] for option in built[item.id]["options"]}
        if shown != {option.id: option.correct for option in item.options}:
            yield Finding(
                item.where, item.id, "round-trip", "error", "the bank has other options or keys; mend bank.py"
            )


def coverage(items: Sequence[Question], facts: Facts) -> Iterator[Finding]:
    """The bank as a whole is spread like the exam, asks for more than memory, and does not betray keys by their place."""
    for message in [*_domains(items), *_skills(items), *_levels(items), *_positions(items, facts)]:
        yield Finding(Where(QUIZZES / "exams" / "dva-c03.yaml", 1), "", "coverage", "error", message)


def _domains(items: Sequence[Question]) -> Iterator[str]:
    counted = Counter(domain(item.skills) for item in items)
    for entry in outline().domains:
        share = 100 * counted[entry.id] / len(items)
        if abs(share - entry.percent) > DOMAIN_POINTS:
            yield (
                f"domain {entry.id} has {share:.0f}% of the questions ({counted[entry.id]} of {len(items)}), "
                f"the exam {entry.percent}%; write more of those that lack"
            )


def _skills(items: Sequence[Question]) -> Iterator[str]:
    counted = Counter(skill for item in items for skill in item.skills)
    for skill in outline().touched:
        if counted[skill] < PER_SKILL_MIN:
            yield f"skill {skill} ({outline().skills[skill]}) has {counted[skill]} questions, at least {PER_SKILL_MIN} are wanted"


def _levels(items: Sequence[Question]) -> Iterator[str]:
    recall = sum(item.level == "recall" for item in items)
    if recall > RECALL_MAX * len(items):
        yield f"{recall} of {len(items)} questions ask for recall; at most a third should"
    if (negative := sum(map(loud, items))) > NEGATIVE_MAX * len(items):
        yield f"{negative} of {len(items)} questions ask for the exception; at most one in twenty should"


def _positions(items: Sequence[Question], facts: Facts) -> Iterator[str]:
    """Compare where the keys stand, in the order that fixed surfaces such as paper have, with chance."""
    entries = build("", "", [item for item in items if len(item.options) == 4], facts)["questions"]  # noqa: PLR2004
    places = Counter(
        [option["correct"] for option in entry["options"]].index(True)
        for entry in entries
        if entry["shuffle"] and entry["choose"] == 1
    )
    expected = places.total() / 4
    if expected and sum((places[place] - expected) ** 2 / expected for place in range(4)) > CHI_SQUARE_3:
        yield f"the keys stand unevenly in the four places: {[places[place] for place in range(4)]}"


def _key(item: Question, facts: Facts) -> str:
    return " ".join(facts.expand(option.text).lower() for option in item.keys)


def _at_least(hits: int, trials: int, chance: float) -> float:
    return sum(math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(hits, trials + 1))
