"""The probes on networks whose insides are known, and against slow and plain counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import CourseError, DivergedError
from helpers.network import backward, build_network, forward
from helpers.probes import (
    active_share,
    active_share_by_example,
    active_share_by_unit,
    dead_units,
    saturation,
    signal_sizes,
)
from helpers.training import softmax_cross_entropy

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
def test_sizes_are_root_mean_squares(hidden, runs, seed) -> None:
    network, trace = some_trace(hidden, runs, seed)
    x, y = trace.inputs, np.arange(7) % 2
    gradients = backward(network, trace, softmax_cross_entropy(trace.outputs, y)[1])
    for sizes, arrays in zip(
        signal_sizes(network, x, y),
        (trace.activations, gradients.pre_activations, gradients.weights),
        strict=True,
    ):
        assert sizes.shape == (len(hidden),) + ((runs,) if runs else ())
        expected = [np.sqrt((array**2).mean(axis=(-2, -1))) for array in arrays[:-1]]
        np.testing.assert_array_equal(sizes, expected)


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
    with pytest.raises(DivergedError, match=f"Layer {layer + 1} of 2 .* has diverged.*network.~"):
        probe(trace)
    assert len(probe(forward(network[0], np.ones((5, 3))))) == 1


def test_dead_on_which_examples_has_to_be_said() -> None:
    with pytest.raises(CourseError, match=r"dead_units\(network, x\)"):
        dead_units(build_network([2, 3, 1]))
