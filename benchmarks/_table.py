"""What every benchmark shares: medians, and a table of ours, the floor, the ratio and the budget."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One measured figure beside its floor.

    Attributes:
        what: What was measured.
        ours: The figure.
        floor: The figure of the least that any implementation must do, from the same run; None where there is none.
        unit: Unit of both.
        budget: What the project asks: at most this ratio (``x``), or this figure (the unit).
    """

    what: str
    ours: float
    floor: float | None
    unit: str
    budget: str = ""
    kept: bool | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the floor."""
        return self.ours / self.floor if self.floor else None


def show(title: str, rows: list[Row], note: str = "") -> None:
    """Print the table."""
    table = Table(title=title, title_justify="left", caption=note, caption_justify="left")
    for name, justify in (
        ("what", "left"),
        ("ours", "right"),
        ("floor", "right"),
        ("ratio", "right"),
        ("budget", "left"),
    ):
        table.add_column(name, justify=justify, overflow="fold")
    for row in rows:
        table.add_row(
            row.what,
            _figure(row.ours, row.unit),
            _figure(row.floor, row.unit),
            f"{row.ratio:.2f}" if row.ratio else "-",
            _verdict(row),
        )
    Console(highlight=False, width=120).print(table)


def median_ms(action: Callable[[], object], times: int) -> float:
    """Return the median time of an action in milliseconds."""
    return statistics.median(times_ms(action, times))


def times_ms(action: Callable[[], object], times: int) -> list[float]:
    """Return how long an action took each time, in milliseconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def seconds(action: Callable[[], object]) -> float:
    """Return how long an action took, in seconds."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:,.2f} {unit}"


def _verdict(row: Row) -> str:
    mark = {True: " [green]kept[/]", False: " [red]missed[/]", None: ""}[row.kept]
    return row.budget + mark
