"""The drawings of chapter 06: who calls a function, and what ends a batch."""

from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point

ROWS: Final = (
    ("S3 bucket", "files", True),
    ("EventBridge rule", "rule", True),
    ("API Gateway", "price", True),
    ("DynamoDB stream", "changes", False),
    ("Kinesis stream", "scans", False),
)
"""What the lab connects: a source, a function, and whether the source calls."""


def who_calls(*, narrow: bool = False) -> Drawing:
    """Return five sources, three that push and two that are polled."""
    drawing = Drawing(
        "event-sources-who-calls",
        (NARROW if narrow else 560, 424),
        "Who calls the function",
        "Three sources push: an S3 bucket calls the function files, an EventBridge rule the function rule, and API Gateway the function "
        "price. Two are polled: an event source mapping reads a DynamoDB stream and calls changes, another reads a Kinesis stream and "
        "calls scans. Arrows lead from the mapping to the source and to the function.",
    )
    push, poll = (
        ("the function's policy", "the execution role")
        if narrow
        else ("the function's policy admits it", "the execution role reads it")
    )
    drawing.text((4, 22), f"push: {push}", anchor="start", look="bold")
    drawing.text((4, 258), f"poll: {poll}", anchor="start", look="bold")
    for row, (source, name, pushes) in enumerate(ROWS):
        y = (36.0 if pushes else 68.0) + 68 * row
        (_narrow_row if narrow else _row)(drawing, y, source, name, pushes=pushes)
    return drawing


def _row(drawing: Drawing, y: float, source: str, name: str, *, pushes: bool) -> None:
    _boxed(drawing, (4, y), 176, source)
    _boxed(drawing, (424, y), 132, name, ours=True)
    if pushes:
        drawing.path([(182, y + 26), (420, y + 26)], "a", arrow=True)
        return
    _boxed(drawing, (232, y), 136, "mapping", dashed=True)
    drawing.path([(230, y + 26), (184, y + 26)], "b", arrow=True)
    drawing.path([(370, y + 26), (420, y + 26)], "a", arrow=True)


def _narrow_row(drawing: Drawing, y: float, source: str, name: str, *, pushes: bool) -> None:
    _boxed(drawing, (4, y), 122, source.removesuffix(" stream").removesuffix(" rule"))
    _boxed(drawing, (264, y), 92, name, ours=True)
    if pushes:
        drawing.path([(128, y + 26), (261, y + 26)], "a", arrow=True)
        return
    _boxed(drawing, (154, y), 82, "mapping", dashed=True)
    drawing.path([(152, y + 26), (129, y + 26)], "b", arrow=True)
    drawing.path([(238, y + 26), (262, y + 26)], "a", arrow=True)


def _boxed(drawing: Drawing, at: Point, width: float, label: str, *, ours: bool = False, dashed: bool = False) -> None:
    if dashed:
        drawing.box(at, (width, 52), dashed=True)
    else:
        drawing.box(at, (width, 52), fill="a-tint" if ours else "surface", stroke="a" if ours else "line")
    drawing.text((at[0] + width / 2, at[1] + 32), label, look="bold" if ours else "")


ARRIVALS: Final = (0.2, 0.6, 1.0, 1.5, 4.0, 6.2)
"""When records arrive, in seconds; the first four fill a batch."""


def batch(*, narrow: bool = False) -> Drawing:
    """Return records on a line of time, and the two batches that they become."""
    width = NARROW if narrow else 560
    drawing = Drawing(
        "event-sources-batch",
        (width, 190),
        "What ends a batch",
        "Six records on a line of time, with a batch size of four and a window of five seconds. The first four arrive within two seconds; "
        "the batch is full and goes at once. Two more come later. Five seconds after the first of them the window is over, and the batch "
        "goes with two records.",
    )
    scale = (width - 24) / 10

    def place(seconds: float) -> float:
        return 12 + seconds * scale

    drawing.path([(8, 120), (width - 8, 120)], "line", arrow=True)
    for record, seconds in enumerate(ARRIVALS):
        drawing.dot((place(seconds), 120), "a" if record < len(ARRIVALS) - 2 else "b", 6)
    drawing.box((4, 60), (place(1.5) + 8, 34), fill="a-tint", stroke="a")
    drawing.text((place(0) - 4, 48), "full: goes at once", anchor="start", look="small f-a")
    drawing.text((4 + (place(1.5) + 8) / 2, 82), "4", look="bold")
    drawing.box((place(4) - 8, 60), (5 * scale + 8, 34), fill="b-tint", stroke="b")
    drawing.text((place(6.5), 82), "2", look="bold")
    drawing.text((place(9), 26), "time is over: goes", anchor="end", look="small f-b")
    drawing.text((place(9), 48), "half full", anchor="end", look="small f-b")
    drawing.text((place(4) - 8, 152), "window", anchor="start", look="small f-muted")
    drawing.text((width - 8, 176), "time", anchor="end", look="small f-muted")
    return drawing


DIAGRAMS: Final = {"event-sources-who-calls": who_calls, "event-sources-batch": batch}
