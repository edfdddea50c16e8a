"""What chapter 03 writes out by hand is what the helpers compute, and its exact facts are exact."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from helpers.activations import activation_names, get_activation
from helpers.network import backward, build_network, forward, predict
from helpers.settings import rngs
from helpers.training import Momentum, Sgd, softmax_cross_entropy, train

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "03-activations.ipynb"
BEFORE = """\
import numpy as np
from dataclasses import replace
from helpers import figures
from helpers.activations import get_activation
from helpers.network import Layer, Network, forward, predict
from helpers.settings import rng, rngs
relu = get_activation("relu")
z = np.stack([each.normal(size=10_000) for each in rngs(20)])
"""
CELLS = (
    "rectified",
    "second-differences",
    "rosenblatt",
    "twelve-functions",
    "explorer-tables",
    "turned",
    "mirrored",
    "layer-recovery",
    "hand-built",
)
SIGNS = [(1, 1), (1, -1), (-1, 1), (-1, -1)]


@pytest.fixture(scope="module")
def cells() -> dict[str, str]:
    """The sources of the chapter's cells by their names."""
    return {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}


@pytest.fixture(scope="module")
def chapter(cells: dict[str, str]) -> SimpleNamespace:
    """The names that the chapter's own cells define, without TensorFlow."""
    names: dict[str, object] = {}
    exec(BEFORE, names)
    for ident in CELLS:
        exec(compile(cells[ident], ident, "exec"), names)
    return SimpleNamespace(**names)


# --- The lost program -----------------------------------------------------------------------------


def test_the_if_statement_is_relu(chapter: SimpleNamespace) -> None:
    inputs = np.concatenate([np.arange(-10.0, 11), chapter.z[0], [np.inf, -np.inf, -0.0]])
    assert np.array_equal([chapter.rectified(x) for x in inputs], get_activation("relu")(inputs))


def test_the_if_statement_swallows_what_is_not_a_number(chapter: SimpleNamespace) -> None:
    assert chapter.rectified(float("nan")) == 0.0
    assert np.isnan(get_activation("relu")(np.nan))


def test_only_the_corner_of_relu_bends(chapter: SimpleNamespace) -> None:
    bends = chapter.second_difference(get_activation("relu"), np.arange(-9.0, 10.0))
    assert bends.tolist() == [0.0] * 9 + [1.0] + [0.0] * 9


def test_rosenblatt_s_rule_learns_without_a_slope(chapter: SimpleNamespace) -> None:
    for generator in rngs(5):
        points, labels = chapter.separable_points(generator)
        weights = chapter.perceptron(points, labels)
        assert np.array_equal(points @ weights > 0, labels == 1)


# --- The twelve -----------------------------------------------------------------------------------


def test_the_chapter_shows_every_activation_of_the_course(chapter: SimpleNamespace) -> None:
    assert set(chapter.twelve) == {*activation_names(), "prelu"}
    assert len(chapter.twelve) == 12


def test_the_formulas_in_the_tables_are_those_of_the_helpers(cells: dict[str, str]) -> None:
    tables = "".join(source for ident, source in cells.items() if ident.startswith("family-"))
    for name in activation_names():
        activation = get_activation(name)
        for formula in (activation.formula, activation.derivative_formula):
            assert f"${formula}$" in tables, (name, formula)


def test_the_explorer_draws_the_helpers_functions(chapter: SimpleNamespace) -> None:
    assert chapter.grid[100] == 0
    assert np.allclose(np.diff(chapter.grid), 0.05)
    for activation in chapter.twelve.values():
        table = chapter.described(activation)
        assert np.abs(table["values"] - activation(chapter.grid)).max() < 1e-5
        assert np.abs(table["slopes"] - activation.derivative(chapter.grid)).max() < 1e-8
        assert re.fullmatch(r"between [−∞\d.]+ and [−∞\d.]+", table["range"])


# --- The silent half ------------------------------------------------------------------------------


def test_a_pair_gives_back_every_number(chapter: SimpleNamespace) -> None:
    relu = get_activation("relu")
    for numbers in (chapter.z, chapter.z.astype(np.float32)):
        assert np.array_equal(relu(numbers) - relu(-numbers), numbers)
        assert np.array_equal(relu(numbers) + relu(-numbers), np.abs(numbers))


