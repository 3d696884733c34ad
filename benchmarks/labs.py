"""The labs: each run from top to bottom, beside a notebook with one empty cell."""

import subprocess
import sys
import time
from pathlib import Path

import nbformat
from _table import Row, median_ms, show
from nbclient import NotebookClient

from coldstart import stack
from coldstart.course import sections

PORT = 4598


def empty_notebook() -> None:
    """Start a kernel, run one cell, stop the kernel: what any notebook costs."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import boto3")])
    NotebookClient(notebook, kernel_name="python3").execute()


def seconds(slug: str) -> float:
    """Run one lab by the command line and return how long it took."""
    started = time.perf_counter()
    subprocess.run([Path(sys.executable).with_name("coldstart"), "run", slug], check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Run every lab on one emulator."""
    import os

    os.environ["COLDSTART_PORT"] = str(PORT)
    floor = median_ms(empty_notebook, 3) / 1000
    with stack.ensure(PORT):
        taken = {section.slug: seconds(section.slug) for section in sections()}
    rows = [Row(slug, value, floor, "s", "10 s", value <= 10) for slug, value in taken.items()]
    rows.append(Row("all labs", sum(taken.values()), floor * len(taken), "s", "90 s", sum(taken.values()) <= 90))
    show("Labs (floor: a notebook that imports boto3)", rows)


if __name__ == "__main__":
    main()
