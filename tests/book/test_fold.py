"""The figure of the first page shows what the course's own training gives."""

from __future__ import annotations

import fold as folding_figure
import numpy as np
import pytest

from helpers.activations import get_activation
from helpers.folding import fold
from helpers.network import Layer, Network
from helpers.training import accuracy


def at_slope(network: Network, slope: float) -> Network:
    """The network with a slope of its own on the negative side of its hidden units."""
    bent = get_activation("leaky_relu", slope=slope) if slope < 1 else get_activation("linear")
    for layer in network.layers[:-1]:
        layer.activation = bent
    return network


@pytest.fixture(scope="module")
def family() -> tuple[Network, np.ndarray, np.ndarray]:
    return folding_figure.family()


def test_the_ends_are_a_straight_line_and_relu(
    family: tuple[Network, np.ndarray, np.ndarray],
) -> None:
    networks, x, y = family
    assert (folding_figure.SLOPES[0], folding_figure.SLOPES[-1]) == (1, 0)
    right = accuracy(networks, x, y)
    line, relu = at_slope(networks[0], 1), at_slope(networks[-1], 0)
    assert (fold(line)(x).argmax(axis=1) == y).mean() == right[0]
    assert accuracy(relu, x, y) == right[-1]


def test_the_line_folds_from_every_start() -> None:
    line, relu = folding_figure.both_ends()
    assert len(line) == len(relu) == folding_figure.STARTS
    assert line.max() < 0.7
    assert np.median(relu) > 0.95
    assert (relu > line + 0.2).all()


def test_the_numbers_that_are_sent_give_the_same_answers(
    family: tuple[Network, np.ndarray, np.ndarray],
) -> None:
    networks, x, y = family
    sent = folding_figure.parameters()
    right = accuracy(networks, x, y)
    for run, (slope, each) in enumerate(zip(sent["slopes"], sent["networks"], strict=True)):
        layers = zip(map(np.array, each["weights"]), map(np.array, each["biases"]), strict=True)
        network = Network([Layer(*layer, get_activation("linear")) for layer in layers])
        scores = at_slope(network, slope)(np.array(sent["points"]))[:, 0]
        assert ((scores > 0) == (y == 1)).mean() == pytest.approx(right[run], abs=1 / len(y))


def test_the_caption_says_what_was_counted() -> None:
    assert folding_figure.right(np.array([0.5, 0.5]), 120) == "60 of 120 points"
    assert folding_figure.right(np.array([1, 0.5, 0.75]), 120) == "60 to 120 of 120 points"
    line, relu = folding_figure.both_ends()
    _, caption = folding_figure.words()
    for shares in (line, relu):
        assert folding_figure.right(shares, 120) in caption
