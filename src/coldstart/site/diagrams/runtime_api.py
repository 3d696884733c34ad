"""The drawings of chapter 04: who talks to Lambda inside an environment, and when."""

from typing import Final

from coldstart.site.diagrams.shapes import NARROW, Drawing

HEIGHT: Final = 34
"""Of a bar in the drawing of the phases."""


def apis(*, narrow: bool = False) -> Drawing:
    """Return the three APIs inside an execution environment and who uses them."""
    drawing = _environment(
        "runtime-apis",
        316,
        "The APIs inside an execution environment",
        "The runtime, which calls the handler, sends next, and response or error, to the Runtime API. An extension, a process of its "
        "own, sends register and next to the Extensions API, and gets batches of events from the Telemetry API.",
        narrow=narrow,
    )
    _pair(drawing, 44, 84, ("runtime", "calls the handler"), "Runtime API", narrow=narrow)
    _request(drawing, 74, "next", narrow=narrow)
    _request(drawing, 114, "response or error", narrow=narrow)
    left, right, width = _columns(narrow=narrow)
    drawing.box((left, 152), (width, 144), fill="b-tint", stroke="b")
    _named(drawing, (left + width / 2, 214), "extension", "own process" if narrow else "a process of its own")
    for top, height, name in ((152, 66, "Extensions API"), (230, 66, "Telemetry API")):
        _api(drawing, (right, top), (width, height), name, narrow=narrow)
    _request(drawing, 190, "register, next", narrow=narrow, colour="b")
    drawing.path([(right - 4, 266), (left + width + 4, 266)], "b", arrow=True)
    drawing.text(((left + width + right) / 2, 258), "in batches" if narrow else "events, in batches", look="small")
    return drawing


def lab_apis(*, narrow: bool = False) -> Drawing:
    """Return what the lab builds."""
    drawing = _environment(
        "runtime-api-lab",
        236,
        "A runtime and an extension of your own",
        "In one execution environment your runtime sends next, and response or error, to the Runtime API, and your extension, called "
        "watcher, registers with the Extensions API and asks it for INVOKE and SHUTDOWN.",
        narrow=narrow,
    )
    _pair(drawing, 44, 84, ("your runtime", "shell, Python"), "Runtime API", narrow=narrow)
    _request(drawing, 74, "next", narrow=narrow)
    _request(drawing, 114, "response or error", narrow=narrow)
    _pair(drawing, 146, 72, ("watcher", "your extension"), "Extensions API", narrow=narrow, colour="b")
    _request(drawing, 190, "register, next", narrow=narrow, colour="b")
    return drawing


def _environment(name: str, height: int, title: str, description: str, *, narrow: bool) -> Drawing:
    width = NARROW if narrow else 560
    drawing = Drawing(name, (width, height), title, description)
    drawing.box((2, 2), (width - 4, height - 4), dashed=True)
    drawing.text((16, 28), "execution environment", anchor="start", look="small f-muted")
    return drawing


def _columns(*, narrow: bool) -> tuple[int, int, int]:
    """Return where the two columns begin, and how wide they are."""
    return (12, 226, 122) if narrow else (20, 364, 176)


def _pair(
    drawing: Drawing, top: float, height: float, who: tuple[str, str], api: str, *, narrow: bool, colour: str = "a"
) -> None:
    """Draw a process on the left and the API that it uses on the right."""
    left, right, width = _columns(narrow=narrow)
    drawing.box((left, top), (width, height), fill=f"{colour}-tint", stroke=colour)
    _named(drawing, (left + width / 2, top + height / 2 - 4), *who)
    _api(drawing, (right, top), (width, height), api, narrow=narrow)


def _named(drawing: Drawing, at: tuple[float, float], name: str, more: str) -> None:
    drawing.text(at, name, look="bold")
    drawing.text((at[0], at[1] + 20), more, look="small f-muted")


