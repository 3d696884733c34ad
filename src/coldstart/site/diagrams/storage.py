"""The drawings of chapter 05: where files are, how long they last, and what the lab builds."""

from typing import Final, NamedTuple

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point

TMP: Final = "/tmp"  # noqa: S108 - the name is what is drawn


def places(*, narrow: bool = False) -> Drawing:
    """Return two environments with what is in each, and what is outside of both."""
    drawing = Drawing(
        "storage-places",
        (NARROW, 404) if narrow else (560, 300),
        "Where a function's files are",
        "Two execution environments. In each are code and layers, which are locked, and a /tmp of its own with a dashed edge. Arrows lead from "
        "both environments to one mounted file system, and to S3, DynamoDB and other services.",
    )
    width = 168.0 if narrow else 250.0
    for number, x in enumerate((6, NARROW - 6 - width) if narrow else (6, 554 - width)):
        _environment(drawing, (x, 6), width, number, narrow=narrow)
    y = 200 if narrow else 172
    files, services = (
        (((30, 268), (140, 56)), ((190, 268), (140, 56)))
        if narrow
        else (((60, 232), (200, 60)), ((300, 232), (200, 60)))
    )
    lefts = (width / 2 + 6, (NARROW if narrow else 560) - 6 - width / 2)
    for x in lefts:
        for at, size, colour in ((*files, "a"), (*services, "b")):
            to = at[0] + size[0] / 2 + (-16 if x == lefts[0] else 16)
            drawing.path([(x + (-14 if colour == "a" else 14), y), (to, at[1] - 2)], colour, arrow=True)
    for at, size, colour, head, said in (
        (*files, "a", "file system", "shared" if narrow else "shared, below /mnt"),
        (*services, "b", "services", "S3, DynamoDB"),
    ):
        drawing.box(at, size, stroke=colour, fill=f"{colour}-tint")
        drawing.text((at[0] + size[0] / 2, at[1] + size[1] / 2 - 4), head, look="bold")
        drawing.text((at[0] + size[0] / 2, at[1] + size[1] / 2 + 16), said, look="small f-muted")
    if narrow:
        drawing.text((NARROW / 2, 352), "What is inside goes with the environment;", look="small")
        drawing.text((NARROW / 2, 372), "what is outside stays.", look="small")
    return drawing


def _environment(drawing: Drawing, at: Point, width: float, number: int, *, narrow: bool) -> None:
    x, y = at
    height = 194 if narrow else 166
    drawing.box(at, (width, height))
    drawing.text((x + width / 2, y + 25), f"environment {number + 1}", look="bold")
    inner = width - 24
    drawing.box((x + 12, y + 38), (inner, 66 if narrow else 46), fill="surface")
    drawing.lock((x + 22, y + (54 if narrow else 53)), "muted")
    drawing.text((x + 42, y + 66 - (5 if narrow else 0)), "code, layers", anchor="start")
    if narrow:
        drawing.text((x + 42, y + 86), "read-only", anchor="start", look="small f-muted")
    else:
        drawing.text((x + width - 22, y + 66), "read-only", anchor="end", look="small f-muted")
    top = y + (116 if narrow else 96)
    drawing.box((x + 12, top), (inner, 66 if narrow else 56), dashed=True, fill="surface")
    drawing.text((x + 24, top + 28), TMP, anchor="start", look="mono bold")
    drawing.text((x + 24, top + (50 if narrow else 47)), "of its own", anchor="start", look="small f-muted")


class Lasting(NamedTuple):
    """A kind of memory, and from which event to which it lasts."""

    name: str
    colour: str
    spans: tuple[tuple[int, int], ...]


EVENTS: Final = ("INIT", "call", "exception", "crash, INIT", "call", "end")
BEFORE, CRASH, END = -1, 3, 5
MEMORIES: Final = (
    Lasting("globals", "b", ((0, CRASH), (CRASH, END))),
    Lasting(TMP, "a", ((0, END),)),
    Lasting("EFS", "a", ((BEFORE, END + 1),)),
)


def life(*, narrow: bool = False) -> Drawing:
    """Return what happens to an environment, and how long three kinds of memory last meanwhile."""
    drawing = Drawing(
        "storage-life",
        (NARROW, 352) if narrow else (560, 196),
        "How long global variables, /tmp and EFS last",
        "An environment has an INIT, a call, a call with an exception, a crash with a new INIT, another call, and its end. Global variables "
        "last from the INIT to the crash and, anew, from there to the end. Files in /tmp last from the first INIT to the end. Files on EFS "
        "were there before and are there afterwards.",
    )
    (_life_down if narrow else _life_across)(drawing)
    return drawing


