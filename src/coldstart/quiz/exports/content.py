"""What several formats say alike: letters of options, the answer in HTML, where a question comes from."""

import io
import string
import zipfile
from html import escape
from typing import Any, Final

from coldstart.quiz import render
from coldstart.quiz.html import label

Bank = dict[str, Any]
Question = dict[str, Any]
Option = dict[str, Any]

BEGINNING: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip archive can tell; it stands for "no time"."""


def lettered(question: Question) -> list[tuple[str, Option]]:
    """Return the options with the letters they have on paper."""
    return list(zip(string.ascii_uppercase, question["options"], strict=False))


def key(question: Question) -> str:
    """Return the letters of the correct options: "C", "A, D"."""
    return ", ".join(letter for letter, option in lettered(question) if option["correct"])


def option_html(option: Option) -> str:
    """Return an option as HTML; code that stands on lines of its own stays a block."""
    return render.block(option["text"]) if "```" in option["text"] else str(option["html"])


def verdict(option: Option) -> str:
    """Return "Correct" or "Wrong"."""
    return "Correct" if option["correct"] else "Wrong"


def why_html(option: Option) -> str:
    """Return the reason of an option, beginning with whether it is right."""
    return f"<p><strong>{verdict(option)}.</strong></p>{option['why']['html']}"


def evidence_html(question: Question) -> str:
    """Return what an answer rests on: what is proven by machine, and AWS's pages."""
    links = "".join(f'<li><a href="{escape(url)}">{escape(url)}</a></li>' for url in question["sources"])
    return f"<p>{label(question)}</p><ul>{links}</ul>"


def tags(question: Question) -> list[str]:
    """Return the words to filter by: section, level and skills of the exam."""
    return [question["section"]["slug"], question["level"], *(f"dva-c03-{skill}" for skill in question["skills"])]


def zipped(entries: dict[str, bytes]) -> bytes:
    """Return a zip archive that depends on nothing but its entries."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, BEGINNING)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(entry, content)
    return whole.getvalue()


def category(items: Bank) -> str:
    """Return where Moodle files the questions of a section; a slash in a name is doubled."""
    return f"$course$/top/Coldstart/{items['section'].split('-')[0]} {items['title'].replace('/', '//')}"
