"""The drawings of chapter 13: a draft and its numbered copies, how numbers are given, and what a number freezes."""

from typing import Final, NamedTuple

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point


class Copy(NamedTuple):
    """A row of the drawing: what callers write, what it is called, and what is in it."""

    address: str
    name: str
    holds: tuple[str, str, str]


CHAPTER: Final = (
    Copy("quotes", "$LATEST", ("new code", "0.25", "256 MB")),
    Copy("quotes:2", "version 2", ("new code", "0.25", "256 MB")),
    Copy("quotes:1", "version 1", ("old code", "0.10", "128 MB")),
)
LAB: Final = (
    Copy("quote", "$LATEST", ("summer", "2.5", "14 days")),
    Copy("quote:3", "version 3", ("summer", "2.5", "14 days")),
    Copy("quote:2", "version 2", ("summer", "0.25", "14 days")),
    Copy("quote:1", "version 1", ("spring", "0.10", "30 days")),
)


def snapshots(*, narrow: bool = False) -> Drawing:
    """Return the draft and the versions of the chapter's function."""
    return _copies(
        "version-snapshots",
        CHAPTER,
        ("code", "surcharge", "memory"),
        "Callers of quotes reach $LATEST, the draft, which can be edited. Callers of quotes:1 and quotes:2 reach the published versions 1 "
        "and 2, which are locked. Each holds code, surcharge and memory of its own; publishing copied those of version 2 from the draft.",
        narrow=narrow,
    )


def lab_snapshots(*, narrow: bool = False) -> Drawing:
    """Return what stands in the middle of the lab, with the mistake in version 3."""
    return _copies(
        "version-lab",
        LAB,
        ("code", "surcharge", "valid for"),
        "The draft $LATEST and the published versions 1, 2 and 3 of the function quote, each with code, surcharge and terms of its own. "
        "Version 1 has the spring code, a surcharge of 0.10 and 30 days; version 3 has a surcharge of 2.5, like the draft.",
        narrow=narrow,
    )


def _copies(
    name: str, copies: tuple[Copy, ...], heads: tuple[str, str, str], description: str, *, narrow: bool
) -> Drawing:
    step = 142 if narrow else 92
    size = (NARROW, 22 + step * len(copies)) if narrow else (560, 20 + step * len(copies))
    drawing = Drawing(name, size, "A draft and its published versions", description)
    if narrow:
        drawing.text((6, 20), "you reach", anchor="start", look="small f-muted")
        drawing.text((354, 20), "you write", anchor="end", look="small f-muted")
    else:
        drawing.text((6, 20), "you write", anchor="start", look="small f-muted")
        drawing.text((136, 20), "you reach", anchor="start", look="small f-muted")
    for row, copied in enumerate(copies):
        (_row_down if narrow else _row_across)(drawing, 34 + step * row, copied, heads, draft=row == 0)
    bottom, x = (34 + 112, 326) if narrow else (34 + 70, 528)
    drawing.path([(x, bottom), (x, 34 + step - 2)], "a", dashed=True, arrow=True)
    drawing.text((x - 12, (bottom + 34 + step) / 2 + 4), "publish", anchor="end", look="small f-muted")
    return drawing


def _row_across(drawing: Drawing, y: float, copied: Copy, heads: tuple[str, str, str], *, draft: bool) -> None:
    drawing.text((6, y + 40), copied.address, anchor="start", look="mono")
    drawing.path([(88, y + 35), (134, y + 35)], "ink", arrow=True)
    _copy(drawing, (136, y), (418, 70), copied, draft=draft)
    _held(drawing, (300, y + 28), 86, copied, heads)


def _row_down(drawing: Drawing, y: float, copied: Copy, heads: tuple[str, str, str], *, draft: bool) -> None:
    _copy(drawing, (6, y), (348, 112), copied, draft=draft)
    drawing.text((338, y + 28), copied.address, anchor="end", look="mono")
    _held(drawing, (22, y + 76), 118, copied, heads)


def _copy(drawing: Drawing, at: Point, size: Point, copied: Copy, *, draft: bool) -> None:
    x, y = at
    drawing.box(at, size, dashed=draft, fill="surface" if draft else "a-tint", stroke="line" if draft else "a")
    if not draft:
        drawing.lock((x + 14, y + 14), "a")
    drawing.text(
        (x + (16 if draft else 36), y + 28), copied.name, anchor="start", look="mono bold" if draft else "bold"
    )
    drawing.text((x + 16, y + 50), "the draft you edit" if draft else "frozen", anchor="start", look="small f-muted")


def _held(drawing: Drawing, at: Point, gap: float, copied: Copy, heads: tuple[str, str, str]) -> None:
    for column, (head, held) in enumerate(zip(heads, copied.holds, strict=True)):
        drawing.text((at[0] + gap * column, at[1]), head, anchor="start", look="small f-muted")
        drawing.text((at[0] + gap * column, at[1] + 22), held, anchor="start")


class Step(NamedTuple):
    """What happens to the function, and the number that comes of it."""

    does: str
    number: str
    says: str


