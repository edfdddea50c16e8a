"""Each initialiser draws what it states."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import CourseError, UnknownNameError
from helpers.initializers import Initializer, get_initializer

VARIANCES = {  # of a layer with 50 inputs and 200 units
    "zeros": 0.0,
    "normal": 1.0,
    "lecun": 1 / 50,
    "xavier": 2 / 250,
    "xavier_normal": 2 / 250,
    "he": 2 / 50,
    "identity": 1 / 200,
    "orthogonal": 1 / 200,
}
SIZES = st.integers(1, 40)
SEEDS = st.integers(0, 10_000)

each_initializer = pytest.mark.parametrize("name", VARIANCES)


@each_initializer
@given(n_in=SIZES, n_out=SIZES, seed=SEEDS)
def test_shape_type_and_seed(name: str, n_in: int, n_out: int, seed: int) -> None:
    draw = get_initializer(name)
    weights = draw(n_in, n_out, np.random.default_rng(seed))
    small = draw(n_in, n_out, np.random.default_rng(seed), np.float32)
    assert weights.shape == (n_in, n_out)
    assert weights.dtype == np.float64
    assert small.dtype == np.float32
    np.testing.assert_array_equal(small, weights.astype(np.float32))


@pytest.mark.parametrize(
    "initializer",
    [
        *(get_initializer(n) for n in ("normal", "lecun", "xavier", "xavier_normal", "he")),
        get_initializer("normal", std=0.05),
    ],
    ids=lambda initializer: initializer.label,
)
@given(n_in=st.integers(50, 300), n_out=st.integers(50, 300), seed=SEEDS)
def test_variance_is_the_stated_one(
    initializer: Initializer, n_in: int, n_out: int, seed: int
) -> None:
    weights = initializer(n_in, n_out, np.random.default_rng(seed))
    variance = initializer.variance(n_in, n_out)
    # Six standard errors: that of a mean is sd / sqrt(n), that of a variance at most
    # variance * sqrt(2 / n).
    assert abs(weights.mean()) < 6 * np.sqrt(variance / weights.size)
    assert abs(weights.var() / variance - 1) < 6 * np.sqrt(2 / weights.size)


@each_initializer
def test_variances_are_those_of_the_papers(name: str) -> None:
    assert get_initializer(name).variance(50, 200) == pytest.approx(VARIANCES[name])


def test_normal_rules_scale_the_same_random_numbers() -> None:
    he, lecun = (
        get_initializer(name)(30, 20, np.random.default_rng(1)) for name in ("he", "lecun")
    )
    np.testing.assert_allclose(he, np.sqrt(2) * lecun, rtol=1e-12)


@pytest.mark.parametrize("name", ["zeros", "identity", "orthogonal"])
@given(n_in=SIZES, n_out=SIZES, seed=SEEDS)
def test_mean_square_is_exact_where_it_is_not_left_to_chance(
    name: str, n_in: int, n_out: int, seed: int
) -> None:
    initializer = get_initializer(name)
    weights = initializer(n_in, n_out, np.random.default_rng(seed))
    expected = initializer.variance(n_in, n_out)
    assert np.mean(weights**2) == pytest.approx(expected, rel=1e-12)


@given(n_in=SIZES, n_out=SIZES, seed=SEEDS, gain=st.floats(0.1, 3.0))
def test_orthogonal_keeps_lengths(n_in: int, n_out: int, seed: int, gain: float) -> None:
    weights = get_initializer("orthogonal", gain=gain)(n_in, n_out, np.random.default_rng(seed))
    square = weights @ weights.T if n_in <= n_out else weights.T @ weights
    np.testing.assert_allclose(square, gain**2 * np.eye(min(n_in, n_out)), atol=1e-12)


def test_orthogonal_prefers_no_direction() -> None:
    rng = np.random.default_rng(0)
    draws = [get_initializer("orthogonal")(2, 2, rng) for _ in range(2000)]
    # Both kinds, rotations and reflections, and no entry with a preferred sign.
    assert abs(np.mean([np.linalg.det(draw) for draw in draws])) < 0.15
    assert np.abs(np.mean(draws, axis=0)).max() < 0.1


@given(n_in=SIZES, n_out=SIZES, seed=SEEDS)
def test_xavier_stays_within_its_limit(n_in: int, n_out: int, seed: int) -> None:
    weights = get_initializer("xavier")(n_in, n_out, np.random.default_rng(seed))
    assert np.abs(weights).max() <= np.sqrt(6 / (n_in + n_out))


@each_initializer
def test_each_record_is_complete(name: str) -> None:
    initializer = get_initializer(name)
    assert initializer.name == name
    assert get_initializer(initializer) is initializer
    assert initializer.label


@pytest.mark.parametrize(
    ("name", "near"), [("hee", "he"), ("Xaver", "xavier"), ("ortogonal", "orthogonal")]
)
def test_an_unknown_name_gets_the_near_match(name: str, near: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        get_initializer(name)
    assert f"Unknown initializer {name!r} (did you mean {near!r}?)" in str(caught.value)
    assert str(caught.value).endswith(f"Known: {', '.join(VARIANCES)}.")


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"parameter of normal 'sdt'.*'std'"):
        get_initializer("normal", sdt=0.1)
    with pytest.raises(UnknownNameError, match=r"parameter of he 'gain'.*Known: none"):
        get_initializer("he", gain=2.0)


def test_parameters_for_a_finished_initializer_are_refused() -> None:
    with pytest.raises(CourseError, match=r"already made, so std cannot.*'normal'"):
        get_initializer(get_initializer("normal"), std=0.1)
