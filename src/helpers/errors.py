"""The course's errors: each message names the offending value and says how to mend it."""

from collections.abc import Iterable
from difflib import get_close_matches


class CourseError(ValueError):
    """Something given to the course's code is wrong; the message says what, and the fix."""


class ShapeError(CourseError):
    """An array has the wrong shape."""


class DataError(CourseError):
    """A data file is missing, damaged, or holds values that it should not."""


class DivergedError(CourseError):
    """Training produced numbers that are no longer finite."""


class LedgerError(CourseError):
    """The ledger of claims is missing or damaged."""


class VerdictError(CourseError, AssertionError):
    """The evidence of an experiment contradicts the verdict that the ledger records."""


class UnknownNameError(CourseError):
    """A name is not among the known ones."""

    @classmethod
    def among(cls, kind: str, name: object, known: Iterable[object]) -> "UnknownNameError":
        """Make the error for a `name` of some `kind`, with the nearest known name, if one is near.

        Examples
        --------
        >>> print(UnknownNameError.among("activation", "rleu", ["relu", "tanh"]))
        Unknown activation 'rleu' (did you mean 'relu'?). Known: relu, tanh.
        """
        known = [str(each) for each in known]
        return cls(f"Unknown {kind} {name!r}{near(name, known)}. Known: {', '.join(known)}.")


def near(name: object, known: Iterable[object]) -> str:
    """Return a question for the known name that is nearest to a wrong one, or nothing.

    Examples
    --------
    >>> near("ReLu", ["relu", "tanh"])
    " (did you mean 'relu'?)"
    """
    by_lower_case = {str(each).lower(): str(each) for each in known}
    found = get_close_matches(str(name).lower(), by_lower_case, n=1, cutoff=0.5)
    return f" (did you mean {by_lower_case[found[0]]!r}?)" if found else ""
