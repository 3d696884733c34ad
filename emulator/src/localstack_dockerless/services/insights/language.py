"""From the text of a query to its commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localstack_dockerless.services.insights.expressions import Evaluate, Expressions, combined
from localstack_dockerless.services.insights.functions import AGGREGATES
from localstack_dockerless.services.insights.reader import NUMBER, REGEX, MalformedQueryError
from localstack_dockerless.services.insights.values import Row, number

_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|/(?:[^/\\\n]|\\.)+/)|#[^\n]*')
_PERCENTILE_ARGUMENTS = 2


@dataclass(frozen=True)
class Named:
    """An expression and what its column is called."""

    name: str
    value: Evaluate


@dataclass(frozen=True)
class Aggregate:
    """A function over many rows."""

    name: str
    value: Callable[[list[Row]], Any]


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        verb: "fields", "display", "filter", "sort", "limit", "parse", "stats", "dedup".
        named: columns of fields and display, groups of stats, keys of sort (called "asc" or "desc") and dedup.
        aggregates: of stats.
        test: of filter; of parse, what is parsed.
        regex: of parse.
        count: of limit.
    """

    verb: str
    named: tuple[Named, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    test: Evaluate | None = None
    regex: re.Pattern[str] | None = None
    count: int = 0


def parse(query: str) -> list[Command]:
    """The commands of a query.

    Raises:
        MalformedQueryError: See there.
    """
    try:
        return _Parser(_COMMENT.sub(lambda found: found[1] or " " * len(found[0]), query)).commands()
    except RecursionError as error:
        raise MalformedQueryError("the query is too deep", 0) from error


class _Parser(Expressions):
    """Commands, and their columns."""

    def commands(self) -> list[Command]:
        found = [self._command()]
        while self.symbol("|"):
            found.append(self._command())
        if self.rest():
            raise self.malformed(f"unexpected symbol found {self.rest()[:20]}")
        return found

    def _command(self) -> Command:
        verb = (self.match(re.compile(r"[A-Za-z]+")) or "").lower()
        handler = getattr(self, f"_{verb}", None) if verb in VERBS else None
        if handler is None:
            raise self.malformed(f"unexpected symbol found {verb or self.rest()[:20] or 'the end'}")
        command: Command = handler()
        return command

    # Commands

    def _fields(self) -> Command:
        return Command("fields", tuple(self.list_of(self._named)))

    def _display(self) -> Command:
        return Command("display", tuple(self.list_of(self._named)))

    def _dedup(self) -> Command:
        return Command("dedup", tuple(self.list_of(self._named)))

    def _filter(self) -> Command:
        return Command("filter", test=self.expression())

    def _limit(self) -> Command:
        found = self.match(re.compile(r"\d+"))
        if not found:
            raise self.malformed("limit needs a number")
        return Command("limit", count=int(found))

    def _sort(self) -> Command:
        def key() -> Named:
            value = self.expression()
            descending = self.word("desc")
            if not descending:
                self.word("asc")
            return Named("desc" if descending else "asc", value)

        return Command("sort", tuple(self.list_of(key)))

    def _parse(self) -> Command:
        source = self.primary()
        regex = self.match(REGEX, 1)
        if regex is not None:
            compiled = self.compile(regex)
            if not compiled.groupindex:
                raise self.malformed("parse needs named groups in its regular expression")
            return Command("parse", test=source, regex=compiled)
        return self._parse_glob(source)

    def _parse_glob(self, source: Evaluate) -> Command:
        """`parse @message "user=*, *" as user, rest`."""
        pattern = self.string()
        if pattern is None:
            raise self.malformed("parse needs a pattern")
        parts = [re.escape(part) for part in pattern.split("*")]
        if not self.word("as"):
            raise self.malformed("parse needs names after as")
        names = self.list_of(self.field_name)
        if len(names) != len(parts) - 1:
            raise self.malformed(f"parse has {len(parts) - 1} * and {len(names)} names")
        named = tuple(Named(name, lambda row: row) for name in names)
        return Command("parse", named, test=source, regex=_glob(parts))

    def _stats(self) -> Command:
        aggregates = tuple(self.list_of(self._aggregate))
        groups = tuple(self.list_of(self._named)) if self.word("by") else ()
        return Command("stats", groups, aggregates)

    # Columns

    def _named(self) -> Named:
        start = self.start()
        value = self.expression()
        source = self.text[start : self._at].strip()
        name = self.field_name() if self.word("as") else source.strip("`")
        return Named(name, value)

    def _aggregate(self) -> Aggregate:
        start = self.start()
        value = self._sum_of_aggregates()
        source = self.text[start : self._at].strip()
        return Aggregate(self.field_name() if self.word("as") else source, value)

    def _sum_of_aggregates(self) -> Callable[[list[Row]], Any]:
        """Aggregates can be computed with: `max(a) - min(a)`, `sum(a) / 1000`."""
        left = self._aggregate_operand()
        while sign := self.match(re.compile(r"[-+*/%]")):
            left = combined(sign, left, self._aggregate_operand())
        return left

    def _aggregate_operand(self) -> Callable[[list[Row]], Any]:
        literal = self.match(NUMBER)
        if literal:
            return lambda _rows: float(literal)
        if self.symbol("("):
            inner = self._sum_of_aggregates()
            self.expect(")")
            return inner
        name = (self.match(re.compile(r"[A-Za-z_]+")) or "").lower()
        if name not in AGGREGATES:
            raise self.malformed(f"{name or 'this'} is not an aggregation function")
        self.expect("(")
        if name == "count" and (self.symbol("*") or self.rest().startswith(")")):
            self.expect(")")
            return lambda rows: float(len(rows))
        arguments = self.list_of(self.expression)
        self.expect(")")
        return self._aggregated(name, arguments)

    def _aggregated(self, name: str, arguments: list[Evaluate]) -> Callable[[list[Row]], Any]:
        function, value = AGGREGATES[name], arguments[0]
        if (name == "pct") != (len(arguments) == _PERCENTILE_ARGUMENTS) or len(arguments) > _PERCENTILE_ARGUMENTS:
            raise self.malformed(f"wrong number of arguments of {name}")
        if name != "pct":
            return lambda rows: function([value(row) for row in rows])
        percent = number(arguments[1]({}))
        if percent is None or not 0 <= percent <= 100:  # noqa: PLR2004 - percent
            raise self.malformed("pct needs a percentage")
        return lambda rows: function([value(row) for row in rows], percent)


def _glob(parts: list[str]) -> re.Pattern[str]:
    """What stands between the parts of a pattern: all but the last take as little as they can."""
    gaps = len(parts) - 1
    groups = ["(.*?)"] * (gaps - 1) + ["(.*)" if not parts[-1] else "(.*?)"]
    return re.compile(
        parts[0] + "".join(group + part for group, part in zip(groups, parts[1:], strict=True)), re.DOTALL
    )


VERBS = ("fields", "display", "filter", "sort", "limit", "parse", "stats", "dedup")
