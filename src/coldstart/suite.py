"""Run the project's own tests and benchmarks: what `make test` and `make bench` call."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from coldstart.errors import CourseError
from coldstart.paths import EMULATOR, ROOT

console = Console(highlight=False)
PYTHON: Final = sys.executable
EMULATOR_PYTHON: Final = str(EMULATOR / ".venv" / "bin" / "python")


@dataclass(frozen=True)
class Step:
    """One command of the suite."""

    room: str
    title: str
    command: tuple[str, ...]
    directory: Path = ROOT


STEPS: Final = (
    Step("style", "ruff: style", (PYTHON, "-m", "ruff", "check", ".")),
    Step("style", "ruff: format", (PYTHON, "-m", "ruff", "format", "--check", "--quiet", ".")),
    Step("types", "mypy: the course", (PYTHON, "-m", "mypy")),
    Step("types", "mypy: the emulator", (EMULATOR_PYTHON, "-m", "mypy"), EMULATOR),
    Step(
        "emulator",
        "pytest: the emulator",
        (EMULATOR_PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"),
        EMULATOR,
    ),
    Step("course", "pytest: the course", (PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile")),
)


def run(rooms: list[str]) -> int:
    """Run the steps of these rooms, or all; go on after a failure and return 1 if there was one.

    Raises:
        CourseError: A room is not known.
    """
    known = {step.room for step in STEPS}
    if unknown := set(rooms) - known:
        raise CourseError(
            f"There is no {', '.join(sorted(unknown))} to test; choose from {', '.join(sorted(known))}.", status=2
        )
    failed = [step.title for step in STEPS if (not rooms or step.room in rooms) and not _passes(step)]
    console.print(f"[bold red]Failed: {'; '.join(failed)}." if failed else "[bold green]Everything passes.")
    return 1 if failed else 0


def bench(names: list[str]) -> int:
    """Run these benchmarks, or all of `benchmarks/`, one after the other.

    Raises:
        CourseError: A benchmark is not known.
    """
    scripts = {path.stem: path for path in sorted((ROOT / "benchmarks").glob("[!_]*.py"))}
    if unknown := set(names) - set(scripts):
        raise CourseError(
            f"There is no benchmark {', '.join(sorted(unknown))}; choose from {', '.join(scripts)}.", status=2
        )
    return max(subprocess.run([PYTHON, scripts[name]], check=False, cwd=ROOT).returncode for name in names or scripts)


def _passes(step: Step) -> bool:
    console.rule(f"[bold]{step.title}", align="left")
    started = time.monotonic()
    done = subprocess.run(step.command, cwd=step.directory, check=False, env={**os.environ, "PYTHONHASHSEED": "0"})
    console.print(f"[dim]{step.title}: {time.monotonic() - started:.0f} s")
    return done.returncode == 0
