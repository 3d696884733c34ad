"""How the proof of a fact ended, and how values are compared."""

import math
from typing import Literal, NamedTuple

from coldstart.facts.model import Value

State = Literal["passed", "failed", "due", "not run"]


class Outcome(NamedTuple):
    """The end of one proof.

    Attributes:
        state: ``passed``; ``failed``; ``due`` for a citation that somebody must read again; ``not run`` where a tool is missing.
        detail: What was seen, for a person.
    """

    state: State
    detail: str


def compared(found: object, value: Value) -> Outcome:
    """Return whether what a source says is the value."""
    return Outcome("passed" if same(found, value) else "failed", f"found {found!r}")


def same(found: object, value: Value) -> bool:
    """Whether two values are equal: numbers up to rounding, lists in any order, never a number and a truth value."""
    if isinstance(found, bool) or isinstance(value, bool):
        return found is value
    if isinstance(found, int | float) and isinstance(value, int | float):
        return math.isclose(found, value, rel_tol=1e-9)
    if isinstance(found, list) and isinstance(value, list):
        return sorted(map(str, found)) == sorted(value)
    return type(found) is type(value) and found == value
