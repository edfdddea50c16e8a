"""Checks of what was given: each error names the value and what is asked for."""

from math import inf, isfinite

import numpy as np

from helpers.errors import CourseError

__all__ = ["check_integer", "check_numbers", "floating", "is_integer"]


def is_integer(value: object, least: int = 1) -> bool:
    """Say whether a value is an integer, of Python or of numpy, and not below the least."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least


def check_integer(name: str, value: object, least: int = 1, most: int | None = None) -> None:
    """Check that a value is an integer within bounds.

    Raises
    ------
    CourseError
        If it is none.
    """
    if not is_integer(value, least) or (most is not None and value > most):
        allowed = f"of {least} or more" if most is None else f"from {least} to {most:,}"
        raise CourseError(f"{name} is {value!r}. Use an integer {allowed}.")


def check_numbers(
    name: str, value: object, *, least: float = -inf, above: float = -inf, below: float = inf
) -> None:
    """Check that a value is a finite number within bounds, or an array of such.

    Raises
    ------
    CourseError
        If it is none.
    """
    try:
        numbers = np.asarray(value)
    except ValueError:  # rows of different lengths
        numbers = np.asarray(None)
    if numbers.dtype.kind in "iuf":
        wrong = ~np.isfinite(numbers) | (numbers < least) | (numbers <= above) | (numbers >= below)
    else:
        wrong = np.array(True)
    if wrong.any():
        shown = repr(value)
        if wrong.ndim:
            shown = f"{numbers[wrong][0]} in {wrong.sum()} of {wrong.size} places"
        bounds = ((least, "of {:g} or more"), (above, "above {:g}"), (below, "below {:g}"))
        words = " and ".join(text.format(bound) for bound, text in bounds if isfinite(bound))
        raise CourseError(f"{name} is {shown}. Use a finite number {words}".rstrip() + ".")


def floating(dtype: np.typing.DTypeLike) -> np.dtype:
    """Return a floating type.

    Raises
    ------
    CourseError
        If it is none: in integers, weights would be nothing but 0 and 1.
    """
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or found.kind != "f":
        raise CourseError(f"dtype is {dtype!r}. Use numpy.float32 or numpy.float64.")
    return found
