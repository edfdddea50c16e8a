"""Means, intervals over seeds, and how to write them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, log10

import numpy as np
from scipy.special import stdtrit

from helpers.errors import CourseError
from helpers.settings import rng as course_rng

SAME_NUMBER = 1e-12  # an interval that is relatively narrower than this is rounding only


@dataclass(frozen=True)
class Interval:
    """An estimate with the interval in which the true value probably lies.

    Attributes
    ----------
    mean, low, high
        Numbers, or arrays of one shape.
    """

    mean: float | np.ndarray
    low: float | np.ndarray
    high: float | np.ndarray

    def __str__(self) -> str:
        """Return ``"0.93 [0.92, 0.94]"``."""
        return describe(self)


def mean_interval(values: np.ndarray, axis: int = 0, confidence: float = 0.95) -> Interval:
    """Return the mean and its confidence interval by Student's t distribution.

    Parameters
    ----------
    values
        One number for each seed along `axis`; 2 or more seeds.
    axis
        The axis that is averaged over.
    confidence
        How often such an interval holds the true mean, between 0 and 1.

    Raises
    ------
    CourseError
        If there are fewer than 2 values, or some are not finite.
    """
    values = _checked_values(values, axis, confidence)
    count = values.shape[axis]
    mean = values.mean(axis=axis)
    standard_error = values.std(axis=axis, ddof=1) / np.sqrt(count)
    reach = stdtrit(count - 1, (1 + confidence) / 2) * standard_error
    return Interval(mean, mean - reach, mean + reach)


def bootstrap_interval(
    values: np.ndarray,
    statistic: Callable[..., np.ndarray] = np.median,
    rng: np.random.Generator | None = None,
    confidence: float = 0.95,
    resamples: int = 2000,
) -> Interval:
    """Return a statistic and its interval by the percentile bootstrap (Efron 1979).

    Parameters
    ----------
    values
        One number for each seed: (seeds,); 2 or more.
    statistic
        A function that takes an array and an `axis`, such as `numpy.median`.
    rng
        Draws the resamples; None: the course's own.
    confidence
        How often such an interval should hold the true value, between 0 and 1.
    resamples
        How many samples of the same size are drawn, with replacement.

    Returns
    -------
    Interval
        Its `mean` is the statistic of `values`, whatever the statistic is.
    """
    values = _checked_values(np.ravel(values), 0, confidence)
    rng = course_rng() if rng is None else rng
    samples = values[rng.integers(len(values), size=(resamples, len(values)))]
    tail = (1 - confidence) / 2
    low, high = np.quantile(statistic(samples, axis=1), [tail, 1 - tail])
    return Interval(float(statistic(values, axis=0)), float(low), float(high))


def describe(values: Interval | np.ndarray, unit: str = "", digits: int | None = None) -> str:
    """Write an estimate with its interval: ``"0.93 [0.92, 0.94]"``.

    Parameters
    ----------
    values
        An `Interval` of single numbers; or the values themselves, whose `mean_interval` is taken.
    unit
        Written after the numbers: ``"ms"`` gives ``"3.1 [2.9, 3.3] ms"``.
    digits
        Decimals; None for as many as the width of the interval warrants.
    """
    interval = values if isinstance(values, Interval) else mean_interval(values)
    if np.ndim(interval.mean) != 0:
        raise CourseError(f"There are {np.size(interval.mean)} means. Describe them one at a time.")
    numbers = [float(number) for number in (interval.mean, interval.low, interval.high)]
    half_width = (numbers[2] - numbers[1]) / 2
    largest = max(abs(number) for number in numbers)
    if digits is None and largest > 0 and not 1e-3 <= largest < 1e7:
        mean, low, high = (f"{number:.2g}" for number in numbers)
    else:
        if digits is None and half_width > SAME_NUMBER * largest:
            digits = -floor(log10(half_width) + 1e-9)  # 0.94 - 0.92 is a little below 0.02
        elif digits is None:
            digits = max(2, 1 - floor(log10(largest))) if largest > 0 else 2
        rounded = (round(number, digits) for number in numbers)
        mean, low, high = (f"{number:,.{max(0, digits)}f}" for number in rounded)
    text = f"{mean} [{low}, {high}]"
    return f"{text} {unit}" if unit else text


def _checked_values(values: np.ndarray, axis: int, confidence: float) -> np.ndarray:
    """Return the values in float64, or say why no interval can be made of them."""
    values = np.asarray(values, np.float64)
    if not 0 < confidence < 1:
        raise CourseError(f"confidence is {confidence}. Use a number between 0 and 1, e.g. 0.95.")
    if values.ndim == 0 or values.shape[axis] < 2:
        raise CourseError(
            f"The values are {values.shape}. An interval needs 2 or more, one for each seed."
        )
    lost = np.count_nonzero(~np.isfinite(values))
    if lost:
        raise CourseError(
            f"{lost} of {values.size} values are not finite, perhaps from runs that diverged. "
            "Report those runs separately and leave them out: values[np.isfinite(values)]."
        )
    return values
