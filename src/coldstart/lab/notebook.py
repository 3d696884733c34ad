"""Read and write notebooks, and find things in them."""

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from coldstart.errors import CourseError
from coldstart.files import write_whole


def read(path: Path) -> NotebookNode:
    """Return the notebook in a file.

    Raises:
        CourseError: There is none, or it is not a notebook: the sentence names file and line, and what is expected.
    """
    try:
        nb: NotebookNode = nbformat.reads(path.read_text(), as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(nb)
    except FileNotFoundError:
        raise CourseError(f"{path} does not exist; the lab of a section is a notebook of its name.") from None
    except (ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise CourseError(f"{path}{_place(path)} is not a notebook; expected is the JSON of nbformat 4.") from error
    return nb


def write(nb: NotebookNode, path: Path) -> None:
    """Write a notebook whole."""
    write_whole(path, text(nb))


def text(nb: NotebookNode) -> str:
    """Return a notebook as its file holds it."""
    return str(nbformat.writes(nb)).rstrip("\n") + "\n"  # type: ignore[no-untyped-call]


def tags(cell: NotebookNode) -> set[str]:
    """Return a cell's tags."""
    return set(cell.metadata.get("tags", []))


def emitted(nb: NotebookNode, kind: str) -> list[Any]:
    """Return what the cells showed in one MIME type, in order."""
    outputs = [output for cell in nb.cells for output in cell.get("outputs", [])]
    return [output.data[kind] for output in outputs if kind in output.get("data", {})]


def _place(path: Path) -> str:
    """Return where its JSON breaks, ``, line 3``."""
    try:
        json.loads(path.read_text())
    except json.JSONDecodeError as error:
        return f", line {error.lineno},"
    except ValueError:
        return ""
    return ""
