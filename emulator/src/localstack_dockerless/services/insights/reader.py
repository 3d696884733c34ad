"""Reading the text of a query, piece by piece."""

from __future__ import annotations

import re

FIELD = re.compile(r"`([^`]+)`|(@?[A-Za-z_][\w@]*(?:\.[\w@-]+)*)")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'')
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
REGEX = re.compile(r"/((?:[^/\\\n]|\\.)+)/")
PERIOD = re.compile(r"\d+\s*[a-z]+")


class MalformedQueryError(ValueError):
    """The text is no query.

    Attributes:
        at: the offset at which that becomes plain.
    """

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


class Reader:
    """A position in a text, and what can be read there.

    Attributes:
        text: what is read.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._at = 0

    def start(self) -> int:
        """Past the white space."""
        self._at = len(self.text) - len(self.rest())
        return self._at

    def rest(self) -> str:
        """What is not read yet."""
        return self.text[self._at :].lstrip()

    def match(self, pattern: re.Pattern[str], group: int = 0) -> str | None:
        """Read what matches; None if nothing does."""
        found = pattern.match(self.text, self.start())
        if not found:
            return None
        self._at = found.end()
        return found[group]

    def symbol(self, symbol: str) -> bool:
        """Read a symbol if it is there."""
        return self.match(re.compile(re.escape(symbol))) is not None

    def word(self, word: str) -> bool:
        """Read a word if it is there, in any case."""
        return self.match(re.compile(rf"{word}(?![\w.@])", re.IGNORECASE)) is not None

    def expect(self, symbol: str) -> None:
        """Read a symbol that has to be there."""
        if not self.symbol(symbol):
            raise self.malformed(f"expected {symbol}")

    def string(self) -> str | None:
        """A text in quotes, or None."""
        found = self.match(STRING)
        return None if found is None else re.sub(r"\\(.)", r"\1", found[1:-1])

    def field_name(self) -> str:
        """The name of a field, with or without back quotes."""
        found = self.match(FIELD)
        if not found:
            raise self.malformed(f"unexpected symbol found {self.rest()[:20] or 'the end'}")
        return found.strip("`")

    def compile(self, regex: str) -> re.Pattern[str]:
        """A regular expression, in whose named groups Insights writes no P."""
        try:
            return re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", regex))
        except re.error as error:
            raise self.malformed(f"invalid regular expression: {error}") from error

    def malformed(self, message: str) -> MalformedQueryError:
        """The error, at this position."""
        return MalformedQueryError(message, self._at)
