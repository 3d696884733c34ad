"""The words of a page: what a person reads, without code, addresses and markup."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from coldstart.lab import notebook

MARKUP = re.compile(r"\{[#.:][^}]*\}|\{\{[^}]*\}\}|^!!! \w+|^---.*?^---", re.MULTILINE | re.DOTALL)
FACT = re.compile(r"\{fact:[^}]*\}")
WORD = re.compile(r"[A-Za-z][A-Za-z'\u2019]*(?:-[A-Za-z'\u2019]+)*")
SENTENCE = re.compile(r"(?<=[.!?:])[\"\u201d)*]*\s+(?=[A-Z\"\u201c(*])|\s+\u00b7\s+")


@dataclass(frozen=True)
class Text:
    """A paragraph, a heading, a table's cell or an item of a list."""

    kind: str
    words: str


def texts(markdown: str) -> Iterator[Text]:
    """Yield what a person reads on a page of Markdown, in its order."""
    plain = FACT.sub("10", MARKUP.sub("", markdown))
    stack: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(plain):
        if token.nesting == 1:
            stack.append(token.type.removesuffix("_open"))
        elif token.nesting == -1:
            stack.pop()
        elif token.type == "inline":
            kind = next((k for k in stack if k in {"table", "heading", "list_item"}), "paragraph")
            yield Text(kind, "".join(map(_said, token.children or [])).strip())


def _said(token: Token) -> str:
    match token.type:
        case "text" | "image":
            return token.content
        case "code_inline":
            return "`x`"
        case "softbreak" | "hardbreak":
            return " "
    return ""


def lab_markdown(path: object) -> str:
    """Return the Markdown of a notebook's cells, one after the other."""
    cells = notebook.read(path).cells  # type: ignore[arg-type]
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def sentences(markdown: str) -> list[str]:
    """Return the sentences of a page's paragraphs and lists."""
    prose = (text.words for text in texts(markdown) if text.kind in {"paragraph", "list_item"})
    return [sentence for words in prose for sentence in SENTENCE.split(words) if WORD.search(sentence)]


def words(text: str) -> list[str]:
    """Return the words of a text."""
    return WORD.findall(text.replace("`x`", " "))
