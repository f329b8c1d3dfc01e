"""Numbers as a reader wants them: a median, how far it scattered, a ratio."""

from collections.abc import Sequence
from statistics import median, quantiles

YARDSTICK = "1"


def spread(values: Sequence[float], digits: int = 0) -> str:
    """``median (smallest–greatest)``."""
    middle, low, high = (
        f"{value:,.{digits}f}" for value in (median(values), min(values), max(values))
    )
    return f"{middle} ({low}–{high})"


def ratio(values: Sequence[float], yardstick: Sequence[float]) -> str:
    """The spread of the quotients, each of two values from the same round."""
    if values is yardstick:
        return YARDSTICK
    return spread([a / b for a, b in zip(values, yardstick, strict=True)], digits=2)


def percentiles(values: Sequence[float]) -> tuple[str, str]:
    """p50 and p95."""
    if len(values) == 1:
        return f"{values[0]:.0f}", f"{values[0]:.0f}"
    cuts = quantiles(values, n=20, method="inclusive")
    return f"{cuts[9]:.0f}", f"{cuts[18]:.0f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; every column but the first is a number."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
