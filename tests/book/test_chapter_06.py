"""What chapter 06 writes out by hand is what the helpers compute, and its exact facts are exact."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from helpers.activations import get_activation
from helpers.initializers import get_initializer
from helpers.network import Gradients, Layer, Network, backward, build_network, forward
from helpers.probes import activation_norms, gradient_norms
from helpers.settings import rng, rngs
from helpers.training import softmax_cross_entropy

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "06-vanishing-gradients.ipynb"
CELLS = (
    "size",
    "sizes-by-layer",
    "factors",
    "disguised",
    "forward-with",
    "backward-with",
    "normalised-theory",
)
SWITCHES = [
    {},
    {"normalise": True},
    {"skip": True},
    {"normalise": True, "skip": True},
]


@pytest.fixture(scope="module")
def cells() -> dict[str, str]:
    """The sources of the chapter's cells by their names."""
    return {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}


@pytest.fixture(scope="module")
def chapter(cells: dict[str, str]) -> SimpleNamespace:
    """The names that the chapter's own cells define."""
    names: dict[str, object] = {"np": np}
    for ident in CELLS:
        source = cells[ident].split("\n\n\nboth = ")[0]  # the functions, without what runs them
        exec(compile(source, ident, "exec"), names)
    return SimpleNamespace(**names)


@pytest.fixture
def task() -> SimpleNamespace:
    """A small batch with its labels."""
    generator = np.random.default_rng(3)
    return SimpleNamespace(x=generator.normal(size=(12, 5)), y=generator.integers(4, size=12))


def small_network(activation: str = "tanh") -> Network:
    return build_network([5, 6, 6, 6, 4], activation, "he", bias=0.1, rng=np.random.default_rng(1))


# --- Sizes ----------------------------------------------------------------------------------------


def test_size_is_a_norm_divided_by_the_root_of_the_count(chapter: SimpleNamespace) -> None:
    h, delta, _ = chapter.sizes_by_layer("relu", "he", depth=3)
    network = build_network([128] * 4 + [10], "relu", "he", rng=rngs(20))
    trace = forward(network, chapter.noise)
    _, output_gradient = softmax_cross_entropy(trace.outputs, chapter.classes)
    gradients = backward(network, trace, output_gradient)
    count = np.sqrt(32 * 128)
    assert np.allclose(h, activation_norms(trace)[:-1].T / count, rtol=1e-12)
    assert np.allclose(delta, gradient_norms(gradients)[:-1].T / count, rtol=1e-12)


def test_the_page_s_network_has_fourteen_layers(cells: dict[str, str]) -> None:
    names: dict[str, object] = {}
    (line,) = [row for row in cells["fourteen-network"].splitlines() if row.startswith("sizes14")]
    exec(line, names)
    sizes = names["sizes14"]
    assert len(sizes) - 1 == 14
    assert sum(n_in * n_out + n_out for n_in, n_out in pairwise(sizes)) == 7_370_762


# --- Theory ---------------------------------------------------------------------------------------


def test_the_factor_of_relu_is_the_gain_over_the_root_of_two(chapter: SimpleNamespace) -> None:
    for name, gain in (("he", np.sqrt(2)), ("xavier", 1.0), ("normal", np.sqrt(128))):
        found = chapter.factors("relu", get_initializer(name))
        assert np.allclose(found, gain / np.sqrt(2), rtol=1e-9)


def test_the_factor_of_a_linear_layer_is_the_gain(chapter: SimpleNamespace) -> None:
    found = chapter.factors("linear", get_initializer("normal", std=0.05), depth=4)
    assert np.allclose(found, 0.05 * np.sqrt(128), rtol=1e-9)


def test_tanh_with_xavier_falls_like_one_over_the_root_of_the_depth(
    chapter: SimpleNamespace,
) -> None:
    kept = np.cumprod(chapter.factors("tanh", get_initializer("xavier"), depth=1000))
    slope = np.log(kept[999] / kept[499]) / np.log(2)
    assert slope == pytest.approx(-0.5, abs=0.01)


