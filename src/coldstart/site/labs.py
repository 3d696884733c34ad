"""The files of a lab on the site: its page, the pictures on it, the notebook and the handlers to download."""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat

from coldstart.course import Section
from coldstart.lab import editions
from coldstart.lab.notebook import read
from coldstart.site.notebook import to_markdown


def publish(section: Section) -> Iterator[tuple[str, str | bytes]]:
    """Yield every file that a section's lab puts on the site, as its address and its content."""
    notebook = read(section.lab)
    markdown, pictures = to_markdown(notebook, section.slug)
    yield f"labs/{section.slug}.md", _links(markdown)
    yield f"labs/{section.lab.name}", nbformat.writes(editions.learner(notebook, section))  # type: ignore[no-untyped-call]
    for name, picture in pictures.items():
        yield f"labs/{name}", picture
    for handler in _handlers(section):
        yield f"labs/functions/{section.slug}/{handler.relative_to(section.functions)}", handler.read_bytes()


def _links(markdown: str) -> str:
    """Point links to chapters, which are beside ``labs/`` in the checkout, to where they are on the site."""
    return re.sub(r"\]\(\.\./book/", "](../", markdown)


def _handlers(section: Section) -> list[Path]:
    return sorted(p for p in section.functions.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
