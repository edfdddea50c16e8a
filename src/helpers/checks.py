"""The visible and the hidden checks of an assignment: they say what is missing, wrong or meant.

A task is made in the cell that checks it, and then expects answers::

    task_1 = Task("task_1", hints=["Which axis holds the examples?"])
    task_1.expect("dead(h)", lambda: dead(h), [True, False], mistakes=[([True, True], "...")])

The learner's code is called inside the lambda, so whatever goes wrong in it is caught here and
explained: *not attempted* if there is nothing yet, *not right* if it is something else. A check
that fails raises; one that passes prints a line. Nothing is written to stderr, since an automatic
grader gives no points to a cell that does.
"""

import contextlib
import io
import linecache
import math
import numbers
import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from helpers.errors import CourseError

Answer = Callable[[], object]
Mistake = tuple[object, str]  # what somebody gets who thinks so, and what to tell them

RTOL, ATOL = 1e-6, 1e-9  # of a comparison; float32 in between costs less than that
WIDTH = 300  # of a value in a message


class CheckError(CourseError, AssertionError):
    """A check failed; in a notebook it shows its message without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython shows."""
        return str(self).splitlines()


class NotAttemptedError(CheckError):
    """There is no answer yet."""


class WrongAnswerError(CheckError):
    """There is an answer, and it is not right."""


@dataclass
class Task:
    """One task of an assignment.

    Attributes
    ----------
    name
        The variable that holds it in the notebook, so that messages can say ``task_1.hint()``.
    hints
        From a nudge to nearly the answer; shown one at a time.
    """

    name: str
    hints: Sequence[str] = ()
    _shown: int = field(default=0, repr=False)

    def hint(self, number: int | None = None) -> None:
        """Print a hint: the next one, or one by its number, counted from 1.

        Raises
        ------
        CourseError
            If there is no such hint.
        """
        total = len(self.hints)
        number = min(self._shown + 1, total) if number is None else number
        if not 1 <= number <= total:
            raise CourseError(
                f"{self.name} has no hint {number}; it has {total}"
                + (f", from {self.name}.hint(1) to {self.name}.hint({total})." if total else ".")
            )
        self._shown = max(self._shown, number)
        print(f"{self.name}, hint {number} of {total}: {self.hints[number - 1]}")

    def expect(
        self,
        what: str,
        answer: Answer,
        expected: object,
        *,
        mistakes: Sequence[Mistake] = (),
        rtol: float = RTOL,
        atol: float = ATOL,
    ) -> None:
        """Check that an answer is the expected one.

        Parameters
        ----------
        what
            The answer as the learner writes it, e.g. ``"dead_units(h)"``.
        answer
            Returns it; the learner's code runs in here.
        expected
            A number, a text, an array, a set, or a list, tuple or dictionary of such.
        mistakes
            Typical wrong answers, each with the words that explain it; the first that fits is told.
        rtol, atol
            How far a number may be off: ``atol + rtol * |expected|``.

        Raises
        ------
        NotAttemptedError, WrongAnswerError
            If the answer is missing, or is not the expected one.
        """
        got = self.answer(what, answer)
        problem = difference(got, expected, rtol, atol)
        if problem:
            found = [words for value, words in mistakes if not difference(got, value, rtol, atol)]
            asked, mine = _beside(expected, got)
            shown = f"   expected   {asked}\n   got        {mine}\n   {problem}"
            raise self._wrong(f"{what} is not right yet.\n{shown}", found)
        self._right(what)

    def within(
        self,
        what: str,
        answer: Answer,
        low: float,
        high: float,
        *,
        mistakes: Sequence[tuple[float, float, str]] = (),
    ) -> None:
        """Check that a number lies in a range, as what was drawn at random or measured should.

        Parameters
        ----------
        low, high
            The range, ends included.
        mistakes
            Ranges of typical wrong answers, each with the words that explain it.

        Raises
        ------
        NotAttemptedError, WrongAnswerError
            If the answer is missing, or lies outside.
        """
        got = self.answer(what, answer)
        number = _number(got)
        if number is None or not low <= number <= high:
            shown = f"   expected   {low:.6g} to {high:.6g}\n   got        {_shown(got)}"
            places = mistakes if number is not None else ()
            found = [words for least, most, words in places if least <= number <= most]
            raise self._wrong(f"{what} is not right yet.\n{shown}", found)
        self._right(what)

    def predicted(self, what: str, answer: Answer, low: float, high: float) -> None:
        """Check that a prediction was made: any number of the range will do.

        A wrong prediction costs nothing, or nobody would dare to make one.

        Raises
        ------
        NotAttemptedError, WrongAnswerError
            If there is none, or it is no number of that range.
        """
        got = self.answer(what, answer)
        number = _number(got)
        if number is None or not low <= number <= high:
            raise self._wrong(
                f"{what} is {_shown(got)}; a prediction is a number from {low:g} to {high:g}.", []
            )
        print(f"✓ {self.name}: your prediction is {number:g}. What will you measure?")

    def answer(self, what: str, answer: Answer) -> object:
        """Return the learner's answer, for checks that look at it in several ways.

        Raises
        ------
        NotAttemptedError, WrongAnswerError
            If there is none, with the reason.
        """
        try:
            # recorded, since a warning is a word on stderr
            with warnings.catch_warnings(record=True), contextlib.redirect_stderr(io.StringIO()):
                got = answer()
        except NotImplementedError:
            raise self._missing(
                "replace the line `raise NotImplementedError()` by your answer"
            ) from None
        except NameError as error:
            if error.name and error.name in what:
                raise self._missing(
                    f"there is no `{error.name}` yet; write it, and run its cell"
                ) from None
            raise self._wrong(f"{what} stops with an error.\n{_explained(error)}", []) from None
        except (Exception, SystemExit) as error:
            if not _takes_none_apart(error):
                raise self._wrong(f"{what} stops with an error.\n{_explained(error)}", []) from None
            got = None
        if got is None:
            raise self._missing(
                f"{what} gives None (if you have written something, is a `return` missing?)"
            )
        if got is Ellipsis:
            raise self._missing(f"replace the `...` of {what} by your answer")
        return got

    def _missing(self, why: str) -> NotAttemptedError:
        return NotAttemptedError(f"○ {self.name}: not attempted yet; {why}.{self._help()}")

    def _wrong(self, why: str, found: Sequence[str]) -> WrongAnswerError:
        words = "".join(f"\n   Perhaps: {each}" for each in found[:1])  # the first is the nearest
        return WrongAnswerError(f"✗ {self.name}: {why}{words}{self._help()}")

    def _right(self, what: str) -> None:
        print(f"✓ {self.name}: {what} is right.")

    def _help(self) -> str:
        return f"\n   Stuck? {self.name}.hint() gives a hint." if self.hints else ""


