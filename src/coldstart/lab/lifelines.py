"""Sequence diagrams of what happened, as SVG: a life line for everybody who took part, an arrow for every call, time from top to bottom.

Drawn like the charts: in the colours of the page, and on a white card where there are none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from coldstart.errors import CourseError
from coldstart.lab.calls import Call
from coldstart.lab.figure import CARD, FIRST, INK, PAGE, QUIET, SECOND

WIDTH: Final = 560  # units: what a page is wide, and at most what a phone scrolls to
PHONE: Final = 360  # units that a phone shows at once, not much smaller than they are
BY_PHONE: Final = 4  # life lines that are drawn for it
COLUMN: Final = 128  # units: what a life line has at most
MOST: Final = 7  # life lines that leave room for words between them
LETTER: Final = 7.9  # units: what one of 14 is wide on average
LINE: Final = 17  # units from one line of words to the next
MARGIN: Final = 6
GAP: Final = 16  # units between one call and the words of the next
BAR: Final = 5  # half of what a bar is wide
BENT: Final = 34  # units that a call to oneself reaches out

FAILS: Final = "✗\N{NO-BREAK SPACE}fails"
SEAM: Final = re.compile(r"(?<=[-_./])|(?<=[a-z])(?=[A-Z])")  # where a long name may be broken

Place = tuple[float, float]


def alternative(calls: Sequence[Call]) -> str:
    """Return a diagram's text alternative: the same calls in the same order."""
    return "Sequence of calls: " + "; ".join(call.words for call in calls) + "."


def svg(calls: Sequence[Call], lines: Sequence[str] = ()) -> str:
    """Return the diagram, the same bytes for the same calls.

    Args:
        calls: From the first to the last.
        lines: Names in the order from left to right; those that are missing follow as they first appear.

    Raises:
        CourseError: There are no calls, or more life lines than can be read.
    """
    names = list(dict.fromkeys([*lines, *(name for call in calls for name in (call.source, call.target))]))
    if not calls or len(names) > MOST:
        raise CourseError(f"A sequence has 1 to {MOST} life lines and at least one call; here are {len(names)}.")
    return _Diagram(list(calls), names).svg()


@dataclass(frozen=True)
class _Row:
    """A call on its way into the drawing: its words, in lines, and where its arrow is."""

    call: Call
    words: list[str]
    y: float


