"""The question bank for other programs: ``coldstart export FORMAT [SECTION]``.

========  =====================================  =====================================================
Format    For                                    What it cannot say
========  =====================================  =====================================================
anki      Anki (``.apkg``)                       that options may change places: a card is as it is
gift      Moodle and others that read GIFT       that options stay in order; that half an answer is none
moodle    Moodle (XML)                           that half an answer is none
qti       learning platforms (QTI 2.1, ``.zip``)
csv       spreadsheets                           looks: the texts are Markdown
paper     a printer (PDF; the key is a second file)
========  =====================================  =====================================================

Every format names a question by its id in the bank, and carries a reason for every option. The same bank and seed give the same bytes.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple, cast

from coldstart import course
from coldstart.errors import CourseError
from coldstart.paths import BUILD
from coldstart.quiz.bank import bank
from coldstart.quiz.exports.content import Bank

EVERYTHING: Final = "coldstart"


class Format(NamedTuple):
    """One format: the module whose ``files`` makes it, and how its files' names end."""

    module: str
    suffix: str


FORMATS: Final = {
    "anki": Format("anki", ".apkg"),
    "gift": Format("gift", ".gift"),
    "moodle": Format("moodle", ".xml"),
    "qti": Format("qti", ".zip"),
    "csv": Format("table", ".csv"),
    "paper": Format("paper", ".pdf"),
}


def export(name: str, section: str = "", out: Path | None = None, seed: int | None = None) -> list[Path]:
    """Write questions in a format and return the files that were written.

    Args:
        name: A key of ``FORMATS``.
        section: ``14-aliases`` or ``14``; empty means every section.
        out: The file to write; ``build/exports/coldstart-14-aliases-gift.gift`` and the like when None. The key of a paper stands beside it.
        seed: Another order of questions and options; None keeps the questions as they were written.

    Raises:
        CourseError: The format or section is unknown, a question has a fault, or a file cannot be written.
    """
    form = _known(name)
    banks = [bank(slug, seed) for slug in _slugs(section)]
    target = out or _usual(name, form, banks if section else [])
    written = [(_beside(target, part), content) for part, content in files(name, banks).items()]
    for path, content in written:
        _write(path, content)
    return [path for path, _ in written]


def files(name: str, banks: Sequence[Bank]) -> dict[str, bytes]:
    """Return what a format makes of banks: the content of each file, by what follows its name (empty for the main one).

    Raises:
        CourseError: There is no such format.
    """
    module = import_module(f"{__name__}.{_known(name).module}")
    make = cast("Callable[[Sequence[Bank]], dict[str, bytes]]", module.files)
    return make(banks)


def _known(name: str) -> Format:
    if name not in FORMATS:
        raise CourseError(f"There is no format '{name}'; choose from {', '.join(FORMATS)}.", status=2)
    return FORMATS[name]


def _slugs(section: str) -> list[str]:
    if section:
        return [course.section(section).slug]
    return [each.slug for each in course.sections() if each.quiz.exists()]


def _usual(name: str, form: Format, banks: list[Bank]) -> Path:
    folder = BUILD / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    parts = [EVERYTHING, *(items["section"] for items in banks), name]
    return folder / f"{'-'.join(parts)}{form.suffix}"


def _beside(path: Path, part: str) -> Path:
    return path.with_name(f"{path.stem}{part}{path.suffix}") if part else path


def _write(path: Path, content: bytes) -> None:
    if not path.parent.is_dir():
        raise CourseError(f"There is no folder {path.parent}; make it, or name another file with --out.")
    if path.is_dir():
        raise CourseError(f"{path} is a folder; name a file in it with --out.")
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CourseError(f"{path} cannot be written ({error.strerror}); name another file with --out.") from error