STEPS: Final = (
    Step("publish", "1", ""),
    Step("publish", "1", "nothing new"),
    Step("update, publish", "2", ""),
    Step("update, publish", "3", ""),
    Step("delete 3", "", "a gap stays"),
    Step("update, publish", "4", ""),
)


def numbers(*, narrow: bool = False) -> Drawing:
    """Return how numbers are given as a function is published, published again unchanged, and a version is deleted."""
    drawing = Drawing(
        "version-numbers",
        (NARROW, 24 + 62 * len(STEPS)) if narrow else (560, 134),
        "How version numbers are given",
        "Publishing gives version 1. Publishing again without an update gives version 1 once more. After an update it gives 2, after another 3. "
        "Version 3 is deleted. After one more update, publishing gives 4: the number 3 is never given again.",
    )
    if narrow:
        drawing.path([(40, 20), (40, 14 + 62 * len(STEPS))], "line", width=1.5, arrow=True)
    else:
        drawing.path([(10, 60), (552, 60)], "line", width=1.5, arrow=True)
    for place, step in enumerate(STEPS):
        (_step_down if narrow else _step_across)(drawing, place, step)
    return drawing


def _step_across(drawing: Drawing, place: int, step: Step) -> None:
    x = 46 + 92 * place
    _number(drawing, (x, 60), step)
    first, _, second = step.does.partition(", ")
    drawing.text((x, 104), first, look="small")
    if second:
        drawing.text((x, 122), second, look="small")
    if step.says:
        drawing.text((x, 26), step.says, look="small f-b")


def _step_down(drawing: Drawing, place: int, step: Step) -> None:
    y = 38 + 62 * place
    _number(drawing, (40, y), step)
    drawing.text((76, y + 5), step.does, anchor="start")
    if step.says:
        drawing.text((340, y + 5), step.says, anchor="end", look="small f-b")


def _number(drawing: Drawing, at: Point, step: Step) -> None:
    x, y = at
    again = step.says == "nothing new"
    if not step.number:
        drawing.box((x - 18, y - 18), (36, 36), dashed=True, round_by=18)
        drawing.text((x, y + 6), "3", look="bold f-muted")
        drawing.path([(x - 12, y + 12), (x + 12, y - 12)], "b", width=2.5)
        return
    drawing.box(
        (x - 18, y - 18), (36, 36), fill="surface" if again else "a-tint", stroke="line" if again else "a", round_by=18
    )
    drawing.text((x, y + 6), step.number, look="bold f-muted" if again else "bold f-a")


FROZEN: Final = (
    "code, layers, runtime",
    "handler, architecture",
    "memory, timeout, /tmp size",
    "environment variables",
    "execution role, VPC",
    "dead-letter queue",
    "logging, tracing",
)
BESIDE: Final = (
    "triggers",
    "permissions",
    "async retries",
    "destinations",
    "provisioned concurrency",
    "mode of runtime updates",
)
WHOLE: Final = "reserved concurrency, tags"


def layers_of_settings(*, narrow: bool = False) -> Drawing:
    """Return the three places of a setting: in the version, beside it, and on the function."""
    drawing = Drawing(
        "version-settings",
        (NARROW, 538) if narrow else (560, 314),
        "Where a setting lives",
        "Inside a version, and locked with it: " + ", ".join(FROZEN) + ". Beside a version, and free to change: "
        f"{', '.join(BESIDE)}. On the function, one for all its versions: {WHOLE}.",
    )
    width, height = drawing.size
    drawing.box((6, 6), (width - 12, height - 12))
    drawing.text((24, 34), "function", anchor="start", look="bold")
    words = f"{WHOLE}: one for all"
    if narrow:
        drawing.text((24, 56), words, anchor="start", look="small f-muted")
        _settings(drawing, (22, 72), (316, 232), FROZEN, frozen=True)
        _settings(drawing, (22, 316), (316, 206), BESIDE, frozen=False)
    else:
        drawing.text((width - 24, 34), f"{words} versions", anchor="end", look="small f-muted")
        _settings(drawing, (22, 54), (262, 240), FROZEN, frozen=True)
        _settings(drawing, (300, 54), (238, 240), BESIDE, frozen=False)
    return drawing


def _settings(drawing: Drawing, at: Point, size: Point, lines: tuple[str, ...], *, frozen: bool) -> None:
    (x, y), colour = at, "a" if frozen else "b"
    drawing.box(at, size, fill=f"{colour}-tint", stroke=colour, dashed=not frozen)
    if frozen:
        drawing.lock((x + 16, y + 14), colour)
    title = "in a version, frozen" if frozen else "beside a version, free"
    drawing.text((x + (38 if frozen else 16), y + 28), title, anchor="start", look="bold")
    for line, said in enumerate(lines):
        drawing.text((x + 16, y + 58 + 26 * line), said, anchor="start")


DIAGRAMS: Final = {
    "version-snapshots": snapshots,
    "version-lab": lab_snapshots,
    "version-numbers": numbers,
    "version-settings": layers_of_settings,
}
