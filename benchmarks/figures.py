"""Percentiles, and tables that can be pasted into the README."""

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; not a number when there are no values."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def milliseconds(values: Sequence[float]) -> str:
    """`p50 / p99 / max` of durations in seconds, in milliseconds."""
    if not values:
        return "-"
    return " / ".join(
        f"{1000 * value:.1f}" for value in (percentile(values, 0.5), percentile(values, 0.99), max(values))
    )


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
