"""CSV: one row a question, its texts in Markdown, for spreadsheets."""

import csv
import io
import string
from collections.abc import Sequence
from typing import Final

from coldstart.quiz.exports.content import Bank, Question, key, lettered

OPTIONS_MAX: Final = 6
_HEAD: Final = ("id", "section", "anchor", "type", "level", "skills", "choose", "stem", "key")
_TAIL: Final = ("proof", "sources")
COLUMNS: Final = (
    *_HEAD,
    *(f"{letter} {part}" for letter in string.ascii_uppercase[:OPTIONS_MAX] for part in ("id", "option", "why")),
    *_TAIL,
)


def files(banks: Sequence[Bank]) -> dict[str, bytes]:
    """Return the table; it begins with a byte order mark, by which Excel knows that it is UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(_row(question) for items in banks for question in items["questions"])
    return {"": text.getvalue().encode("utf-8-sig")}


def _row(question: Question) -> dict[str, str]:
    row = {name: str(question[name]) for name in ("id", "type", "level", "choose")}
    row |= {"section": question["section"]["slug"], "anchor": question["section"]["anchor"]}
    row |= {"skills": " ".join(question["skills"]), "sources": " ".join(question["sources"])}
    row |= {"stem": question["stem"]["text"], "key": key(question), "proof": question["proof"]["label"]}
    for letter, option in lettered(question):
        row |= {
            f"{letter} id": option["id"],
            f"{letter} option": option["text"],
            f"{letter} why": option["why"]["text"],
        }
    return row
