"""The glossary: its terms get anchors, and where a page first uses one it links there and shows the first sentence."""

import re
from functools import cache
from html import escape
from typing import Final

from coldstart.paths import BOOK

ENTRY: Final = re.compile(r"^(?P<term>\S.*)\n:   (?P<text>.+)$", re.MULTILINE)
TERM: Final = re.compile(r"<dt>(.*?)</dt>")
LINK: Final = re.compile(r"\[([^]]*)\]\([^)]*\)")


@cache
def terms() -> dict[str, str]:
    """Return every term with the first sentence of its explanation, as plain text."""
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    return {entry["term"]: _first_sentence(entry["text"]) for entry in ENTRY.finditer(text)}


def anchor(term: str) -> str:
    """Return the id of a term on the glossary page."""
    return re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")


def with_anchors(page: str) -> str:
    """Give every term of the glossary page its id."""
    return TERM.sub(lambda found: f'<dt id="{anchor(found[1])}">{found[1]}</dt>', page)


class Linker:
    """Links the first use of every term on one page.

    Args:
        address: Where the glossary is, seen from the page.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.open = {term.lower(): term for term in terms()}
        words = "|".join(map(re.escape, sorted(terms(), key=len, reverse=True)))
        self.pattern = re.compile(rf"(?<![\w-])({words})(s?)(?![\w-])", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """Return a piece of the page's text with its first uses linked."""
        return self.pattern.sub(self._link, text) if self.open else text

    def _link(self, found: re.Match[str]) -> str:
        term = self.open.get(found[1].lower())
        if term is None or (not term.islower() and term not in found[1]):
            return found[0]
        del self.open[found[1].lower()]
        return f'<a class="term" href="{self.address}#{anchor(term)}" title="{escape(terms()[term])}">{found[0]}</a>'


def _first_sentence(text: str) -> str:
    plain = LINK.sub(r"\1", text).replace("`", "")
    return re.split(r"(?<=\.) ", plain, maxsplit=1)[0]
