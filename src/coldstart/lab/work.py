"""The learner's copies, in ``work/labs``: made, brought up to date, and never overwritten."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Final

from rich.console import Console

from coldstart.course import Section, section, sections
from coldstart.errors import CourseError
from coldstart.files import write_whole
from coldstart.lab import editions, notebook
from coldstart.paths import LABS, WORK

DELIVERED: Final = ".delivered.json"
console = Console(highlight=False, stderr=True)


def folder() -> Path:
    """Return where the learner's copies are."""
    return WORK / "labs"


def prepare(slug: str | None = None) -> Path:
    """Copy the labs for a learner, and return the folder.

    A file that the learner changed stays as it is. When its original changed too, the new one is put beside it (``14-aliases.new.ipynb``).

    Args:
        slug: One section; without it, every section that has a lab.

    Raises:
        CourseError: A file cannot be written; those before it are whole, and the rest are as they were.
    """
    chosen = [section(slug)] if slug else [candidate for candidate in sections() if candidate.lab.exists()]
    for candidate in chosen:
        for name, content in _contents(candidate).items():
            _deliver(folder() / name, content)
        _read_again(folder() / candidate.lab.name)
    return folder()


def _read_again(path: Path) -> None:
    """Say when a learner's copy is no notebook any more, which JupyterLab would say in other words."""
    try:
        notebook.read(path)
    except CourseError as error:
        console.print(f"{error} Move your copy away, and the next `make learn` brings a fresh one.", soft_wrap=True)


def _contents(chosen: Section) -> dict[str, bytes]:
    """Return the files of one lab by their name below the folder."""
    copied = notebook.text(editions.learner(notebook.read(chosen.lab), chosen)).encode()
    handlers = [
        path for path in sorted(chosen.functions.rglob("*")) if path.is_file() and "__pycache__" not in path.parts
    ]
    return {chosen.lab.name: copied, **{path.relative_to(LABS).as_posix(): path.read_bytes() for path in handlers}}


def _deliver(path: Path, content: bytes) -> None:
    """Write one file unless that would lose what a learner did."""
    delivered = _delivered()
    name, new = path.relative_to(folder()).as_posix(), _digest(content)
    present = _digest(path.read_bytes()) if path.exists() else None
    if present in (None, delivered.get(name)):
        if present != new:
            write_whole(path, content)
    elif new not in (present, delivered.get(name)):
        beside = path.with_name(f"{path.stem}.new{path.suffix}")
        console.print(f"{name} has changed in the course and in your copy: yours stays, the new one is {beside.name}.")
        _deliver(beside, content)
    _note(name, new)


def _delivered() -> dict[str, str]:
    """Return the digest of each file as it was last offered."""
    path = folder() / DELIVERED
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return {}


def _note(name: str, digest: str) -> None:
    known = _delivered()
    if known.get(name) != digest:
        write_whole(folder() / DELIVERED, json.dumps({**known, name: digest}, indent=1, sort_keys=True) + "\n")


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