def difference(
    got: object, expected: object, rtol: float = RTOL, atol: float = ATOL, where: str = ""
) -> str:
    """Say in a sentence how `got` differs from `expected`; nothing if it does not.

    NaN equals NaN here. Booleans have to be booleans; other kinds of numbers are compared by value.

    Parameters
    ----------
    where
        The place inside a list or a dictionary, for the sentence.

    Examples
    --------
    >>> difference([1.0, 2.5], np.array([1.0, 2.0]))
    'It differs at [1]: 2.5 instead of 2.'
    >>> difference(np.ones((2, 3)), np.ones((3, 2)))
    'Its shape is (2, 3) instead of (3, 2): is it transposed?'
    """
    subject = f"{where} " if where else "It "
    if isinstance(expected, str):
        same = isinstance(got, str) and got.strip().casefold() == expected.strip().casefold()
        return "" if same else f"{subject}should be the text {expected!r}."
    if isinstance(expected, set | frozenset):
        return _difference_of_sets(got, expected, subject)
    if isinstance(expected, dict):
        if not isinstance(got, dict) or set(got) != set(expected):
            return f"{subject}should be a dictionary with {_shown(list(expected))}."
        items = [(f"At {key!r} it", got[key], value) for key, value in expected.items()]
    elif isinstance(expected, list | tuple) and not _is_list_of_numbers(expected):
        if not isinstance(got, list | tuple) or len(got) != len(expected):
            kind = "tuple" if isinstance(expected, tuple) else "list"
            return f"{subject}should be a {kind} of {len(expected)}."
        pairs = enumerate(zip(got, expected, strict=True))
        items = [(f"Element {number}", mine, value) for number, (mine, value) in pairs]
    else:
        return _difference_of_arrays(got, expected, rtol, atol, subject, where)
    return next(filter(None, (difference(mine, v, rtol, atol, at) for at, mine, v in items)), "")


def _is_list_of_numbers(value: object) -> bool:
    """Whether an array may stand for a value: a list, perhaps nested, of nothing but numbers."""
    if not isinstance(value, list | tuple):
        return False
    plain = bool | np.bool | numbers.Number
    return all(isinstance(each, plain) or _is_list_of_numbers(each) for each in value)


