"""Run a lab without a browser."""

import asyncio
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import metadata
from typing import Any, Final, TypeVar

from nbformat import NotebookNode
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from coldstart import stack
from coldstart.course import section
from coldstart.lab import notebook, records, table
from coldstart.lab.checking import Result, load
from coldstart.lab.face import CHECKS, TARGET
from coldstart.paths import LABS, STATE

CELL_SECONDS: Final = 120
JUPYTER: Final = STATE / "jupyter"
console = Console(highlight=False)
T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """A lab that has run.

    Attributes:
        nb: The notebook with its outputs.
        seconds: How long it took, kernel included.
        results: The last result of each check that it asked for.
        error: What stopped it, empty if nothing did.
    """

    nb: NotebookNode
    seconds: float
    results: tuple[Result, ...]
    error: str

    @property
    def passed(self) -> bool:
        """Whether it came to its end with every check passed."""
        return not self.error and bool(self.results) and all(result.passed for result in self.results)


def run(slug: str, *, port: int | None = None, keep: bool = False) -> int:
    """Run a lab with its solutions on the emulator, print its checks, and write the record that its page shows.

    The emulator of ``AWS_ENDPOINT_URL``, or the running one, serves; otherwise one is started for the run.

    Args:
        slug: The section.
        port: The emulator's port.
        keep: Leave what the lab makes, and an emulator started for it, for a look around.

    Returns:
        0 if every check passes, else 1.

    Raises:
        CourseError: There is no such lab, or its file is not a notebook.
    """
    found = section(slug)
    nb = notebook.read(found.lab)
    if keep:
        nb.cells = [cell for cell in nb.cells if "cleanup" not in notebook.tags(cell)]
    with somewhere(port, keep=keep) as environment, progress(nb, name=found.slug) as advance:
        done = execute(nb, environment, done=advance)
    record(found.slug, done)
    report(found.slug, done)
    return 0 if done.passed else 1


def execute(
    nb: NotebookNode, environment: dict[str, str], *, allow_errors: bool = False, done: Callable[[], None] | None = None
) -> Run:
    """Run a notebook in a kernel of its own, in the folder of the labs.

    Args:
        nb: The notebook; it is changed.
        environment: Variables for the kernel, on top of this process's.
        allow_errors: Go on after a cell that fails.
        done: Called after each cell.
    """
    return until_done(executed(nb, environment, allow_errors=allow_errors, done=done))


async def executed(
    nb: NotebookNode, environment: dict[str, str], *, allow_errors: bool = False, done: Callable[[], None] | None = None
) -> Run:
    """Run a notebook as `execute` does, beside others in one event loop."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    for cell in nb.cells:  # or those after a failing cell would keep what they showed before
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    os.environ.setdefault("JUPYTER_RUNTIME_DIR", str(JUPYTER / "runtime"))  # not in the home directory
    client = NotebookClient(
        nb,
        timeout=CELL_SECONDS,
        allow_errors=allow_errors,
        record_timing=False,
        resources={"metadata": {"path": str(LABS)}},
    )
    client.on_cell_complete = lambda **_: done() if done else None
    own = stack.local(os.environ) if "AWS_ENDPOINT_URL" in environment else os.environ
    variables = {**own, "IPYTHONDIR": str(JUPYTER / "ipython"), **environment}
    started, error = time.monotonic(), ""
    try:
        await client.async_execute(env=variables, stderr=subprocess.DEVNULL)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as failure:
        error = _first_line(failure)
    ran = Run(nb, time.monotonic() - started, tuple(results(nb)), error)
    if error and _is_gone(environment):
        return replace(ran, error=f"the emulator ended meanwhile; its log is {stack.log(_port(environment))}.")
    return ran


def until_done(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own, where nbclient cannot put its signal handlers; Ctrl-C ends it, its kernels with it."""
    runner = asyncio.Runner()
    loop = runner.get_loop()

    def worker() -> T:
        with runner:
            return runner.run(work)

    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(worker)
        try:
            return running.result()
        except KeyboardInterrupt:
            loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loop)])
            raise


def results(nb: NotebookNode) -> list[Result]:
    """Return the last result of each check that a notebook's outputs hold."""
    last = {item["name"]: Result(**item) for shown in notebook.emitted(nb, CHECKS) for item in shown}
    return list(last.values())


def record(slug: str, done: Run, isolation: str = "") -> None:
    """Write a run's record.

    Args:
        slug: The section.
        done: The run.
        isolation: What kept functions apart, of a run whose outputs were made stable and no longer say so.
    """
    target: dict[str, Any] = next(iter(notebook.emitted(done.nb, TARGET)), {})
    name, version, told = (str(target.get(key, "")) for key in ("name", "version", "isolation"))
    outcome = "error" if done.error else "passed" if done.passed else "failed"
    checks = tuple({"name": r.name, "passed": r.passed, "message": r.message} for r in done.results)
    seconds = round(done.seconds, 1)
    versions = (platform.python_version(), metadata.version("boto3"))  # kernels run on this interpreter
    records.write(records.Record(slug, seconds, name, version, isolation or told, outcome, checks, *versions))


@contextmanager
def somewhere(port: int | None, *, keep: bool = False) -> Iterator[dict[str, str]]:
    """Give the variables that a kernel needs: none of its own where the environment names a target, else the emulator's."""
    if port is None and (os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("COLDSTART_TARGET") == "aws"):
        yield {}
    elif keep:
        yield stack.up(port).environment
    else:
        with stack.ensure(port) as endpoint:
            yield endpoint.environment


def _port(environment: dict[str, str]) -> int:
    return int(environment["AWS_ENDPOINT_URL"].rpartition(":")[2])


def _is_gone(environment: dict[str, str]) -> bool:
    """Return whether the emulator that served a run does not answer any more."""
    return "AWS_ENDPOINT_URL" in environment and not stack.answers(_port(environment))


@contextmanager
def progress(*notebooks: NotebookNode, name: str) -> Iterator[Callable[[], None]]:
    """Show one bar for all cells of some notebooks on a terminal, nothing elsewhere; give what is called after each cell."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} cells"),
        TimeElapsedColumn(),
    )
    total = sum(cell.cell_type == "code" for nb in notebooks for cell in nb.cells)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=total)
        yield lambda: bar.advance(task)


def report(slug: str, done: Run) -> None:
    """Print what a lab's checks found."""
    missing = [check.title for name, check in load(slug).items() if name not in {r.name for r in done.results}]
    console.print(table.text(done.results), markup=False, soft_wrap=True)
    for title in missing:
        console.print(f"not run  {title}", markup=False, soft_wrap=True)
    passed = sum(result.passed for result in done.results)
    console.print(
        f"{slug}: {passed} of {passed + len(missing) + sum(not r.passed for r in done.results)} checks pass, {done.seconds:.1f} s."
    )
    if done.error:
        print(f"{slug} stopped: {done.error}", file=sys.stderr)


def _first_line(failure: Exception) -> str:
    name, value = getattr(failure, "ename", type(failure).__name__), getattr(failure, "evalue", str(failure))
    return f"{name}: {value}".splitlines()[0]
