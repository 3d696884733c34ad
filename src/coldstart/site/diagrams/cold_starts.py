"""The drawings of chapter 12: what a cold start consists of, how environments are counted, and who gets which place."""

from typing import Final

from coldstart.facts import load
from coldstart.site.diagrams.shapes import NARROW, Drawing, Point

PHASES: Final = (
    ("machine,", "your package", "surface", "line"),
    ("extensions,", "runtime", "b-tint", "b"),
    ("your code outside", "the handler", "b-tint", "b"),
    ("handler", "", "a-tint", "a"),
)
"""What happens between a call and its answer in a cold start: two lines of words, fill, edge."""


def phases(*, narrow: bool = False) -> Drawing:
    """Return what a cold call waits for, and what a warm one."""
    drawing = Drawing(
        "cold-starts-phases",
        (NARROW, 366) if narrow else (560, 236),
        "What a cold call waits for, and what a warm one",
        "A cold call waits until Lambda has a machine and your package, then for INIT, in which extensions and the runtime start and your code "
        "outside the handler runs, then for the handler. A warm call waits for the handler only. INIT appears as Init Duration and is billed.",
    )
    (_phases_down if narrow else _phases_across)(drawing)
    return drawing


def _phases_across(drawing: Drawing) -> None:
    edges = (64, 178, 288, 434, 548)
    drawing.text((8, 78), "cold", anchor="start", look="bold")
    drawing.text((8, 196), "warm", anchor="start", look="bold")
    for phase, left, right in zip(PHASES, edges, edges[1:], strict=False):
        _phase(drawing, (left, 42), (right - left - 4, 62), phase)
    _phase(drawing, (64, 160), (110, 62), PHASES[-1])
    drawing.path([(178, 116), (178, 122), (430, 122), (430, 116)], "b", width=1.5)
    drawing.text((304, 142), "INIT: reported as Init Duration, billed", look="small f-b")
    drawing.path([(64, 22), (548, 22)], "line", width=1.5, arrow=True)
    drawing.text((64, 14), "the call", anchor="start", look="small f-muted")
    drawing.text((548, 14), "the answer", anchor="end", look="small f-muted")


def _phases_down(drawing: Drawing) -> None:
    drawing.text((100, 22), "cold", look="bold")
    drawing.text((278, 22), "warm", look="bold")
    for row, phase in enumerate(PHASES):
        _phase(drawing, (16, 36 + 68 * row), (168, 64), phase)
    _phase(drawing, (204, 36), (148, 64), PHASES[-1])
    drawing.path([(190, 106), (196, 106), (196, 234), (190, 234)], "b", width=1.5)
    for line, words in enumerate(("INIT: reported as", "Init Duration,", "billed")):
        drawing.text((206, 156 + 19 * line), words, anchor="start", look="small f-b")
    drawing.text((16, 334), "Both columns run from the call at the", anchor="start", look="small f-muted")
    drawing.text((16, 353), "top to the answer below.", anchor="start", look="small f-muted")


def _phase(drawing: Drawing, at: Point, size: Point, phase: tuple[str, str, str, str]) -> None:
    first, second, fill, stroke = phase
    drawing.box(at, size, fill=fill, stroke=stroke, round_by=4)
    x, y = at[0] + size[0] / 2, at[1] + size[1] / 2
    if second:
        drawing.text((x, y - 4), first, look="small")
        drawing.text((x, y + 15), second, look="small")
    else:
        drawing.text((x, y + 5), first, look="bold")


CALLS: Final = (
    ("1", 0, 0, 46, 130),
    ("2", 1, 62, 108, 190),
    ("3", 0, 150, 150, 250),
    ("4", 2, 170, 216, 300),
    ("5", 1, 204, 204, 290),
)
"""Calls as they come: number, row of the environment, and when INIT begins, the handler begins and it ends."""
MOMENT: Final = 244


def concurrency(*, narrow: bool = False) -> Drawing:
    """Return calls on environments over time, and a moment at which they are counted."""
    drawing = Drawing(
        "cold-starts-concurrency",
        (NARROW, 270) if narrow else (560, 250),
        "Five calls on three environments",
        "Environments A, B and C over time. Calls 1, 2 and 4 find no free environment and begin with INIT in a new one. Call 3 finds A free and "
        "call 5 finds B free: no INIT. A line marks a moment at which all three are at work, so the concurrency there is 3.",
    )
    left, scale = (34, 1.05) if narrow else (44, 1.68)

    def at(moment: float) -> float:
        return left + scale * moment

    for row, name in enumerate("ABC"):
        y = 46 + 54 * row
        drawing.text((14, y + 24), name, look="bold")
        drawing.path([(left, y + 40), (at(302), y + 40)], "line", width=1)
    for number, row, init, begin, end in CALLS:
        y = 46 + 54 * row
        if begin > init:
            drawing.box((at(init), y), (at(begin) - at(init), 36), fill="b-tint", stroke="b", round_by=3)
        drawing.box((at(begin), y), (at(end) - at(begin), 36), fill="a-tint", stroke="a", round_by=3)
        drawing.text((at(begin) + 14, y + 24), number, look="bold f-a")
    drawing.path([(at(MOMENT), 34), (at(MOMENT), 206)], "ink", width=1.5, dashed=True)
    drawing.text((at(MOMENT), 24), "concurrency here: 3", look="small")
    _legend(drawing, 230, left)
    return drawing


