"""The table of hostile functions in the README, made from the catalogue.

`python tests/harm/harm_table.py` writes it; a test compares.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
BEGIN, END = "<!-- harm: made by tests/harm/harm_table.py -->\n", "<!-- end of harm -->"
sys.path[:0] = [str(HERE), str(HERE.parent)]

from catalogue import HARMS, Harm  # noqa: E402 - found beside this file, also when it is run by itself


def table() -> str:
    """The table in Markdown."""
    rows = [f"| {harm.what} | {harm.ends.words} | {_plain(harm)} |" for harm in HARMS]
    return "\n".join(["| what it does | how it ends | without bubblewrap |", "|---|---|---|", *rows, ""])


def _plain(harm: Harm) -> str:
    if harm.escapes:
        return f"**not contained**: {harm.escapes}"
    return harm.plain.words if harm.plain else "the same"


def written(readme: str) -> str:
    """The README with the table as it should be."""
    before, _, rest = readme.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    README.write_text(written(README.read_text()))
