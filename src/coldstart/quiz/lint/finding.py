"""What a rule finds, and the two lists of rules: those about one question, and those about all of a bank."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from coldstart.facts import Facts
from coldstart.facts.source import Where
from coldstart.quiz.model import Question

Level = Literal["error", "warning"]
ItemRule = Callable[[Question, Facts], Iterator[str]]


class Finding(NamedTuple):
    """One fault of one question."""

    where: Where
    question: str
    rule: str
    level: Level
    message: str


BankRule = Callable[[Sequence[Question], Facts], Iterator[Finding]]

ITEM_RULES: Final[list[tuple[str, Level, ItemRule]]] = []
BANK_RULES: Final[list[BankRule]] = []


def of_item(level: Level) -> Callable[[ItemRule], ItemRule]:
    """Register a rule about one question; the function's name is the rule's."""

    def register(rule: ItemRule) -> ItemRule:
        ITEM_RULES.append((rule.__name__.replace("_", "-"), level, rule))
        return rule

    return register


def of_bank(rule: BankRule) -> BankRule:
    """Register a rule that compares questions with one another."""
    BANK_RULES.append(rule)
    return rule
