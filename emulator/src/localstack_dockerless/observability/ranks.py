"""Percentiles of values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which so many percent of the values lie, interpolated between neighbours."""
    return weighted([(value, 1) for value in values], percent)


def weighted(values: Iterable[tuple[float, int]], percent: float) -> float:
    """The same of values that each occur so many times, be it a billion."""
    ordered = sorted(values)
    ends = list(accumulate(count for _, count in ordered))
    rank = percent / 100 * (ends[-1] - 1)
    below = int(rank)
    low, high = (
        next(value for (value, _), end in zip(ordered, ends, strict=True) if end > min(at, ends[-1] - 1))
        for at in (below, below + 1)
    )
    return low + (high - low) * (rank - below)
