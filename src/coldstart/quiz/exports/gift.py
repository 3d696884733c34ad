r"""GIFT, Moodle's text format (https://docs.moodle.org/en/GIFT_format); other platforms read it too.

Texts are HTML with each of the format's marks escaped. Lines of code end in ``\n``, which the format knows, for an empty line would end a question.
"""

import re
from collections.abc import Sequence
from typing import Final

from coldstart.quiz.exports.content import Bank, Option, Question, category, evidence_html, option_html, tags, why_html

_MARKS: Final = re.compile(r"[\\~=#{}:]")
WRONG: Final = -100


def files(banks: Sequence[Bank]) -> dict[str, bytes]:
    """Return the text file, a category for each section."""
    entries = [
        entry for items in banks for entry in (f"$CATEGORY: {category(items)}", *map(_question, items["questions"]))
    ]
    return {"": ("\n\n".join(entries) + "\n").encode()}


def _question(question: Question) -> str:
    labels = "".join(f" [tag:{tag}]" for tag in tags(question))
    options = "\n".join(_option(option, question["choose"]) for option in question["options"])
    return (
        f"// [id:{question['id']}]{labels}\n"
        f"::{_escaped(question['id'])}::{_html(question['stem']['html'])}{{\n"
        f"{options}\n####{_html(evidence_html(question))}\n}}"
    )


def _option(option: Option, choose: int) -> str:
    """Return an option; of several keys each earns its part, and a wrong one takes all."""
    if choose == 1:
        mark = "=" if option["correct"] else "~"
    else:
        mark = f"~%{100 / choose if option['correct'] else WRONG:.7g}%"
    return f"{mark}{_html(option_html(option))}#{_html(why_html(option))}"


def _html(markup: str) -> str:
    return f"[html]{_escaped(markup)}"


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", text).replace("\n", r"\n")
