"""What the command `doctor` prints for a person."""

from __future__ import annotations

from typing import Any

HELD = ("isolation", "network", "memory", "cpu", "tmp", "processes", "freezing")


def describe(report: dict[str, Any]) -> str:
    """The report of `capabilities.report()` as text: what there is, then what is missing and what that means."""
    sections = [_table({name: report[name] for name in HELD}), "", "Runtimes", _runtimes(report["runtimes"])]
    for lack in report["missing"]:
        sections += ["", f"Without {lack['part']}: {lack['effect']}", f"  {lack['remedy']}"]
    return "\n".join(sections)


def _runtimes(runtimes: dict[str, dict[str, Any]]) -> str:
    return _table({f"  {name}": _state(runtime) for name, runtime in runtimes.items()})


def _state(runtime: dict[str, Any]) -> str:
    if runtime["available"]:
        return str(runtime["note"] or "available")
    return f"not available: {runtime['note']}"


def _table(rows: dict[str, str]) -> str:
    width = max(map(len, rows)) + 2
    return "\n".join(f"{name:{width}}{text}" for name, text in rows.items())
