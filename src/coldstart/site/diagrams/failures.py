"""The drawings of chapter 11: who tries again and where the event is then, and what the lab builds."""

from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point

PATHS: Final = (
    ("synchronous", "the caller", "if it wants to", "with the caller", "nowhere else"),
    ("asynchronous", "Lambda", "two more times", "destination", "or dead-letter queue"),
    ("from a queue", "the queue", "as its policy says", "dead-letter queue", "of the source queue"),
)
LAB: Final = (
    ("event", "refund", "failed", "and dead"),
    ("orders", "ship", "poison", "after two receives"),
    ("payment", "charge", "payments", "a table, key first"),
)


def paths(*, narrow: bool = False) -> Drawing:
    """Return for each mode who tries again and where the event ends."""
    drawing = Drawing(
        "failures-paths",
        (NARROW, 440) if narrow else (560, 270),
        "Who tries again, and where the event is then",
        "Three rows. Synchronous: the caller tries again if it wants to, and the event is nowhere but with the caller. Asynchronous: Lambda tries "
        "two more times, then the event goes to a destination or dead-letter queue. From a queue: the message comes back as often as the "
        "redrive policy says, then it goes to the dead-letter queue of the source queue.",
    )
    if not narrow:
        for x, said in ((70, "invoked"), (264, "who tries again"), (463, "where it is then")):
            drawing.text((x, 20), said, look="small f-muted")
    for row, (mode, who, often, place, which) in enumerate(PATHS):
        if narrow:
            top = 6 + 146 * row
            drawing.text((180, top + 16), mode, look="bold")
            _pair(drawing, (6, top + 28), (138, 58), who, often)
            drawing.path([(144, top + 57), (172, top + 57)], "b", arrow=True)
            _pair(drawing, (174, top + 28), (180, 58), place, which, "b")
            if row < len(PATHS) - 1:
                drawing.path([(6, top + 110), (354, top + 110)], "line", width=1)
        else:
            top = 36 + 78 * row
            drawing.text((70, top + 35), mode, look="bold")
            drawing.path([(142, top + 29), (182, top + 29)], "ink", arrow=True)
            _pair(drawing, (184, top), (160, 58), who, often)
            drawing.path([(344, top + 29), (370, top + 29)], "b", arrow=True)
            _pair(drawing, (372, top), (182, 58), place, which, "b")
    return drawing


def lab_failures(*, narrow: bool = False) -> Drawing:
    """Return the three functions of the lab and what is kept of their failures."""
    width, gap = (96, 32) if narrow else (150, 53)
    drawing = Drawing(
        "failures-lab",
        (NARROW if narrow else 560, 260),
        "What the lab builds",
        "Asynchronous events reach the function refund, whose failures go to the queues failed and dead. Messages of the queue orders reach the "
        "function ship; after two receives they move to the queue poison. Payments reach the function charge, which writes to the table "
        "payments, the key first.",
    )
    for row, (source, function, place, told) in enumerate(LAB):
        top = 6 + 86 * row
        left = [3 + (width + gap) * column for column in range(3)]
        drawing.box((left[0], top), (width, 46))
        drawing.text((left[0] + width / 2, top + 28), source)
        drawing.path([(left[0] + width, top + 23), (left[1] - 2, top + 23)], "ink", arrow=True)
        drawing.box((left[1], top), (width, 46), fill="a-tint", stroke="a")
        drawing.text((left[1] + width / 2, top + 28), function, look="mono bold")
        drawing.path([(left[1] + width, top + 23), (left[2] - 2, top + 23)], "b", arrow=True)
        drawing.box((left[2], top), (width, 46), fill="b-tint", stroke="b")
        drawing.text((left[2] + width / 2, top + 28), place, look="bold")
        drawing.text((left[2] + width, top + 65), told, anchor="end", look="small f-muted")
    return drawing


def _pair(drawing: Drawing, at: Point, size: Point, first: str, second: str, colour: str = "line") -> None:
    """Draw a box with two lines of text."""
    drawing.box(at, size, stroke=colour, fill="surface" if colour == "line" else f"{colour}-tint")
    drawing.text((at[0] + size[0] / 2, at[1] + 25), first, look="bold")
    drawing.text((at[0] + size[0] / 2, at[1] + 45), second, look="small f-muted")


DIAGRAMS: Final = {
    "failures-paths": paths,
    "failures-lab": lab_failures,
}
