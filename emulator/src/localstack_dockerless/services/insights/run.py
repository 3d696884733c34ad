"""Commands, one after the other, over the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from localstack_dockerless.services.insights.language import Command, Named
from localstack_dockerless.services.insights.values import Row, order, text

DEFAULT_COLUMNS = ("@timestamp", "@message")
DEFAULT_LIMIT = 10_000


@dataclass
class _State:
    """How far a query is."""

    rows: list[Row]
    columns: list[str] = field(default_factory=list)
    grouped: bool = False  # stats has made new rows, which are no events
    ordered: bool = False
    limited: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a query gave.

    Attributes:
        lines: results as texts by field, in the order of the columns.
        matched: rows before any limit.
    """

    lines: list[dict[str, str]]
    matched: int


def run(commands: Sequence[Command], rows: Sequence[Row], limit: int | None = None) -> Outcome:
    """Execute a query.

    Args:
        commands: of `language.parse`.
        rows: the events in the order of time.
        limit: of lines, when the query itself sets none.
    """
    state = _State(list(rows))
    matched = len(state.rows)
    for command in commands:
        _RUN[command.verb](state, command)
        if command.verb == "filter" and not state.grouped:
            matched = len(state.rows)
    if not state.ordered and not state.grouped:
        state.rows.reverse()
    if not state.limited:
        state.rows = state.rows[: limit or DEFAULT_LIMIT]
    columns = state.columns or list(DEFAULT_COLUMNS)
    if not state.grouped:
        columns = [*columns, "@ptr"]
    return Outcome([_line(row, columns) for row in state.rows], matched)


def _line(row: Row, columns: Sequence[str]) -> dict[str, str]:
    return {name: text(row[name]) for name in dict.fromkeys(columns) if row.get(name) is not None}


def _fields(state: _State, command: Command) -> None:
    _compute(state, command.named)
    state.columns += [one.name for one in command.named]


def _display(state: _State, command: Command) -> None:
    _compute(state, command.named)
    state.columns = [one.name for one in command.named]


def _compute(state: _State, named: Sequence[Named]) -> None:
    state.rows = [row | {one.name: one.value(row) for one in named} for row in state.rows]


def _filter(state: _State, command: Command) -> None:
    assert command.test is not None  # noqa: S101 - the parser gives one
    state.rows = [row for row in state.rows if command.test(row)]


def _sort(state: _State, command: Command) -> None:
    """Rows that lack what is sorted by come last."""
    for key in reversed(command.named):
        values: list[tuple[Any, Row]] = [(key.value(row), row) for row in state.rows]
        present = sorted(
            (pair for pair in values if pair[0] is not None),
            key=lambda pair: order(pair[0]),
            reverse=key.name == "desc",
        )
        state.rows = [row for _, row in present] + [row for value, row in values if value is None]
    state.ordered = True


def _limit(state: _State, command: Command) -> None:
    if not state.ordered and not state.grouped:
        state.rows.reverse()  # the newest
        state.ordered = True
    state.rows = state.rows[: command.count]
    state.limited = True


def _parse(state: _State, command: Command) -> None:
    assert command.test is not None and command.regex is not None  # noqa: S101, PT018 - the parser gives both
    names = [one.name for one in command.named] or list(command.regex.groupindex)
    rows = []
    for row in state.rows:
        source = command.test(row)
        found = command.regex.search(text(source).rstrip("\n")) if source is not None else None
        values = (found.groups() if command.named else found.groupdict().values()) if found else ()
        rows.append(row | dict(zip(names, values, strict=False)))
    state.rows = rows
    if not state.grouped:
        state.columns += names


def _stats(state: _State, command: Command) -> None:
    groups: dict[tuple[str, ...], tuple[Row, list[Row]]] = {}
    for row in state.rows:
        key: Row = {one.name: one.value(row) for one in command.named}
        name = tuple(text(value) for value in key.values())
        groups.setdefault(name, (key, []))[1].append(row)
    if not groups and not command.named:
        groups[()] = ({}, [])
    state.rows = [
        key | {one.name: one.value(members) for one in command.aggregates} for key, members in groups.values()
    ]
    state.columns = [*(one.name for one in command.named), *(one.name for one in command.aggregates)]
    state.grouped, state.ordered = True, False


def _dedup(state: _State, command: Command) -> None:
    """Of rows that are alike the newest, or the first of those that were sorted."""
    if not state.ordered and not state.grouped:
        state.rows.reverse()
        state.ordered = True
    kept: dict[tuple[str, ...], Row] = {}
    for row in state.rows:
        kept.setdefault(tuple(text(one.value(row)) for one in command.named), row)
    state.rows = list(kept.values())


_RUN: dict[str, Callable[[_State, Command], None]] = {
    "fields": _fields,
    "display": _display,
    "filter": _filter,
    "sort": _sort,
    "limit": _limit,
    "parse": _parse,
    "stats": _stats,
    "dedup": _dedup,
}
