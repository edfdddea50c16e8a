"""The checks of assignments: they tell missing from wrong, explain, and never write to stderr."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers.checks import CheckError, NotAttemptedError, Task, WrongAnswerError, difference
from helpers.errors import CourseError

NAN = float("nan")


@pytest.fixture
def task() -> Task:
    return Task("task_1", hints=["Which axis?", "The first one."])


def said(task: Task, answer: Callable[[], object], expected: object = 2, **options: object) -> str:
    """What a check that fails says."""
    with pytest.raises(WrongAnswerError) as caught:
        task.expect("count(h)", answer, expected, **options)
    return str(caught.value)


def not_implemented() -> None:
    raise NotImplementedError


# --- Missing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (not_implemented, "replace the line `raise NotImplementedError()`"),
        (lambda: None, "is a `return` missing?"),
        (lambda: tuple(None), "is a `return` missing?"),  # a check that wants a pair
        (lambda: ..., "replace the `...`"),
        (lambda: count(3), "there is no `count` yet"),  # noqa: F821
    ],
)
@pytest.mark.parametrize("check", ["expect", "within", "predicted"])
def test_what_is_missing_is_called_not_attempted(
    task: Task, check: str, answer: Callable[[], object], why: str
) -> None:
    limits = (2,) if check == "expect" else (0, 1)
    with pytest.raises(NotAttemptedError, match="task_1: not attempted yet") as caught:
        getattr(task, check)("count(h)", answer, *limits)
    assert why in str(caught.value)
    assert "task_1.hint()" in str(caught.value)


def test_zeros_are_an_answer_and_a_wrong_one(task: Task) -> None:
    said(task, lambda: np.zeros(3), np.ones(3))


# --- Wrong ----------------------------------------------------------------------------------------


def test_a_wrong_answer_is_shown_beside_the_expected_one(task: Task) -> None:
    mistakes = [(4, "all of them"), (3, "that is the live ones"), (3, "or what else?")]
    text = said(task, lambda: 3, mistakes=mistakes)
    assert "expected   2" in text
    assert "got        3" in text
    assert "Perhaps: that is the live ones" in text
    assert text.count("Perhaps") == 1
    assert "task_1.hint()" in text


def test_numbers_that_look_alike_are_shown_with_more_digits(task: Task) -> None:
    lines = said(task, lambda: [1.0, 0.0], [1.0, 3e-20], atol=0.0).splitlines()
    assert lines[1] == "   expected   [1.e+00 3.e-20]"
    assert lines[2] == "   got        [1. 0.]"


def test_without_hints_none_is_offered() -> None:
    assert "hint" not in said(Task("task_2"), lambda: 3)


def test_an_error_of_the_learner_is_explained_with_its_line(task: Task) -> None:
    def count(h: list[int]) -> int:
        return h[7]

    text = said(task, lambda: count([1]))
    assert "IndexError: list index out of range" in text
    assert "in the line: return h[7]" in text


def test_none_that_the_learner_takes_apart_is_an_error_like_others(task: Task) -> None:
    def pair() -> tuple[object, ...]:
        return tuple(None)

    assert "in the line: return tuple(None)" in said(task, lambda: tuple(pair()))


def test_an_unknown_name_inside_the_answer_is_an_error_like_others(task: Task) -> None:
    assert "NameError: name 'axes'" in said(task, lambda: axes)  # noqa: F821


def test_an_answer_that_ends_the_program_does_not_end_the_check(task: Task) -> None:
    assert "It ends the program" in said(task, lambda: sys.exit(0))


def test_an_interrupt_goes_through(task: Task) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        task.expect("count(h)", interrupted, 2)


def test_numbers_of_numpy_in_a_list_are_shown_as_numbers(task: Task) -> None:
    with pytest.raises(WrongAnswerError, match=r"got +\[1.5, True\]"):
        task.expect("x", lambda: [np.float64(1.5), np.bool_(True)], [1.0, 2.0])


def test_a_value_that_cannot_be_shown_is_named(task: Task) -> None:
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError("no")

        def __array__(self, *_: object, **__: object) -> np.ndarray:
            raise RuntimeError("no")

    assert "something of type Odd" in said(task, Odd)
    assert len(said(task, lambda: "x" * 10_000)) < 1_000


def test_an_array_that_overrides_comparison_is_compared_all_the_same(task: Task) -> None:
    class Always(np.ndarray):
        def __eq__(self, other: object) -> bool:
            return True

        def __array_ufunc__(self, *_: object, **__: object) -> bool:
            return True

    said(task, lambda: np.zeros(3).view(Always), np.ones(3))


# --- Ranges and predictions -----------------------------------------------------------------------


def test_a_measurement_lies_in_a_range(task: Task, capsys: pytest.CaptureFixture[str]) -> None:
    mistakes = [(0.9, 1.1, "that is the variance of the inputs")]
    task.within("share", lambda: np.float32(0.5), 0.4, 0.6, mistakes=mistakes)
    assert "✓ task_1: share is right." in capsys.readouterr().out
    with pytest.raises(WrongAnswerError, match=r"0\.4 to 0\.6(.|\n)*Perhaps: that is the variance"):
        task.within("share", lambda: 1.0, 0.4, 0.6, mistakes=mistakes)
    for wrong in (NAN, np.ones(3), "0.5", [0.5], 1 + 0j, True):
        with pytest.raises(WrongAnswerError):
            task.within("share", lambda wrong=wrong: wrong, 0.4, 1.6, mistakes=mistakes)


def test_any_prediction_will_do_if_it_is_one(
    task: Task, capsys: pytest.CaptureFixture[str]
) -> None:
    task.predicted("share", lambda: 0.25, 0, 1)
    assert "your prediction is 0.25" in capsys.readouterr().out
    for wrong in (25, "a quarter", NAN):
        with pytest.raises(WrongAnswerError, match="from 0 to 1"):
            task.predicted("share", lambda wrong=wrong: wrong, 0, 1)


def test_an_answer_can_be_looked_at_in_several_ways(task: Task) -> None:
    assert task.answer("count(h)", lambda: [3]) == [3]
    with pytest.raises(NotAttemptedError):
        task.answer("count(h)", not_implemented)


# --- Hints ----------------------------------------------------------------------------------------


def test_hints_come_one_after_the_other(task: Task, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        task.hint()
    task.hint(1)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "task_1, hint 1 of 2: Which axis?"
    assert lines[1] == lines[2] == "task_1, hint 2 of 2: The first one."
    assert lines[3] == lines[0]


@pytest.mark.parametrize("number", [0, 3])
def test_a_hint_that_is_not_there_is_refused(task: Task, number: int) -> None:
    with pytest.raises(CourseError, match=r"from task_1.hint\(1\) to task_1.hint\(2\)"):
        task.hint(number)


def test_a_task_without_hints_says_so() -> None:
    with pytest.raises(CourseError, match="it has 0"):
        Task("task_2").hint()


# --- Comparing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (2, 2),
        (np.int64(2), 2),
        (2.0, 2),
        (np.float32(0.1), 0.1),
        ([1, 2], np.array([1, 2])),
        (np.array([1.0, NAN, np.inf]), [1, NAN, np.inf]),
        ([True, False], [True, False]),
        (np.array(True), True),
        (" B ", "b"),
        ([3, 1], {1, 3}),
        (np.array([3, 1]), {1, 3}),
        ([np.ones(2), np.ones(3)], (np.ones(2), np.ones(3))),
        ({"w": np.ones(2)}, {"w": [1, 1]}),
        ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])),
    ],
)
def test_equal(got: object, expected: object) -> None:
    assert difference(got, expected, rtol=1e-6) == ""


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (2, 3, "is 2 instead of 3"),
        (NAN, 3, "is nan instead of 3"),
        (0.0, NAN, "is 0 instead of nan"),
        ([1, 2, 4, 5], [1, 2, 3, 4], r"at \[2\]: 4 instead of 3 \(2 places differ\)"),
        ([True, True], [True, False], r"at \[1\]: True instead of False"),
        ([1, 0], [True, False], "True or False, and holds int64"),
        (True, 1, "should hold numbers, and holds bool"),
        (np.ones((2, 3)), np.ones((3, 2)), "transposed"),
        ([1.0], 1, r"shape is \(1,\) instead of one number"),
        (1.0, [1], r"that of one number instead of \(1,\)"),
        ("3", 3, "holds text: leave out the quotation marks"),
        (1j, 1, "real numbers, and is of type complex"),
        ([object()], [1], "real numbers, and is of type list"),
        ([[1], [1, 2]], [[1], [2]], "cannot be read as numbers"),
        (3, "b", "the text 'b'"),
        ("c", "b", "the text 'b'"),
        ([1, 2, 9], {1, 3}, "1 missing and 2 too many"),
        (5, {1, 3}, "should be a set"),
        ([np.ones(2)], [np.ones(2), np.ones(3)], "a list of 2"),
        (np.ones(2), (np.ones(2), np.ones(2)), "a tuple of 2"),
        ([np.ones(2), np.zeros(3)], [np.ones(2), np.ones(3)], r"Element 1 differs at \[0\]"),
        ({"b": 1}, {"w": 1}, "a dictionary with"),
        ({"w": 2}, {"w": 1}, "At 'w' it is 2"),
        (lambda h: h, 2, "is of type function"),
    ],
)
def test_different(got: object, expected: object, words: str, task: Task) -> None:
    with pytest.raises(WrongAnswerError, match=words):
        task.expect("x", lambda: got, expected)


# --- Quiet ----------------------------------------------------------------------------------------


def test_nothing_is_written_to_stderr(task: Task, capfd: pytest.CaptureFixture[str]) -> None:
    def loud() -> np.ndarray:
        warnings.warn("look out", stacklevel=1)
        print("a word", file=sys.stderr)
        return np.array([1.0, -1.0]) / np.zeros(2)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        task.expect("x", loud, [np.inf, -np.inf])
    assert capfd.readouterr().err == ""


def test_in_a_notebook_the_message_comes_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shell = InteractiveShell()
    shell.run_cell("from helpers.checks import Task\nTask('t').expect('x', lambda: 3, 2)")
    shown = capsys.readouterr().out
    assert "✗ t: x is not right yet." in shown
    assert "Traceback" not in shown


def test_every_error_is_one_of_the_course(task: Task) -> None:
    assert issubclass(CheckError, CourseError)
    assert issubclass(CheckError, AssertionError)
