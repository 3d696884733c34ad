"""Make the outputs of a lab's run the same each time: pytest-notebook's post-processor.

It works on the notebook that has run, before it is compared and before it is stored: so stored outputs are stable too.
"""

import copy
import re
from typing import Any, Final

from nbformat import NotebookNode

from coldstart.lab.face import TARGET

MEASURED: Final = "measured"
RULES: Final = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\x1b\[[0-9;]*m", ""),
        (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "11111111-2222-3333-4444-555555555555"),
        (r"\b\d{4}/\d\d/\d\d/\[([^\]]+)\][0-9a-f]{32}\b", r"2026/01/01/[\1]0123456789abcdef0123456789abcdef"),
        (
            r"\b\d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?",
            r"2026-01-01\g<1>00:00:00\g<2>",
        ),
        (r"\b((?:Init |Restore )?Duration: )[\d.]+ ms", r"\g<1>1.00 ms"),
        (r"\b(Billed Duration: )[\d.]+ ms", r"\g<1>1 ms"),
        (r"\b(Max Memory Used: )\d+ MB", r"\g<1>64 MB"),
        (r"\b(127\.0\.0\.1|localhost):\d+", r"\1:4566"),
    )
)


def stable(text: str) -> str:
    """Return a text with ids, times, durations and ports replaced by fixed ones."""
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text


def stable_outputs(nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
    """Mask what differs from run to run; cells tagged ``measured`` keep what they measured.

    Args:
        nb: A notebook that has run.
        resources: Passed through.
    """
    nb = copy.deepcopy(nb)
    nb.metadata.pop("language_info", None)
    for cell in nb.cells:
        cell.metadata.pop("execution", None)
        if "outputs" in cell:
            cell.outputs = _coalesced(cell.outputs)
        if not measured(cell):
            for output in cell.get("outputs", []):
                _mask(output)
    return nb, resources


def differ(stored: NotebookNode, fresh: NotebookNode) -> list[str]:
    """Return the ids of the cells that showed something else; measurements differ only when they are of another kind.

    Args:
        stored: The notebook as it is in its file.
        fresh: The same after a run, made stable.
    """
    pairs = zip(stored.cells, fresh.cells, strict=True)
    return [str(one.id) for one, other in pairs if _shown(one) != _shown(other)]


def measured(cell: NotebookNode) -> bool:
    """Return whether a cell's outputs are measurements, which no two runs share."""
    return MEASURED in cell.metadata.get("tags", [])


def _shown(cell: NotebookNode) -> tuple[Any, Any]:
    outputs = cell.get("outputs", [])
    kinds = [(output.output_type, sorted(output.get("data", {}))) for output in outputs]
    return cell.get("execution_count"), kinds if measured(cell) else outputs


def _coalesced(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs with all that went to one stream in one piece; in how many it arrives is chance."""
    streams: dict[str, NotebookNode] = {}
    kept = []
    for output in outputs:
        if output.output_type == "stream" and output.name in streams:
            streams[output.name].text += output.text
            continue
        if output.output_type == "stream":
            streams[output.name] = output
        kept.append(output)
    return kept


def _mask(output: NotebookNode) -> None:
    if output.output_type == "stream":
        output.text = stable(output.text)
    elif output.output_type == "error":
        output.evalue = stable(output.evalue)
        output.traceback = [f"{output.ename}: {output.evalue}"]
    else:
        for kind in output.data:
            output.data[kind] = _walk(output.data[kind])
            if kind == TARGET:  # another machine may keep functions apart by other means
                output.data[kind].pop("isolation", None)


def _walk(value: Any) -> Any:
    if isinstance(value, str):
        return stable(value)
    if isinstance(value, list):
        return [_walk(item) for item in value]
    if isinstance(value, dict):
        return type(value)({key: _walk(item) for key, item in value.items()})
    return value
