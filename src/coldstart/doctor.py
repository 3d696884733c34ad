"""What this machine has for the course, and what each missing part changes."""

import shutil
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table

from coldstart import stack
from coldstart.paths import ROOT

NEEDED_MB: Final = 500
LIMITS: Final = {
    "memory": "memory",
    "cpu": "CPU share",
    "tmp": "temporary files",
    "processes": "processes",
    "freezing": "freezing",
}
LAB_PYTHON: Final = "3.13"
PORTS: Final = {"the site": 8000, "JupyterLab": 8888}


class Finding(NamedTuple):
    """One line of the report."""

    part: str
    found: str
    consequence: str = ""


def doctor() -> int:
    """Print what was found, and below it what each missing part changes and how to mend it."""
    console = Console(highlight=False)
    findings = list(_findings())
    table = Table.grid(padding=(0, 2))
    for finding in findings:
        table.add_row("[yellow]![/]" if finding.consequence else "[green]✓[/]", finding.part, finding.found)
    console.print(table)
    for finding in findings:
        if finding.consequence:
            console.print(f"\n[yellow]![/] [bold]{finding.part}[/]: {finding.consequence}", soft_wrap=True)
    return 0


def _findings() -> Iterator[Finding]:
    yield from _emulator(stack.doctor())
    yield _program("chromium", "Only the tests in a browser need it: sudo apt-get install chromium")
    yield from _ports()
    yield _disk()


def _emulator(report: dict[str, Any]) -> Iterator[Finding]:
    """Yield what the emulator's own report says; it knows best what it can enforce here."""
    missing = {entry["part"]: f"{entry['effect']} To mend it: {entry['remedy']}" for entry in report["missing"]}
    yield Finding("bubblewrap", report["bubblewrap"], missing.pop("bubblewrap", ""))
    groups = report["cgroup"]
    found = (
        f"{groups['version']}: {', '.join(groups['controllers'])}"
        if groups["controllers"]
        else "none that can be written"
    )
    yield Finding("control groups", found, missing.pop("control groups", ""))
    yield Finding("network", report["network"], missing.pop("network namespaces", ""))
    for limit, label in LIMITS.items():
        yield Finding(label, report[limit])
    for version, place in report["interpreters"].items():
        yield Finding(f"python{version}", place, missing.pop(f"python{version}", ""))
    node = report["node"]
    yield Finding("node", f"{node}, for all nodejs runtimes" if node else "missing", missing.pop("node", ""))
    yield from _pythons(
        [part.removeprefix("python") for part in list(missing) if part.startswith("python") and missing.pop(part)]
    )
    for part, consequence in missing.items():
        yield Finding(part, "missing", consequence)


def _pythons(versions: list[str]) -> Iterator[Finding]:
    """Yield one line for all interpreters that are not there; the labs need one of them only."""
    if versions:
        names = ", ".join(f"python{version}" for version in versions)
        mend = f"uv python install {' '.join(versions)} && {stack.COMMAND.relative_to(ROOT)} runtimes install"
        needed = "the labs use it." if LAB_PYTHON in versions else f"the labs use python{LAB_PYTHON}."
        yield Finding(
            "other Pythons", f"no {names}", f"Functions with that runtime cannot be run; {needed} To mend it: {mend}"
        )


def _program(name: str, consequence: str) -> Finding:
    path = shutil.which(name)
    return Finding(name, path or "missing", "" if path else consequence)


def _ports() -> Iterator[Finding]:
    emulator = stack.configured_port()
    running = stack.status(emulator)["running"]
    if running or not stack.answers(emulator):
        yield Finding(f"port {emulator}", "the emulator runs" if running else "free")
    else:
        yield Finding(f"port {emulator}", "taken", "The emulator cannot start there; set COLDSTART_PORT to a free one.")
    for user, port in PORTS.items():
        taken = stack.answers(port)
        consequence = f"Something answers there, perhaps a `make learn`; {user} takes the next free one."
        yield Finding(f"port {port}", "taken" if taken else "free", consequence if taken else "")


def _disk() -> Finding:
    free = shutil.disk_usage(ROOT).free // 1_000_000
    return Finding(
        "disk", f"{free:,} MB free", "" if free > NEEDED_MB else f"Labs and site want {NEEDED_MB} MB; make room."
    )
