"""The learner's and the instructor's copy of a lab, from the one notebook.

A notebook's ``hint`` cells are plain Markdown, one hint each; its ``solution`` cells begin with ``# Solution: <the task>``; its ``instructor``
cells are notes for whoever teaches.
"""

import copy
import re
from typing import Final

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from coldstart.course import Section
from coldstart.lab.notebook import tags

LEFT_OUT: Final = {"instructor", "remove-cell"}
TASK: Final = re.compile(r"# Solution: *(.*)")
CHAPTER: Final = re.compile(r"(?<!!)\[([^\]]+)\]\(\.\./book/[^)]+\.md[^)]*\)")
PICTURES: Final = "](../book/assets/"
# A text: it is the learner's kernel that imports the quiz, which the labs do not know.
QUIZ: Final = 'from coldstart.quiz.widget import show\n\nshow("{slug}")'


def learner(nb: NotebookNode, section: Section | None = None) -> NotebookNode:
    """Return the copy for learners: solutions are to be written, hints are folded, nothing has run.

    It lives in a folder of its own, where the book is not: pictures are looked for in ``assets`` beside it, and links to chapters are words.

    Args:
        nb: The notebook.
        section: The section whose quiz ends the copy, where it has one.
    """
    copied = copy.deepcopy(nb)
    copied.cells = [cell for cell in copied.cells if not tags(cell) & LEFT_OUT]
    number = 0
    for cell in copied.cells:
        number = number + 1 if "hint" in tags(cell) else 0
        if "hint" in tags(cell):
            cell.source = _folded(f"Hint {number}", cell.source)
        if cell.cell_type == "markdown":
            cell.source = CHAPTER.sub(r"\1", cell.source).replace(PICTURES, "](assets/")
        if "solution" in tags(cell):
            cell.source = _stub(cell.source)
            cell.metadata.tags = sorted(tags(cell) - {"solution"})
        _clear(cell)
    if section and section.quiz.exists():
        copied.cells += _quiz(section.slug)
    return copied


def instructor(nb: NotebookNode) -> NotebookNode:
    """Return the copy for whoever teaches: everything, with the notes set apart."""
    copied = copy.deepcopy(nb)
    number = 0
    for cell in copied.cells:
        number = number + 1 if "hint" in tags(cell) else 0
        if "hint" in tags(cell):
            cell.source = f"**Hint {number}.** {cell.source}"
        if "instructor" in tags(cell):
            cell.source = _quoted(f"**For the instructor.** {cell.source}")
            cell.metadata.tags = sorted(tags(cell) - {"remove-cell"})
    return copied


def _quiz(slug: str) -> list[NotebookNode]:
    """Return the cells that ask the questions of a section; their ids are fixed, so that a copy made again is the same."""
    metadata = {"tags": ["quiz"]}
    return [
        new_markdown_cell("## Test yourself", id=f"{slug}-test-yourself"),  # type: ignore[no-untyped-call]
        new_code_cell(QUIZ.format(slug=slug), id=f"{slug}-quiz", metadata=metadata),  # type: ignore[no-untyped-call]
    ]


def _stub(source: str) -> str:
    found = TASK.match(source)
    return f"# Your code here: {found.group(1) if found else 'see the task above'}\n"


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _clear(cell: NotebookNode) -> None:
    if cell.cell_type == "code":
        cell.outputs = []
        cell.execution_count = None
