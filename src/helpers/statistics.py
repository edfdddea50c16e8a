"""Means and intervals over seeds, and how to write them.

Values are laid out with the points first and the runs last, so that means are taken over the last
axis.
"""

from dataclasses import dataclass
from math import floor, log10

import numpy as np
from scipy.special import stdtrit

from helpers.errors import CourseError

CONFIDENCE = 0.95  # how often an interval holds the true mean
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


def mean_interval(values: np.ndarray) -> Interval:
    """Return the mean and its 95 % confidence interval by Student's t distribution.

    Parameters
    ----------
    values
        (..., runs): one number for each seed, 2 or more.

    Raises
    ------
    CourseError
        If there are fewer than 2 values, or some are not finite.
    """
    values = _checked_values(values)
    count = values.shape[-1]
    mean = values.mean(axis=-1)
    standard_error = values.std(axis=-1, ddof=1) / np.sqrt(count)
    reach = stdtrit(count - 1, (1 + CONFIDENCE) / 2) * standard_error
    return Interval(mean, mean - reach, mean + reach)


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

    Raises
    ------
    CourseError
        If there are several means, or no interval can be made of the values.

    Examples
    --------
    >>> describe(np.array([0.91, 0.93, 0.92, 0.94]))
    '0.93 [0.90, 0.95]'
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


def _checked_values(values: np.ndarray) -> np.ndarray:
    """Return the values in float64, or say why no interval can be made of them."""
    values = np.asarray(values, np.float64)
    if values.ndim == 0 or values.shape[-1] < 2:
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
