"""Results of checks as a quiet table, for a terminal and for a page."""

import re
from collections.abc import Sequence
from html import escape
from typing import Final

from coldstart.lab.checking import Result

LEFT: Final = 'style="text-align: left"'


def text(results: Sequence[Result]) -> str:
    """Return a line for each result, and under a failed one what to do."""
    return "\n".join(_line(result) for result in results)


def html(results: Sequence[Result]) -> str:
    """Return the same as an HTML table."""
    rows = "".join(_row(result) for result in results)
    head = f'<tr><th {LEFT} scope="col">Check</th><th {LEFT} scope="col">Result</th></tr>'
    return f'<table class="checks"><thead>{head}</thead><tbody>{rows}</tbody></table>'


def _line(result: Result) -> str:
    return f"passed   {result.title}" if result.passed else f"not yet  {result.title}\n         {result.message}"


def _row(result: Result) -> str:
    state = "✓ passed" if result.passed else f"○ not yet: {_prose(result.message)}"
    return f"<tr><td {LEFT}>{_prose(result.title)}</td><td {LEFT}>{state}</td></tr>"


def _prose(text: str) -> str:
    """Return a sentence as HTML, with `code` in it set as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
