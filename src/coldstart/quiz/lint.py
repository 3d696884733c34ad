"""Lint of the questions: what makes an item fair, as functions over data, and ``check()`` that prints what they find.

The rules follow the research on multiple-choice items (Haladyna, Downing and Rodriguez 2002; Pham 2018: a key that is the longest
option gives itself away; Butler and Roediger 2008: feedback on every option undoes the harm of reading wrong ones).
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations
from statistics import mean
from typing import Final, Literal, NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from coldstart import course
from coldstart.facts import Fact, Facts, load
from coldstart.facts.model import SCOPES
from coldstart.facts.source import Where
from coldstart.facts.wording import UNITS, human, quantity
from coldstart.quiz.bank import figures
from coldstart.quiz.exams import skills
from coldstart.quiz.model import MultipleChoice, MultipleResponse, Option, questions

Item = MultipleChoice | MultipleResponse
Level = Literal["error", "warning"]

WHY_MIN: Final = 40
STEM_WORDS_MAX: Final = 110
OPTION_WORDS_MAX: Final = 35
LONGEST_RATIO: Final = 1.25
SIMILAR: Final = 0.8
CHANCE: Final = 0.01
COUNT_WORDS: Final = {2: "TWO", 3: "THREE"}

_CUE = re.compile(r"\(Choose (\w+)\.\)")
_CATCH_ALL = re.compile(r"\b(all|none|any|both|neither) of the (above|other)|\bboth [a-f] and [a-f]\b", re.IGNORECASE)
_ABSOLUTE = re.compile(r"\b(always|never|only|impossible|completely|entirely)\b", re.IGNORECASE)
_QUIET_NOT = re.compile(r"\b(which|what)\b[^?]*\b(not|except)\b[^?]*\?")
_NOTHING = re.compile(r"(?!)")
_ANCHOR = re.compile(r"^#{1,6} .*\{[^}]*#([\w-]+)[^}]*\}\s*$", re.MULTILINE)


class Finding(NamedTuple):
    """One fault of one question."""

    where: Where
    question: str
    rule: str
    level: Level
    message: str


Rule = Callable[[Item, Facts], Iterator[str]]
_RULES: list[tuple[str, Level, Rule]] = []


def _rule(level: Level) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        _RULES.append((rule.__name__.replace("_", "-"), level, rule))
        return rule

    return register


def findings(items: Sequence[Item], facts: Facts | None = None) -> list[Finding]:
    """Return every fault of these questions, in the order of the questions."""
    facts = load() if facts is None else facts
    found = [finding for item in items for finding in _of_one(item, facts)]
    readable = [item for item in items if _unknown(item, facts) == []]
    return [*found, *_similar(items), *_longest_too_often(readable, facts)]


def check(console: Console | None = None) -> int:
    """Lint every section that has questions, and print what is wrong.

    Returns:
        0 without errors (warnings do not count), else 1.
    """
    console = console or Console()
    items = [item for section in course.sections() if section.quiz.exists() for item in questions(section.slug)]
    found = findings(items)
    if found:
        table = Table(
            Column("place", no_wrap=True), Column("rule", no_wrap=True), "what to do", box=None, pad_edge=False
        )
        for finding in found:
            table.add_row(str(finding.where), f"{finding.rule} ({finding.level})", escape(finding.message))
        console.print(table)
    errors = sum(finding.level == "error" for finding in found)
    console.print(f"{len(items)} questions, {errors} errors, {len(found) - errors} warnings.")
    return 1 if errors else 0


@_rule("error")
def shape(item: Item, _facts: Facts) -> Iterator[str]:
    """As in the exam: 4 options with 1 key, or 5 to 6 options with 2 to 3 keys."""
    options, keys = len(item.options), len(item.keys)
    if item.type == "multiple_choice" and (options, keys) != (4, 1):
        yield f"give it 4 options and 1 correct one, not {options} and {keys}"
    if item.type == "multiple_response" and (options not in (5, 6) or keys not in (2, 3)):
        yield f"give it 5 or 6 options and 2 or 3 correct ones, not {options} and {keys}"
    for option in item.options:
        if "\n" in option.text.strip():
            yield f"write option {option.id} on one line"


@_rule("error")
def cue(item: Item, _facts: Facts) -> Iterator[str]:
    """A multiple response stem ends by saying how many to choose; no other stem does."""
    said = _CUE.findall(item.stem)
    expected = [COUNT_WORDS.get(len(item.keys), "?")] if item.type == "multiple_response" else []
    if said != expected or (said and not item.stem.rstrip().endswith(f"(Choose {said[-1]}.)")):
        yield f"end the stem with (Choose {expected[0]}.)" if expected else "remove (Choose ...) from the stem"


@_rule("error")
def catch_all(item: Item, _facts: Facts) -> Iterator[str]:
    """No "all of the above" and no option about other options."""
    for option in item.options:
        if match := _CATCH_ALL.search(option.text):
            yield f"option {option.id}: say what you mean instead of {match[0]!r}"


@_rule("error")
def rationale(item: Item, facts: Facts) -> Iterator[str]:
    """Every option has its own reason."""
    for option in item.options:
        if len(facts.expand(option.why).strip()) < WHY_MIN:
            yield f"why {option.id}: explain in at least {WHY_MIN} characters"
        if _words(option.why) == _words(option.text):
            yield f"why {option.id}: say more than the option does"
    for one, other in combinations(item.options, 2):
        if _words(one.why) == _words(other.why):
            yield f"options {one.id} and {other.id} have the same why; explain each"


@_rule("error")
def longest(item: Item, facts: Facts) -> Iterator[str]:
    """The key does not give itself away by its length."""
    keys, others = _lengths(item.keys, facts), _lengths(item.distractors, facts)
    if others and _key_sticks_out(item, facts) and mean(keys) > LONGEST_RATIO * mean(others):
        yield f"the correct option is {mean(keys) / mean(others):.1f} times as long as the others; even them out"


@_rule("error")
def length(item: Item, facts: Facts) -> Iterator[str]:
    """A stem can be read in half a minute."""
    if (count := len(facts.expand(item.stem).split())) > STEM_WORDS_MAX:
        yield f"shorten the stem from {count} to {STEM_WORDS_MAX} words"
    for option in item.options:
        if (count := len(facts.expand(option.text).split())) > OPTION_WORDS_MAX:
            yield f"shorten option {option.id} from {count} to {OPTION_WORDS_MAX} words"


@_rule("error")
def order(item: Item, facts: Facts) -> Iterator[str]:
    """Options that are figures stand in order."""
    values = figures([facts.expand(option.text) for option in item.options])
    if values and values not in (sorted(values), sorted(values, reverse=True)):
        yield "put the figures of the options in order"


@_rule("error")
def references(item: Item, facts: Facts) -> Iterator[str]:
    """Section, heading, skills and sources exist."""
    slug, anchor = item.section.split("#")
    if slug != item.where.path.stem:
        yield f"section {item.section} is another section's; move the question or correct it"
    elif anchor not in anchors(slug):
        yield f"the chapter {slug} has no heading with {{#{anchor}}}; known: {', '.join(anchors(slug)) or 'none'}"
    for skill in item.skills:
        if skill not in skills():
            yield f"skill {skill} is not in quizzes/exams/dva-c03.yaml"
    if not any(source.startswith("https://docs.aws.amazon.com/") for source in item.sources):
        yield "name at least one page of docs.aws.amazon.com among the sources"


@_rule("error")
def label(item: Item, facts: Facts) -> Iterator[str]:
    """The proof label says what the facts can carry."""
    proven = [facts[fact_id].machine_proven for fact_id in item.facts]
    earned = "full" if proven and all(proven) else "partial" if any(proven) else "cited"
    if item.proof != earned and not (item.proof == "partial" and earned == "full"):
        yield f"its facts earn the label {earned!r}, not {item.proof!r}"


@_rule("error")
def literal(item: Item, facts: Facts) -> Iterator[str]:
    """A figure that is a fact is written as a placeholder, or declared as part of the scenario."""
    for place, text in item.texts():
        for allowed in item.literals:
            text = text.replace(allowed, "")  # noqa: PLW2901
        for fact in facts.values():
            if match := _figure_of(fact).search(text):
                yield f"{place}: write {{fact:{fact.id}}} for {match[0]!r}, or list it under literals"
    for allowed in item.literals:
        if not any(allowed in text for _, text in item.texts()):
            yield f"literals lists {allowed!r}, which does not occur; remove it"


@_rule("error")
def sibling(item: Item, facts: Facts) -> Iterator[str]:
    """Where an option has the figure of another scope, the stem says which scope is meant."""
    stem = facts.expand(item.stem).lower()
    for fact in (facts[fact_id] for fact_id in item.facts):
        for other in (facts[fact_id] for fact_id in fact.siblings):
            shown = [
                option.id for option in item.options if quantity(other.value, other.unit) in facts.expand(option.text)
            ]
            if shown and not any(word in stem for word in SCOPES[fact.scope]):
                yield f"option {shown[0]} holds for {other.scope}; name the scope in the stem ({', '.join(SCOPES[fact.scope])})"


@_rule("warning")
def absolute(item: Item, facts: Facts) -> Iterator[str]:
    """Absolute words mark wrong options."""
    if any(_ABSOLUTE.search(facts.expand(option.text)) for option in item.keys):
        return
    for option in item.distractors:
        if match := _ABSOLUTE.search(facts.expand(option.text)):
            yield f"option {option.id}: {match[0]!r} marks it as wrong"


@_rule("warning")
def negative(item: Item, _facts: Facts) -> Iterator[str]:
    """A question that asks for the exception says so in capitals."""
    if match := _QUIET_NOT.search(item.stem):
        yield f"write {match[2].upper()} in capitals, or ask for what is true"


@cache
def anchors(slug: str) -> tuple[str, ...]:
    """Return the explicit anchors of a chapter's headings: ``## Weights {#weights}``."""
    chapter = course.section(slug).chapter
    return tuple(_ANCHOR.findall(chapter.read_text(encoding="utf-8"))) if chapter.exists() else ()


