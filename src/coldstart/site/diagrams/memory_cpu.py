"""The drawings of chapter 02: what memory buys, and what it costs."""

from math import log10
from typing import Final

from coldstart.facts import load
from coldstart.site.diagrams.shapes import NARROW, Drawing, Scale


def cpu_share(*, narrow: bool = False) -> Drawing:
    """Return the chart of vCPUs over memory, with the ceiling of a single thread."""
    least, one, most = (_megabytes(f"lambda.{name}.default") for name in ("memory.min", "vcpu.memory", "memory.max"))
    drawing = Drawing(
        "cpu-share",
        (NARROW if narrow else 560, 350),
        "What memory buys in processor time",
        f"vCPUs rise in proportion to memory: one at {one:,} MB, {most / one:.1f} at {most:,} MB. A single thread follows up to one "
        "vCPU and stays there; what lies between the two lines is paid for and out of its reach.",
    )
    x, y = Scale((0, most), (44, NARROW - 34) if narrow else (56, 526)), Scale((0, 6), (290, 30))
    drawing.area([(x(one), y(1)), (x(most), y(most / one)), (x(most), y(1))], "b-tint")
    _axes(drawing, x, y, (one, 3 * one, most) if narrow else (least, one, 2 * one, 3 * one, 4 * one, most))
    drawing.path([(x(least), y(least / one)), (x(most), y(most / one))], "a", width=3)
    drawing.path([(x(one), y(1)), (x(most), y(1))], "b", width=3)
    drawing.path([(x(one), y(0)), (x(one), y(1))], "line", width=1.5, dashed=True)
    drawing.dot((x(one), y(1)), "a", 6)
    drawing.text((x(one) - 10, y(1) - 14), "one vCPU", anchor="end", look="bold")
    drawing.text((x(0.55 * most), y(4.55)), "what Lambda gives", anchor="end", look="bold f-a")
    right = x(most) - 8
    drawing.text((right, y(1) + 22), "what one thread can use", anchor="end", look="bold f-b")
    drawing.text((right, y(1) - 27), "paid for, but out of reach", anchor="end", look="f-b")
    drawing.text((right, y(1) - 9), "of a single thread", anchor="end", look="f-b")
    return drawing


def _megabytes(fact_id: str) -> int:
    return int(str(load()[fact_id].value))


def _axes(drawing: Drawing, x: Scale, y: Scale, memories: tuple[int, ...]) -> None:
    left, right = x.places
    for vcpus in range(7):
        drawing.path([(left, y(vcpus)), (right, y(vcpus))], "line", width=0.4 if vcpus else 1)
        drawing.text((left - 10, y(vcpus) + 5), str(vcpus), anchor="end", look="small f-muted")
    for memory in memories:
        drawing.path([(x(memory), y(0)), (x(memory), y(0) + 6)], "line", width=1)
        drawing.text((x(memory), y(0) + 22), f"{memory:,}", look="small f-muted")
    drawing.text((right, y(0) + 44), "configured memory in MB", anchor="end", look="small")
    drawing.text((16, 18), "vCPUs", anchor="start", look="small")


ZONES: Final = (
    (0.07, 0.17, "b-tint", "starved", "little memory"),
    (0.17, 1.0, "surface", "in proportion", "speed is free"),
    (1.0, 4.2, "b-tint", "idle cores", "one thread works"),
)
"""The zones of the bowl: from and to (in memory of one vCPU), colour, two lines of words."""


def cost_bowl(*, narrow: bool = False) -> Drawing:
    """Return the curve of cost over memory in its three zones; its shape is computed, its scale means nothing."""
    left, right = (8, NARROW - 8) if narrow else (20, 540)
    drawing = Drawing(
        "cost-bowl",
        (right + left, 330),
        "Cost and duration over memory",
        "Short of memory, on the left, both fall as memory grows. In the middle the duration falls while the cost stays almost level; "
        "the cheapest setting lies there. Beyond what one thread can use, on the right, the duration is level and the cost climbs.",
    )
    across = Scale((log10(ZONES[0][0]), log10(ZONES[-1][1])), (left, right))
    cost, time = Scale((0, 4.3), (286, 84 if narrow else 64)), Scale((log10(1), log10(46)), (286, 96 if narrow else 80))
    for start, end, tint, name, remark in ZONES:
        here, there = across(log10(start)), across(log10(end))
        drawing.bar((here, 20), (there - here, 270), tint)
        drawing.text(((here + there) / 2, 42), name, look="bold")
        for line, said in enumerate(remark.split(" ", 1) if narrow else [remark]):
            drawing.text(((here + there) / 2, 60 + 17 * line), said, look="small f-muted")
    sizes = [0.07 * 60 ** (n / 120) for n in range(121)]
    drawing.path([(across(log10(m)), time(log10(_duration(m)))) for m in sizes], "muted", width=2, dashed=True)
    drawing.path([(across(log10(m)), cost(m * _duration(m))) for m in sizes], "a", width=3.5)
    best = min(sizes, key=lambda m: m * _duration(m))
    place = (across(log10(best)), cost(best * _duration(best)))
    drawing.dot(place, "a", 6)
    drawing.text((place[0], place[1] - 14), "cheapest", look="bold f-a")
    drawing.text((across(log10(2.3)) - 10, cost(2.3 * _duration(2.3))), "cost", anchor="end", look="bold f-a")
    drawing.text((across(log10(0.125)), time(log10(_duration(0.125))) - 12), "duration", anchor="start", look="f-muted")
    drawing.path([(left, 290), (right, 290)], "line", width=1.5, arrow=True)
    drawing.text((right, 314), "memory", anchor="end", look="small")
    drawing.text((across(0), 314), "one vCPU", look="small f-muted")
    return drawing


def _duration(share: float) -> float:
    """Return the time of a handler that computes, waits a little, and slows down when it is short of memory."""
    return (1 + (0.1 / share) ** 2) / min(share, 1) + 0.15


DIAGRAMS: Final = {
    "cpu-share": cpu_share,
    "cost-bowl": cost_bowl,
}
