"""Filter patterns: which log events a metric filter, a subscription or a search is about.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

Fields = Mapping[str, Any]
Test = Callable[[Any], bool]

_TERM = re.compile(r'\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|([^\s"]+))')
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<symbol>&&|\|\||<=|>=|!=|[()=<>,])|
    "(?P<quoted>(?:[^"\\]|\\.)*)"|
    %(?P<regex>[^%]+)%|
    (?P<path>\$(?:\.[\w-]+|\.\*|\[(?:\d+|\*|'[^']*'|"[^"]*")\]|\.\[(?:'[^']*'|"[^"]*")\])*)|
    (?P<word>[^\s()=<>,!&|"%]+)
    )""",
    re.VERBOSE,
)
_STEP = re.compile(r"""\.?\[['"](?P<name>[^'"]*)['"]\]|\[(?P<index>\d+|\*)\]|\.(?P<key>[\w-]+|\*)""")
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MISSING = object()


class InvalidPatternError(ValueError):
    """The text is no filter pattern."""


class Pattern:
    """A compiled filter pattern.

    Raises:
        InvalidPatternError: See there.
    """

    def __init__(self, text: str) -> None:
        stripped = text.strip()
        self._columns: list[str] | None = None
        if stripped.startswith("{") and stripped.endswith("}"):
            test = _Conditions(stripped[1:-1], _json_value).parse()
            self._test = lambda message: (fields := _object(message)) is not None and test(fields)
        elif stripped.startswith("[") and stripped.endswith("]"):
            self._test = self._delimited(stripped[1:-1])
        else:
            self._test = _terms(stripped)

    def matches(self, message: str) -> bool:
        """Whether an event with this message is meant."""
        return self._test(message.rstrip("\n"))

    def value(self, message: str, selector: str) -> Any:
        """What `$.latency`, or the column `$bytes`, is in a message; None if it is not there."""
        if self._columns is not None:
            columns = dict(zip(self._columns, _split(message, self._columns) or [], strict=False))
            return columns.get(selector.removeprefix("$"))
        found = _json_value(_object(message), selector)
        return None if found is _MISSING else found

    def _delimited(self, text: str) -> Callable[[str], bool]:
        parts = [part.strip() for part in _outside_quotes(text)]
        names = [re.split(r"[\s=<>!]", part, maxsplit=1)[0] or str(at) for at, part in enumerate(parts)]
        if not all(parts) or names.count("...") > 1:
            raise InvalidPatternError("Invalid filter pattern: an empty column, or more than one ...")
        self._columns = names
        tests = [_Conditions(part, _column).parse() for part in parts if re.search(r"[=<>]", part)]

        def test(message: str) -> bool:
            columns = _split(message, names)
            return columns is not None and all(one(dict(zip(names, columns, strict=True))) for one in tests)

        return test


@lru_cache(maxsize=256)
def compiled(text: str) -> Pattern:
    """A pattern, compiled once.

    Raises:
        InvalidPatternError: See there.
    """
    try:
        return Pattern(text)
    except RecursionError as error:
        raise InvalidPatternError("Invalid filter pattern: it is too deep") from error


def _terms(text: str) -> Callable[[str], bool]:
    """Every plain term, or one of those marked `?`; none of those marked `-`."""
    terms: dict[str, list[Callable[[str], bool]]] = {"": [], "?": [], "-": []}
    at = 0
    while at < len(text):
        found = _TERM.match(text, at)
        if not found:
            raise InvalidPatternError(f"Invalid filter pattern: {text}")
        sign, quoted, regex, word = found.groups()
        terms[sign].append(_contains(quoted if quoted is not None else word, regex))
        at = found.end()
    required, optional, excluded = terms[""], terms["?"], terms["-"]

    def test(message: str) -> bool:
        if any(one(message) for one in excluded):
            return False
        if required or not optional:  # beside a required term the optional ones mean nothing
            return all(one(message) for one in required)
        return any(one(message) for one in optional)

    return test


def _contains(text: str | None, regex: str | None) -> Callable[[str], bool]:
    if regex is not None:
        compiled_regex = _regex(regex)
        return lambda message: compiled_regex.search(message) is not None
    unescaped = re.sub(r"\\(.)", r"\1", text or "")
    return lambda message: unescaped in message


