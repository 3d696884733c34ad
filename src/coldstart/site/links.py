"""The links that lead out of the course: which there are, and when somebody last saw that each leads somewhere.

No page of the course needs the internet, so no test may ask for these pages. ``book/links.yaml`` holds the day on which each address was last
found, with its anchor, or nothing where nobody has visited it; ``coldstart links --visit`` asks again, on a machine that may.
"""

import re
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.progress import track
from ruamel.yaml import YAML

from coldstart.paths import BOOK, LABS, QUIZZES

SEEN: Final = BOOK / "links.yaml"
ADDRESS: Final = re.compile(r"https://[A-Za-z0-9.-]+/[^\s\"'()<>\\`\]]*[^\s\"'()<>\\`\].,;:]")
HEAD: Final = "# Every address outside the course, and the day on which it was last found; empty where nobody has visited it yet. Ask again with: coldstart links --visit\n"
TIMEOUT_SECONDS: Final = 20

console = Console(highlight=False)


def sources() -> Iterator[Path]:
    """Yield the files that link to other hosts."""
    for folder, pattern in (
        (BOOK, "*.md"),
        (BOOK, "*.yaml"),
        (BOOK / "facts", "*.yaml"),
        (QUIZZES, "*.yaml"),
        (LABS, "*.ipynb"),
    ):
        yield from sorted(path for path in folder.glob(pattern) if path != SEEN)


def used() -> dict[str, list[str]]:
    """Return every address that a reader can follow, with the names of the files that have it."""
    found: dict[str, list[str]] = {}
    for path in sources():
        for address in dict.fromkeys(ADDRESS.findall(path.read_text(encoding="utf-8"))):
            found.setdefault(address, []).append(path.name)
    return dict(sorted(found.items()))


def seen() -> dict[str, date | None]:
    """Return the day on which each listed address was last found; None where nobody has visited it."""
    return dict(YAML(typ="safe").load(SEEN) or {})


def problem(address: str, client: httpx.Client) -> str:
    """Ask for an address, and return what is wrong with it, or nothing.

    Args:
        address: With its anchor, which must be an ``id`` or a ``name`` on the page.
        client: What asks.
    """
    page, _, anchor = address.partition("#")
    try:
        answer = client.get(page, follow_redirects=True)
    except httpx.HTTPError as error:
        return f"cannot be reached ({type(error).__name__})"
    if answer.status_code != httpx.codes.OK:
        return f"answers {answer.status_code}"
    if anchor and not re.search(rf'(?:id|name)="{re.escape(anchor)}"', answer.text):
        return f"has no place called {anchor}"
    return ""


def check(*, visit: bool = False, today: date | None = None) -> int:
    """Compare what the course links to with the list; ask for every address first if told to, and write the list anew.

    Returns:
        1 if an address is missing on the list, is on it for nothing, or was not found; 0 otherwise.
    """
    if visit:
        return _visit(today or date.today())
    listed, there = seen().keys(), used()
    wrong = [f"{address} ({', '.join(there[address])}) is not in {SEEN.name}" for address in there.keys() - listed]
    wrong += [f"{address} is in {SEEN.name}, and nothing links to it" for address in listed - there.keys()]
    if new := sum(day is None for day in seen().values()):
        console.print(f"{new} addresses have not been visited by anybody yet; `coldstart links --visit` does it.")
    return _said(sorted(wrong), len(there))


def _visit(today: date) -> int:
    days, wrong = seen(), []
    with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
        for address, files in track(used().items(), "Visiting", console=console, transient=True):
            if fault := problem(address, client):
                wrong.append(f"{address} ({', '.join(files)}) {fault}")
            else:
                days[address] = today
    write({address: days[address] for address in used() if address in days})
    return _said(wrong, len(used()))


def write(days: dict[str, date | None]) -> None:
    """Write the list, in the order of the addresses."""
    text = StringIO()
    yaml = YAML()
    yaml.width = 4096
    yaml.dump(dict(sorted(days.items())), text)
    SEEN.write_text(HEAD + text.getvalue(), encoding="utf-8")


def _said(wrong: list[str], number: int) -> int:
    for line in wrong:
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"{number} addresses outside the course, {len(wrong)} to look at.")
    return 1 if wrong else 0
