"""Linear layers fold into one, at any depth and width, and nothing else does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.activations import activation_names
from helpers.errors import CourseError, ShapeError
from helpers.folding import fold, relative_error
from helpers.network import build_network

SIZES = st.lists(st.integers(1, 20), min_size=2, max_size=9)
SEEDS = st.integers(0, 10_000)
RNG = np.random.default_rng


@given(sizes=SIZES, last=st.sampled_from(activation_names()), seed=SEEDS)
def test_folding_equals_forward(sizes, last, seed) -> None:
    rng = RNG(seed)
    network = build_network(
        sizes, "linear", rng=rng, output_activation=last, bias_initializer="normal"
    )
    x = rng.standard_normal((5, sizes[0]))
    layer = fold(network)
    assert layer.weights.shape == (sizes[0], sizes[-1])
    assert layer.activation == network.layers[-1].activation
    expected = network(x)
    if last != "step":  # a step may fall on the other side by rounding alone
        np.testing.assert_allclose(layer(x), expected, rtol=1e-8, atol=1e-8)


@given(sizes=SIZES, runs=st.integers(1, 4), seed=SEEDS)
def test_many_runs_fold_at_once(sizes, runs, seed) -> None:
    rngs = [RNG(seed + run) for run in range(runs)]
    network = build_network(sizes, "linear", rng=rngs, bias_initializer="normal")
    together = fold(network)
    for run in range(runs):
        alone = fold(network[run])
        np.testing.assert_allclose(together.weights[run], alone.weights, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(together.biases[run], alone.biases, rtol=1e-9, atol=1e-9)


def test_the_rank_is_that_of_the_narrowest_layer() -> None:
    network = build_network([10, 8, 2, 9, 6], "linear", rng=RNG(0))
    assert np.linalg.matrix_rank(fold(network).weights) == 2


def test_a_float32_network_is_folded_in_float64() -> None:
    network = build_network([6, 7, 3], "linear", rng=RNG(0), dtype=np.float32)
    layer = fold(network)
    assert layer.weights.dtype == layer.biases.dtype == np.float64


@pytest.mark.parametrize("name", [name for name in activation_names() if name != "linear"])
def test_a_hidden_activation_is_refused(name: str) -> None:
    network = build_network([3, 4, 5, 2], "linear", rng=RNG(0))
    bent = build_network([3, 4, 5, 2], name, rng=RNG(0)).layers[1].activation
    network.layers[1].activation = bent
    with pytest.raises(CourseError, match="Hidden layer 2 has the activation") as caught:
        fold(network)
    assert bent.label in str(caught.value)
    assert "Only linear hidden layers can be folded" in str(caught.value)


@given(seed=SEEDS, size=st.floats(1e-6, 10))
def test_relative_error_is_the_share_that_was_added(seed, size) -> None:
    exact = RNG(seed).standard_normal((3, 4))
    assert relative_error((1 + size) * exact, exact) == pytest.approx(size, rel=1e-6)


def test_relative_error_at_the_edges() -> None:
    zeros, ones = np.zeros(3), np.ones(3)
    assert relative_error(zeros, zeros) == 0
    assert relative_error(ones, zeros) == np.inf
    huge = np.full(1000, 1e30, np.float32)  # the squares overflow in float32
    assert relative_error(huge * 2, huge) == pytest.approx(1)
    with pytest.raises(ShapeError, match=r"Cannot compare \(3,\) with \(2,\)"):
        relative_error(ones, np.ones(2))
