r"""The collapse of linear layers into one affine map.

With rows as examples, two layers without activation give
:math:`(xW_1 + b_1)W_2 + b_2 = x(W_1 W_2) + (b_1 W_2 + b_2)`: one layer. So do any number of them.
"""

import numpy as np

from helpers.errors import CourseError, ShapeError
from helpers.network import Layer, Network


def fold(network: Network) -> Layer:
    """Fold a network whose hidden layers are linear into one layer, in float64.

    The layer keeps the activation of the network's last layer, which need not be linear.

    Raises
    ------
    CourseError
        If a hidden layer has an activation, naming the layer.

    Examples
    --------
    >>> from helpers.network import build_network
    >>> deep, x = build_network([4, 9, 9, 2], "linear"), np.ones((5, 4))
    >>> np.allclose(fold(deep)(x), deep(x))
    True
    """
    for number, layer in enumerate(network.layers[:-1], start=1):
        if layer.activation.name != "linear":
            raise CourseError(
                f"Hidden layer {number} has the activation {layer.activation.label}, so the "
                "network is not one affine map. Only linear hidden layers can be folded."
            )
    first, *others = network.astype(np.float64).layers
    weights, biases = first.weights, first.biases[..., None, :]
    for layer in others:
        weights = weights @ layer.weights
        biases = biases @ layer.weights + layer.biases[..., None, :]
    return Layer(weights, biases[..., 0, :], network.layers[-1].activation)


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
