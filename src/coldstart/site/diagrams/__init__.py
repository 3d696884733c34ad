"""Diagrams, drawn by code from one vocabulary of shapes, so that they share a look, follow the colour scheme and cannot go stale.

A chapter shows one as an ordinary picture, ``![what it shows](assets/diagrams/NAME.svg)``. The site puts the drawing itself in its place
(``inline``), where it takes the page's colours; ``draw_all`` writes the files for everybody else.
"""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Final, Protocol

from coldstart.errors import CourseError
from coldstart.site.diagrams.shapes import Drawing


class Draw(Protocol):
    """What draws a diagram, for a text column or for a phone."""

    def __call__(self, *, narrow: bool = False) -> Drawing:
        """Return the drawing."""


def _all() -> dict[str, Draw]:
    """Return what every module in this folder offers in its ``DIAGRAMS``."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return {name: draw for module in modules for name, draw in getattr(module, "DIAGRAMS", {}).items()}


DIAGRAMS: Final = _all()
"""Name to what draws it: those of all modules here."""

PICTURE: Final = re.compile(r"^!\[(?P<alt>[^\]]*)\]\((?:\.\./)*assets/diagrams/(?P<name>[\w-]+)\.svg\)$", re.MULTILINE)


def draw_all(target: Path) -> None:
    """Write every diagram as ``NAME.svg``.

    Args:
        target: The folder; it is made if it is missing.
    """
    target.mkdir(parents=True, exist_ok=True)
    for name in DIAGRAMS:
        (target / f"{name}.svg").write_text(svg(name) + "\n", encoding="utf-8")


def inline(markdown: str) -> str:
    """Put the drawings in the place of their pictures; each must stand in a paragraph of its own.

    Args:
        markdown: A chapter.

    Raises:
        CourseError: There is no diagram of that name.
    """
    return PICTURE.sub(lambda found: f'<figure class="diagram">{_both(found["name"], found["alt"])}</figure>', markdown)


def svg(name: str, alternative: str | None = None, *, narrow: bool = False) -> str:
    """Return one diagram.

    Args:
        name: One of ``DIAGRAMS``.
        alternative: Words for those who cannot see it, instead of the drawing's own.
        narrow: The one for a phone.

    Raises:
        CourseError: There is no diagram of that name.
    """
    if name not in DIAGRAMS:
        raise CourseError(f"There is no diagram {name!r}; the diagrams are: {', '.join(DIAGRAMS)}.")
    drawing = DIAGRAMS[name](narrow=narrow)
    drawing.name += "-narrow" if narrow else ""
    drawing.description = alternative or drawing.description
    return drawing.svg()


def _both(name: str, alternative: str) -> str:
    """Return the diagram for either width; the style sheet of the page shows one of them, and hides the other from everybody."""
    wide, narrow = (svg(name, alternative, narrow=narrow) for narrow in (False, True))
    return f'<div class="diagram__wide">{wide}</div><div class="diagram__narrow">{narrow}</div>'
