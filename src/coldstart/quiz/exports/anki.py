"""Anki: a deck for each section, a card for each question, by genanki.

A note's GUID, a deck's and the note type's number come from ids that never change: importing again updates, and what was learnt stays.
Anki updates a note only if the file's is newer. So a note's time is that of the newest file of questions, their code or facts; ``SOURCE_DATE_EPOCH``
(https://reproducible-builds.org/specs/source-date-epoch/) sets it where the same bytes are wanted from another checkout.
"""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import genanki

from coldstart import course
from coldstart.paths import BOOK, QUIZZES
from coldstart.quiz.exports.content import (
    Bank,
    Question,
    evidence_html,
    key,
    lettered,
    option_html,
    tags,
    why_html,
    zipped,
)

FIELDS: Final = ("Id", "Stem", "Options", "Key", "Answer", "Evidence", "Section")
_FRONT: Final = '<p class="section">{{Section}}</p>{{Stem}}{{Options}}'
_BACK: Final = (
    '<p class="section">{{Section}}</p>{{Stem}}<hr id="answer">{{Answer}}<div class="evidence">{{Evidence}}</div>'
)


def files(banks: Sequence[Bank]) -> dict[str, bytes]:
    """Return the package."""
    model = _model()
    decks = [_deck(items, model) for items in banks]
    return {"": _package(decks, _revised([items["section"] for items in banks]))}


def _model() -> genanki.Model:
    return genanki.Model(
        _number("note type"),
        "Coldstart question",
        fields=[{"name": name} for name in FIELDS],
        templates=[{"name": "Question", "qfmt": _FRONT, "afmt": _BACK}],
        css=Path(__file__).with_name("anki.css").read_text(encoding="utf-8"),
        sort_field_index=0,
    )


def _deck(items: Bank, model: genanki.Model) -> genanki.Deck:
    deck = genanki.Deck(_number(items["section"]), f"Coldstart::{items['section'].split('-')[0]} {items['title']}")
    for place, question in enumerate(items["questions"]):
        deck.add_note(_note(question, items["title"], model, place))
    return deck


def _note(question: Question, section: str, model: genanki.Model, place: int) -> genanki.Note:
    fields = {
        "Id": question["id"],
        "Stem": question["stem"]["html"],
        "Options": _list(question, answered=False),
        "Key": key(question),
        "Answer": _list(question, answered=True),
        "Evidence": evidence_html(question),
        "Section": section,
    }
    guid = genanki.guid_for("coldstart", question["id"])
    return genanki.Note(model, [fields[name] for name in FIELDS], guid=guid, tags=tags(question), due=place)


def _list(question: Question, *, answered: bool) -> str:
    """Return the options, which carry their ids; answered, each with its reason."""
    entries = []
    for _, option in lettered(question):
        verdict = f' class="{"correct" if option["correct"] else "wrong"}"' if answered else ""
        why = f'<div class="why">{why_html(option)}</div>' if answered else ""
        entries.append(f'<li data-option="{option["id"]}"{verdict}>{option_html(option)}{why}</li>')
    return f'<ol type="A">{"".join(entries)}</ol>'


def _package(decks: list[genanki.Deck], seconds: int) -> bytes:
    """Return the archive that genanki writes, without the times that its entries have."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.apkg"
        genanki.Package(decks).write_to_file(path, timestamp=seconds)
        with zipfile.ZipFile(path) as archive:
            return zipped({name: archive.read(name) for name in archive.namelist()})


def _revised(slugs: list[str]) -> int:
    """Return when questions, their code or facts were last changed, in seconds since 1970."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return int(given)
    questions = [course.section(slug).quiz for slug in slugs]
    code = [path for slug in slugs for path in (QUIZZES / "code" / slug).glob("*")]
    sources = [*questions, *code, *(BOOK / "facts").glob("*.yaml")]
    return int(max(path.stat().st_mtime for path in sources))


def _number(name: str) -> int:
    """Return an identifier for Anki that a name always has, at least 2**30 as genanki advises."""
    return (1 << 30) + int.from_bytes(hashlib.sha256(f"coldstart {name}".encode()).digest()[:4]) % (1 << 30)
