"""The drawings of chapter 09: from a metric to the line of code, and what the lab looks at."""

from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point

STEPS: Final = (
    ("alarm and metric", "that something is wrong, and since when", "Errors: 6 of 24"),
    ("log", "what the failures have in common", "shop = lyon, amount = 17,35"),
    ("trace", "in which call it happens", "checkout, before fees"),
)
"""What one looks at, which question it answers, and an answer of the lab."""


def funnel(*, narrow: bool = False) -> Drawing:
    """Return the three kinds of evidence, from wide to narrow."""
    drawing = Drawing(
        "observability-funnel",
        (NARROW, 356) if narrow else (560, 290),
        "From wide to narrow",
        "Three bars, each narrower than the one above. Alarm and metric: that something is wrong, and since when; for instance six errors of "
        "24. Log: what the failures have in common; the shop is Lyon and the amount has a comma. Trace: in which call it happens; in checkout, "
        "before fees.",
    )
    for row, step in enumerate(STEPS):
        (_step_narrow if narrow else _step)(drawing, row, step)
    return drawing


def _step(drawing: Drawing, row: int, step: tuple[str, str, str]) -> None:
    what, question, answer = step
    width, top = 548 - 80 * row, 6 + 92 * row
    left = 280 - width / 2
    drawing.box((left, top), (width, 66), fill="a-tint", stroke="a")
    drawing.text((280, top + 27), what, look="bold")
    drawing.text((280, top + 50), question, look="small")
    if row < len(STEPS) - 1:
        drawing.path([(280, top + 66), (280, top + 90)], "a", arrow=True)
        drawing.text((292, top + 84), answer, anchor="start", look="small f-muted")
    else:
        drawing.text((280, top + 84), answer, look="small f-muted")


def _step_narrow(drawing: Drawing, row: int, step: tuple[str, str, str]) -> None:
    what, question, answer = step
    width, top = 348 - 26 * row, 6 + 118 * row
    drawing.box((180 - width / 2, top), (width, 66), fill="a-tint", stroke="a")
    drawing.text((180, top + 27), what, look="bold")
    drawing.text((180, top + 50), question, look="small")
    drawing.text((180, top + 86), answer, look="small f-muted")
    if row < len(STEPS) - 1:
        drawing.path([(180, top + 92), (180, top + 116)], "a", arrow=True)


SIGNALS: Final = ("log", "metrics", "trace")


def lab_application(*, narrow: bool = False) -> Drawing:
    """Return the application of the lab and what it leaves behind."""
    drawing = Drawing(
        "observability-lab",
        (NARROW, 300) if narrow else (560, 250),
        "What the lab looks at",
        "Shops send payments to the function checkout, which asks the function fees. Both leave logs, metrics and traces. An alarm looks at the "
        "errors of checkout.",
    )
    shops, checkout, fees, size = _places(narrow)
    _node(drawing, shops, size, "shops", "surface", "line")
    _node(drawing, checkout, size, "checkout", "a-tint", "a")
    _node(drawing, fees, size, "fees", "a-tint", "a")
    middle = shops[1] + size[1] / 2
    drawing.path([(shops[0] + size[0], middle), (checkout[0] - 2, middle)], "ink", arrow=True)
    drawing.path([(checkout[0] + size[0], middle), (fees[0] - 2, middle)], "ink", arrow=True)
    _signals(drawing, checkout, size, narrow=narrow)
    return drawing


def _places(narrow: bool) -> tuple[Point, Point, Point, Point]:
    if narrow:
        return (3, 8), (128, 8), (253, 8), (104, 46)
    return (6, 8), (205, 8), (404, 8), (150, 46)


def _node(drawing: Drawing, at: Point, size: Point, name: str, fill: str, stroke: str) -> None:
    drawing.box(at, size, fill=fill, stroke=stroke)
    drawing.text((at[0] + size[0] / 2, at[1] + 28), name, look="bold" if fill == "surface" else "mono bold")


def _signals(drawing: Drawing, checkout: Point, size: Point, *, narrow: bool) -> None:
    """Draw log, metrics and trace below the function, and the alarm below the metrics."""
    width, step = (104, 125) if narrow else (150, 199)
    top, source = 120, checkout[0] + size[0] / 2
    for column, name in enumerate(SIGNALS):
        left = (3 if narrow else 6) + step * column
        drawing.path([(source, checkout[1] + size[1]), (left + width / 2, top - 2)], "b", dashed=True, arrow=True)
        drawing.box((left, top), (width, 42), fill="b-tint", stroke="b")
        drawing.text((left + width / 2, top + 26), name)
    below = top + 42 + (56 if narrow else 34)
    drawing.path([(source, top + 42), (source, below - 2)], "b", arrow=True)
    drawing.box((source - width / 2, below), (width, 42), fill="b-tint", stroke="b", round_by=21)
    drawing.text((source, below + 26), "alarm", look="bold")


DIAGRAMS: Final = {"observability-funnel": funnel, "observability-lab": lab_application}
