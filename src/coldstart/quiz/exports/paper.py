"""Paper: a PDF to print and write on, and its key in a second PDF, typeset by Typst (https://typst.app) with ``paper.typ``.

Texts reach Typst as data, a tree of what their Markdown means, so that nothing in them can be taken for markup.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import typst
from markdown_it.tree import SyntaxTreeNode

from coldstart.quiz import render
from coldstart.quiz.exports.content import Bank, Question, key, lettered
from coldstart.quiz.html import label

KEY: Final = "-key"
"""What the name of the key's file has more than the paper's."""
TEMPLATE: Final = Path(__file__).with_name("paper.typ")
EVERYTHING: Final = "All sections"


def files(banks: Sequence[Bank]) -> dict[str, bytes]:
    """Return the paper and its key."""
    return {"": _typeset(banks, "paper"), KEY: _typeset(banks, "key")}


def _typeset(banks: Sequence[Bank], part: str) -> bytes:
    title = banks[0]["title"] if len(banks) == 1 else EVERYTHING
    data = {"part": part, "title": title, "sections": [_section(items) for items in banks]}
    pdf = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        format="pdf",
        ignore_system_fonts=True,  # the same pages on every machine
        sys_inputs={"data": json.dumps(data)},
        pdf_standards="ua-1",  # readable for a screen reader
        timestamp=0,
    )
    return bytes(pdf)


def _section(items: Bank) -> dict[str, Any]:
    return {"title": items["title"], "questions": [_question(question) for question in items["questions"]]}


def _question(question: Question) -> dict[str, Any]:
    return {
        "id": question["id"],
        "several": question["choose"] > 1,
        "stem": tree(question["stem"]["text"]),
        "options": [_option(letter, option) for letter, option in lettered(question)],
        "key": key(question),
        "label": label(question),
        "sources": question["sources"],
    }


def _option(letter: str, option: dict[str, Any]) -> dict[str, Any]:
    return {
        "letter": letter,
        "correct": option["correct"],
        "text": tree(option["text"]),
        "why": tree(option["why"]["text"]),
    }


def tree(markdown: str) -> list[dict[str, Any]]:
    """Return what a text is made of: nodes with type, text, language of code, address of a link, and children."""
    return [_node(node) for node in SyntaxTreeNode(render.parsed(markdown)).children]


def _node(node: SyntaxTreeNode) -> dict[str, Any]:
    return {
        "type": node.type,
        "text": node.content,
        "language": node.info,
        "href": str(node.attrs.get("href", "")),
        "children": [_node(child) for child in node.children],
    }
