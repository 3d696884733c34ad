"""Charts in one quiet style, as SVG.

A drawing takes the colours of the page that it stands in (the variables of the site's theme), and has its own on a white card where there is none,
as in JupyterLab.
"""

import io
import os
from typing import TYPE_CHECKING, Any, Final

from coldstart.paths import STATE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK: Final = "#24292e"
QUIET: Final = "#6a7078"
CARD: Final = "#ffffff"
GRID: Final = "#e3e6ea"
FIRST: Final = "#0b5cad"
SECOND: Final = "#8a4b00"
PAGE: Final = {
    INK: "--md-default-fg-color",
    QUIET: "--md-default-fg-color--light",
    CARD: "--md-default-bg-color",
    GRID: "--md-default-fg-color--lightest",
    FIRST: "--md-typeset-a-color",
    SECOND: "--md-accent-fg-color",
}
STYLE: Final[Any] = {
    "axes.edgecolor": QUIET,
    "axes.facecolor": CARD,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.prop_cycle": f"cycler('color', ['{FIRST}', '{SECOND}'])",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.facecolor": CARD,
    "font.size": 10,
    "grid.color": GRID,
    "lines.linewidth": 2,
    "lines.markersize": 6,
    "svg.fonttype": "none",
    "svg.hashsalt": "coldstart",
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
}


def chart(columns: int = 1) -> "tuple[Figure, list[Axes]]":
    """Return an empty matplotlib figure in the course's style, and its axes from left to right."""
    os.environ.setdefault("MPLCONFIGDIR", str(STATE / "matplotlib"))
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        # 8.4 inches fit into JupyterLab on 1,280 pixels, beside its list of files
        figure = Figure(figsize=(min(4.6 * columns, 8.4), 3.1), layout="constrained")
        axes = figure.subplots(1, columns, squeeze=False)
    return figure, list(axes[0])


def show(figure: "Figure", alt: str) -> None:
    """Show a figure as SVG.

    Args:
        figure: From `chart`.
        alt: What it shows, for a reader who does not see it.
    """
    from IPython.display import display

    data = {"image/svg+xml": svg(figure), "text/plain": alt}
    display(data, metadata={"alt": alt}, raw=True)  # type: ignore[no-untyped-call,unused-ignore]


def svg(figure: "Figure") -> str:
    """Return the figure as SVG, the same bytes for the same figure, fit to stand within a page: its style rules are for itself alone."""
    from matplotlib import rc_context

    text = io.StringIO()
    with rc_context(STYLE):
        figure.savefig(text, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    drawing = text.getvalue().partition("<svg ")[2]
    drawing = '<svg class="chart" ' + drawing.replace(">*{", ">.chart *{", 1)
    for colour, variable in PAGE.items():
        drawing = drawing.replace(f": {colour}", f": var({variable}, {colour})")
    return drawing
