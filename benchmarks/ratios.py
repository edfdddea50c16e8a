"""What every benchmark returns: ratios of times, each taken side by side in one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """How many times as long one thing takes as another.

    Attributes
    ----------
    name
        What is compared.
    value, low, high
        The median of the repeats, the smallest and the largest one.
    note
        What is divided by what.
    """

    name: str
    value: float
    low: float
    high: float
    note: str


def seconds(job: Callable[[], object]) -> float:
    """Return how long a job takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def summary(name: str, ratios: list[float], note: str) -> Ratio:
    """Return the median of repeated ratios, with their spread."""
    return Ratio(name, statistics.median(ratios), min(ratios), max(ratios), note)


def side_by_side(
    name: str,
    above: Callable[[], object],
    below: Callable[[], object],
    *,
    repeats: int = 7,
    note: str,
) -> Ratio:
    """Time two jobs in turns, so that a busy moment of the machine meets both.

    Both run once before, unmeasured: what is done only the first time does not count.

    Parameters
    ----------
    above, below
        The time of `above` is divided by that of `below`.
    repeats
        How many pairs are timed. The ratio is taken within each pair.
    """
    above()
    below()
    return summary(name, [seconds(above) / seconds(below) for _ in range(repeats)], note)
