"""Intervals against SciPy and by simulation, and how they are written."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from helpers.errors import CourseError
from helpers.statistics import Interval, describe, mean_interval

RNG = np.random.default_rng
NUMBERS = st.floats(-1e3, 1e3)


@given(
    values=hnp.arrays(
        np.float64, st.tuples(st.integers(2, 4), st.integers(2, 12)), elements=NUMBERS
    )
)
def test_the_interval_is_students(values: np.ndarray) -> None:
    interval = mean_interval(values)
    mean = values.mean(axis=-1)
    reach = stats.t.ppf((1 + 0.95) / 2, values.shape[-1] - 1) * stats.sem(values, axis=-1)
    close = {"rtol": 1e-9, "atol": 1e-9}
    np.testing.assert_allclose(interval.mean, mean, **close)
    np.testing.assert_allclose(interval.low, mean - reach, **close)
    np.testing.assert_allclose(interval.high, mean + reach, **close)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    interval = mean_interval(RNG(0).normal(3.0, 2.0, (300, 20)))
    assert 0.91 <= np.mean((interval.low <= 3.0) & (interval.high >= 3.0)) <= 0.99


@pytest.mark.parametrize(
    ("interval", "options", "text"),
    [
        (Interval(0.93, 0.92, 0.94), {}, "0.93 [0.92, 0.94]"),
        (Interval(0.9312, 0.9301, 0.9323), {}, "0.931 [0.930, 0.932]"),
        (Interval(0.9312, 0.9301, 0.9323), {"digits": 1}, "0.9 [0.9, 0.9]"),
        (Interval(3.14, 2.9, 3.3), {"unit": "ms"}, "3.1 [2.9, 3.3] ms"),
        (Interval(54321.0, 54000.0, 54700.0), {}, "54,300 [54,000, 54,700]"),
        (Interval(1.2e-12, 1.0e-12, 1.4e-12), {}, "1.2e-12 [1e-12, 1.4e-12]"),
        (Interval(1.0, 1.0, 1.0), {}, "1.00 [1.00, 1.00]"),
        (Interval(0.0, 0.0, 0.0), {}, "0.00 [0.00, 0.00]"),
        (Interval(0.0047, 0.0047, 0.0047), {}, "0.0047 [0.0047, 0.0047]"),
        (np.array([0.1, 0.1, 0.1]), {}, "0.10 [0.10, 0.10]"),
    ],
)
def test_how_an_interval_is_written(interval, options, text: str) -> None:
    assert describe(interval, **options) == text


def test_an_interval_prints_as_it_is_described() -> None:
    assert str(Interval(0.93, 0.92, 0.94)) == "0.93 [0.92, 0.94]"


@given(mean=st.floats(-1e6, 1e6), half_width=st.floats(1e-6, 1e4))
def test_what_is_written_is_near_what_was_meant(mean: float, half_width: float) -> None:
    interval = Interval(mean, mean - half_width, mean + half_width)
    numbers = re.findall(r"-?[\d,.]+(?:e[-+]\d+)?", describe(interval).replace(", ", " "))
    written = [float(number.replace(",", "")) for number in numbers]
    largest = max(abs(interval.low), abs(interval.high))
    allowed = max(half_width, 0.05 * largest if largest < 1e-3 else 0)
    for number, meant in zip(written, (interval.mean, interval.low, interval.high), strict=True):
        assert abs(number - meant) <= allowed * (1 + 1e-6)


@pytest.mark.parametrize("make", [mean_interval, describe])
def test_too_few_values_are_refused(make) -> None:
    with pytest.raises(CourseError, match=r"values are \(1,\).*2 or more, one for each seed"):
        make(np.array([0.5]))


@pytest.mark.parametrize("make", [mean_interval, describe])
def test_values_of_diverged_runs_are_refused(make) -> None:
    with pytest.raises(
        CourseError, match="1 of 3 values are not finite, perhaps from runs that div"
    ):
        make(np.array([0.5, np.nan, 0.7]))


def test_several_intervals_at_once_are_not_described() -> None:
    with pytest.raises(CourseError, match="There are 3 means"):
        describe(mean_interval(np.zeros((3, 2))))