def test_twice_the_inputs_less_one_unit_is_an_even_chance(chapter: SimpleNamespace) -> None:
    for n_in in (2, 4):
        shares = [chapter.recovered(2 * n_in - 1, each, n_in=n_in) for each in rngs(40)]
        assert abs(np.mean(shares) - 0.5) < 0.1


# --- The looking-glass ----------------------------------------------------------------------------


@pytest.mark.parametrize(("s", "t"), SIGNS)
def test_a_turned_relu_has_the_slope_of_its_values(
    chapter: SimpleNamespace, s: int, t: int
) -> None:
    function, places, h = chapter.turned(s, t), np.array([-2.0, -0.5, 0.5, 2.0]), 1e-6
    slopes = (function(places + h) - function(places - h)) / (2 * h)
    assert np.allclose(function.derivative(places), slopes)


@pytest.mark.parametrize(("s", "t"), SIGNS)
def test_a_mirrored_network_has_the_same_outputs_and_mirrored_gradients(
    chapter: SimpleNamespace, s: int, t: int
) -> None:
    network = build_network([3, 8, 8, 2], "relu", "he", rng=rngs(1)[0], bias_initializer="normal")
    mirror = chapter.mirrored(network, s, t)
    x, labels = rngs(2)[1].normal(size=(30, 3)), np.arange(30) % 2
    traces = forward(network, x), forward(mirror, x)
    assert np.array_equal(traces[0].outputs, traces[1].outputs)
    ours, theirs = (
        backward(net, trace, softmax_cross_entropy(trace.outputs, labels)[1]).parameters()
        for net, trace in zip((network, mirror), traces, strict=True)
    )
    flips = [t, t, s * t, t, s, 1]
    for flip, one, other in zip(flips, ours, theirs, strict=True):
        assert np.array_equal(flip * one, other)


@pytest.mark.parametrize("optimiser", [Sgd, Momentum])
def test_mirrored_networks_train_in_step_to_the_last_bit(
    chapter: SimpleNamespace, optimiser: type
) -> None:
    x, labels = rngs(2)[1].normal(size=(30, 3)), np.arange(30) % 2
    network = build_network([3, 8, 8, 2], "relu", "he", bias=0.1, rng=rngs(3))
    mirror = chapter.mirrored(network, -1, -1)
    losses = [
        train(net, x, labels, optimiser=optimiser(0.1), epochs=40).loss for net in (network, mirror)
    ]
    assert np.array_equal(*losses)
    for one, other in zip(network.parameters(), mirror.parameters(), strict=True):
        assert np.array_equal(np.abs(one), np.abs(other))


def test_the_sigmoid_exercise_is_right() -> None:
    network = build_network([3, 6, 2], "sigmoid", "xavier", rng=rngs(1)[0], bias=0.3)
    flipped = network.copy()
    flipped.layers[0].weights *= -1
    flipped.layers[0].biases *= -1
    x = rngs(2)[1].normal(size=(20, 3))
    hidden = 1 - forward(flipped, x).activations[0]  # this is sigmoid(-z)
    out = hidden @ flipped.layers[1].weights + flipped.layers[1].biases
    assert np.allclose(out, predict(network, x))


# --- The sine -------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [3, 9, 24])
def test_the_hand_built_sine_meets_the_sine_and_keeps_the_bound(
    chapter: SimpleNamespace, count: int
) -> None:
    relu = get_activation("relu")
    corners, weights = chapter.hand_built(count)
    x = np.linspace(0, 2 * np.pi, 20 * count + 1)
    total = relu(x[:, None] - corners) @ weights
    assert np.abs(total - np.sin(x))[::20].max() < 1e-12
    assert np.abs(total - np.sin(x)).max() <= np.pi**2 / (2 * count**2) + 1e-12


def test_one_or_two_relus_give_a_level_line(chapter: SimpleNamespace) -> None:
    for count in (1, 2):
        assert np.abs(chapter.hand_built(count)[1]).max() < 1e-12


def test_the_hat_of_the_exercise_is_a_hat() -> None:
    relu = get_activation("relu")
    x = np.array([-1.0, 0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 9.0])
    hat = relu(x - 1) - 2 * relu(x - 2) + relu(x - 3)
    assert hat.tolist() == [0, 0, 0, 0.5, 1, 0.5, 0, 0]
