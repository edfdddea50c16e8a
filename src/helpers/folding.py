r"""The collapse of linear layers into one affine map.

With rows as examples, two layers without activation give
:math:`(xW_1 + b_1)W_2 + b_2 = x(W_1 W_2) + (b_1 W_2 + b_2)`: one layer. So do any number of them.
"""

from collections.abc import Sequence

import numpy as np

from helpers.errors import CourseError, ShapeError
from helpers.network import Layer, Network


def fold_affine(
    weights: Sequence[np.ndarray], biases: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Fold affine maps, applied one after the other, into one; in float64.

    Parameters
    ----------
    weights
        Arrays (n_in, n_out), each with as many inputs as the one before has outputs; an axis
        `runs` may come first.
    biases
        Arrays (n_out,), or (runs, n_out).

    Returns
    -------
    weights, biases
        Of the one map: (first n_in, last n_out) and (last n_out,), with `runs` first if given.

    Raises
    ------
    ShapeError
        If there are none, or they do not go with each other.
    """
    if len(weights) != len(biases) or not len(weights):
        raise ShapeError(
            f"There are {len(weights)} weight matrices and {len(biases)} biases. Give one bias "
            "vector for each matrix, and at least one of each."
        )
    # copies, so that the fold of a single layer does not change when that layer is trained further
    folded_weights = np.array(weights[0], np.float64)
    folded_biases = np.array(biases[0], np.float64)
    for number, (W, b) in enumerate(zip(weights[1:], biases[1:], strict=True), start=2):
        if folded_weights.shape[-1] != np.shape(W)[-2]:
            raise ShapeError(
                f"Map {number} takes {np.shape(W)[-2]} inputs, but the one before it gives "
                f"{folded_weights.shape[-1]}. They must be equal."
            )
        W, b = np.asarray(W, np.float64), np.asarray(b, np.float64)
        folded_weights = folded_weights @ W
        folded_biases = (folded_biases[..., None, :] @ W)[..., 0, :] + b
    return folded_weights, folded_biases


def fold(network: Network) -> Layer:
    """Fold a network whose hidden layers are linear into one layer, in float64.

    The layer keeps the activation of the network's last layer, which need not be linear.

    Raises
    ------
    CourseError
        If a hidden layer has an activation, naming the layer.
    """
    for number, layer in enumerate(network.layers[:-1], start=1):
        if layer.activation.name != "linear":
            raise CourseError(
                f"Hidden layer {number} has the activation {layer.activation.label}, so the "
                "network is not one affine map. Only linear hidden layers can be folded."
            )
    weights, biases = fold_affine(
        [layer.weights for layer in network.layers], [layer.biases for layer in network.layers]
    )
    return Layer(weights, biases, network.layers[-1].activation)


def relative_error(approximate: np.ndarray, exact: np.ndarray) -> float:
    r"""Return :math:`\lVert a - e \rVert / \lVert e \rVert`, with norms over all entries.

    The norms are computed in float64: in float32 the squares of large outputs overflow.

    Raises
    ------
    ShapeError
        If the two differ in shape.
    """
    approximate, exact = np.asarray(approximate, np.float64), np.asarray(exact, np.float64)
    if approximate.shape != exact.shape:
        raise ShapeError(
            f"Cannot compare {approximate.shape} with {exact.shape}. Give arrays of one shape."
        )
    difference, size = np.linalg.norm(approximate - exact), np.linalg.norm(exact)
    if difference == 0:
        return 0.0
    return float(difference / size) if size > 0 else float("inf")
