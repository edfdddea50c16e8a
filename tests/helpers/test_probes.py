"""The probes on networks whose insides are known, and against slow and plain counts."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.activations import activation_names, get_activation
from helpers.errors import CourseError, DivergedError, ShapeError
from helpers.network import Layer, Network, backward, build_network, forward
from helpers.probes import (
    PIECEWISE_LINEAR,
    activation_norms,
    active_share,
    active_share_by_example,
    active_share_by_unit,
    count_linear_regions_on_line,
    dead_units,
    gradient_norms,
    linear_region_boundaries,
    numerical_gradient,
    saturation,
)
from helpers.training import squared_error

RNG = np.random.default_rng
SEEDS = st.integers(0, 10_000)
HIDDEN = st.lists(st.integers(1, 8), min_size=1, max_size=4)


def some_trace(hidden, runs, seed, activation="relu"):
    """Return a network with many runs (or one), and its trace of a few examples."""
    rng = [RNG(seed + run) for run in range(runs)] if runs else RNG(seed)
    network = build_network([3, *hidden, 2], activation, rng=rng, bias_initializer="normal")
    return network, forward(network, RNG(seed).standard_normal((7, 3)))


# ------------------------------------------------------------------------------- sizes and shares


@given(hidden=HIDDEN, runs=st.integers(0, 3), seed=SEEDS)
def test_norms_are_root_sums_of_squares(hidden, runs, seed) -> None:
    network, trace = some_trace(hidden, runs, seed)
    gradients = backward(network, trace, np.ones_like(trace.outputs))
    shape = (len(hidden) + 1,) + ((runs,) if runs else ())
    for norms, arrays in (
        (activation_norms(trace), trace.activations),
        (gradient_norms(gradients), gradients.pre_activations),
    ):
        assert norms.shape == shape
        expected = [np.sqrt((array**2).sum(axis=(-2, -1))) for array in arrays]
        np.testing.assert_allclose(norms, expected)


def test_norms_of_large_float32_numbers_do_not_overflow() -> None:
    layer = Layer(
        np.full((1, 1), 1e30, np.float32), np.zeros(1, np.float32), get_activation("linear")
    )
    trace = forward(Network([layer]), np.ones((4, 1)))
    np.testing.assert_allclose(activation_norms(trace), [2e30], rtol=1e-6)


@given(hidden=HIDDEN, runs=st.integers(0, 3), seed=SEEDS)
def test_shares_are_counts(hidden, runs, seed) -> None:
    _, trace = some_trace(hidden, runs, seed)
    shares = active_share(trace)
    by_unit, by_example = active_share_by_unit(trace), active_share_by_example(trace)
    leading = (runs,) if runs else ()
    assert shares.shape == (len(hidden), *leading)
    for index, units in enumerate(hidden):
        active = trace.pre_activations[index] > 0
        np.testing.assert_allclose(by_unit[index], active.mean(axis=-2))
        np.testing.assert_allclose(by_example[index], active.mean(axis=-1))
        np.testing.assert_allclose(shares[index], active.mean(axis=(-2, -1)))
        assert by_unit[index].shape == (*leading, units)
        assert by_example[index].shape == (*leading, 7)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
@given(seed=SEEDS, scale=st.floats(0.1, 10))
def test_saturation_counts_what_is_near_an_end(name: str, seed: int, scale: float) -> None:
    network, _ = some_trace([6, 4], 2, seed, name)
    trace = forward(network, scale * RNG(seed).standard_normal((9, 3)))
    limit = np.log(0.975 / 0.025)  # where a sigmoid reaches 0.975
    if name == "tanh":
        limit /= 2  # tanh(z) = 2 sigmoid(2z) - 1
    expected = [(np.abs(z) > limit).mean(axis=(-2, -1)) for z in trace.pre_activations[:-1]]
    np.testing.assert_allclose(saturation(trace, name), expected)


def test_a_rectifier_does_not_saturate() -> None:
    _, trace = some_trace([4], 0, 0)
    with pytest.raises(CourseError, match=r"ReLU has the range 0 to inf.*active_share"):
        saturation(trace, "relu")


# ------------------------------------------------------------------------------------ dead units


@given(units=st.integers(1, 12), runs=st.integers(0, 3), seed=SEEDS, data=st.data())
def test_planted_dead_units_are_found(units, runs, seed, data) -> None:
    dead = np.array(data.draw(st.lists(st.booleans(), min_size=units, max_size=units)))
    rng = [RNG(seed + run) for run in range(runs)] if runs else RNG(seed)
    network = build_network([2, units, 3, 1], rng=rng)
    network.layers[0].biases[:] = np.where(dead, -1e3, 1e3)
    network.layers[1].biases[:] = 1e6
    x = RNG(seed).standard_normal((20, 2))
    for found in (dead_units(network, x), dead_units(forward(network, x))):
        np.testing.assert_array_equal(found[0], np.broadcast_to(dead, found[0].shape))
        assert not found[1].any()
        assert len(found) == 2


def test_a_unit_is_not_dead_if_one_example_wakes_it() -> None:
    network = build_network([1, 1, 1], initializer="identity")
    asleep = -np.ones((50, 1))
    assert dead_units(network, asleep)[0].all()
    awake = asleep.copy()
    awake[17] = 1
    assert not dead_units(network, awake)[0].any()


@pytest.mark.parametrize("probe", [dead_units, active_share, active_share_by_unit, saturation])
@pytest.mark.parametrize("layer", [0, 1])
def test_what_has_diverged_is_not_probed(probe, layer: int) -> None:
    network, _ = some_trace([4], 2, 0, "sigmoid")
    network.layers[layer].weights[1, 0, 0] = np.nan
    trace = forward(network, np.ones((5, 3)))
    with pytest.raises(DivergedError, match=f"Layer {layer + 1} of 2 .* has diverged.*network.run"):
        probe(trace)
    assert len(probe(forward(network.run(0), np.ones((5, 3))))) == 1


def test_dead_on_which_examples_has_to_be_said() -> None:
    with pytest.raises(CourseError, match=r"dead_units\(network, x\)"):
        dead_units(build_network([2, 3, 1]))


# -------------------------------------------------------------------------------- linear regions


def patterns_on_grid(network: Network, start, end, points: int = 20_001) -> np.ndarray:
    """Return where the pattern of positive hidden units changes, to the width of the grid."""
    at = np.linspace(0, 1, points)
    trace = forward(network, start + at[:, None] * (end - start))
    on = np.concatenate([z > 0 for z in trace.pre_activations[:-1]], axis=1)
    return at[1:][(on[1:] != on[:-1]).any(axis=1)]


@settings(max_examples=40)
@given(
    hidden=st.lists(st.integers(1, 6), min_size=1, max_size=3),
    activation=st.sampled_from(["relu", "leaky_relu"]),
    seed=SEEDS,
)
def test_boundaries_agree_with_a_fine_grid(hidden, activation, seed) -> None:
    rng = RNG(seed)
    network = build_network([2, *hidden, 1], activation, rng=rng, bias_initializer="normal")
    start, end = rng.standard_normal((2, 2)) * 3
    exact = linear_region_boundaries(network, start, end)
    grid = patterns_on_grid(network, start, end)
    width = 1 / 20_000
    # Each change on the grid has an exact boundary in its cell; each boundary changes the grid,
    # except where two of them fall into one cell.
    for place in grid:
        assert np.any((exact > place - width - 1e-9) & (exact < place + 1e-9))
    for place in exact:
        near = np.abs(exact - place) < 2 * width
        assert near.sum() > 1 or np.any(np.abs(grid - place) < 2 * width)


@settings(max_examples=40)
@given(hidden=HIDDEN, seed=SEEDS)
def test_between_boundaries_the_network_is_a_straight_line(hidden, seed) -> None:
    rng = RNG(seed)
    network = build_network([2, *hidden, 1], rng=rng, bias_initializer="normal")
    start, end = rng.standard_normal((2, 2)) * 3
    nodes = np.concatenate([[0], linear_region_boundaries(network, start, end), [1]])
    for left, right in itertools.pairwise(nodes):
        at = np.array([[left], [(left + right) / 2], [right]])
        low, middle, high = forward(network, start + at * (end - start)).outputs
        np.testing.assert_allclose(middle, (low + high) / 2, atol=1e-9)


def test_kinks_are_found_where_they_were_put() -> None:
    places = np.array([0.2, 0.35, 0.9])
    first = Layer(np.ones((1, 3)), -places, get_activation("relu"))
    last = Layer(np.ones((3, 1)), np.zeros(1), get_activation("linear"))
    network = Network([first, last])
    start, end = np.zeros(1), np.ones(1)
    np.testing.assert_allclose(linear_region_boundaries(network, start, end), places)
    assert count_linear_regions_on_line(network, start, end) == 4
    assert count_linear_regions_on_line(network, np.full(1, 0.3), np.full(1, 0.8)) == 2


def test_a_unit_that_is_zero_all_along_adds_no_boundary() -> None:
    # Left of 0 the first layer gives nothing, so the second one's pre-activation is exactly 0.
    network = build_network([1, 1, 1, 1], initializer="identity")
    np.testing.assert_allclose(linear_region_boundaries(network, [-1.0], [1.0]), [0.5])
    assert count_linear_regions_on_line(network, [-3.0], [-1.0]) == 1


@given(hidden=HIDDEN, seed=SEEDS)
def test_linear_layers_have_one_region(hidden, seed) -> None:
    network = build_network([2, *hidden, 1], "linear", rng=RNG(seed), bias_initializer="normal")
    assert count_linear_regions_on_line(network, np.full(2, -9.0), np.full(2, 9.0)) == 1


def test_regions_of_many_runs() -> None:
    network = build_network([2, 9, 1], rng=[RNG(0), RNG(1), RNG(2)], bias_initializer="normal")
    start, end = np.full(2, -5.0), np.full(2, 5.0)
    counts = count_linear_regions_on_line(network, start, end)
    alone = [count_linear_regions_on_line(network.run(run), start, end) for run in range(3)]
    assert counts.tolist() == alone
    with pytest.raises(ShapeError, match=r"has 3 runs.*network\.run\(0\)"):
        linear_region_boundaries(network, start, end)


@pytest.mark.parametrize("name", [n for n in activation_names() if n not in PIECEWISE_LINEAR])
def test_only_straight_pieces_are_counted(name: str) -> None:
    network = build_network([2, 3, 1], name, rng=RNG(0))
    with pytest.raises(CourseError, match=r"Hidden layer 1 .* which bends everywhere"):
        count_linear_regions_on_line(network, np.zeros(2), np.ones(2))


# ---------------------------------------------------------------------------- numerical gradient


def test_the_gradient_of_a_parabola() -> None:
    network = build_network([1, 1], initializer="identity")
    gradients = numerical_gradient(network, np.array([[2.0]]), np.array([[5.0]]), squared_error)
    # (2w + b - 5)^2 at w = 1, b = 0 has the slopes 4 (2 - 5) and 2 (2 - 5).
    assert gradients.weights[0].item() == pytest.approx(-12)
    assert gradients.biases[0].item() == pytest.approx(-6)
    assert network.layers[0].weights.item() == 1


def test_differences_of_float32_are_refused() -> None:
    network = build_network([1, 1], rng=RNG(0), dtype=np.float32)
    with pytest.raises(CourseError, match=r"computes in float32.*dtype=np.float64"):
        numerical_gradient(network, np.ones((1, 1)), np.ones((1, 1)), squared_error)


def test_differences_of_many_runs_are_refused() -> None:
    network = build_network([1, 1], rng=[RNG(0), RNG(1)])
    with pytest.raises(ShapeError, match="has 2 runs"):
        numerical_gradient(network, np.ones((1, 1)), np.ones((1, 1)), squared_error)