def _legend(drawing: Drawing, y: float, left: float) -> None:
    for place, (words, fill, stroke) in enumerate((("INIT", "b-tint", "b"), ("handler", "a-tint", "a"))):
        x = left + 86 * place
        drawing.box((x, y - 12), (18, 14), fill=fill, stroke=stroke, round_by=2)
        drawing.text((x + 25, y), words, anchor="start", look="small f-muted")


PLACES: Final = 4
READY: Final = 2
"""What the lab reserves for its function, and what of it is provisioned."""


def places(*, narrow: bool = False) -> Drawing:
    """Return what of an account's concurrency belongs to one function, and what five calls at a time meet."""
    drawing = Drawing(
        "cold-starts-places",
        (NARROW, 392) if narrow else (560, 300),
        "Reserved and provisioned concurrency",
        "Out of the account's concurrency, four places are reserved for the function tickets; the rest is shared by all other functions. Two of "
        "the four are provisioned for its alias live and ready before anybody calls. The other two start on demand. Of five calls at the same "
        "moment, the fifth is refused with status 429.",
    )
    (_places_down if narrow else _places_across)(drawing)
    return drawing


def _places_across(drawing: Drawing) -> None:
    drawing.box((6, 8), (548, 184), dashed=True)
    drawing.text((24, 32), "concurrency of the account in a Region", anchor="start", look="small f-muted")
    _function(drawing, (22, 44), 300)
    drawing.box((340, 44), (198, 134))
    _others(drawing, (439, 104))
    _calls(drawing, (22, 300), 364, 254)
    drawing.text((398, 282), "at the same moment", anchor="start", look="small f-muted")


def _places_down(drawing: Drawing) -> None:
    drawing.box((6, 8), (348, 266), dashed=True)
    drawing.text((22, 32), "concurrency of the account in a Region", anchor="start", look="small f-muted")
    drawing.box((22, 44), (316, 70))
    _others(drawing, (180, 74))
    _function(drawing, (22, 126), 300)
    _calls(drawing, (22, 300), 336, 336)
    drawing.text((180, 384), "five calls at the same moment", look="small f-muted")


def _function(drawing: Drawing, at: Point, width: float) -> None:
    x, y = at
    drawing.box(at, (width, 134), fill="a-tint", stroke="a")
    drawing.text((x + 16, y + 26), f"tickets: {PLACES} reserved", anchor="start", look="bold")
    drawing.text((x + width * 0.27, y + 50), "provisioned for live", look="small")
    drawing.text((x + width * 0.73, y + 50), "on demand", look="small")
    for place in range(PLACES):
        ready = place < READY
        left = _left(x, width, place)
        drawing.box((left, y + 60), (56, 60), fill="surface", stroke="a" if ready else "line", dashed=not ready)
        drawing.text((left + 28, y + 95), "ready" if ready else "INIT", look="small" if ready else "small f-b")


def _left(x: float, width: float, place: int) -> float:
    return x + 16 + place * (width - 32 - 56) / (PLACES - 1)


def _others(drawing: Drawing, middle: Point) -> None:
    least = load()["lambda.concurrency.unreserved.min"].value
    drawing.text(middle, "all other functions", look="bold")
    drawing.text((middle[0], middle[1] + 22), f"the rest, at least {least}", look="small f-muted")


def _calls(drawing: Drawing, function: Point, fifth: float, y: float) -> None:
    """Draw five calls; the fifth goes nowhere."""
    x, width = function
    top = y - 90
    for place in range(PLACES):
        middle = _left(x, width, place) + 28
        drawing.path([(middle, y - 8), (middle, top)], "a", arrow=True)
        drawing.dot((middle, y), "a")
        drawing.text((middle, y + 26), str(place + 1), look="small")
    drawing.path([(fifth, y - 8), (fifth, y - 28)], "b", arrow=True)
    drawing.dot((fifth, y), "b")
    drawing.text((fifth, y - 36), "429", look="bold f-b")
    drawing.text((fifth, y + 26), str(PLACES + 1), look="small")


DIAGRAMS: Final = {
    "cold-starts-phases": phases,
    "cold-starts-concurrency": concurrency,
    "cold-starts-places": places,
}