class _Diagram:
    def __init__(self, calls: list[Call], names: list[str]) -> None:
        whole = PHONE if len(names) <= BY_PHONE else WIDTH
        column = min(COLUMN, (whole - 2 * MARGIN) / len(names))
        bent = max((BENT + LETTER * 9 for call in calls if call.source == call.target == names[-1]), default=0)
        self._calls, self._column = calls, column
        self._x = {name: MARGIN + column * (place + 0.5) for place, name in enumerate(names)}
        self._width = max(MARGIN * 2 + column * len(names), 300) + bent
        self._names = {name: _lines(name, column - 14) for name in names}
        self._head = MARGIN + 14 + LINE * max(map(len, self._names.values()))
        self._rows = self._placed()
        self._end = self._rows[-1].y + GAP + 6

    def svg(self) -> str:
        legend = self._legend()
        height = self._end + 6 + LINE * len(legend) + MARGIN
        parts = [
            f'<rect width="{self._width:g}" height="{height:g}" {_paint("fill", CARD)}/>',
            *map(self._life_line, self._names),
            *(self._bar(place) for place in range(len(self._rows))),
            *map(self._arrow, self._rows),
            *(_text(MARGIN, self._end + 6 + LINE * n, [line], "start", QUIET) for n, line in enumerate(legend, 1)),
        ]
        box = f'viewBox="0 0 {self._width:g} {height:g}" width="{self._width:g}"'
        face = 'font-family="system-ui, sans-serif" font-size="14"'
        return f'<svg class="chart sequence" xmlns="http://www.w3.org/2000/svg" {box} {face}>{"".join(parts)}</svg>'

    def _placed(self) -> list[_Row]:
        y: float = self._head
        rows = []
        for call in self._calls:
            said = " ".join(filter(None, [call.label, FAILS if call.failed else ""]))
            words = _lines(said, self._room(call))
            y += GAP + LINE * len(words) + 4
            rows.append(_Row(call, words, y))
            y += BENT / 2 if call.source == call.target else 0
        return rows

    def _room(self, call: Call) -> float:
        """Return how wide the words of a call may be."""
        return max(self._column, abs(self._x[call.target] - self._x[call.source])) - 2 * BAR - 4

    def _life_line(self, name: str) -> str:
        x, words = self._x[name], self._names[name]
        top, height = MARGIN, self._head - MARGIN
        return (
            f'<path d="M{x:g} {self._head:g}V{self._end:g}" {_paint("stroke", QUIET)} stroke-width="1"/>'
            f'<rect x="{x - self._column / 2 + 4:g}" y="{top}" width="{self._column - 8:g}" height="{height:g}" rx="6" '
            f'style="fill: {_colour(CARD)}; stroke: {_colour(INK)}" stroke-width="1.2"/>'
            + _text(x, top + height / 2 + 5 - LINE * (len(words) - 1) / 2, words, "middle", INK)
        )

    def _bar(self, place: int) -> str:
        """Draw how long the called one is at work; who is handed something for later is so until it has passed it on."""
        call, y = self._rows[place].call, self._rows[place].y
        last = self._rows[self._last(place)].y
        colour, x = SECOND if call.failed else FIRST, self._x[call.target]
        bent = BENT / 2 if call.source == call.target else 0
        return (
            f'<rect x="{x - BAR:g}" y="{y + bent:g}" width="{2 * BAR}" height="{last - y + 12:g}" '
            f'style="fill: {_colour(CARD)}; stroke: {_colour(colour)}" stroke-width="1.6"/>'
        )

    def _last(self, place: int) -> int:
        """Return the last call that a call led to, itself if none: a call belongs to the latest call to who made it."""
        cause: dict[int, int] = {}
        latest: dict[str, int] = {}
        for number, call in enumerate(self._calls):
            if call.source in latest:
                cause[number] = latest[call.source]
            latest[call.target] = number
        last = place
        for number in range(place + 1, len(self._calls)):
            above, passed_on = number, False
            while above in cause and above != place:
                above = cause[above]
                passed_on = passed_on or (above != place and self._calls[above].kind == "async")
            if above == place and not passed_on:
                last = number
        return last

    def _arrow(self, row: _Row) -> str:
        call, y = row.call, row.y
        start, end = self._x[call.source], self._x[call.target]
        colour = SECOND if call.failed else INK
        dash = ' stroke-dasharray="6 4"' if call.kind == "async" else ""
        if call.source == call.target:
            low, out = y + BENT / 2, start + BENT
            line = f"M{start + BAR:g} {y:g}H{out:g}V{low:g}H{start + BAR + 8:g}"
            words = _text(out + 6, y + 12 - LINE * (len(row.words) - 1), row.words, "start", colour)
            tip, way = (start + BAR, low), -1
        else:
            way = 1 if end > start else -1
            line = f"M{start + way * BAR:g} {y:g}H{end - way * (BAR + 8):g}"
            words = _text((start + end) / 2, y - 6 - LINE * (len(row.words) - 1), row.words, "middle", colour)
            tip = (end - way * BAR, y)
        stroke = f'<path d="{line}" style="fill: none; stroke: {_colour(colour)}" stroke-width="1.6"{dash}/>'
        return stroke + _head(tip, way, colour, is_open=call.kind == "async") + words

    def _legend(self) -> list[str]:
        kinds = {call.kind for call in self._calls}
        said = ["solid: waits for the answer"] * ("sync" in kinds) + ["dashed: does not wait"] * ("async" in kinds)
        return _lines(", ".join(said), self._width - 2 * MARGIN) if len(said) > 1 else []


def _head(tip: Place, way: int, colour: str, *, is_open: bool) -> str:
    """Draw an arrow head: filled for a call that waits, open for one that does not."""
    (x, y), back = tip, 9 * way
    points = f"{x - back:g},{y - 5:g} {x:g},{y:g} {x - back:g},{y + 5:g}"
    if is_open:
        style = f"fill: none; stroke: {_colour(colour)}"
        return f'<polyline points="{points}" style="{style}" stroke-width="1.6"/>'
    return f'<polygon points="{points}" {_paint("fill", colour)}/>'


def _text(x: float, y: float, lines: Sequence[str], anchor: str, colour: str) -> str:
    """Write lines of words with the baseline of the first at a point, and nothing shining through."""
    halo = f"paint-order: stroke; stroke: {_colour(CARD)}; stroke-width: 5px; stroke-linejoin: round"
    return "".join(
        f'<text x="{x:g}" y="{y + LINE * number:g}" text-anchor="{anchor}" style="fill: {_colour(colour)}; {halo}">'
        f"{escape(line)}</text>"
        for number, line in enumerate(lines)
    )


def _lines(words: str, width: float) -> list[str]:
    """Return words in lines of a width in units; a name that is longer is broken where its parts meet, if it can be."""
    letters = max(4, int(width / LETTER))
    lines = [""]
    for word in words.split(" "):
        for number, part in enumerate(_parts(word, letters)):
            longer = f"{lines[-1]} {part}" if lines[-1] and number == 0 else lines[-1] + part
            if len(longer) <= letters:
                lines[-1] = longer
            else:
                lines.append(part)
    return [line for line in lines if line]


def _parts(word: str, letters: int) -> list[str]:
    parts = SEAM.split(word) if len(word) > letters else [word]
    return [part[at : at + letters] for part in parts for at in range(0, len(part), letters)]


def _paint(what: str, colour: str) -> str:
    return f'style="{what}: {_colour(colour)}"'


def _colour(colour: str) -> str:
    return f"var({PAGE[colour]}, {colour})"
