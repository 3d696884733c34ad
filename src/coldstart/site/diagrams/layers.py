"""The drawings of chapter 15: functions that share a library, and layers that are merged one after the other."""

from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point


def shared(*, narrow: bool = False) -> Drawing:
    """Return two functions, each with the layer version that it names."""
    drawing = Drawing(
        "layers-shared",
        (NARROW, 400) if narrow else (560, 250),
        "Two functions and the versions of one layer",
        "The functions checkout and invoice have small packages of their own. Beside them stands the layer pricing with two versions, both "
        "locked. An arrow leads from checkout to version 2 and one from invoice to version 1: each function names the version it uses.",
    )
    (_shared_down if narrow else _shared_across)(drawing)
    return drawing


def _shared_across(drawing: Drawing) -> None:
    _function(drawing, (6, 44), "checkout")
    _function(drawing, (6, 164), "invoice")
    drawing.box((316, 8), (238, 234), dashed=True)
    drawing.text((435, 34), "layer pricing", look="bold")
    _version(drawing, (338, 50), "version 2", "rounds")
    _version(drawing, (338, 146), "version 1", "cuts off")
    drawing.path([(192, 80), (336, 80)], "a", arrow=True)
    drawing.path([(192, 200), (336, 182)], "a", arrow=True)
    drawing.text((254, 68), "names", look="small f-muted")
    drawing.text((254, 222), "names", look="small f-muted")


def _shared_down(drawing: Drawing) -> None:
    _function(drawing, (6, 6), "checkout", 164)
    _function(drawing, (190, 6), "invoice", 164)
    drawing.box((6, 158), (348, 236), dashed=True)
    drawing.text((180, 184), "layer pricing", look="bold")
    _version(drawing, (24, 200), "version 2", "rounds", 146)
    _version(drawing, (190, 290), "version 1", "cuts off", 146)
    drawing.path([(88, 78), (88, 198)], "a", arrow=True)
    drawing.path([(272, 78), (272, 288)], "a", arrow=True)
    drawing.text((98, 124), "names", anchor="start", look="small f-muted")
    drawing.text((282, 124), "names", anchor="start", look="small f-muted")


def _function(drawing: Drawing, at: Point, name: str, width: float = 186) -> None:
    drawing.box(at, (width, 72))
    drawing.text((at[0] + width / 2, at[1] + 30), name, look="bold")
    drawing.text((at[0] + width / 2, at[1] + 54), "import pricing", look="mono")


def _version(drawing: Drawing, at: Point, name: str, does: str, width: float = 194) -> None:
    drawing.box(at, (width, 78), fill="a-tint", stroke="a")
    drawing.lock((at[0] + 16, at[1] + 18), "a")
    drawing.text((at[0] + 40, at[1] + 32), name, anchor="start", look="bold")
    drawing.text((at[0] + 40, at[1] + 56), does, anchor="start", look="small f-muted")


LAYERS: Final = (
    ("1", "defaults", "python/shop_settings.py"),
    ("2", "regional", "python/shop_settings.py"),
    ("3", "tools", "bin/stamp"),
)
"""What the lab puts into a function, in the order of its configuration: place, name, file."""


def order(*, narrow: bool = False) -> Drawing:
    """Return three layers and the folder into which they are merged."""
    drawing = Drawing(
        "layers-order",
        (NARROW, 492) if narrow else (560, 330),
        "Layers are merged in their order",
        "Three layers are unpacked into /opt one after the other: defaults, regional, tools. The first two hold a file of the same name, "
        "python/shop_settings.py. In /opt there is one such file, that of regional, which came later. The program bin/stamp is there too.",
    )
    for row, (place, name, file) in enumerate(LAYERS):
        _layer(drawing, (6, 8 + 92 * row), place, name, file, wins=row > 0)
    if narrow:
        drawing.path([(130, 270), (130, 316)], "ink", arrow=True)
        _opt(drawing, (6, 320))
    else:
        drawing.path([(258, 140), (298, 140)], "ink", arrow=True)
        _opt(drawing, (302, 50))
        drawing.text(
            (6, 312),
            "Merged from top to bottom: a later file takes the place of an earlier one.",
            anchor="start",
            look="small f-muted",
        )
    return drawing


def _layer(drawing: Drawing, at: Point, place: str, name: str, file: str, *, wins: bool) -> None:
    x, y = at
    colour = "a" if wins else "line"
    drawing.box(at, (250, 78), fill="a-tint" if wins else "surface", stroke=colour)
    drawing.text((x + 18, y + 30), place, look="bold f-muted")
    drawing.text((x + 36, y + 30), name, anchor="start", look="bold")
    drawing.text((x + 18, y + 58), file, anchor="start", look="mono" if wins else "mono f-muted")
    if not wins:
        drawing.path([(x + 16, y + 53), (x + 232, y + 53)], "b", width=2)


def _opt(drawing: Drawing, at: Point) -> None:
    x, y = at
    drawing.box(at, (252, 164), stroke="ink")
    drawing.text((x + 18, y + 32), "/opt", anchor="start", look="mono bold")
    drawing.text((x + 18, y + 66), "python/shop_settings.py", anchor="start", look="mono")
    drawing.text((x + 18, y + 88), "that of regional", anchor="start", look="small f-a")
    drawing.text((x + 18, y + 122), "bin/stamp", anchor="start", look="mono")
    drawing.text((x + 18, y + 144), "that of tools", anchor="start", look="small f-a")


DIAGRAMS: Final = {"layers-shared": shared, "layers-order": order}
