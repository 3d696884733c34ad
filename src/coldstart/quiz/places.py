"""Where a question leads: the heading that teaches it, its section's lab, the facts behind its answer.

Addresses of pages where the site is built, else of files in the checkout.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from coldstart import facts
from coldstart.course import section
from coldstart.paths import SITE

SERVED: Final = "COLDSTART_SITE"
"""The environment variable with the address of the site, which ``coldstart learn`` sets for its notebooks."""

Question = dict[str, Any]
"""A question of the bank."""


def again(missed: Iterable[Question], width: int) -> list[str]:
    """Return lines that say where to read again: each place once, with the questions that lead there.

    Args:
        missed: The questions that were not answered correctly.
        width: Of a line, in characters. Questions are cut to it; an address stays whole, to be clicked.
    """
    places = [(address, list(group)) for address, group in groupby(sorted(missed, key=_place), key=taught)]
    lines = ["", "Worth reading again:"] if places else []
    for address, questions in places:
        lines += ["", address, *(f"  {gist(question, width - 2)}" for question in questions)]
    return lines


def taught(question: Question) -> str:
    """Return where the answer is taught."""
    slug, anchor = _place(question)
    return f"{_page(f'{slug}.html') or section(slug).chapter}#{anchor}"


def lab(question: Question) -> str:
    """Return where the lab of the question's section is."""
    slug = question["section"]["slug"]
    return _page(f"labs/{slug}.html") or str(section(slug).lab)


def fact(fact_id: str) -> str:
    """Return where a fact stands with its proofs."""
    numbers = _page("numbers.html")
    return f"{numbers}#{fact_id}" if numbers else str(facts.load().known(fact_id).where)


def gist(question: Question, limit: int) -> str:
    """Return the beginning of a question without its code, in at most so many characters."""
    prose = re.sub(r"```.*?```", "", question["stem"]["text"], flags=re.DOTALL)
    words = " ".join(prose.replace("**", "").split())
    return words if len(words) <= limit else words[: limit - 1].rsplit(" ", 1)[0] + " …"


def _place(question: Question) -> tuple[str, str]:
    return question["section"]["slug"], question["section"]["anchor"]


def _page(name: str) -> str:
    page = SITE / name
    return page.as_uri() if page.exists() else ""
