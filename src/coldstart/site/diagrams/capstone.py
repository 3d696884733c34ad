"""The drawings of chapter 17: the application, and the order in which evidence is read."""

from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point

QUESTIONS: Final = (
    ("What do customers see?", "status and time, at the door"),
    ("How far does a request get?", "metrics of each part, queue lengths"),
    ("What do the failures share?", "the log of the part that fails"),
    ("What has changed?", "versions, mappings, policies, CloudTrail"),
    ("Does it hold?", "one request by hand, then all"),
)
"""A question of the incident, and what answers it."""


def application(*, narrow: bool = False) -> Drawing:
    """Return the application of the capstone."""
    drawing = Drawing(
        "capstone-lab",
        (NARROW, 420) if narrow else (560, 268),
        "The application of the capstone",
        "An HTTP API calls the alias live of the function desk, which puts parcels into the queue waiting. The function sorter reads it in "
        "batches and writes to the table parcels. Messages that fail five times move to the queue unsorted. Both functions use the layer tariff.",
    )
    (_tall if narrow else _wide)(drawing)
    return drawing


def _wide(drawing: Drawing) -> None:
    size = (104, 48)
    names = (("HTTP API", ""), ("desk", "alias live"), ("waiting", "queue"), ("sorter", ""))
    for column, (name, told) in enumerate(names):
        _node(drawing, (6 + 144 * column, 20), size, name, told)
        if column:
            drawing.path([(6 + 144 * column - 40, 44), (6 + 144 * column - 2, 44)], "ink", arrow=True)
    _node(drawing, (438, 130), size, "parcels", "table")
    drawing.path([(490, 68), (490, 128)], "ink", arrow=True)
    _node(drawing, (294, 130), size, "unsorted", "queue")
    drawing.path([(346, 68), (346, 128)], "b", dashed=True, arrow=True)
    drawing.text((338, 104), "five times", anchor="end", look="small f-muted")
    _node(drawing, (150, 210), size, "tariff", "layer")
    drawing.path([(202, 210), (202, 70)], "a", dashed=True, arrow=True)
    drawing.path([(254, 234), (424, 234), (424, 56), (436, 56)], "a", dashed=True, arrow=True)


def _tall(drawing: Drawing) -> None:
    size = (120, 48)
    names = (("HTTP API", ""), ("desk", "alias live"), ("waiting", "queue"), ("sorter", ""), ("parcels", "table"))
    for row, (name, told) in enumerate(names):
        _node(drawing, (20, 8 + 84 * row), size, name, told)
        if row:
            drawing.path([(80, 8 + 84 * row - 36), (80, 8 + 84 * row - 2)], "ink", arrow=True)
    _node(drawing, (226, 176), size, "unsorted", "queue")
    drawing.path([(140, 200), (224, 200)], "b", dashed=True, arrow=True)
    drawing.text((182, 192), "five times", look="small f-muted")
    _node(drawing, (226, 92), size, "tariff", "layer")
    drawing.path([(226, 116), (142, 116)], "a", dashed=True, arrow=True)
    drawing.path([(346, 116), (354, 116), (354, 284), (142, 284)], "a", dashed=True, arrow=True)


def _node(drawing: Drawing, at: Point, size: Point, name: str, told: str) -> None:
    function = name in {"desk", "sorter"}
    drawing.box(at, size, fill="a-tint" if function else "surface", stroke="a" if function else "line")
    middle = at[0] + size[0] / 2
    drawing.text((middle, at[1] + (22 if told else 30)), name, look="mono bold" if function else "bold")
    if told:
        drawing.text((middle, at[1] + 40), told, look="small f-muted")


def order(*, narrow: bool = False) -> Drawing:
    """Return the questions of an incident, in their order."""
    drawing = Drawing(
        "capstone-order",
        (NARROW, 386) if narrow else (560, 310),
        "Five questions, in this order",
        "What do customers see: status and time, at the door. How far does a request get: metrics of each part, queue lengths. What do the "
        "failures share: the log of the part that fails. What has changed: versions, mappings, policies, CloudTrail. Does it hold: one request "
        "by hand, then all.",
    )
    for row, (question, evidence) in enumerate(QUESTIONS):
        if narrow:
            top = 6 + 76 * row
            drawing.box((6, top), (348, 62), fill="a-tint", stroke="a")
            drawing.text((180, top + 26), f"{row + 1}. {question}", look="bold")
            drawing.text((180, top + 48), evidence, look="small")
        else:
            top = 6 + 61 * row
            drawing.box((6, top), (252, 46), fill="a-tint", stroke="a")
            drawing.text((18, top + 28), f"{row + 1}. {question}", anchor="start", look="bold")
            drawing.text((272, top + 28), evidence, anchor="start", look="small")
        if row < len(QUESTIONS) - 1:
            step = 62 if narrow else 46
            middle = 180 if narrow else 132
            drawing.path([(middle, top + step), (middle, top + step + 13)], "a", arrow=True)
    return drawing


DIAGRAMS: Final = {"capstone-lab": application, "capstone-order": order}