def _of_one(item: Item, facts: Facts) -> list[Finding]:
    """Apply every rule; a question whose facts are unknown cannot be read, so that is all there is to say about it."""
    if unknown := _unknown(item, facts):
        message = f"there is no fact {' or '.join(unknown)}; correct the id or add it to book/facts/"
        return [Finding(item.where, item.id, "facts", "error", message)]
    said = [(name, level, message) for name, level, rule in _RULES for message in rule(item, facts)]
    return [Finding(item.where, item.id, *parts) for parts in said]


def _unknown(item: Item, facts: Facts) -> list[str]:
    return [fact_id for fact_id in item.fact_ids() if fact_id not in facts]


def _similar(items: Sequence[Item]) -> Iterator[Finding]:
    """Stems that ask the same."""
    bags = [(item, frozenset(_words(item.stem))) for item in items]
    for (one, words), (other, others) in combinations(bags, 2):
        if len(words & others) >= SIMILAR * len(words | others):
            yield Finding(other.where, other.id, "duplicate", "error", f"its stem repeats {one.id} at {one.where}")


def _longest_too_often(items: Sequence[Item], facts: Facts) -> Iterator[Finding]:
    """The key is the longest option more often than chance allows (binomial test over a file)."""
    for path in dict.fromkeys(item.where.path for item in items):
        mine = [item for item in items if item.where.path == path]
        hits = sum(_key_sticks_out(item, facts) for item in mine)
        share = mean(len(item.keys) / len(item.options) for item in mine)
        if _at_least(hits, len(mine), share) < CHANCE:
            message = f"the correct option is the longest in {hits} of {len(mine)} questions; even them out"
            yield Finding(Where(path, 1), "", "longest-too-often", "error", message)