def _difference_of_sets(got: object, expected: Iterable[object], subject: str) -> str:
    try:
        mine = set(np.asarray(list(got)).tolist())
    except (TypeError, ValueError):
        return f"{subject}should be a set, such as {{1, 2}}."
    wanted = set(np.asarray(list(expected)).tolist())
    counts = [(len(wanted - mine), "missing"), (len(mine - wanted), "too many")]
    parts = [f"{count} {word}" for count, word in counts if count]
    return f"{subject}has {' and '.join(parts)}." if parts else ""


def _difference_of_arrays(
    got: object, expected: object, rtol: float, atol: float, subject: str, where: str
) -> str:
    whose = f"{where}: its" if where else "Its"
    wanted = np.asarray(expected)
    try:
        mine = np.array(got)
    except Exception:
        return f"{subject}cannot be read as numbers ({type(got).__name__})."
    if mine.dtype.kind == "U":
        return f"{subject}should hold numbers, and holds text: leave out the quotation marks."
    if mine.dtype.kind not in "biuf":
        kind = type(got).__name__ if mine.dtype == object else mine.dtype
        return f"{subject}should hold real numbers, and is of type {kind}."
    if mine.shape != wanted.shape:
        turned = ": is it transposed?" if mine.T.shape == wanted.shape else "."
        asked = wanted.shape or "one number"
        return f"{whose} shape is {mine.shape or 'that of one number'} instead of {asked}{turned}"
    if (wanted.dtype.kind == "b") != (mine.dtype.kind == "b"):
        asked = "True or False" if wanted.dtype.kind == "b" else "numbers"
        return f"{subject}should hold {asked}, and holds {mine.dtype}."
    with np.errstate(all="ignore"):
        near = np.isclose(mine.astype(float), wanted.astype(float), rtol, atol, equal_nan=True)
    if near.all():
        return ""
    place = tuple(np.argwhere(~near)[0].tolist())
    if not place:
        return f"{subject}is {_shown(mine[()])} instead of {_shown(wanted[()])}."
    more = f" ({(~near).sum()} places differ)" if (~near).sum() > 1 else ""
    values = f"{_shown(mine[place])} instead of {_shown(wanted[place])}"
    return f"{subject}differs at {list(place)}: {values}{more}."


def _number(value: object) -> float | None:
    """Return a value as a number, if it is one and finite."""
    try:
        array = np.array(value)
    except Exception:
        return None
    if array.shape != () or array.dtype.kind not in "iuf" or not math.isfinite(array):
        return None
    return float(array)


def _beside(expected: object, got: object) -> tuple[str, str]:
    """Return what was expected and what came, with more digits if five do not tell them apart."""
    asked = np.array(expected) if _is_list_of_numbers(expected) else expected
    mine = got
    with contextlib.suppress(ValueError):  # rows of different lengths
        mine = np.array(got) if _is_list_of_numbers(got) else got
    if _shown(asked) == _shown(mine):
        with np.printoptions(precision=10, threshold=12, edgeitems=3):
            exact, exactly = (" ".join(str(each).split())[:WIDTH] for each in (asked, mine))
        return exact, exactly
    return _shown(asked), _shown(got)


def _shown(value: object) -> str:
    """Return a value in one short line; a value that cannot be shown is named by its type."""
    try:
        # The legacy mode shows [1.5], where NumPy 2 would show [np.float64(1.5)].
        with np.printoptions(precision=5, suppress=True, threshold=12, edgeitems=3, legacy="1.25"):
            if isinstance(value, float | np.floating):
                text = f"{value:.6g}"
            else:
                text = str(value) if isinstance(value, np.ndarray | np.generic) else repr(value)
    except Exception:
        text = f"something of type {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= WIDTH else f"{text[:WIDTH]} ..."


def _takes_none_apart(error: BaseException) -> bool:
    """Whether it is the check itself that fails, because it wants the parts of what is None."""
    frames = traceback.extract_tb(error.__traceback__)  # ours, and the lambda of the check
    return isinstance(error, TypeError) and "'NoneType' object" in str(error) and len(frames) == 2


def _explained(error: BaseException) -> str:
    """Return what an error says, and in which line of the learner's own code it came up."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames[1:] if "site-packages" not in each.filename]
    said = f"   {type(error).__name__}: {' '.join(str(error).split())[:WIDTH]}"
    if isinstance(error, SystemExit):
        said = "   It ends the program (exit or quit); a function returns instead."
    line = linecache.getline(own[-1].filename, own[-1].lineno).strip() if len(own) > 1 else ""
    return f"{said}\n   in the line: {line}" if line else said