def _api(drawing: Drawing, at: tuple[float, float], size: tuple[float, float], name: str, *, narrow: bool) -> None:
    drawing.box(at, size)
    middle = at[0] + size[0] / 2, at[1] + size[1] / 2
    _named(drawing, (middle[0], middle[1] - 4), name, "of Lambda" if narrow else "offered by Lambda")


def _request(drawing: Drawing, y: float, words: str, *, narrow: bool, colour: str = "a") -> None:
    """Draw an arrow from the process to the API; on a phone long words take two lines."""
    left, right, width = _columns(narrow=narrow)
    start, end = left + width + 4, right - 4
    drawing.path([(start, y), (end, y)], colour, arrow=True)
    lines = words.split(" or ") if narrow else [words]
    for line, said in enumerate(reversed(lines)):
        more = f"or {said}" if len(lines) > 1 and line == 0 else said
        drawing.text(((start + end) / 2, y - 7 - 15 * line), more, look="small")


def phases(*, narrow: bool = False) -> Drawing:
    """Return when runtime and extension are at work, from INIT to SHUTDOWN."""
    drawing = Drawing(
        "extension-phases",
        (NARROW, 470) if narrow else (560, 258),
        "Runtime and extension from INIT to SHUTDOWN",
        "INIT: the extension starts, then the runtime. INVOKE: both begin at once. The answer goes to the caller when the runtime is "
        "done; the invocation lasts until the extension is done as well. Then the environment is frozen. SHUTDOWN: the runtime is "
        "gone and the extension is at work alone.",
    )
    (_phases_down if narrow else _phases_across)(drawing)
    return drawing


def _phases_across(drawing: Drawing) -> None:
    for left, right, name in ((92, 228, "INIT"), (234, 404, "INVOKE"), (456, 558, "SHUTDOWN")):
        drawing.box((left, 4), (right - left, 178))
        drawing.text(((left + right) / 2, 30), name, look="bold small")
    drawing.text((430, 112), "frozen", look="small f-muted")
    for top, name in ((56, "extension"), (122, "runtime")):
        drawing.text((4, top + 22), name, anchor="start", look="small bold")
    for left, right in ((100, 148), (244, 394), (472, 542)):
        drawing.bar((left, 56), (right - left, HEIGHT), "b")
    for left, right in ((152, 220), (244, 330)):
        drawing.bar((left, 122), (right - left, HEIGHT), "a")
    drawing.path([(330, 156), (330, 214)], "ink", arrow=True)
    drawing.text((320, 234), "the answer reaches the caller", look="small")
    drawing.path([(394, 94), (394, 200)], "b", dashed=True, width=1.5)
    drawing.text((402, 206), "the invocation ends", anchor="start", look="small f-b")
    drawing.text((507, 144), "gone", look="small f-muted")


def _phases_down(drawing: Drawing) -> None:
    for top, bottom, name in ((36, 146, "INIT"), (154, 312, "INVOKE"), (366, 462, "SHUTDOWN")):
        drawing.box((4, top), (352, bottom - top))
        drawing.text((14, top + 24), name, anchor="start", look="bold small")
    drawing.text((14, 344), "frozen", anchor="start", look="small f-muted")
    for left, name in ((137, "extension"), (241, "runtime")):
        drawing.text((left, 22), name, look="small bold")
    for top, bottom in ((44, 88), (164, 302), (378, 450)):
        drawing.bar((120, top), (HEIGHT, bottom - top), "b")
    for top, bottom in ((92, 138), (164, 240)):
        drawing.bar((224, top), (HEIGHT, bottom - top), "a")
    drawing.path([(258, 239), (296, 239)], "ink", arrow=True)
    drawing.text((302, 236), "answer", anchor="start", look="small")
    drawing.text((302, 253), "to caller", anchor="start", look="small")
    drawing.path([(158, 301), (180, 301)], "b", dashed=True, width=1.5)
    drawing.text((186, 305), "the invocation ends", anchor="start", look="small f-b")
    drawing.text((241, 416), "gone", look="small f-muted")


DIAGRAMS: Final = {
    "runtime-apis": apis,
    "extension-phases": phases,
    "runtime-api-lab": lab_apis,
}
