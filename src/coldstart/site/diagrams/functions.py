"""The drawings of chapter 01: what a function is made of, how its environment lives, what becomes of a runtime."""

from typing import Final

from coldstart.facts import load
from coldstart.site.diagrams.shapes import NARROW, Drawing, Scale

GIVEN: Final = (
    ("code", "ZIP or image"),
    ("configuration", "memory, timeout ..."),
    ("execution role", "what it may do"),
)
GIVEN_SHORT: Final = (("code", "ZIP or image"), ("settings", "timeout ..."), ("role", "permissions"))
GOT: Final = (
    ("environments", "as many as needed"),
    ("log and metrics", "of each invocation"),
    ("a bill", "for use only"),
)
GOT_SHORT: Final = (("capacity", "as needed"), ("log", "of each call"), ("a bill", "for use only"))


def anatomy(
    name: str = "function-anatomy",
    *,
    function: str = "receipts",
    event: str = '{"order": ...}',
    answer: str = '{"total": ...}',
    narrow: bool = False,
) -> Drawing:
    """Return a function between what its owner gives and what AWS adds, with an event that goes in and an answer that comes out.

    Args:
        name: Of the drawing.
        function: Name of the function.
        event: What goes in, shown where there is room.
        answer: What comes out, likewise.
        narrow: For a phone.
    """
    width, box, left = (NARROW, 112, 76) if narrow else (560, 172, 156)
    drawing = Drawing(
        name,
        (width, 350),
        "What a function is made of",
        f"You give code, a configuration and an execution role to the function {function}. An event goes into its handler and an "
        "answer comes out. AWS adds execution environments as they are needed, a log and metrics, and a bill for what was used.",
    )
    columns = [4 + place * (width - 8 - box) / 2 for place in range(3)]
    drawing.text((4, 22), "you give", anchor="start", look="bold f-a")
    drawing.text((4, 342), "you get", anchor="start", look="bold f-b")
    for column, given, got in zip(columns, GIVEN_SHORT if narrow else GIVEN, GOT_SHORT if narrow else GOT, strict=True):
        centre, near = column + box / 2, width / 2 + (column + box / 2 - width / 2) * 0.42
        _pair(drawing, (column, 34), box, given, "a")
        drawing.path([(centre, 94), (near, 134)], "a", arrow=True)
        _pair(drawing, (column, 262), box, got, "b")
        drawing.path([(near, 220), (centre, 260)], "b", arrow=True)
    drawing.box((left, 136), (width - 2 * left, 84), fill="a-tint", stroke="a", round_by=16)
    drawing.text((width / 2, 170), function, look="mono bold")
    drawing.text((width / 2, 196), "one handler" if narrow else "handler(event, context)", look="mono")
    for start, word, payload in ((0, "event", event), (width - left, "answer", answer)):
        drawing.path([(start + 6, 178), (start + left - 3, 178)], "ink", arrow=True)
        drawing.text((start + left / 2, 166), word, look="bold")
        if not narrow:
            drawing.text((start + left / 2, 202), payload, look="mono f-muted")
    return drawing


def lab_anatomy(*, narrow: bool = False) -> Drawing:
    """Return the first function of the lab."""
    return anatomy("functions-lab", function="postage", event='{"kg": 3}', answer='{"price": ...}', narrow=narrow)


def _pair(drawing: Drawing, at: tuple[float, float], width: float, words: tuple[str, str], colour: str) -> None:
    """Draw a box with a name and a remark below it."""
    drawing.box(at, (width, 60), stroke=colour)
    drawing.text((at[0] + width / 2, at[1] + 26), words[0], look="bold")
    drawing.text((at[0] + width / 2, at[1] + 46), words[1], look="small f-muted")


PHASES: Final = (
    ("INIT", 80, "b", "event 1"),
    ("INVOKE", 74, "a", ""),
    ("frozen", 54, "", ""),
    ("INVOKE", 74, "a", "event 2"),
    ("frozen", 54, "", ""),
    ("INVOKE", 74, "a", "event 3"),
    ("", 14, "", ""),
    ("SHUTDOWN", 118, "b", ""),
)
"""The life of an environment: the name of each phase, its length across a text column, its colour, and what begins it."""


def lifecycle(*, narrow: bool = False) -> Drawing:
    """Return the life of one environment with three invocations, and beside it how long its variables live."""
    drawing = Drawing(
        "environment-lifecycle",
        (NARROW, 400) if narrow else (560, 272),
        "The life of an execution environment",
        "Event 1 arrives, so an environment is initialised, and then event 1 is handled. The environment is frozen until event 2, "
        "again until event 3, and in the end it is shut down. Globals and /tmp live from INIT to SHUTDOWN; event, context and "
        "local variables live for one invocation each.",
    )
    (_life_down if narrow else _life_across)(drawing)
    return drawing


