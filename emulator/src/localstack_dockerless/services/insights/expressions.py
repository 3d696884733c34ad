"""Expressions over the fields of one row."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from localstack_dockerless.services.insights.functions import AGGREGATES, OPERATORS, SCALARS
from localstack_dockerless.services.insights.reader import NUMBER, PERIOD, REGEX, Reader
from localstack_dockerless.services.insights.values import Row, Time, number, order, period, same, text

Evaluate = Callable[[Row], Any]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": same,
    "!=": lambda left, right: not same(left, right),
    "<": lambda left, right: _both(left, right) and order(left) < order(right),
    "<=": lambda left, right: _both(left, right) and order(left) <= order(right),
    ">": lambda left, right: _both(left, right) and order(left) > order(right),
    ">=": lambda left, right: _both(left, right) and order(left) >= order(right),
}


def _both(left: Any, right: Any) -> bool:
    return left is not None and right is not None


class Expressions(Reader):
    """Recursive descent, without a separate lexer: what / means depends on where it stands."""

    def expression(self) -> Evaluate:
        """Any expression."""
        left = self._and()
        while self.word("or"):
            left = _either(left, self._and())
        return left

    def _and(self) -> Evaluate:
        left = self._not()
        while self.word("and"):
            left = _all(left, self._not())
        return left

    def _not(self) -> Evaluate:
        if self.word("not"):
            inner = self._not()
            return lambda row: not _truth(inner(row))
        return self._comparison()

    def _comparison(self) -> Evaluate:
        left = self._sum()
        negated = self.word("not")
        if self.word("like") or (not negated and self.symbol("=~")):
            return self._like(left, negated=negated)
        if self.word("in"):
            return self._in(left, negated=negated)
        if negated:
            raise self.malformed("expected like or in after not")
        sign = self.match(re.compile(r"!=|<=|>=|=|<|>"))
        if not sign:
            return left
        right, compare = self._sum(), _COMPARISONS[sign]
        return lambda row: compare(left(row), right(row))

    def _like(self, left: Evaluate, *, negated: bool) -> Evaluate:
        regex = self.match(REGEX, 1)
        if regex is None:
            part = self.string()
            if part is None:
                raise self.malformed("like needs a text or a regular expression")
            regex = re.escape(part)
        compiled = self.compile(regex)

        def test(row: Row) -> bool:
            value = left(row)
            return (value is not None and compiled.search(text(value)) is not None) is not negated

        return test

    def _in(self, left: Evaluate, *, negated: bool) -> Evaluate:
        self.expect("[")
        options = self.list_of(self._sum)
        self.expect("]")
        return lambda row: any(same(left(row), option(row)) for option in options) is not negated

    def _sum(self) -> Evaluate:
        left = self._product()
        while sign := self.match(re.compile(r"[-+]")):
            left = combined(sign, left, self._product())
        return left

    def _product(self) -> Evaluate:
        left = self._factor()
        while sign := self.match(re.compile(r"[*/%^]")):
            left = combined(sign, left, self._factor())
        return left

    def _factor(self) -> Evaluate:
        if self.symbol("-"):
            inner = self._factor()
            return combined("-", lambda _row: 0.0, inner)
        return self.primary()

    def primary(self) -> Evaluate:
        """A literal, a field, a call, or anything in parentheses."""
        if self.symbol("("):
            inner = self.expression()
            self.expect(")")
            return inner
        literal = self.match(NUMBER)
        if literal:
            return lambda _row: float(literal)
        string = self.string()
        if string is not None:
            return lambda _row: string
        begun = self.start()
        name = self.field_name()
        if self.symbol("("):
            value = self._call(name.lower())
            # After stats, what it computed is a column, called as it was written there.
            column = self.text[begun : self._at]
            return lambda row: row[column] if column in row else value(row)
        if name in ("true", "false"):
            return lambda _row: name == "true"
        return lambda row: row.get(name)

    def _call(self, name: str) -> Evaluate:
        if name in AGGREGATES:
            if not self.symbol("*"):
                self.list_of(self.expression)
            self.expect(")")
            return lambda _row: None
        if name == "bin":
            return self._bin(lambda row: row.get("@timestamp"))
        if name in ("datefloor", "dateceil"):
            source = self.expression()
            self.expect(",")
            return self._bin(source, up=name == "dateceil")
        if name not in SCALARS:
            raise self.malformed(f"unknown function {name}")
        arguments = [] if self.rest().startswith(")") else self.list_of(self.expression)
        self.expect(")")
        least, most, function = SCALARS[name]
        if not least <= len(arguments) <= most:
            raise self.malformed(f"wrong number of arguments of {name}")
        return lambda row: function(*(argument(row) for argument in arguments))

    def _bin(self, source: Evaluate, *, up: bool = False) -> Evaluate:
        literal = self.match(PERIOD) or ""
        try:
            milliseconds = period(literal)
        except ValueError as error:
            raise self.malformed("expected a period such as 5m") from error
        self.expect(")")

        def floor(row: Row) -> Time | None:
            at = number(source(row))
            return (
                None
                if at is None
                else Time(-(-at // milliseconds) * milliseconds if up else at // milliseconds * milliseconds)
            )

        return floor

    def list_of(self, one: Callable[[], Any]) -> list[Any]:
        """One or more, with commas between."""
        found = [one()]
        while self.symbol(","):
            found.append(one())
        return found


def _truth(value: Any) -> bool:
    return value not in (None, 0, "")


def _either(left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda row: _truth(left(row)) or _truth(right(row))


def _all(left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda row: _truth(left(row)) and _truth(right(row))


def combined(sign: str, left: Callable[[Any], Any], right: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """An arithmetic operation, over whatever its operands are evaluated on."""
    function = OPERATORS[sign]
    return lambda rows: function(left(rows), right(rows))