def _at_least(hits: int, trials: int, chance: float) -> float:
    return sum(math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(hits, trials + 1))


def _key_sticks_out(item: Item, facts: Facts) -> bool:
    others = _lengths(item.distractors, facts)
    return bool(others) and max(_lengths(item.keys, facts)) > max(others)


def _lengths(options: Sequence[Option], facts: Facts) -> list[int]:
    return [len(facts.expand(option.text)) for option in options]


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.lower()))


def _figure_of(fact: Fact) -> re.Pattern[str]:
    """Match the fact's figure with its unit in any of the ways people write it; nothing where it has no unit."""
    if isinstance(fact.value, bool) or not isinstance(fact.value, int | float) or fact.unit in (None, "fraction"):
        return _NOTHING
    one, _, many = str(fact.unit).partition("|")
    units = {one, *UNITS.get(one, (one, many or f"{one}s"))}
    grouped = f"{fact.value:,}"
    return _figure(frozenset({grouped, grouped.replace(",", "")}), frozenset(units), human(fact.value, fact.unit))


@cache
def _figure(numbers: frozenset[str], units: frozenset[str], spoken: str) -> re.Pattern[str]:
    number, unit = ("|".join(map(re.escape, sorted(words, reverse=True))) for words in (numbers, units))
    return re.compile(rf"(?<![\w.,])(?:(?:{number})[ -]?(?:{unit})|{re.escape(spoken)})(?!\w)")
