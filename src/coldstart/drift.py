"""``coldstart facts drift``: what two versions of botocore say differently about our facts, and what stands on them."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from coldstart import course
from coldstart.errors import CourseError
from coldstart.facts import load, mentioned
from coldstart.paths import BUILD, ROOT
from coldstart.quiz.model import questions

INSTALLED: Final = "installed"
KEPT: Final = BUILD / "botocore"
HOLDS: Final = "passed"


class Change(NamedTuple):
    """A fact about which the two versions differ."""

    fact: str
    at: str
    before: str
    after: str


class View(NamedTuple):
    """What one version of botocore says about our facts."""

    version: str
    seen: dict[str, dict[str, str]]


def drift(before: str, after: str = INSTALLED, console: Console | None = None) -> int:
    """Compare two versions of botocore and print which facts, chapters and questions the difference touches.

    Args:
        before: A version ("1.40.0", fetched from PyPI once), a folder that has botocore in it, or "installed".
        after: The same; the installed one as a rule.
        console: Where to print; the terminal if None.

    Returns:
        0 when both say the same about every fact, else 1.

    Raises:
        CourseError: There is no such version, or it cannot be fetched.
    """
    console = console or Console()
    old, new = view(before), view(after)
    found = changes(old.seen, new.seen)
    if found:
        console.print(_table(found, old.version, new.version))
    count = len({change.fact for change in found})
    console.print(
        f"{len(new.seen)} facts have a proof in botocore; {old.version} and {new.version} differ about {count}."
    )
    return 1 if found else 0


def view(which: str) -> View:
    """Return what a version of botocore says, asked in a process of its own.

    Raises:
        CourseError: As ``drift``.
    """
    folder = [] if which == INSTALLED else [str(_folder(which))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(folder)}
    command = [sys.executable, "-m", "coldstart.facts.seen"]
    asked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if asked.returncode:
        raise CourseError(f"botocore {which} cannot be asked: {asked.stderr.strip().splitlines()[-1]}")
    return View(**{("version" if key == "botocore" else key): value for key, value in json.loads(asked.stdout).items()})


def changes(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[Change]:
    """Return what differs, in the order of the facts; a proof that holds in both has seen the same value in both."""
    return [
        Change(fact, at, before[fact][at], said)
        for fact, places in after.items()
        for at, said in places.items()
        if before[fact][at] != said and not (before[fact][at].startswith(HOLDS) and said.startswith(HOLDS))
    ]


def touched(fact: str) -> Iterator[str]:
    """Yield the chapters and questions that a fact stands in: ``14-aliases``, ``14-aliases/aliases-weights-sum``."""
    for section in course.sections():
        if fact in mentioned(section.chapter.read_text(encoding="utf-8")):
            yield section.slug
        if section.quiz.exists():
            yield from (f"{section.slug}/{item.id}" for item in questions(section.slug) if fact in item.fact_ids())


def _table(found: list[Change], old: str, new: str) -> Table:
    table = Table(
        Column("fact", overflow="fold"),
        Column(old, overflow="fold"),
        Column(new, overflow="fold"),
        Column("chapters and questions", overflow="fold"),
        pad_edge=False,
    )
    facts = load()
    for change in found:
        place = f"{change.fact}\n{facts[change.fact].where}\n{change.at}"
        stands = "\n".join(touched(change.fact)) or "none"
        table.add_row(*map(escape, (place, change.before, change.after, stands)))
    return table


def _folder(which: str) -> Path:
    """Return the folder that has this botocore, fetching it if need be."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", which):
        return _given(Path(which))
    folder = KEPT / which
    if not (folder / "botocore").is_dir():
        _fetch(which, folder)
    return folder


def _given(folder: Path) -> Path:
    if (folder / "botocore").is_dir():
        return folder.resolve()
    raise CourseError(f"{folder} is neither a version such as 1.40.0 nor a folder with botocore in it.", status=2)


def _fetch(version: str, folder: Path) -> None:
    """Install a version into a folder of its own; a half-made one does not stay."""
    part = folder.with_name(f"{version}.part")
    shutil.rmtree(part, ignore_errors=True)
    command = [_uv(), "pip", "install", "--quiet", "--no-deps", "--target", str(part), f"botocore=={version}"]
    fetched: Any = subprocess.run(command, capture_output=True, text=True, check=False)
    if fetched.returncode:
        shutil.rmtree(part, ignore_errors=True)
        reason = (fetched.stderr.strip().splitlines() or ["no reason given"])[0].strip()
        raise CourseError(f"botocore {version} cannot be fetched ({reason}); is there such a version, and a network?")
    part.rename(folder)


def _uv() -> str:
    found = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    if not Path(found).exists():
        raise CourseError("uv, the installer, is missing; run `make` with any verb once to get it.")
    return found
