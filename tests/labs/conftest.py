"""The runs of labs that several proofs look at."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from emulators import Emulator, emulator, here
from inventory import inventory
from nbformat import NotebookNode

from coldstart.course import Section
from coldstart.lab import notebook, run, stable, target

__all__ = ["emulator", "here"]


@dataclass(frozen=True)
class Proof:
    """A lab that has run as it is stored: what pytest-notebook found, and what the account held before and after."""

    comparison: Any
    changed: list[str]
    run: run.Run
    before: dict[str, list[str]]
    after: dict[str, list[str]]


@pytest.fixture
def first_run(here, nb_regression) -> Callable[[Section], Proof]:
    """Runs a lab on the empty emulator, by pytest-notebook, and writes its record."""
    return lambda section: _prove(section, here, nb_regression)


def _prove(section: Section, here: Emulator, nb_regression: Any) -> Proof:
    nb_regression.exec_env = here.endpoint.environment
    nb_regression.diff_ignore += measured_paths(notebook.read(section.lab))
    before, started = inventory(), time.monotonic()
    comparison = nb_regression.check(str(section.lab), raise_errors=False)
    nb, seconds = comparison.nb_final, time.monotonic() - started
    done = run.Run(nb, seconds, tuple(run.results(nb)), "; ".join(errors(nb)))
    run.record(section.slug, done, target.find().isolation)
    return Proof(comparison, stable.differ(comparison.nb_initial, nb), done, before, inventory())


def measured_paths(nb: NotebookNode) -> tuple[str, ...]:
    """What is not compared: the outputs of the cells that measure."""
    return tuple(f"/cells/{place}/outputs" for place, cell in enumerate(nb.cells) if stable.measured(cell))


def errors(nb: NotebookNode) -> list[str]:
    outputs = [(cell.id, out) for cell in nb.cells for out in cell.get("outputs", [])]
    return [f"{cell}: {out.ename}: {out.evalue}" for cell, out in outputs if out.output_type == "error"]
