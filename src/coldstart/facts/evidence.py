"""Proofs by what was seen: a notebook's result, and a page that a person has read."""

import json
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from coldstart.facts.aws_model import NUMBER_WORDS
from coldstart.facts.model import DocProof, Fact, LabProof, Value
from coldstart.facts.outcome import Outcome, compared
from coldstart.facts.wording import bare, code, human
from coldstart.paths import LABS

MIME: Final = "application/vnd.coldstart.fact+json"
"""Type of the output by which a notebook's cell states ``{"fact": ID, "value": ...}``."""


def prove_lab(proof: LabProof, fact: Fact, value: Value) -> Outcome:
    """Compare the stored result of a lab's cell with the value; the tests of the labs run the cell and compare it with the stored one."""
    path = LABS / f"{proof.section}.ipynb"
    if not path.exists():
        return Outcome("failed", f"there is no labs/{path.name}")
    emitted = [result["value"] for result in _emitted(path, proof.cell) if result.get("fact") == fact.id]
    if len(emitted) != 1:
        return Outcome("failed", f"cell {proof.cell} of labs/{path.name} emits {len(emitted)} results for {fact.id}")
    found = date.fromisoformat(emitted[0]) if isinstance(value, date) else emitted[0]
    return compared(found, value)


def prove_citation(proof: DocProof, fact: Fact, value: Value, today: date) -> Outcome:
    """Check that the quotation states the value and that somebody has read the page lately."""
    if isinstance(value, int | float) and not isinstance(value, bool) and not _states(proof.quote, value, fact.unit):
        return Outcome("failed", f"the quotation {proof.quote!r} does not state {bare(value)}")
    if proof.checked > today:
        return Outcome("failed", f"read on {proof.checked}, which is yet to come")
    due = proof.checked + timedelta(days=proof.valid_days)
    if today > due:
        return Outcome("due", f"read on {proof.checked}; read it again and set the date")
    return Outcome("passed", f"read on {proof.checked}")


def _states(quote: str, value: int | float, unit: str | None) -> bool:
    words = [word for word, number in NUMBER_WORDS.items() if number == value and word not in ("a", "an")]
    forms = {bare(value), code(value), human(value, unit), *words}
    if isinstance(value, float) and value.is_integer():
        forms.add(str(int(value)))
    return any(re.search(rf"(?<![\w.,]){re.escape(form)}(?![\w]|[.,]\d)", quote, re.IGNORECASE) for form in forms)


@cache
def _emitted(path: Path, cell_id: str) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells if cell.get("id") == cell_id for output in cell.get("outputs", [])]
    return [output["data"][MIME] for output in outputs if MIME in output.get("data", {})]
