"""The drawings of chapter 03: what each package holds, where the Runtime Interface Emulator stands, what the lab builds."""

from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing, Point

PARTS: Final = ("your code", "libraries", "runtime and client", "operating system")
YOURS: Final = {"ZIP archive": 2, "container image": 4}
"""How many of the parts are in the package, from the top."""


def stacks(*, narrow: bool = False) -> Drawing:
    """Return the parts of a running function, and whose they are with either package."""
    drawing = Drawing(
        "packaging-stacks",
        (NARROW if narrow else 560, 352),
        "What a ZIP archive and a container image hold",
        "Two stacks of four parts: your code, libraries, runtime with its client, operating system. In the ZIP archive the upper two are yours "
        "and AWS brings the rest. In the container image all four are yours. Both stand on Lambda's execution environment, which is AWS's.",
    )
    width, gap = (164, 16) if narrow else (220, 40)
    left = (drawing.size[0] - 2 * width - gap) / 2
    for column, (kind, count) in enumerate(YOURS.items()):
        x = left + column * (width + gap)
        drawing.text((x + width / 2, 22), kind, look="bold")
        drawing.box((x - 5, 33), (width + 10, 50 * count + 8), fill="b-tint", stroke="b", dashed=True)
        for row, part in enumerate(PARTS):
            mine = row < count
            y = 41 + 50 * row + (0 if mine else 6)
            drawing.box((x + 2, y), (width - 4, 42), fill="surface" if mine else "a-tint", stroke="b" if mine else "a")
            drawing.text((x + width / 2, y + 27), part, look="" if mine else "f-a")
    bottom = (left - 5, 258)
    drawing.box(bottom, (2 * width + gap + 10, 44), fill="a-tint", stroke="a")
    drawing.text((drawing.size[0] / 2, bottom[1] + 28), "Lambda's execution environment", look="f-a")
    drawing.box((left - 5, 322), (16, 16), fill="b-tint", stroke="b", dashed=True, round_by=3)
    drawing.text((left + 19, 335), "in your package", anchor="start", look="small")
    drawing.box((left + width + gap, 322), (16, 16), fill="a-tint", stroke="a", round_by=3)
    drawing.text((left + width + gap + 24, 335), "AWS's", anchor="start", look="small")
    return drawing


def rie(*, narrow: bool = False) -> Drawing:
    """Return one image in two places: on Lambda, and behind the Runtime Interface Emulator."""
    drawing = Drawing(
        "packaging-rie",
        (NARROW, 596) if narrow else (560, 308),
        "The same image on Lambda and on your machine",
        "On Lambda, a caller's Invoke reaches Lambda, and the client in the image asks Lambda's Runtime API for the event. On your machine, "
        "a POST reaches the Runtime Interface Emulator, and the same client asks the emulator. Only Lambda adds permissions, limits and triggers.",
    )
    second = (NARROW / 2, 300) if narrow else (420, 0)
    _place(
        drawing,
        (NARROW / 2, 0) if narrow else (140, 0),
        ("on Lambda", "Invoke", "Lambda", "roles, limits, triggers"),
        "a",
    )
    _place(drawing, second, ("on your machine", "POST to port 9000", "RIE", "nothing else"), "b")
    return drawing


def _place(drawing: Drawing, at: Point, words: tuple[str, str, str, str], colour: str) -> None:
    """Draw one place: a caller above, who hands out events, and the image, which asks for them."""
    (x, y), (title, call, who, adds) = at, words
    drawing.text((x, y + 22), title, look="bold")
    drawing.text((x, y + 48), call, look="mono" if call == "Invoke" else "small")
    drawing.path([(x, y + 56), (x, y + 82)], "ink", arrow=True)
    drawing.box((x - 120, y + 84), (240, 58), fill=f"{colour}-tint", stroke=colour)
    drawing.text((x, y + 109), who, look=f"bold f-{colour}")
    drawing.text((x, y + 129), adds, look="small f-muted")
    drawing.path([(x - 40, y + 210), (x - 40, y + 144)], "ink", arrow=True)
    drawing.path([(x + 40, y + 142), (x + 40, y + 208)], "ink", arrow=True)
    drawing.text((x - 50, y + 181), "next?", anchor="end", look="small")
    drawing.text((x + 50, y + 181), "event", anchor="start", look="small")
    drawing.box((x - 120, y + 210), (240, 78))
    drawing.text((x, y + 235), "the image", look="bold")
    drawing.box((x - 108, y + 246), (104, 32), fill="surface")
    drawing.text((x - 56, y + 267), "client (RIC)", look="small")
    drawing.box((x + 4, y + 246), (104, 32), fill="surface")
    drawing.text((x + 56, y + 267), "handler", look="small")