def test_a_normalised_layer_has_a_factor_of_at_least_one(chapter: SimpleNamespace) -> None:
    for name in ("sigmoid", "tanh", "relu", "leaky_relu", "softplus", "elu", "selu", "gelu"):
        assert chapter.normalised_factor(name) > 1
    assert chapter.normalised_factor("linear") == pytest.approx(1, abs=1e-9)
    assert chapter.normalised_factor("relu") ** 2 == pytest.approx(np.pi / (np.pi - 1), rel=1e-4)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "linear"])
def test_the_balance_is_a_law(activation: str, task: SimpleNamespace) -> None:
    network = build_network([5, 7, 9, 6, 4], activation, "normal", rng=rng(9))
    trace = forward(network, task.x)
    _, gradient = softmax_cross_entropy(trace.outputs, task.y)
    gradients = backward(network, trace, gradient)
    pairs = zip(network.layers, gradients.weights, strict=True)
    numbers = [float((layer.weights * grad).sum()) for layer, grad in pairs]
    assert np.allclose(numbers, numbers[-1], rtol=1e-9)


# --- Networks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_a_disguised_network_computes_the_same(
    chapter: SimpleNamespace, task: SimpleNamespace, depth: int
) -> None:
    sizes = [5] + [8] * depth + [4]
    network = build_network(sizes, "tanh", "xavier", bias=0.3, rng=rngs(3))
    before = [layer.weights.copy() for layer in network.layers]
    copy = chapter.disguised(network)
    assert {layer.activation.name for layer in copy.layers[:-1]} == {"sigmoid"}
    ours, theirs = forward(copy, task.x).outputs, forward(network, task.x).outputs
    assert np.allclose(ours, theirs, atol=1e-12)
    assert all(np.array_equal(a, b.weights) for a, b in zip(before, network.layers, strict=True))


def test_without_switches_both_passes_are_the_helpers(
    chapter: SimpleNamespace, task: SimpleNamespace
) -> None:
    network = small_network("relu")
    trace, ours = forward(network, task.x), chapter.forward_with(network, task.x)
    assert np.array_equal(ours[-1][-1], trace.outputs)
    _, gradient = softmax_cross_entropy(trace.outputs, task.y)
    theirs, found = (
        backward(network, trace, gradient),
        chapter.backward_with(network, ours, gradient),
    )
    for a, b in zip(found.parameters(), theirs.parameters(), strict=True):
        assert np.array_equal(a, b)
    for a, b in zip(found.pre_activations, theirs.pre_activations, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("switches", SWITCHES, ids=lambda each: "+".join(each) or "plain")
def test_the_gradients_with_switches_are_right(
    chapter: SimpleNamespace, task: SimpleNamespace, switches: dict[str, bool]
) -> None:
    network = small_network()

    def loss() -> float:
        outputs = chapter.forward_with(network, task.x, **switches)[-1][-1]
        return float(softmax_cross_entropy(outputs, task.y)[0])

    trace = chapter.forward_with(network, task.x, **switches)
    _, gradient = softmax_cross_entropy(trace[-1][-1], task.y)
    found = chapter.backward_with(network, trace, gradient, switches.get("skip", False))
    for parameter, ours in zip(network.parameters(), found.parameters(), strict=True):
        for index in list(np.ndindex(parameter.shape))[::5]:
            original = parameter[index]
            parameter[index] = original + 1e-5
            above = loss()
            parameter[index] = original - 1e-5
            below = loss()
            parameter[index] = original
            # the 1e-6 that keeps the spread from zero is left out of the derivative
            assert ours[index] == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-6)


def test_normalisation_takes_the_scale_of_the_weights_out(
    chapter: SimpleNamespace, task: SimpleNamespace
) -> None:
    network = small_network()
    once = chapter.forward_with(network, task.x, normalise=True)[-1][-1]
    for layer in network.layers[:-1]:
        layer.weights *= 10
    again = chapter.forward_with(network, task.x, normalise=True)[-1][-1]
    assert np.allclose(once, again, rtol=1e-4, atol=1e-5)


def test_the_names_the_cells_need_are_the_helpers() -> None:
    assert Gradients([], []).pre_activations == []
    assert get_activation("sigmoid").derivative(np.zeros(1))[0] == 0.25
    assert isinstance(small_network().layers[0], Layer)
