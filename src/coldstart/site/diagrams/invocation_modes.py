"""The drawings of chapter 10: three ways to a function, and who tries again in each."""

from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point

MODES: Final = (
    ("synchronous", "client", "waits for the answer", ""),
    ("asynchronous", "client or service", "hands the event over", "Lambda's queue"),
    ("event source mapping", "producer", "writes to a queue", "your queue"),
)
"""Name of the mode, who causes the invocation, what it does, what stands between it and the function."""


def ways(name: str = "invocation-ways", *, narrow: bool = False) -> Drawing:
    """Return the three ways to a function, one below the other."""
    drawing = Drawing(
        name,
        (NARROW, 520) if narrow else (560, 330),
        "Three ways to a function",
        "Synchronous: a client calls the function and waits for its answer. Asynchronous: a client or service hands the event to Lambda's own "
        "queue, from which Lambda calls the function. Event source mapping: a producer writes to a queue of yours, and Lambda fetches batches "
        "from there and calls the function.",
    )
    for row, mode in enumerate(MODES):
        (_row_narrow if narrow else _row)(drawing, 8 + row * (174 if narrow else 110), mode)
    return drawing


def _row(drawing: Drawing, top: float, mode: tuple[str, str, str, str]) -> None:
    name, who, does, between = mode
    drawing.text((6, top + 14), name, anchor="start", look="bold f-a")
    _box(drawing, (6, top + 24), (150, 62), who, does)
    middle = top + 55
    if between:
        drawing.box((230, top + 30), (124, 50), fill="b-tint", stroke="b", round_by=25)
        drawing.text((292, top + 60), between, look="small")
        drawing.path([(156, middle), (228, middle)], "ink", arrow=True)
        drawing.path([(354, middle), (424, middle)], "a", arrow=True)
        drawing.text((389, middle - 8), "batch" if "your" in between else "event", look="small f-muted")
    else:
        drawing.path([(156, middle - 8), (424, middle - 8)], "a", arrow=True)
        drawing.path([(426, middle + 12), (158, middle + 12)], "a", arrow=True)
        drawing.text((290, middle - 16), "event", look="small f-muted")
        drawing.text((290, middle + 30), "answer", look="small f-muted")
    drawing.box((426, top + 30), (126, 50), fill="a-tint", stroke="a")
    drawing.text((489, top + 60), "function", look="bold")


def _row_narrow(drawing: Drawing, top: float, mode: tuple[str, str, str, str]) -> None:
    name, who, does, between = mode
    drawing.text((6, top + 14), name, anchor="start", look="bold f-a")
    _box(drawing, (6, top + 24), (160, 62), who, does)
    drawing.box((226, top + 106), (126, 50), fill="a-tint", stroke="a")
    drawing.text((289, top + 136), "function", look="bold")
    if between:
        drawing.box((24, top + 108), (124, 46), fill="b-tint", stroke="b", round_by=23)
        drawing.text((86, top + 136), between, look="small")
        drawing.path([(86, top + 86), (86, top + 106)], "ink", arrow=True)
        drawing.path([(148, top + 131), (224, top + 131)], "a", arrow=True)
        drawing.text((184, top + 122), "batch" if "your" in between else "event", look="small f-muted")
    else:
        drawing.path([(166, top + 46), (312, top + 46), (312, top + 104)], "a", arrow=True)
        drawing.path([(226, top + 131), (86, top + 131), (86, top + 88)], "a", arrow=True)
        drawing.text((240, top + 38), "event", look="small f-muted")
        drawing.text((154, top + 148), "answer", look="small f-muted")


def _box(drawing: Drawing, at: Point, size: Point, who: str, does: str) -> None:
    drawing.box(at, size)
    middle = at[0] + size[0] / 2
    drawing.text((middle, at[1] + 26), who, look="bold")
    drawing.text((middle, at[1] + 48), does, look="small f-muted")


def lab_ways(*, narrow: bool = False) -> Drawing:
    """Return what the lab builds: the same three ways."""
    return ways("invocation-lab", narrow=narrow)


RETRIES: Final = (
    ("synchronous", "the caller", "one attempt, unless it calls again"),
    ("asynchronous", "Lambda", "up to three attempts in minutes"),
    ("stream", "the mapping", "the batch, until it succeeds or expires"),
    ("queue", "the queue", "when messages become visible again"),
)
"""How the function was reached, who tries again, and how often."""


def retries(*, narrow: bool = False) -> Drawing:
    """Return who tries again when the function fails."""
    drawing = Drawing(
        "who-retries",
        (NARROW, 420) if narrow else (560, 236),
        "Who tries again when the function fails",
        "Synchronous: the caller, or nobody. Asynchronous: Lambda, up to three attempts within minutes. Stream: the mapping, with the whole "
        "batch, until it succeeds or the records expire. Queue: the queue, whose messages become visible again.",
    )
    for row, (way, who, how) in enumerate(RETRIES):
        if narrow:
            top = 6 + row * 104
            drawing.text((8, top + 16), way, anchor="start", look="small f-muted")
            drawing.box((8, top + 24), (344, 64), fill="a-tint", stroke="a")
            drawing.text((180, top + 50), who, look="bold")
            drawing.text((180, top + 74), how, look="small")
        else:
            top = 6 + row * 58
            drawing.text((104, top + 29), way, anchor="end", look="small f-muted")
            drawing.box((116, top), (128, 46), fill="a-tint", stroke="a")
            drawing.text((180, top + 29), who, look="bold")
            drawing.text((258, top + 29), how, anchor="start", look="small")
    return drawing


DIAGRAMS: Final = {"invocation-ways": ways, "invocation-lab": lab_ways, "who-retries": retries}
