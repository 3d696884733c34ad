"""What a chapter gets on its way to the page: its numbers, each linked to its proof, its drawings and its quiz."""

import re
from typing import Any, Final, NamedTuple

from coldstart.errors import CourseError
from coldstart.facts import Fact, load
from coldstart.quiz import html as quiz
from coldstart.site import numbers
from coldstart.site.glossary import Linker

PLACEHOLDER: Final = re.compile(r"\{fact:([^}:\s]*)[^}\s]*\}")
# Until Markdown is done with the page, a number is OPEN, a letter that stands for its fact, the value, CLOSE.
OPEN, CLOSE, FIRST_LETTER = "\ue000", "\ue001", 0xE100
ONE_LINE: Final = 28
"""So many characters of a number stay together; a longer one, such as a list of levels, may break on a phone."""
MARKED: Final = re.compile(f"{OPEN}(.)(.*?){CLOSE}", re.DOTALL)
QUIZ: Final = "<p>{{ quiz }}</p>"
TAG: Final = re.compile(r"(<[^>]+>)")
NAME: Final = re.compile(r"</?([a-z][a-z0-9-]*)")
NO_LINK_WITHIN: Final = frozenset(
    {"a", "button", "code", "figcaption", "pre", "script", "summary", "svg", "th", "h1", "h2", "h3", "h4", "h5", "h6"}
)


class Pages(NamedTuple):
    """Addresses of pages that others link to, seen from the page that links."""

    numbers: str
    glossary: str
    practice: str
    exam: str


def mark_facts(markdown: str, file: str) -> str:
    """Put its value in the place of every ``{fact:…}``, with marks around it that survive Markdown.

    Args:
        markdown: The page.
        file: Its name, for the message of an error.

    Raises:
        CourseError: No fact has that id.
    """
    letters = {fact_id: chr(FIRST_LETTER + n) for n, fact_id in enumerate(load())}

    def value(found: re.Match[str]) -> str:
        try:
            return load().expand(found[0])
        except CourseError as error:
            raise CourseError(f"book/{file}: {error}") from error

    def marked(found: re.Match[str]) -> str:
        return f"{OPEN}{letters.get(found[1], OPEN)}{value(found)}{CLOSE}"

    lines = markdown.split("\n")
    return "\n".join(PLACEHOLDER.sub(value if line.startswith("#") else marked, line) for line in lines)


def finish(page: str, questions: dict[str, Any] | None, pages: Pages) -> str:
    """Finish a page's HTML: link its numbers to their proofs and its terms to the glossary, put its quiz in place.

    Args:
        page: HTML that Markdown made.
        questions: The bank of its section; a page without one has no terms linked either.
        pages: Where its links lead.
    """
    term, known, depth, parts = Linker(pages.glossary), list(load().values()), 0, []

    def number(found: re.Match[str]) -> str:
        return _link(known[ord(found[1]) - FIRST_LETTER], found[2], pages.numbers)

    for part in TAG.split(page):
        name = NAME.match(part)
        if name and name[1] in NO_LINK_WITHIN:
            depth += -1 if part.startswith("</") else 1
        free = not name and not depth
        parts.append(MARKED.sub(number, term(part) if questions else part) if free else part)
    whole = MARKED.sub(r"\2", "".join(parts))
    return whole.replace(QUIZ, quiz.embed(questions) + _more(pages)) if questions else whole


def _more(pages: Pages) -> str:
    return (
        f'<p class="quiz-more">Go on with <a href="{pages.practice}">questions from every section</a>, '
        f'or try a <a href="{pages.exam}">mock exam</a>.</p>'
    )


def _link(fact: Fact, value: str, register: str) -> str:
    kind = "fact" if len(value) <= ONE_LINE else "fact fact--long"
    return f'<a class="{kind}" href="{register}#{fact.id}" title="{numbers.proof_in_short(fact)}">{value}</a>'
