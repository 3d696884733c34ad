"""A notebook as Markdown: a pure function that knows no site generator.

The Markdown is Python-Markdown's with ``md_in_html``: every code cell is a ``<div class="cell">`` whose id is the
cell's, so that a chapter or a question can link to it.
"""

import base64
import html
import re
from collections.abc import Iterator
from typing import Any, Final

from coldstart.errors import CourseError

LEFT_OUT: Final = frozenset({"remove-cell", "instructor"})
BOXED: Final = frozenset({"predict", "exercise"})
PLAIN: Final = frozenset(
    {"setup", "check", "solution", "hint", "cleanup", "measured", "fact", "remove-input", "raises-exception"}
)
KNOWN_TAGS: Final = PLAIN | LEFT_OUT | BOXED
FACT: Final = "application/vnd.coldstart.fact+json"
ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
HEADINGS: Final = re.compile(r"\A(?:#+ .*\n+)+")
ID: Final = re.compile(r' id="([^"]*)"')  # several drawings on one page must not share the names of their parts
VIEW_BOX: Final = re.compile(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+)')
COLUMN: Final = 400  # a wider chart cannot be read on a phone unless it is scrolled
CAPTION: Final = '<p class="measured">measured when this page was made</p>\n'

Assets = dict[str, bytes]


def to_markdown(nb: Any, slug: str) -> tuple[str, Assets]:
    """Turn an executed notebook into the Markdown of its page.

    Args:
        nb: The notebook (nbformat 4), with its outputs.
        slug: The section, such as ``14-aliases``; names the notebook in errors.

    Returns:
        The Markdown, and the picture files it shows by their names.

    Raises:
        CourseError: A cell has a tag that is not one of the course's.
    """
    assets: Assets = {}
    parts, hints = [], 0
    for cell in nb.cells:
        tags = _tags(cell, slug)
        hints = hints + 1 if "hint" in tags else 0
        parts.append(_cell(cell, tags, hints, assets))
    return "\n".join(filter(None, parts)), assets


def _tags(cell: Any, slug: str) -> frozenset[str]:
    tags = frozenset(cell.metadata.get("tags", ()))
    for tag in sorted(tags - KNOWN_TAGS):
        raise CourseError(
            f"labs/{slug}.ipynb, cell {cell.get('id', '?')}: unknown tag {tag!r}; "
            f"the known ones are {', '.join(sorted(KNOWN_TAGS))}."
        )
    return tags


def _cell(cell: Any, tags: frozenset[str], hint: int, assets: Assets) -> str:
    if tags & LEFT_OUT or cell.cell_type not in ("markdown", "code"):
        return f'<div id="{html.escape(cell.id)}"></div>\n' if "fact" in tags else ""  # a proof links to its place
    is_code = cell.cell_type == "code"
    body = _code(cell, tags, assets) if is_code else f"{cell.source.rstrip()}\n"
    if "hint" in tags:
        return _fold("hint", f"Hint {hint}", body)
    if "solution" in tags:
        return _fold("solution", "Solution", body)
    return body if is_code or not tags & BOXED else _box(min(tags & BOXED), body)


def _code(cell: Any, tags: frozenset[str], assets: Assets) -> str:
    parts = [] if "remove-input" in tags or not cell.source else [_fence(cell.source, "{ .python .input }")]
    shown = [text for n, out in enumerate(cell.outputs) if (text := _output(out, f"{cell.id}-{n}", assets))]
    parts += [*shown, CAPTION] if shown and "measured" in tags else shown
    body, classes = "\n".join(parts), " ".join(["cell", *sorted(tags & {"check"})])
    return f'<div class="{classes}" id="{html.escape(cell.id)}" markdown="1">\n\n{body}\n</div>\n' if parts else ""


def _fold(kind: str, title: str, body: str) -> str:
    return f'<details class="{kind}" markdown="1">\n<summary>{title}</summary>\n\n{body}\n</details>\n'


def _box(kind: str, text: str) -> str:
    """Set a prompt apart; a heading in front of it belongs to the page, not to the box."""
    above = "".join(HEADINGS.findall(text)[:1])
    below = text.removeprefix(above)
    return f'{above}<div class="prompt {kind}" markdown="1">\n\n{below}\n</div>\n'


def _output(out: Any, name: str, assets: Assets) -> str:
    if out.output_type == "stream":
        return _text(out.text, "stderr" if out.name == "stderr" else "")
    if out.output_type == "error":
        return _text(" ".join(f"{out.ename}: {out.evalue}".split()), "error")
    return next(_rich(out, name, assets), "")


def _rich(out: Any, name: str, assets: Assets) -> Iterator[str]:
    """Yield what can be shown of a display, the best first; a fact for the proofs has nothing to show."""
    data = {} if FACT in out.data else out.data
    alt = html.escape(out.metadata.get("alt", "The cell's output as a picture"))
    if "text/html" in data:
        yield f'<div class="output html">\n{data["text/html"].strip()}\n</div>\n'
    if "image/svg+xml" in data:
        yield _svg(data["image/svg+xml"], alt, name, assets)
    if "image/png" in data:
        assets[f"{name}.png"] = base64.b64decode(data["image/png"])
        yield _picture(f"{name}.png", alt)
    if "text/markdown" in data:
        yield f'<div class="output" markdown="1">\n\n{data["text/markdown"].strip()}\n\n</div>\n'
    if "text/plain" in data:
        yield _text(data["text/plain"])


def _svg(source: str, alt: str, name: str, assets: Assets) -> str:
    """Show a drawing: within the page if it takes the page's colours, as a file if it brings its own."""
    drawing = source[source.index("<svg") :].strip()
    if "currentColor" in drawing or "var(--" in drawing:
        drawing = ID.sub(lambda found: found[0] if f"#{found[1]}" in drawing else "", drawing)
        wide = ' tabindex="0" class="output figure wide"' if _width(drawing) > COLUMN else ' class="output figure"'
        return f'<div{wide} role="img" aria-label="{alt}">\n{drawing}\n</div>\n'
    assets[f"{name}.svg"] = source.encode()
    return _picture(f"{name}.svg", alt)


def _width(drawing: str) -> float:
    """Return the width of a drawing's view box."""
    found = VIEW_BOX.search(drawing)
    return float(found[1]) if found else 0


def _picture(file: str, alt: str) -> str:
    return f'<div class="output figure" markdown="1">\n\n![{alt}]({file})\n\n</div>\n'


def _text(text: str, kind: str = "") -> str:
    clean = ANSI.sub("", text).strip("\n")
    return _fence(clean, f"{{ .text .no-copy .output{' .' + kind if kind else ''} }}") if clean.strip() else ""


def _fence(text: str, info: str) -> str:
    """Fence text with more backticks than it holds in a row."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks} {info}\n{text.rstrip()}\n{ticks}\n"
