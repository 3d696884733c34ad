"""The quiz in a notebook: the element of the page, with what is answered in the terminal's file.

The page's progress goes to the kernel with every answer; `merge` puts what is new in it into the file, which the terminal may have
changed meanwhile. What the file cannot take stays in the notebook, a sentence below the quiz says so, and the next answer tries again.
"""

import json
import os
from collections.abc import Callable
from typing import Any, Final, TypeVar

import anywidget
import traitlets
from IPython.core.getipython import get_ipython
from IPython.display import display

from coldstart.errors import CourseError
from coldstart.paths import BOOK
from coldstart.quiz import html, places, store
from coldstart.quiz.bank import bank
from coldstart.quiz.progress import Progress, merged, parse

ASSETS: Final = BOOK / "assets" / "quiz"
NOT_KEPT: Final = "What you answer now lasts as long as this notebook's kernel, until an answer can be kept."

T = TypeVar("T")


class QuizWidget(anywidget.AnyWidget):
    """A section's quiz.

    Attributes:
        bank: Its questions, as ``coldstart.quiz.bank.bank`` gives them.
        progress: The JSON of the progress; the page writes it.
        notice: A sentence about the file that cannot take it, or nothing.
        site: Address of the course's pages, empty where nothing serves them.
    """

    _esm = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in (*html.SCRIPTS, "widget.js"))
    _css = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in ("coldstart-quiz.css", "widget.css"))
    bank = traitlets.Dict().tag(sync=True)
    progress = traitlets.Dict().tag(sync=True)
    notice = traitlets.Unicode("").tag(sync=True)
    site = traitlets.Unicode("").tag(sync=True)

    def __init__(self, section: str) -> None:
        self._kept = Progress()  # what the file has taken of this notebook's
        super().__init__(bank=bank(section), site=os.environ.get(places.SERVED, ""))
        self._kept = self._attempt(store.read) or Progress()
        self.progress = self._kept.model_dump(mode="json")
        self.observe(self._keep, "progress")

    def _keep(self, change: dict[str, Any]) -> None:
        after = parse(json.dumps(change["new"]))
        if self._attempt(lambda: self._write(after)):
            self._kept = after

    def _write(self, after: Progress) -> bool:
        with store.editing() as progress:
            merge(progress, self._kept, after)
        return True

    def _attempt(self, act: Callable[[], T]) -> T | None:
        """Do something with the file, again where it was damaged: it is beside then, and everything goes into a new one."""
        said = ""
        for _ in range(2):
            try:
                done = act()
            except CourseError as error:
                said, self._kept = str(error), Progress()
            except OSError as error:
                said = f"{store.path()} cannot be used ({error.strerror})."
            else:
                self.notice = said
                return done
        self.notice = f"{said} {NOT_KEPT}"
        return None


def show(section: str) -> None:
    """Show a section's quiz below the cell.

    Args:
        section: ``14-aliases`` or ``14``.

    Raises:
        CourseError: As ``coldstart.quiz.bank.bank``, or this is no notebook.
    """
    if not hasattr(get_ipython(), "kernel"):
        raise CourseError(f"The quiz shows in a notebook only; `coldstart quiz {section}` asks the same in a terminal.")
    display(QuizWidget(section))  # type: ignore[no-untyped-call]


def merge(progress: Progress, before: Progress, after: Progress) -> None:
    """Put into a progress what happened between two states of another.

    Args:
        progress: What the file holds; it is changed.
        before: What the notebook held when the file last took it.
        after: What it holds now.
    """
    progress.log = merged(progress, Progress(log=after.log)).log
    flags = [flag for flag in progress.flags if flag not in before.flags or flag in after.flags]
    progress.flags = [*flags, *(flag for flag in after.flags if flag not in [*before.flags, *flags])]
    changed = {key: value for key, value in after.attempts.items() if before.attempts.get(key) != value}
    progress.attempts = {**progress.attempts, **changed}
