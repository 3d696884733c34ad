"""Rules about the words of a question: what betrays the key, what cannot be read, what is said no more."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations
from statistics import mean
from typing import Any, Final

from ruamel.yaml import YAML

from coldstart.facts import Facts
from coldstart.paths import QUIZZES
from coldstart.quiz.lint.finding import of_item
from coldstart.quiz.model import Option, Question, Trace

WHY_MIN: Final = 40
STEM_WORDS_MAX: Final = 110
OPTION_WORDS_MAX: Final = 35
LONGEST_RATIO: Final = 1.25
GRADE_MAX: Final = 14
CLANG_LETTERS: Final = 7

_ABSOLUTE = re.compile(r"\b(always|never|only|impossible|completely|entirely)\b", re.IGNORECASE)
_QUIET_NOT = re.compile(r"\b(which|what)\b[^?]*\b(not|except)\b[^?]*\?")
_LOUD_NOT = re.compile(r"\b(NOT|EXCEPT|LEAST)\b(?! operational)")
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_SENTENCE = re.compile(r"[.!?:]+(?:\s|$)")
_VOWELS = re.compile(r"[aeiouy]+")


@of_item("error")
def rationale(item: Question, facts: Facts) -> Iterator[str]:
    """Every option has its own reason."""
    for option in item.options:
        if len(facts.expand(option.why).strip()) < WHY_MIN:
            yield f"why {option.id}: explain in at least {WHY_MIN} characters"
        if words(option.why) == words(option.text):
            yield f"why {option.id}: say more than the option does"
    for one, other in combinations(item.options, 2):
        if words(one.why) == words(other.why):
            yield f"options {one.id} and {other.id} have the same why; explain each"


@of_item("error")
def longest(item: Question, facts: Facts) -> Iterator[str]:
    """The key does not give itself away by its length."""
    keys, others = lengths(item.keys, facts), lengths(item.distractors, facts)
    if others and key_sticks_out(item, facts) and mean(keys) > LONGEST_RATIO * mean(others):
        yield f"the correct option is {mean(keys) / mean(others):.1f} times as long as the others; even them out"


@of_item("error")
def length(item: Question, facts: Facts) -> Iterator[str]:
    """A stem can be read in half a minute."""
    if (count := len(facts.expand(item.stem).split())) > STEM_WORDS_MAX:
        yield f"shorten the stem from {count} to {STEM_WORDS_MAX} words"
    for option in item.options:
        if (count := len(facts.expand(option.text).split())) > OPTION_WORDS_MAX:
            yield f"shorten option {option.id} from {count} to {OPTION_WORDS_MAX} words"


@of_item("warning")
def readability(item: Question, facts: Facts) -> Iterator[str]:
    """Somebody who reads English as a second language can follow the stem (Flesch-Kincaid grade)."""
    if (reached := grade(facts.expand(item.stem))) > GRADE_MAX:
        yield f"the stem reads like grade {reached:.0f} of school, at most {GRADE_MAX}; use shorter words and sentences"


@of_item("warning")
def absolute(item: Question, facts: Facts) -> Iterator[str]:
    """Absolute words mark wrong options."""
    if any(_ABSOLUTE.search(facts.expand(option.text)) for option in item.keys):
        return
    for option in item.distractors:
        if match := _ABSOLUTE.search(facts.expand(option.text)):
            yield f"option {option.id}: {match[0]!r} marks it as wrong"


@of_item("warning")
def negative(item: Question, _facts: Facts) -> Iterator[str]:
    """A question that asks for the exception says so in capitals."""
    if match := _QUIET_NOT.search(item.stem):
        yield f"write {match[2].upper()} in capitals, or ask for what is true"


@of_item("warning")
def clang(item: Question, facts: Facts) -> Iterator[str]:
    """No long word of the question stands in the key and in no other option."""
    asked = _long(_asks(facts.expand(item.stem)))
    keys = [_long(facts.expand(option.text)) for option in item.keys]
    others = {word for option in item.distractors for word in _long(facts.expand(option.text))}
    for word in sorted(asked & set.intersection(*keys) - others):
        yield f"{word!r} is in the question and in the correct option only; name it in another option too"


@of_item("error")
def parallel(item: Question, facts: Facts) -> Iterator[str]:
    """All options are sentences, or none is."""
    if isinstance(item, Trace):
        return
    ends = [facts.expand(option.text).rstrip().endswith(".") for option in item.options]
    if any(ends) and not all(ends):
        yield f"write all options as sentences or none: {item.options[ends.index(False)].id} has no full stop"


@of_item("warning")
def why_scope(item: Question, facts: Facts) -> Iterator[str]:
    """A reason speaks of services that the question names, not of ones that come from nowhere."""
    shown = facts.expand(" ".join([item.stem, *(option.text for option in item.options)])).lower()
    for option in item.options:
        for service in _vocabulary()["services"]:
            if re.search(rf"\b{re.escape(service)}\b", option.why) and service.lower() not in shown:
                yield f"why {option.id} brings in {service}, which neither stem nor options name"


@of_item("error")
def retired(item: Question, _facts: Facts) -> Iterator[str]:
    """Names that AWS has given up are not used."""
    for place, text in item.texts():
        for name, today in _vocabulary()["retired"].items():
            if re.search(rf"\b{re.escape(name)}\b", text):
                yield f"{place}: {name} is called {today} now" if today else f"{place}: {name} is retired"


def loud(item: Question) -> bool:
    """Whether a question asks for the exception."""
    return bool(_LOUD_NOT.search(item.stem))


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of a text without its code; syllables are counted by groups of vowels."""
    prose = _CODE.sub("x", text)
    found = re.findall(r"[a-z]+", prose.lower())
    syllables = sum(max(1, len(_VOWELS.findall(word.removesuffix("e")))) for word in found)
    sentences = max(1, len(_SENTENCE.findall(prose)))
    return 0.39 * len(found) / sentences + 11.8 * syllables / max(1, len(found)) - 15.59


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case."""
    return tuple(re.findall(r"\w+", text.lower()))


def lengths(options: Sequence[Option], facts: Facts) -> list[int]:
    """Return how many characters each option has."""
    return [len(facts.expand(option.text)) for option in options]


def key_sticks_out(item: Question, facts: Facts) -> bool:
    """Whether the longest option is a correct one."""
    others = lengths(item.distractors, facts)
    return bool(others) and max(lengths(item.keys, facts)) > max(others)


def _asks(stem: str) -> str:
    """Return the last sentence of a stem: what it asks."""
    return [part for part in re.split(r"(?<=[.!?])\s+", stem.strip()) if not part.startswith("(Choose")][-1]


def _long(text: str) -> set[str]:
    return {word for word in words(text) if len(word) >= CLANG_LETTERS}


@cache
def _vocabulary() -> dict[str, Any]:
    data: dict[str, Any] = YAML(typ="safe").load(QUIZZES / "vocabulary.yaml")
    return data
