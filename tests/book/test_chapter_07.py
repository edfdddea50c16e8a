"""What chapter 07 writes out by hand is what the helpers compute, and its exact facts are exact."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from scipy.stats import norm

from helpers.activations import get_activation
from helpers.initializers import get_initializer
from helpers.network import backward, build_network, forward
from helpers.probes import activation_norms, gradient_norms
from helpers.settings import rng, rngs
from helpers.training import Adam, Momentum, Sgd, softmax_cross_entropy, train

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "07-initialisation.ipynb"
CELLS = (
    "coarse-digits",
    "train-deep",
    "one-layer-function",
    "one-layer-theory",
    "slider-network",
    "failure-constant",
    "failure-schemes",
    "failure-sizes",
    "twins",
    "scale-proof",
)


@pytest.fixture(scope="module")
def chapter() -> SimpleNamespace:
    """The names that the chapter's own cells define."""
    cells = {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    names: dict[str, object] = {}
    for ident in CELLS:
        exec(compile(cells[ident], ident, "exec"), names)
    return SimpleNamespace(**names)


# --- The digits ---------------------------------------------------------------------------------


def test_a_coarse_digit_holds_the_means_of_its_blocks(chapter: SimpleNamespace) -> None:
    pictures = np.arange(2 * 784, dtype=float).reshape(2, 784)
    coarse = chapter.coarse(pictures).reshape(2, 7, 7)
    for row, column in ((0, 0), (3, 5), (6, 6)):
        block = pictures.reshape(2, 28, 28)[:, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
        assert np.allclose(coarse[:, row, column], block.mean(axis=(1, 2)))


def test_the_coarse_training_digits_are_standardised(chapter: SimpleNamespace) -> None:
    assert chapter.x.shape[1] == chapter.test_x.shape[1] == 49
    assert abs(chapter.x.mean()) < 1e-4
    assert abs(chapter.x.std() - 1) < 1e-4


# --- What one layer does to the size ------------------------------------------------------------


@pytest.mark.parametrize("activation", ["linear", "relu"])
@pytest.mark.parametrize("name", ["lecun", "xavier", "he"])
@pytest.mark.parametrize("sizes", [(200, 50), (50, 200), (80, 80)])
def test_the_two_factors_are_those_of_the_derivation(
    chapter: SimpleNamespace, activation: str, name: str, sizes: tuple[int, int]
) -> None:
    case = (activation, name, *sizes)
    measured = np.mean([chapter.one_layer(*case, each) for each in rngs(100)], axis=0)
    assert np.allclose(measured, chapter.predicted(*case), rtol=0.08)


def test_he_keeps_the_size_forward_and_a_linear_layer_wants_half_of_it(
    chapter: SimpleNamespace,
) -> None:
    assert chapter.predicted("relu", "he", 200, 50) == pytest.approx((1.0, 0.25))
    assert chapter.predicted("linear", "lecun", 200, 50) == pytest.approx((1.0, 0.25))
    assert chapter.predicted("relu", "xavier", 200, 50) == pytest.approx((0.8, 0.2))


def test_the_rules_of_the_chapter_are_those_of_the_helpers() -> None:
    variance = {n: get_initializer(n).variance(30, 10) for n in ("lecun", "xavier", "he")}
    assert variance == pytest.approx({"lecun": 1 / 30, "xavier": 2 / 40, "he": 2 / 30})


def test_he_s_weights_are_lecun_s_times_the_root_of_two() -> None:
    he, lecun = (get_initializer(name)(30, 20, rng(1)) for name in ("he", "lecun"))
    assert np.allclose(he, np.sqrt(2) * lecun, rtol=1e-12)


def test_a_gain_multiplies_every_relu_layer_by_its_power(chapter: SimpleNamespace) -> None:
    one, three = (chapter.activations_at(gain, "relu") for gain in (1.0, 3.0))
    for layer, (before, after) in enumerate(zip(one, three, strict=True), start=1):
        assert np.allclose(after, 3.0**layer * before, rtol=1e-9)


def test_sizes_by_layer_are_the_helpers_norms(chapter: SimpleNamespace) -> None:
    values, deltas = chapter.sizes_by_layer("he")
    net = build_network([49, *[100] * 29, 10], "relu", "he", rng=rngs(20))
    trace = forward(net, chapter.x[:50])
    _, gradient = softmax_cross_entropy(trace.outputs, chapter.y[:50])
    gradients = backward(net, trace, gradient)
    assert np.allclose(values, activation_norms(trace)[:-1] / np.sqrt(50 * 100))
    assert np.allclose(deltas, gradient_norms(gradients)[:-1] / np.sqrt(50 * 100))


# --- Symmetry -----------------------------------------------------------------------------------


@pytest.mark.parametrize("optimiser", [Sgd(0.05), Momentum(0.01), Adam(0.003)])
def test_twins_stay_twins_under_every_optimiser(
    chapter: SimpleNamespace, optimiser: Sgd | Momentum | Adam
) -> None:
    net = build_network([49, 6, 10], "relu", "he", rng=rng(2))
    for array in (net.layers[0].weights.T, net.layers[1].weights):
        array[3] = array[1]
    train(net, chapter.x[:200], chapter.y[:200], optimiser=optimiser, epochs=3, batch_size=20)
    incoming, outgoing = net.layers[0].weights.T, net.layers[1].weights
    assert np.allclose(incoming[3], incoming[1], rtol=1e-9, atol=1e-12)
    assert np.allclose(outgoing[3], outgoing[1], rtol=1e-9, atol=1e-12)
    assert not np.allclose(incoming[3], incoming[2], rtol=1e-3)


def test_a_constant_start_sends_no_gradient_back(chapter: SimpleNamespace) -> None:
    _, deltas = chapter.sizes_by_layer(chapter.constant)
    assert deltas.max() < 1e-15


def test_weights_of_zero_send_nothing_anywhere(chapter: SimpleNamespace) -> None:
    assert not chapter.sizes_by_layer("zeros").any()


# --- The bias, and the scale of the inputs ------------------------------------------------------


def test_a_bias_activates_as_many_units_as_the_formula_says() -> None:
    h = rng(3).uniform(size=300)
    weights = rng(4).normal(0, 0.02, (300, 40_000))
    active = (h @ weights + 0.1 > 0).mean()
    assert active == pytest.approx(norm.cdf(0.1 / (0.02 * np.linalg.norm(h))), abs=0.01)


@pytest.mark.parametrize("factor", [0.01, 3.0, 255.0])
def test_scaling_the_inputs_is_scaling_the_first_layer(
    chapter: SimpleNamespace, factor: float
) -> None:
    scaled, plain = (chapter.outputs_after(c) for c in (factor, 1))
    assert np.allclose(scaled, plain, rtol=1e-4, atol=1e-5)


def test_leaky_relu_wants_the_variance_of_exercise_1() -> None:
    slope, n_in = 0.3, 400
    leaky = get_activation("leaky_relu", slope=slope)
    weights = rng(5).normal(0, np.sqrt(2 / ((1 + slope**2) * n_in)), (n_in, 4000))
    h = rng(6).normal(size=(20, n_in))
    assert np.mean(leaky(h @ weights) ** 2) / np.mean(h**2) == pytest.approx(1, abs=0.03)
