"""The figure of the first page: a straight line that folds as the activation bends.

The directive ``{line-to-relu}`` trains small networks on two spirals while the book is built: one
for each slope of the activation's negative side, from the identity (slope 1) to ReLU (slope 0), all
from the same start. ``line-to-relu.js`` shows them. So that nobody has to trust one start, the two
ends are trained from several others, and the caption says how all of them fared.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from docutils import nodes
from matplotlib.figure import Figure
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from helpers.activations import Activation, get_activation
from helpers.data import spirals
from helpers.figures import decision_regions, new_figure
from helpers.network import Network, build_network
from helpers.settings import rng, rngs
from helpers.training import Adam, accuracy, train
from helpers.widgets import browser_figure

SLOPES = np.round(np.linspace(1, 0, 41), 3)
STARTS = 10
SIZES = [2, 10, 10, 2]
LIMIT = 1.2  # the plane reaches so far from its middle, each way


def bent(slopes: np.ndarray) -> Activation:
    """Return the activation whose negative side has a slope of its own in each run."""
    slope = slopes.astype(np.float32)[:, None, None]
    return Activation(
        "bent",
        "Bent",
        lambda z: np.where(z > 0, z, slope * z),
        lambda z: np.where(z > 0, np.float32(1), slope),
        (-np.inf, np.inf),
        "The identity, bent at zero.",
    )


def trained(
    slopes: np.ndarray, starts: list[np.random.Generator]
) -> tuple[Network, np.ndarray, np.ndarray]:
    """Train a network for each slope and start, and return them with their points and labels."""
    x, y = spirals(60, noise=0.03, rng=rng())
    networks = build_network(SIZES, bent(slopes), rng=starts, dtype=np.float32)
    train(networks, x, y, optimiser=Adam(0.02), epochs=200)
    return networks, x, y


@cache
def family() -> tuple[Network, np.ndarray, np.ndarray]:
    """Return one network for each slope, all from the first start."""
    return trained(SLOPES, [rngs(1)[0] for _ in SLOPES])


@cache
def both_ends() -> tuple[np.ndarray, np.ndarray]:
    """Return the shares of points right, without a bend and with ReLU, one for each start."""
    slopes = np.repeat([1.0, 0.0], STARTS)
    networks, x, y = trained(slopes, rngs(STARTS) + rngs(STARTS))
    line, relu = np.split(accuracy(networks, x, y), 2)
    return line, relu


def parameters() -> dict[str, Any]:
    """Return what the figure starts from; the two outputs are one, their difference."""
    networks, x, y = family()
    sent = []
    for network in networks:
        *hidden, (weights, biases) = [(layer.weights, layer.biases) for layer in network.layers]
        layers = [*hidden, (weights[:, 1:] - weights[:, :1], biases[1:] - biases[:1])]
        sent.append(
            {
                name: [short(layer[i]) for layer in layers]
                for i, name in enumerate(("weights", "biases"))
            }
        )
    return {
        "slopes": SLOPES,
        "networks": sent,
        "points": short(x),
        "labels": y,
        "limit": LIMIT,
    }


def short(numbers: np.ndarray) -> list[Any]:
    """Return numbers with so many digits that no point changes sides."""
    return np.round(numbers.astype(float), 4).tolist()


def fallback() -> Figure:
    """Draw the two ends side by side, for readers without JavaScript."""
    networks, x, y = family()
    figure, axes = new_figure(1, 2, height=3.4)
    for ax, run, name in zip(axes, (0, -1), ("linear", "relu"), strict=True):
        network, activation = networks[run], get_activation(name)
        for layer in network.layers[:-1]:
            layer.activation = activation
        decision_regions(ax, network, x, y, limits=(-LIMIT, LIMIT, -LIMIT, LIMIT))
        ax.set_title(activation.label)
    return figure


def right(shares: np.ndarray, total: int) -> str:
    """Say how many of all points are right: the smallest and the largest count, or the only one."""
    counts = sorted({round(share * total) for share in shares.tolist()})
    return " to ".join(map(str, [counts[0], *counts[1:][-1:]])) + f" of {total} points"


def words() -> tuple[str, str]:
    """Return what the figure shows, for who cannot see it, and its caption."""
    (line, relu), total = both_ends(), len(family()[2])
    alt = (
        "Two spirals of points, and the border that a small trained network draws between them. "
        f"Without a bend in its activation the border is a straight line, with "
        f"{right(line[:1], total)} on the right side of it; with ReLU it folds around the spirals, "
        f"with {right(relu[:1], total)} on the right side. A slider bends the activation."
    )
    caption = (
        f"{len(SLOPES)} networks with two hidden layers of {SIZES[1]} units, each trained anew at "
        "its slope, all from the same start, while this page was built. "
        f"From {STARTS} different starts a network without a bend gets {right(line, total)} right, "
        f"and a ReLU network {right(relu, total)}."
    )
    return alt, caption


class LineToRelu(SphinxDirective):
    """The figure and its caption."""

    def run(self) -> list[nodes.Node]:
        """Return the figure, which works without a kernel, and the caption."""
        alt, caption = words()
        figure = browser_figure("line-to-relu", parameters(), alt=alt, fallback=fallback())
        return [
            nodes.raw("", figure.html, format="html"),
            nodes.paragraph(caption, caption, classes=["figure-note"]),
        ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive with Sphinx."""
    app.add_directive("line-to-relu", LineToRelu)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
