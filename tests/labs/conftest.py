"""One emulator for each worker, so that labs never share state, and the runs that several proofs look at."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from inventory import inventory
from nbformat import NotebookNode
from ports import unused_port

from coldstart import stack
from coldstart.course import Section
from coldstart.lab import notebook, run, stable, target


class Emulator:
    """A real emulator on a port of its own."""

    def __init__(self, port: int, data: Path) -> None:
        self.endpoint = stack.Endpoint(f"http://127.0.0.1:{port}", port)
        self.arguments = [f"--port={port}", f"--data={data}"]

    def command(self, verb: str) -> None:
        subprocess.run([stack.COMMAND, verb, *self.arguments], check=True, capture_output=True, timeout=60)

    def reset(self) -> None:
        httpx.post(f"{self.endpoint.url}/_dockerless/reset", timeout=30).raise_for_status()


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    server = Emulator(unused_port(), tmp_path_factory.mktemp("emulator"))
    server.command("start")
    yield server
    server.command("stop")


@pytest.fixture
def here(emulator, monkeypatch):
    """The emulator, empty, and the variables that make boto3 in this process talk to it."""
    emulator.reset()
    for name, value in emulator.endpoint.environment.items():
        monkeypatch.setenv(name, value)
    return emulator


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
