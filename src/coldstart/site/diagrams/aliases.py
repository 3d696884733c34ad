"""The drawings of chapter 14: where an alias sends a call, how a split spreads, how a deployment proceeds."""

from itertools import accumulate
from math import comb
from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point, Scale


def routing(
    name: str = "alias-routing",
    *,
    function: str = "payments",
    versions: tuple[int, int] = (7, 8),
    weight: float = 0.1,
    narrow: bool = False,
) -> Drawing:
    """Return clients, an alias with a weight, two frozen versions and the draft.

    Args:
        name: Of the drawing.
        function: Name of the function in front of ``:live``.
        versions: The alias's own version and the additional one.
        weight: Share of the additional version, 0 to 1.
        narrow: From top to bottom, for a phone, instead of from left to right.
    """
    (own, additional), rest = versions, round(1 - weight, 2)
    drawing = Drawing(
        name,
        (NARROW, 462) if narrow else (560, 300),
        "An alias in front of two versions",
        f"Clients call the alias {function}:live. It sends {rest:.0%} of the invocations to version {own} and {weight:.0%} to "
        f"version {additional}. Both versions are locked. $LATEST is a draft beside them; publishing it made version {additional}, "
        "and the alias never leads to it.",
    )
    (_route_down if narrow else _route_across)(drawing, f"{function}:live", versions, weight)
    return drawing


def _route_across(drawing: Drawing, alias: str, versions: tuple[int, int], weight: float) -> None:
    (own, additional), rest = versions, round(1 - weight, 2)
    drawing.box((6, 76), (112, 72))
    drawing.text((62, 108), "clients", look="bold")
    drawing.text((62, 128), "never change", look="small f-muted")
    drawing.path([(118, 112), (164, 112)], "ink", arrow=True)
    drawing.box((166, 76), (152, 72), fill="a-tint", stroke="a", round_by=36)
    drawing.text((242, 108), alias, look="mono bold")
    drawing.text((242, 129), "alias", look="small f-muted")
    _version(drawing, (404, 34), f"version {own}", "a")
    _version(drawing, (404, 126), f"version {additional}", "b")
    drawing.path([(314, 100), (402, 68)], "a", width=1.5 + 6 * rest, arrow=True)
    drawing.path([(314, 124), (402, 155)], "b", width=1.5 + 6 * weight, arrow=True)
    drawing.text((352, 66), f"{rest:g}", look="bold f-a")
    drawing.text((350, 168), f"{weight:g}", look="bold f-b")
    drawing.box((404, 226), (142, 56), dashed=True)
    drawing.text((475, 250), "$LATEST", look="mono bold")
    drawing.text((475, 270), "the draft you edit", look="small f-muted")
    drawing.path([(475, 226), (475, 188)], "muted", dashed=True, arrow=True)
    drawing.text((466, 213), "publish", anchor="end", look="small f-muted")
    drawing.text((6, 250), f"The weight {weight:g} is that of the", anchor="start", look="small f-muted")
    drawing.text((6, 270), "additional version; the rest is what remains.", anchor="start", look="small f-muted")


def _route_down(drawing: Drawing, alias: str, versions: tuple[int, int], weight: float) -> None:
    (own, additional), rest = versions, round(1 - weight, 2)
    drawing.box((110, 6), (140, 58))
    drawing.text((180, 32), "clients", look="bold")
    drawing.text((180, 51), "never change", look="small f-muted")
    drawing.path([(180, 64), (180, 100)], "ink", arrow=True)
    drawing.box((100, 102), (160, 64), fill="a-tint", stroke="a", round_by=32)
    drawing.text((180, 131), alias, look="mono bold")
    drawing.text((180, 151), "alias", look="small f-muted")
    _version(drawing, (14, 246), f"version {own}", "a")
    _version(drawing, (204, 246), f"version {additional}", "b")
    drawing.path([(146, 166), (96, 244)], "a", width=1.5 + 6 * rest, arrow=True)
    drawing.path([(214, 166), (264, 244)], "b", width=1.5 + 6 * weight, arrow=True)
    drawing.text((102, 208), f"{rest:g}", anchor="end", look="bold f-a")
    drawing.text((258, 208), f"{weight:g}", anchor="start", look="bold f-b")
    drawing.path([(275, 346), (275, 308)], "muted", dashed=True, arrow=True)
    drawing.text((264, 333), "publish", anchor="end", look="small f-muted")
    drawing.box((204, 346), (142, 56), dashed=True)
    drawing.text((275, 370), "$LATEST", look="mono bold")
    drawing.text((275, 390), "the draft you edit", look="small f-muted")
    drawing.text((14, 432), f"The weight {weight:g} is that of the additional", anchor="start", look="small f-muted")
    drawing.text((14, 452), "version; the rest is what remains.", anchor="start", look="small f-muted")


def lab_routing(*, narrow: bool = False) -> Drawing:
    """Return what the lab builds: the split of 40 to 60."""
    return routing("alias-lab", function="greeting", versions=(1, 2), weight=0.6, narrow=narrow)


