"""The file of a learner's progress: whole at every moment, one writer at a time, and never replaced when it cannot be read.

``work/progress.json``; the environment variable ``COLDSTART_PROGRESS`` names another.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from coldstart.errors import CourseError
from coldstart.files import write_whole
from coldstart.paths import WORK
from coldstart.quiz.progress import NewerProgressError, Progress, ProgressError, merged, parse


def path() -> Path:
    """Return where the file is; behind a link, the file itself."""
    return Path(os.environ.get("COLDSTART_PROGRESS") or WORK / "progress.json").resolve()


def read() -> Progress:
    """Return what the file holds, or empty progress where there is none.

    Raises:
        CourseError: A newer version of the course wrote it, or it is damaged; then it is kept beside.
    """
    with _locked(".lock"):
        return _read()


@contextmanager
def editing() -> Iterator[Progress]:
    """Give the progress to be changed, and write it at the end; other writers wait meanwhile.

    Raises:
        CourseError: As ``read``, or it could not be written. Nothing is lost then.
    """
    with _locked(".lock"):
        progress = _read()
        yield progress
        write_whole(path(), progress.text())


@contextmanager
def sole_exam() -> Iterator[None]:
    """Hold the exam, so that no other terminal answers it; the system lets go when the process dies.

    Raises:
        CourseError: Another terminal holds it.
    """
    try:
        with _locked(".exam.lock", fcntl.LOCK_NB):
            yield
    except BlockingIOError as error:
        raise CourseError("The exam is open in another terminal; go on there, or leave it there first.") from error


def export(target: Path) -> None:
    """Write the progress into a file for the browser or another machine.

    Raises:
        CourseError: The file exists, or could not be written.
    """
    if target.exists():
        raise CourseError(f"{target} exists already; name a file that does not.", status=2)
    write_whole(target, read().text())


def bring_in(source: Path) -> tuple[Progress, Progress]:
    """Add what an exported file holds, and return the progress before and after.

    Raises:
        CourseError: The file is not there or holds something else; nothing is changed then.
    """
    try:
        theirs = parse(source.read_bytes())
    except OSError as error:
        raise CourseError(f"{source} cannot be read ({error.strerror}); name an exported file.", status=2) from error
    except ProgressError as error:
        raise CourseError(f"{source} {error}. Nothing was changed.") from error
    with editing() as progress:
        before, after = progress.model_copy(), merged(progress, theirs)
        for name in Progress.model_fields:
            setattr(progress, name, getattr(after, name))
    return before, after


def _read() -> Progress:
    file = path()
    try:
        return parse(file.read_bytes())
    except FileNotFoundError:
        return Progress()
    except NewerProgressError as error:
        raise CourseError(f"{file} {error}; update the course, or name another file in COLDSTART_PROGRESS.") from error
    except ProgressError as error:
        kept = _set_aside(file)
        raise CourseError(f"{file} {error}; it is kept as {kept.name}, and the next command begins anew.") from error


def _set_aside(file: Path) -> Path:
    names = (file.with_name(f"{file.stem}.damaged-{number}.json") for number in count(1))
    return file.rename(next(name for name in names if not name.exists()))


@contextmanager
def _locked(suffix: str, how: int = 0) -> Iterator[None]:
    file = path().with_name(f".{path().name}{suffix}")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX | how)
        yield