def _life_across(drawing: Drawing) -> None:
    places = [126 + 78 * number for number in range(len(EVENTS))]
    for x, event in zip(places, EVENTS, strict=True):
        first, _, second = event.partition(", ")
        drawing.text((x, 20), first, look="small")
        drawing.text((x, 38), second, look="small")
        drawing.path([(x, 46), (x, 190)], "line", width=1, dashed=True)
    for row, memory in enumerate(MEMORIES):
        y = 56 + 46 * row
        drawing.text((6, y + 22), memory.name, anchor="start", look="mono bold" if "/" in memory.name else "bold")
        for start, end in memory.spans:
            left = 88 if start == BEFORE else places[start] + 3
            right = 556 if end > END else places[end] - 3
            drawing.bar((left, y), (right - left, 32), memory.colour)


def _life_down(drawing: Drawing) -> None:
    places = [70 + 48 * number for number in range(len(EVENTS))]
    for y, event in zip(places, EVENTS, strict=True):
        drawing.text((6, y + 5), event, anchor="start", look="small")
        drawing.path([(96, y), (354, y)], "line", width=1, dashed=True)
    for column, memory in enumerate(MEMORIES):
        x = 136 + 88 * column
        drawing.text((x, 22), memory.name, look="mono bold" if "/" in memory.name else "bold")
        for start, end in memory.spans:
            top = 36 if start == BEFORE else places[start] + 3
            bottom = 346 if end > END else places[end] - 3
            drawing.bar((x - 18, top), (36, bottom - top), memory.colour)


def lab_doors(*, narrow: bool = False) -> Drawing:
    """Return what the lab builds: three functions and two doors to one file system."""
    drawing = Drawing(
        "storage-lab",
        (NARROW, 372) if narrow else (560, 252),
        "What the lab builds",
        "The functions intake and search lead to one access point, which leads to the directory /cards of a file system. The function guest "
        "leads to another access point and the directory /guests. The file system has a mount target in subnet a and in subnet b. Each "
        "function has a /tmp of its own.",
    )
    (_lab_down if narrow else _lab_across)(drawing)
    return drawing


FUNCTIONS: Final = (("intake", "a"), ("search", "a"), ("guest", "b"))
DOORS: Final = (("/cards", "a"), ("/guests", "b"))


def _lab_across(drawing: Drawing) -> None:
    drawing.box((388, 6), (166, 240))
    drawing.text((471, 32), "file system", look="bold")
    drawing.text((471, 222), "mount targets in", look="small f-muted")
    drawing.text((471, 238), "subnets a and b", look="small f-muted")
    for (path, colour), y in zip(DOORS, (76, 174), strict=True):
        _door(drawing, (204, y - 24), (130, 48), colour)
        drawing.box((410, y - 20), (122, 40), stroke=colour, fill=f"{colour}-tint")
        drawing.text((471, y + 5), path, look="mono")
        drawing.path([(334, y), (408, y)], colour, arrow=True)
    for (name, colour), y, to in zip(FUNCTIONS, (36, 112, 188), (68, 84, 174), strict=True):
        _function(drawing, (6, y - 28), (150, 56), name)
        drawing.path([(156, y), (202, to)], colour, arrow=True)


def _lab_down(drawing: Drawing) -> None:
    drawing.box((6, 236), (348, 130))
    drawing.text((180, 262), "file system", look="bold")
    drawing.text((180, 352), "mount targets in subnets a and b", look="small f-muted")
    for (path, colour), x in zip(DOORS, (116, 286), strict=True):
        _door(drawing, (x - 62, 126), (124, 48), colour)
        drawing.box((x - 54, 284), (108, 40), stroke=colour, fill=f"{colour}-tint")
        drawing.text((x, 309), path, look="mono")
        drawing.path([(x, 174), (x, 282)], colour, arrow=True)
    for (name, colour), x, to in zip(FUNCTIONS, (60, 180, 300), (100, 132, 290), strict=True):
        _function(drawing, (x - 54, 6), (108, 72), name, down=True)
        drawing.path([(x, 78), (to, 124)], colour, arrow=True)


def _function(drawing: Drawing, at: Point, size: Point, name: str, *, down: bool = False) -> None:
    """Draw a function with its /tmp, beside its name or below it."""
    (x, y), (width, height) = at, size
    drawing.box(at, size)
    if down:
        drawing.text((x + width / 2, y + 26), name, look="bold")
        chip = (x + width / 2 - 26, y + 36)
    else:
        drawing.text((x + 14, y + height / 2 + 5), name, anchor="start", look="bold")
        chip = (x + width - 60, y + height / 2 - 13)
    drawing.box(chip, (52, 26), dashed=True)
    drawing.text((chip[0] + 26, chip[1] + 18), TMP, look="mono")


def _door(drawing: Drawing, at: Point, size: Point, colour: str) -> None:
    drawing.box(at, size, stroke=colour, round_by=24)
    drawing.text((at[0] + size[0] / 2, at[1] + size[1] / 2 + 5), "access point")


DIAGRAMS: Final = {
    "storage-places": places,
    "storage-life": life,
    "storage-lab": lab_doors,
}
