"""The small vocabulary of shapes that every diagram of the course is drawn with.

Lengths are in the units of the drawing's view box: 560 of them are the width of a text column. A phone gets a drawing of its own, ``NARROW`` units
wide, which are about as many of its pixels, so that the same letters can be read there too.
Colours are names (``ink``, ``muted``, ``line``, ``surface``, ``a``, ``b``, ``a-tint``, ``b-tint``) that the style sheet gives a value in each colour scheme.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from math import hypot
from typing import Final, Literal

Point = tuple[float, float]

NARROW: Final = 360
LIGHT: Final = {
    "ink": "#16242e",
    "muted": "#51626e",
    "line": "#95a3ad",
    "surface": "#f2f6f8",
    "a": "#0a6a80",
    "b": "#b8460c",
    "a-tint": "#e3f1f4",
    "b-tint": "#fdf0e8",
}
DARK: Final = {
    "ink": "#dde7ed",
    "muted": "#9fb2bf",
    "line": "#5f707c",
    "surface": "#17222b",
    "a": "#74cbdf",
    "b": "#ffa36e",
    "a-tint": "#142d36",
    "b-tint": "#2d211b",
}


PAPER: Final = ("#fcfdfd", "#0f171d")
"""Behind a drawing that stands alone, light and dark: where it is shown (a notebook, say) may not follow the system's scheme."""


def style_sheet() -> str:
    """Return the rules of all diagrams: the page's scheme when they are inside a page, the system's when they stand alone."""

    def values(scheme: dict[str, str]) -> str:
        return "".join(f"--dg-{name}:{value};" for name, value in scheme.items())

    paints = "".join(f".dg .f-{n}{{fill:var(--dg-{n})}}.dg .s-{n}{{stroke:var(--dg-{n})}}" for n in LIGHT)
    return (
        f".dg{{{values(LIGHT)}font:16px/1.3 var(--md-text-font-family,system-ui),sans-serif}}"
        f'[data-md-color-scheme="slate"] .dg{{{values(DARK)}}}'
        f"svg.dg:root{{background:{PAPER[0]}}}"
        f"@media (prefers-color-scheme:dark){{svg.dg:root{{{values(DARK)}background:{PAPER[1]}}}}}"
        f".dg text{{fill:var(--dg-ink)}}.dg .bold{{font-weight:600}}.dg .small{{font-size:14px}}"
        ".dg .mono{font-family:var(--md-code-font-family,ui-monospace),monospace;font-size:15px}"
        f"{paints}.dg .none{{fill:none}}"
    )


@dataclass
class Drawing:
    """A diagram on its way to SVG.

    Args:
        name: File name without ``.svg``; ids inside begin with it, so that several drawings fit on one page.
        size: Width and height of the view box.
        title: What it shows, in a few words.
        description: What a reader sees in it, for those who cannot.
    """

    name: str
    size: tuple[int, int]
    title: str
    description: str
    parts: list[str] = field(default_factory=list)

    def text(
        self, at: Point, words: str, *, anchor: Literal["start", "middle", "end"] = "middle", look: str = ""
    ) -> None:
        """Write words with their baseline at a point; ``look`` is any of bold, small, mono and ``f-`` with a colour."""
        self.parts.append(
            f'<text x="{at[0]:g}" y="{at[1]:g}" text-anchor="{anchor}" class="{look}">{escape(words)}</text>'
        )

    def box(
        self,
        at: Point,
        size: Point,
        *,
        fill: str = "surface",
        stroke: str = "line",
        dashed: bool = False,
        round_by: float = 8,
    ) -> None:
        """Draw a rectangle with its upper left corner at a point."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(
            f'<rect x="{at[0]:g}" y="{at[1]:g}" width="{size[0]:g}" height="{size[1]:g}" rx="{round_by:g}" '
            f'class="f-{fill} s-{stroke}" stroke-width="1.5"{dash}/>'
        )

    def bar(self, at: Point, size: Point, fill: str) -> None:
        """Draw a filled rectangle without an edge."""
        self.parts.append(
            f'<rect x="{at[0]:.1f}" y="{at[1]:.1f}" width="{size[0]:.1f}" height="{size[1]:.1f}" class="f-{fill}"/>'
        )

    def path(
        self, points: Sequence[Point], colour: str, *, width: float = 2, dashed: bool = False, arrow: bool = False
    ) -> None:
        """Draw a line through points, with an arrow head at its end if asked for."""
        if arrow:
            *rest, last = points
            neck, head = _arrow_head(rest[-1], last, 7 + 1.7 * width)
            self.area(head, colour)
            points = [*rest, neck]
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(
            f'<polyline points="{_coordinates(points)}" class="none s-{colour}" stroke-width="{width:g}" '
            f'stroke-linejoin="round" stroke-linecap="{"butt" if arrow else "round"}"{dash}/>'
        )

    def area(self, points: Sequence[Point], fill: str) -> None:
        """Fill the polygon that the points enclose."""
        self.parts.append(f'<polygon points="{_coordinates(points)}" class="f-{fill}"/>')

    def dot(self, at: Point, fill: str, radius: float = 5) -> None:
        """Draw a point that is meant to be seen."""
        self.parts.append(f'<circle cx="{at[0]:g}" cy="{at[1]:g}" r="{radius:g}" class="f-{fill}"/>')

    def lock(self, at: Point, colour: str) -> None:
        """Draw a small padlock, the sign for what cannot change, with its upper left corner at a point."""
        x, y = at
        self.parts.append(
            f'<path d="M{x + 2.5:g} {y + 6:g}v-2.5a3.5 3.5 0 0 1 7 0v2.5" class="none s-{colour}" stroke-width="1.8"/>'
        )
        self.parts.append(f'<rect x="{x:g}" y="{y + 6:g}" width="12" height="9" rx="2" class="f-{colour}"/>')

    def svg(self) -> str:
        """Return the whole drawing on one line, which Markdown passes on unchanged."""
        width, height = self.size
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="dg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-labelledby="{self.name}-title {self.name}-desc"><title id="{self.name}-title">{escape(self.title)}</title>'
            f'<desc id="{self.name}-desc">{escape(self.description)}</desc><style>{style_sheet()}</style>'
            f"{''.join(self.parts)}</svg>"
        )


@dataclass(frozen=True)
class Scale:
    """A straight mapping of values to one direction of a drawing, as ``Scale((0, 6), (270, 30))``."""

    values: Point
    places: Point

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        (low, high), (start, end) = self.values, self.places
        return start + (value - low) / (high - low) * (end - start)


def _coordinates(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _arrow_head(before: Point, tip: Point, length: float) -> tuple[Point, list[Point]]:
    """Return where the line ends and the triangle that stands before the tip."""
    way = hypot(tip[0] - before[0], tip[1] - before[1])
    along = ((tip[0] - before[0]) / way, (tip[1] - before[1]) / way)
    neck = (tip[0] - along[0] * length, tip[1] - along[1] * length)
    half = 0.45 * length
    sides = [(neck[0] - along[1] * half * s, neck[1] + along[0] * half * s) for s in (1, -1)]
    return (neck[0] + along[0], neck[1] + along[1]), [tip, *sides]
