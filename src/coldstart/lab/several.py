"""Run several labs, two at a time, each on an emulator that no other lab uses meanwhile."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from nbformat import NotebookNode

from coldstart import stack
from coldstart.course import Section, section, sections
from coldstart.errors import CourseError
from coldstart.lab import notebook, run, stable
from coldstart.lab.run import Run, console

AT_A_TIME: Final = 2

Environment = dict[str, str]


def run_all(port: int | None = None) -> int:
    """Run every lab as `run.run` does, and print their checks in the order of the course.

    Returns:
        0 if every check of every lab passes, else 1.
    """
    passed = []

    def tell(lab: Section, done: Run) -> None:
        run.record(lab.slug, done)
        run.report(lab.slug, done)
        passed.append(done.passed)

    _together(_labs(), tell, port)
    console.print(f"{sum(passed)} of {len(passed)} labs pass.")
    return 0 if all(passed) else 1


def regen(slug: str | None = None, *, port: int | None = None) -> int:
    """Run labs and store their outputs, made stable, in the notebooks; a notebook whose outputs have not changed is not touched.

    Returns:
        0; a notebook that does not run or pass is left as it was.

    Raises:
        CourseError: A lab does not run or does not pass; the others are stored all the same.
    """
    faults: list[str] = []

    def store(lab: Section, done: Run) -> None:
        if done.passed:
            _store(lab, done)
        else:
            failed = ", ".join(result.title for result in done.results if not result.passed)
            faults.append(f"{lab.lab.name} is left as it was: {done.error or f'it fails {failed}'}.")

    _together([section(slug)] if slug else _labs(), store, port)
    if faults:
        raise CourseError(" ".join(faults))
    return 0


def _labs() -> list[Section]:
    return [candidate for candidate in sections() if candidate.lab.exists()]


def _store(lab: Section, done: Run) -> None:
    stored = notebook.read(lab.lab)
    fresh, _ = stable.stable_outputs(done.nb, {})
    if changed := stable.differ(stored, fresh):
        notebook.write(fresh, lab.lab)
    console.print(f"{lab.lab.name}: {'stored' if changed else 'unchanged'}, {done.seconds:.1f} s")


def _together(labs: Sequence[Section], each: Callable[[Section, Run], None], port: int | None) -> None:
    """Run labs two at a time, and call a function with each that is done, in their order."""
    notebooks = [notebook.read(lab.lab) for lab in labs]
    with _somewhere(min(AT_A_TIME, len(labs)), port) as environments, run.progress(*notebooks, name="labs") as advance:
        run.until_done(in_turn(notebooks, environments, lambda n, done: each(labs[n], done), advance))


async def in_turn(
    notebooks: Sequence[NotebookNode],
    environments: Sequence[Environment],
    each: Callable[[int, Run], None],
    advance: Callable[[], None] | None = None,
) -> None:
    """Run notebooks, as many at a time as there are environments, each alone in its environment.

    Args:
        notebooks: They are changed.
        environments: Variables that point a kernel at an AWS of its own.
        each: Called with the place of a notebook and its run, in their order, as soon as it is done.
        advance: Called after each cell.
    """
    free: asyncio.Queue[Environment] = asyncio.Queue()
    for environment in environments:
        free.put_nowait(environment)

    async def alone(nb: NotebookNode) -> Run:
        environment = await free.get()
        try:
            return await run.executed(nb, environment, done=advance)
        finally:
            free.put_nowait(environment)

    running = [asyncio.create_task(alone(nb)) for nb in notebooks]
    for place, task in enumerate(running):
        each(place, await task)


@contextmanager
def _somewhere(number: int, port: int | None) -> Iterator[list[Environment]]:
    """Give the variables of so many emulators, the course's own first; of one AWS only where the environment names a target."""
    with ExitStack() as opened:
        first: Any = opened.enter_context(run.somewhere(port))
        found = [first]
        if first:
            ports = _spare_ports(port or stack.configured_port())
            found += [opened.enter_context(stack.ensure(next(ports))).environment for _ in range(number - 1)]
        yield found


def _spare_ports(after: int) -> Iterator[int]:
    return (port for port in range(after + 1, 65_536) if not stack.answers(port))