def _regex(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise InvalidPatternError(f"Invalid filter pattern: {error}") from error


class _Conditions:
    """Comparisons joined by && and ||: `$.level = "ERROR" && ($.latency > 100 || $.retry IS TRUE)`."""

    def __init__(self, text: str, value: Callable[[Any, str], Any]) -> None:
        self._value = value
        self._tokens = list(self._split(text))
        self._at = 0

    def parse(self) -> Test:
        """The whole expression, as a test of fields."""
        test = self._any()
        if self._at < len(self._tokens):
            raise InvalidPatternError(f"Invalid filter pattern: unexpected {self._tokens[self._at][1]}")
        return test

    @staticmethod
    def _split(text: str) -> Any:
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if not found:
                raise InvalidPatternError(f"Invalid filter pattern: {text[at:].strip()}")
            yield found.lastgroup, found[found.lastgroup or 0]
            at = found.end()

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise InvalidPatternError("Invalid filter pattern: it ends too early")
        self._at += 1
        kind, text = self._tokens[self._at - 1]
        return kind, text

    def _any(self) -> Test:
        tests = [self._all()]
        while self._peek() == "||":
            self._take()
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda fields: any(test(fields) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._peek() == "&&":
            self._take()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda fields: all(test(fields) for test in tests)

    def _one(self) -> Test:
        kind, name = self._take()
        if (kind, name) == ("symbol", "("):
            test = self._any()
            if self._take() != ("symbol", ")"):
                raise InvalidPatternError("Invalid filter pattern: ) is missing")
            return test
        if kind not in ("path", "word"):
            raise InvalidPatternError(f"Invalid filter pattern: unexpected {name}")
        test_value = self._comparison()
        return lambda fields: test_value(self._value(fields, name))

    def _comparison(self) -> Test:
        kind, sign = self._take()
        if kind == "word":
            return self._state(sign.upper())
        operand_kind, operand = self._take()
        if operand_kind in ("symbol", "path"):
            raise InvalidPatternError(f"Invalid filter pattern: unexpected {operand}")
        if sign in _ORDER:
            return _ordered(_ORDER[sign], operand)
        same = _same(operand_kind, operand)
        if sign == "=":
            return same
        if sign == "!=":
            return lambda value: not same(value)
        raise InvalidPatternError(f"Invalid filter pattern: unexpected {sign}")

    def _state(self, word: str) -> Test:
        """IS TRUE, IS NULL, EXISTS, NOT EXISTS."""
        if word == "EXISTS":
            return lambda value: value is not _MISSING
        second = self._take()[1].upper()
        if (word, second) == ("NOT", "EXISTS"):
            return lambda value: value is _MISSING
        constants = {"TRUE": True, "FALSE": False, "NULL": None}
        if word == "IS" and second in constants:
            return lambda value: value is constants[second]
        raise InvalidPatternError(f"Invalid filter pattern: unexpected {word} {second}")


def _ordered(compare: Callable[[Any, Any], bool], operand: str) -> Test:
    limit = _number(operand)
    if limit is None:
        raise InvalidPatternError(f"Invalid filter pattern: {operand} is not a number")
    return lambda value: (number := _number(value)) is not None and compare(number, limit)


def _same(kind: str, operand: str) -> Test:
    """Numbers as numbers, texts as texts in which * stands for anything; `%...%` is a regular expression."""
    if kind == "regex":
        regex = _regex(operand)
    else:
        unescaped = re.sub(r"\\(.)", r"\1", operand)
        regex = re.compile(".*".join(map(re.escape, unescaped.split("*"))) + r"\Z", re.DOTALL)
    number = _number(operand) if kind == "word" else None

    def test(value: Any) -> bool:
        if isinstance(value, bool) or value is None or value is _MISSING:
            return False
        if number is not None and (other := _number(value)) is not None:
            return other == number
        return (regex.search if kind == "regex" else regex.match)(str(value)) is not None

    return test


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _object(message: str) -> Any:
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def _json_value(fields: Any, path: str) -> Any:
    """What a path like `$.a.b[0]` leads to; with * the first that is there."""
    for step in _STEP.finditer(path):
        key = step["name"] if step["name"] is not None else step["key"]
        if step["index"] is not None:
            index = 0 if step["index"] == "*" else int(step["index"])
            fields = fields[index] if isinstance(fields, list) and index < len(fields) else _MISSING
        elif key == "*":
            fields = next(iter(fields.values()), _MISSING) if isinstance(fields, dict) else _MISSING
        else:
            fields = fields.get(key, _MISSING) if isinstance(fields, dict) else _MISSING
    return fields


def _column(columns: Fields, name: str) -> Any:
    return columns.get(name, _MISSING)


def _outside_quotes(text: str) -> list[str]:
    return re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', text)


def _split(message: str, names: list[str]) -> list[str] | None:
    """The columns of a line; what stands in [ ] or " " is one. `...` takes as many as are left over."""
    columns = [a or b or c for a, b, c in re.findall(r'\[([^\]]*)\]|"([^"]*)"|(\S+)', message)]
    if "..." in names:
        before = names.index("...")
        after = len(names) - before - 1
        if len(columns) < before + after:
            return None
        end = len(columns) - after
        return [*columns[:before], " ".join(columns[before:end]), *columns[end:]]
    return columns if len(columns) == len(names) else None