def _life_across(drawing: Drawing) -> None:
    x, end = 8.0, 8.0 + sum(length for _, length, *_ in PHASES)
    drawing.bar((x, 140), (end - x, 10), "b")
    drawing.text((x, 172), "globals and /tmp: as long as the environment", anchor="start", look="f-b")
    for name, length, colour, event in PHASES:
        if colour:
            drawing.box((x, 70), (length, 46), fill=f"{colour}-tint", stroke=colour, round_by=4)
            drawing.text((x + length / 2, 99), name, look="bold")
        else:
            drawing.path([(x, 93), (x + length, 93)], "line", dashed=True)
            drawing.text((x + length / 2, 84), name, look="small f-muted")
        if event:
            drawing.path([(x + 8, 32), (x + 8, 68)], "ink", arrow=True)
            drawing.text((x, 22), event, anchor="start", look="bold")
        if name == "INVOKE":
            drawing.bar((x, 202), (length, 10), "a")
        x += length
    drawing.text((88, 236), "event, context and local variables:", anchor="start", look="f-a")
    drawing.text((88, 257), "for one invocation", anchor="start", look="f-a")


def _life_down(drawing: Drawing) -> None:
    y, heights = 14.0, {"INIT": 62, "INVOKE": 56, "frozen": 34, "": 20, "SHUTDOWN": 46}
    drawing.bar((228, y), (10, sum(heights[name] for name, *_ in PHASES)), "b")
    for line, words in enumerate(("globals", "and /tmp:", "all the time")):
        drawing.text((268, 30 + 20 * line), words, anchor="start", look="f-b")
    for line, words in enumerate(("event,", "locals:", "one call")):
        drawing.text((268, 104 + 20 * line), words, anchor="start", look="f-a")
    for name, _, colour, event in PHASES:
        height = heights[name]
        if colour:
            drawing.box((104, y), (112, height), fill=f"{colour}-tint", stroke=colour, round_by=4)
            drawing.text((160, y + height / 2 + 6), name, look="bold")
        else:
            drawing.path([(124, y), (124, y + height)], "line", dashed=True)
            drawing.text((160, y + height / 2 + 5), name, look="small f-muted")
        if event:
            drawing.path([(74, y + 14), (102, y + 14)], "ink", arrow=True)
            drawing.text((4, y + 19), event, anchor="start", look="bold")
        if name == "INVOKE":
            drawing.bar((248, y), (10, height), "a")
        y += height


def runtime_end(*, narrow: bool = False) -> Drawing:
    """Return what is still possible with a runtime, from the notice of its deprecation to long afterwards."""
    notice, create, update = (
        int(str(load()[f"lambda.runtime.{name}"].value))
        for name in ("notice.min", "create_block.delay.min", "update_block.delay.min")
    )
    drawing = Drawing(
        "runtime-end",
        (NARROW if narrow else 560, 262),
        "What ends when a runtime is deprecated",
        f"AWS gives notice at least {notice} days ahead. Patches and support end with the deprecation, creating functions at least "
        f"{create} days later, updating them at least {update} days later. Invoking goes on.",
    )
    left, right = 4, drawing.size[0] - 4
    x = Scale((0, 4), (42, right - 42)) if narrow else Scale((0, 4), (60, right - 70))
    dates: tuple[tuple[float, str, str], ...] = (
        (0, "notice", f"\u2212{notice} days"),
        (1.4, "deprecated", "the date"),
        (2.75, "no create", f"+{create} days"),
        (4, "no update", f"+{update} days"),
    )
    for place, name, when in dates:
        drawing.text((x(place), 20), name, look="small bold")
        drawing.text((x(place), 40), when, look="small f-muted")
        drawing.path([(x(place), 50), (x(place), 230)], "line", width=1.5, dashed=True)
    rows = ((1.4, "patches" if narrow else "patches, support"), (2.75, "create functions"), (4, "update functions"))
    for row, (place, name) in enumerate(rows):
        _bar(drawing, (left, 62 + 42 * row), x(place) - left, name, "a")
    _bar(drawing, (left, 188), right - left, "invoke functions: goes on", "b")
    drawing.text((left, 252), "The days are the least that AWS promises.", anchor="start", look="small f-muted")
    return drawing


def _bar(drawing: Drawing, at: tuple[float, float], width: float, words: str, colour: str) -> None:
    """Draw a bar with words at its beginning."""
    drawing.box(at, (width, 32), fill=f"{colour}-tint", stroke=colour, round_by=4)
    drawing.text((at[0] + 10, at[1] + 22), words, anchor="start")


DIAGRAMS: Final = {
    "function-anatomy": anatomy,
    "functions-lab": lab_anatomy,
    "environment-lifecycle": lifecycle,
    "runtime-end": runtime_end,
}