def lab(*, narrow: bool = False) -> Drawing:
    """Return what the lab builds: two ways of one folder, and four functions."""
    drawing = Drawing(
        "packaging-lab",
        (NARROW, 480) if narrow else (560, 330),
        "One folder, two packages, four functions",
        "The folder app becomes a ZIP archive and a container image. The archive goes to the function zipped with the request; with a large file in "
        "it, it goes through an S3 bucket to the function heavy. The image goes to a repository in ECR, and the functions image and returns run it.",
    )
    (_lab_down if narrow else _lab_across)(drawing)
    return drawing


def _lab_across(drawing: Drawing) -> None:
    _named(drawing, (6, 136), (96, 58), "app", "a folder", "ink")
    _named(drawing, (158, 66), (110, 56), "ZIP", "archive", "a")
    _named(drawing, (158, 212), (110, 56), "image", "Dockerfile", "b")
    drawing.path([(102, 154), (130, 154), (130, 94), (156, 94)], "ink", arrow=True)
    drawing.path([(102, 176), (130, 176), (130, 240), (156, 240)], "ink", arrow=True)
    _named(drawing, (418, 8), (136, 56), "zipped", "function", "a")
    drawing.path([(213, 66), (213, 36), (416, 36)], "a", arrow=True)
    drawing.text((232, 28), "with the request", anchor="start", look="small f-muted")
    _named(drawing, (310, 86), (70, 52), "S3", "", "a")
    _named(drawing, (418, 84), (136, 56), "heavy", "function", "a")
    drawing.path([(268, 112), (308, 112)], "a", arrow=True)
    drawing.path([(380, 112), (416, 112)], "a", arrow=True)
    _named(drawing, (310, 214), (70, 52), "ECR", "", "b")
    drawing.path([(268, 240), (308, 240)], "b", arrow=True)
    _named(drawing, (418, 176), (136, 56), "image", "its own CMD", "b")
    _named(drawing, (418, 252), (136, 56), "returns", "other Command", "b")
    drawing.path([(380, 232), (416, 208)], "b", arrow=True)
    drawing.path([(380, 250), (416, 276)], "b", arrow=True)


def _lab_down(drawing: Drawing) -> None:
    _named(drawing, (126, 6), (108, 54), "app", "a folder", "ink")
    _named(drawing, (28, 108), (120, 54), "ZIP", "archive", "a")
    _named(drawing, (212, 108), (120, 54), "image", "Dockerfile", "b")
    drawing.path([(160, 60), (100, 106)], "ink", arrow=True)
    drawing.path([(200, 60), (260, 106)], "ink", arrow=True)
    _named(drawing, (104, 220), (52, 48), "S3", "", "a")
    drawing.path([(130, 162), (130, 218)], "a", arrow=True)
    drawing.path([(52, 162), (52, 302)], "a", arrow=True)
    drawing.text((62, 196), "request", anchor="start", look="small f-muted")
    _named(drawing, (6, 304), (82, 54), "zipped", "function", "a")
    _named(drawing, (96, 304), (76, 54), "heavy", "function", "a")
    drawing.path([(130, 268), (130, 302)], "a", arrow=True)
    _named(drawing, (236, 220), (72, 48), "ECR", "", "b")
    drawing.path([(272, 162), (272, 218)], "b", arrow=True)
    _named(drawing, (212, 304), (142, 54), "image", "its own CMD", "b")
    _named(drawing, (212, 410), (142, 54), "returns", "other Command", "b")
    drawing.path([(272, 268), (272, 302)], "b", arrow=True)
    drawing.path([(236, 244), (194, 244), (194, 437), (210, 437)], "b", arrow=True)


def _named(drawing: Drawing, at: Point, size: Point, name: str, below: str, colour: str) -> None:
    """Draw a box with a name, and what it is in small letters below."""
    stroke = "line" if colour == "ink" else colour
    drawing.box(at, size, fill="surface" if colour == "ink" else f"{colour}-tint", stroke=stroke)
    middle = at[0] + size[0] / 2
    drawing.text((middle, at[1] + size[1] / 2 + (-3 if below else 6)), name, look="bold")
    if below:
        drawing.text((middle, at[1] + size[1] / 2 + 17), below, look="small f-muted")


DIAGRAMS: Final = {"packaging-stacks": stacks, "packaging-rie": rie, "packaging-lab": lab}