def split_spread(invocations: int = 200, weight: float = 0.6, *, narrow: bool = False) -> Drawing:
    """Return the binomial distribution of how many invocations reach the weighted version.

    Args:
        invocations: How many are made.
        weight: Share of the additional version, 0 to 1.
        narrow: For a phone.
    """
    left, right = (8, NARROW - 8) if narrow else (20, 540)
    chances = [comb(invocations, k) * weight**k * (1 - weight) ** (invocations - k) for k in range(invocations + 1)]
    low, high = central(chances)
    drawing = Drawing(
        "split-spread",
        (right + left, 334 if narrow else 320),
        f"How often {invocations} invocations reach a version with weight {weight:g}",
        f"A bell of bars around {invocations * weight:g}. The bars from {low} to {high} are highlighted; at least 95 of 100 tries end there.",
    )
    shown = range(96, 145)
    x, y = Scale((shown[0] - 0.5, shown[-1] + 0.5), (left, right)), Scale((0, max(chances)), (262, 62))
    for k in shown:
        drawing.bar(
            (x(k - 0.5) + 1, y(chances[k])), (x(1) - x(0) - 2, 262 - y(chances[k])), "a" if low <= k <= high else "line"
        )
    drawing.path([(left, 262), (right, 262)], "line", width=1.5)
    for k in (100, low, 120, high, 140):
        drawing.text((x(k), 282), str(k), look="small bold f-a" if k in (low, high) else "small f-muted")
    words = [f"invocations out of {invocations}", f"on the version with weight {weight:g}"]
    for line, said in enumerate(words if narrow else [" ".join(words)]):
        drawing.text((right, 308 + 18 * line), said, anchor="end", look="small")
    drawing.path([(x(low - 0.5), 30), (x(low - 0.5), 24), (x(high + 0.5), 24), (x(high + 0.5), 30)], "a", width=1.5)
    drawing.text((x(120), 18), "95% of all tries", look="bold f-a")
    drawing.path([(x(120), 59), (x(120), 52), (x(124), 52)], "line", width=1)
    drawing.text((x(124.6), 57), f"exactly 120: {chances[120]:.0%}", anchor="start", look="small")
    return drawing


def central(chances: list[float], share: float = 0.95) -> tuple[int, int]:
    """Return the ends of the interval that leaves out at most (1 - share) / 2 of the chance on either side."""
    tail = (1 - share) / 2
    low = next(k for k, total in enumerate(accumulate(chances)) if total > tail)
    high = next(k for k, total in enumerate(accumulate(reversed(chances))) if total > tail)
    return low, len(chances) - 1 - high


def deployment_types(*, narrow: bool = False) -> Drawing:
    """Return the share of the new version over time for the three ways in which CodeDeploy shifts traffic."""
    width, step, first = (92, 104, 50) if narrow else (140, 178, 50)
    drawing = Drawing(
        "deployment-types",
        (NARROW if narrow else 560, 190),
        "How the share of the new version grows",
        "Canary: 10 per cent, a wait, then 100. Linear: equal steps of 10 per cent. All at once: from 0 to 100 per cent.",
    )
    linear: list[Point] = [(tenth / 10, (tenth + n) / 10) for tenth in range(10) for n in (0, 1)]
    canary: list[Point] = [(0, 0), (0, 0.1), (0.5, 0.1), (0.5, 1), (1, 1)]
    kinds: dict[str, list[Point]] = {
        "canary": canary,
        "linear": [*linear, (1, 1)],
        "all at once": [(0, 0), (0, 1), (1, 1)],
    }
    for column, (name, course) in enumerate(kinds.items()):
        left = first + column * step
        x, y = Scale((0, 1), (left, left + width)), Scale((0, 1), (142, 42))
        drawing.area([(x(t), y(s)) for t, s in course] + [(x(1), y(0)), (x(0), y(0))], "a-tint")
        drawing.path([(x(0), y(0)), (x(1), y(0))], "line", width=1.5, arrow=True)
        drawing.path([(x(t), y(s)) for t, s in course], "a", width=3)
        drawing.text((left + width / 2, 24), name, look="bold")
        drawing.text((left + width, 164), "time", anchor="end", look="small f-muted")
    for share, label in ((0, "0%"), (1, "100%")):
        drawing.text((44, 147 - share * 100), label, anchor="end", look="small f-muted")
    return drawing


def _version(drawing: Drawing, at: Point, name: str, colour: str) -> None:
    drawing.box(at, (142, 60), stroke=colour)
    drawing.lock((at[0] + 16, at[1] + 21), colour)
    drawing.text((at[0] + 40, at[1] + 27), name, anchor="start", look="bold")
    drawing.text((at[0] + 40, at[1] + 46), "frozen", anchor="start", look="small f-muted")


DIAGRAMS: Final = {
    "alias-routing": routing,
    "alias-lab": lab_routing,
    "split-spread": split_spread,
    "deployment-types": deployment_types,
}
