"""The drawings of chapter 5: files that functions share, and a /tmp that fills up."""

from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point


def shared(*, narrow: bool = False) -> Drawing:
    """Return two functions with a /tmp each and one file system."""
    width = NARROW if narrow else 560
    drawing = Drawing(
        "storage-shared",
        (width, 290),
        "Two functions and one file system",
        "The functions writer and reader stand side by side, each with a /tmp of its own. An arrow leads from each down to one box, "
        "an EFS access point, through which both see the same file, note.",
    )
    wide = (width - 24) / 2
    for x, name in ((6.0, "writer"), (18.0 + wide, "reader")):
        drawing.box((x, 8), (wide, 108))
        drawing.text((x + wide / 2, 36), name, look="bold")
        drawing.box((x + 16, 50), (wide - 32, 52), fill="b-tint", stroke="b", dashed=True)
        drawing.text((x + wide / 2, 72), "/tmp", look="mono")  # noqa: S108  (a label)
        drawing.text((x + wide / 2, 92), "its own", look="small f-muted")
        drawing.path([(x + wide / 2, 118), (x + wide / 2, 194)], "a", arrow=True)
    drawing.box((6, 198), (width - 12, 84), fill="a-tint", stroke="a")
    drawing.text((width / 2, 228), "EFS access point", look="bold")
    drawing.text((width / 2, 258), "/mnt/notes/note", look="mono")
    return drawing


def reuse(*, narrow: bool = False) -> Drawing:
    """Return two environments whose /tmp fills from invocation to invocation."""
    drawing = Drawing(
        "storage-reuse",
        (NARROW, 430) if narrow else (560, 240),
        "What is in /tmp after each invocation",
        "Environment A serves three invocations; after them its /tmp holds 20, 40 and 60 MB. Environment B is new: after its first "
        "invocation its /tmp holds 20 MB.",
    )
    if narrow:
        _environment(drawing, (6, 8), 348, "environment A", (20, 40, 60))
        _environment(drawing, (6, 222), 348, "environment B, new", (20,))
    else:
        _environment(drawing, (6, 8), 360, "environment A", (20, 40, 60))
        _environment(drawing, (380, 8), 174, "environment B, new", (20,))
    return drawing


def _environment(drawing: Drawing, at: Point, width: float, name: str, filled: tuple[int, ...]) -> None:
    x, y = at
    drawing.box(at, (width, 200))
    drawing.text((x + width / 2, y + 28), name, look="bold")
    step = width / len(filled)
    for place, megabytes in enumerate(filled):
        middle = x + step * (place + 0.5)
        drawing.bar((middle - 26, y + 150 - 1.5 * megabytes), (52, 1.5 * megabytes), "b")
        drawing.text((middle, y + 172), f"{megabytes} MB", look="small")
        drawing.text((middle, y + 190), f"{place + 1}.", look="small f-muted")


DIAGRAMS: Final = {"storage-shared": shared, "storage-reuse": reuse}
