"""The drawings of chapter 16: the way of a request to a function, and the two forms of headers and parameters."""

from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point


def path(*, narrow: bool = False) -> Drawing:
    """Return a client, a load balancer with two rules, and what stands behind each."""
    drawing = Drawing(
        "alb-path",
        (NARROW, 498) if narrow else (560, 244),
        "The way of a request through a load balancer",
        "A client sends HTTP to a load balancer. Its listener has two rules. Paths that begin with /search go to a target group, which holds one "
        "function, by its alias live; the function is given an event and gives back an answer, both as JSON. All else goes to the old shop.",
    )
    (_path_down if narrow else _path_across)(drawing)
    return drawing


def _path_across(drawing: Drawing) -> None:
    drawing.box((6, 92), (82, 60))
    drawing.text((47, 128), "client", look="bold")
    drawing.path([(88, 122), (154, 122)], "ink", arrow=True)
    drawing.text((120, 110), "HTTP", look="small f-muted")
    _balancer(drawing, (156, 8), 178)
    drawing.path([(320, 101), (384, 80)], "a", arrow=True)
    drawing.text((356, 72), "JSON", look="small f-muted")
    drawing.path([(320, 177), (384, 204)], "ink", arrow=True)
    _group(drawing, (386, 8), 168)
    drawing.box((386, 176), (168, 60))
    drawing.text((470, 212), "old shop", look="bold")


def _path_down(drawing: Drawing) -> None:
    drawing.box((130, 6), (100, 48))
    drawing.text((180, 36), "client", look="bold")
    drawing.path([(180, 54), (180, 92)], "ink", arrow=True)
    drawing.text((192, 78), "HTTP", anchor="start", look="small f-muted")
    _balancer(drawing, (91, 94), 178)
    drawing.path([(105, 187), (50, 187), (50, 360)], "a", arrow=True)
    drawing.text((60, 352), "JSON", anchor="start", look="small f-muted")
    drawing.path([(255, 263), (290, 263), (290, 360)], "ink", arrow=True)
    _group(drawing, (6, 362), 190)
    drawing.box((216, 362), (138, 60))
    drawing.text((285, 398), "old shop", look="bold")


def _balancer(drawing: Drawing, at: Point, width: float) -> None:
    x, y = at
    drawing.box(at, (width, 212), stroke="ink")
    drawing.text((x + width / 2, y + 28), "load balancer", look="bold")
    drawing.text((x + width / 2, y + 52), "listener, port 80", look="small f-muted")
    for row, (words, colour) in enumerate((("/search…", "a"), ("all else", "line"))):
        top = y + 68 + 76 * row
        drawing.box((x + 14, top), (width - 28, 50), fill="a-tint" if colour == "a" else "surface", stroke=colour)
        drawing.text((x + width / 2, top + 31), words, look="mono" if colour == "a" else "")


def _group(drawing: Drawing, at: Point, width: float) -> None:
    x, y = at
    drawing.box(at, (width, 130), dashed=True)
    drawing.text((x + width / 2, y + 28), "target group", look="bold")
    drawing.box((x + 14, y + 44), (width - 28, 72), fill="a-tint", stroke="a")
    drawing.text((x + width / 2, y + 74), "search:live", look="mono")
    drawing.text((x + width / 2, y + 98), "one function", look="small f-muted")


REQUEST: Final = "GET /search?colour=red&colour=blue"
ROWS: Final = (
    ("off", "queryStringParameters", '{"colour": "blue"}', "headers", "b"),
    ("on", "multiValueQueryStringParameters", '{"colour": ["red", "blue"]}', "multiValueHeaders", "a"),
)
"""State of the switch, where the event has the parameters, what it has there, where the answer has its headers, and the colour."""


def forms(*, narrow: bool = False) -> Drawing:
    """Return one request and what becomes of it with the switch off and on."""
    drawing = Drawing(
        "alb-forms",
        (NARROW, 366) if narrow else (560, 250),
        "One request in two forms",
        "The request GET /search with colour red and colour blue. With multi-value headers off, the event has queryStringParameters with colour blue "
        "alone, and the answer has headers. With them on, the event has multiValueQueryStringParameters with colour red and blue in a list, and the "
        "answer has multiValueHeaders.",
    )
    drawing.text((drawing.size[0] / 2, 24), REQUEST, look="mono")
    height = 150 if narrow else 94
    for row, (state, parameters, content, headers, colour) in enumerate(ROWS):
        at = (6, 46 + (height + 10) * row)
        drawing.box(at, (drawing.size[0] - 12, height), fill=f"{colour}-tint", stroke=colour)
        drawing.text((at[0] + 18, at[1] + 28), state, anchor="start", look="bold")
        event = (at[0] + 18, at[1] + 56) if narrow else (at[0] + 64, at[1] + 52)
        answer = (at[0] + 18, at[1] + 134) if narrow else (at[0] + 372, at[1] + 52)
        _part(drawing, event, "in the event", (parameters, content), caption_at=(at[0] + 64, at[1] + 28))
        _part(drawing, answer, "in the answer", (headers,), caption_at=(answer[0], answer[1] - 24))
    return drawing


def _part(drawing: Drawing, at: Point, caption: str, lines: tuple[str, ...], *, caption_at: Point) -> None:
    drawing.text(caption_at, caption, anchor="start", look="small f-muted")
    for row, line in enumerate(lines):
        drawing.text((at[0], at[1] + 25 * row), line, anchor="start", look="mono")


DIAGRAMS: Final = {"alb-path": path, "alb-forms": forms}
