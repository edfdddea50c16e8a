r"""What goes on inside a network: sizes of signals, saturation, sparsity, dead units, pieces.

The probes look at hidden layers unless they say otherwise. With an axis `runs`, each result has it
too. A network whose numbers are no longer finite is refused as diverged: comparing NaN with zero
would report it as full of dead units.
"""

from collections.abc import Callable

import numpy as np

from helpers.activations import Activation, get_activation
from helpers.errors import CourseError, DivergedError, ShapeError
from helpers.network import Gradients, Layer, Network, Trace, forward, predict

Loss = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

PIECEWISE_LINEAR = ("linear", "relu", "leaky_relu")
SAME_POINT = 1e-12  # two kinks nearer than this, on a line of length 1, differ by rounding only


def activation_norms(trace: Trace) -> np.ndarray:
    """Return the Frobenius norm of each layer's activations: (layers,) or (layers, runs).

    Computed in float64, where the squares of large float32 numbers do not overflow.
    """
    return np.array([_norm(h) for h in trace.activations])


def gradient_norms(gradients: Gradients) -> np.ndarray:
    """Return the Frobenius norm of each layer's pre-activation gradients: (layers,) or with runs.

    These show whether the error signal fades on its way back. The gradients of the weights can hide
    it, because they also hold the size of the layer's inputs.
    """
    return np.array([_norm(delta) for delta in gradients.pre_activations])


def saturation(
    trace: Trace, activation: str | Activation = "sigmoid", margin: float = 0.025
) -> np.ndarray:
    """Return the share of each hidden layer's activations that are near an end of their range.

    Parameters
    ----------
    activation
        What the hidden layers use; it must be bounded on both sides.
    margin
        How near, as a share of the range: 0.025 means outside 0.025 to 0.975 for a sigmoid, and
        beyond 0.95 either way for tanh.

    Returns
    -------
    share
        From 0 to 1: (hidden layers,) or (hidden layers, runs).

    Raises
    ------
    CourseError
        If the activation's range has no ends.
    """
    activation = get_activation(activation)
    low, high = activation.output_range
    if not np.isfinite([low, high]).all():
        raise CourseError(
            f"{activation.label} has the range {low:g} to {high:g}, so it does not saturate on "
            "both sides. Use active_share to count a rectifier's zeros."
        )
    near = margin * (high - low)
    return np.array(
        [((h < low + near) | (h > high - near)).mean(axis=(-2, -1)) for h in _hidden(trace)]
    )


def active_share(trace: Trace) -> np.ndarray:
    """Return the share of each hidden layer's activations that are not zero.

    Returns
    -------
    share
        From 0 to 1: (hidden layers,) or (hidden layers, runs).
    """
    return np.array([(h != 0).mean(axis=(-2, -1)) for h in _hidden(trace)])


def active_share_by_unit(trace: Trace) -> list[np.ndarray]:
    """Return, for each hidden layer, the share of examples on which each unit is not zero.

    Returns
    -------
    shares
        For each hidden layer (units,) or (runs, units).
    """
    return [(h != 0).mean(axis=-2) for h in _hidden(trace)]


def active_share_by_example(trace: Trace) -> list[np.ndarray]:
    """Return, for each hidden layer, the share of its units that are not zero on each example.

    Returns
    -------
    shares
        For each hidden layer (batch,) or (runs, batch).
    """
    return [(h != 0).mean(axis=-1) for h in _hidden(trace)]


def dead_units(source: Network | Trace, x: np.ndarray | None = None) -> list[np.ndarray]:
    """Return, for each hidden layer, which units are zero on every single example.

    Parameters
    ----------
    source
        A network, or the trace of one that has already seen the examples.
    x
        With a network: the examples, best the whole training set.

    Returns
    -------
    dead
        For each hidden layer, booleans (units,) or (runs, units).

    Raises
    ------
    DivergedError
        If an activation or output is not finite: then nothing can be said about the units.
    """
    if isinstance(source, Network):
        if x is None:
            raise CourseError("Dead on which examples? Give them: dead_units(network, x).")
        source = forward(source, x)
    return [(h == 0).all(axis=-2) for h in _hidden(source)]


def linear_region_boundaries(network: Network, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return where the network's slope changes on the way from `start` to `end`.

    A boundary is where a hidden unit's pre-activation changes its sign. They are found exactly,
    layer by layer: between two boundaries of the layers below, every pre-activation is a straight
    line, so where it crosses zero follows from its values at both ends.

    Parameters
    ----------
    network
        A single network with piecewise linear hidden layers.
    start, end
        Points (n_in,).

    Returns
    -------
    boundaries
        How far along the way, between 0 and 1, in order: (boundaries,).

    Raises
    ------
    CourseError
        If a hidden layer's activation is not piecewise linear.
    ShapeError
        If the network has runs, or the points do not go with it.
    """
    if network.runs is not None:
        raise ShapeError(f"The network has {network.runs} runs. Take one of them: network.run(0).")
    for number, layer in enumerate(network.layers[:-1], start=1):
        if layer.activation.name not in PIECEWISE_LINEAR:
            raise CourseError(
                f"Hidden layer {number} has the activation {layer.activation.label}, which bends "
                f"everywhere. Only {', '.join(PIECEWISE_LINEAR)} have straight pieces to count."
            )
    network = _in_float64(network)
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    at = np.array([0.0, 1.0])
    for index, layer in enumerate(network.layers[:-1]):
        points = start + at[:, None] * (end - start)
        z = forward(network, points).pre_activations[index]
        if layer.activation.name == "linear":
            continue
        before, after = z[:-1], z[1:]
        piece, unit = np.nonzero(np.sign(before) * np.sign(after) < 0)
        share = before[piece, unit] / (before - after)[piece, unit]
        at = np.sort(np.append(at, at[piece] + share * np.diff(at)[piece]))
        at = at[np.append(True, np.diff(at) > SAME_POINT)]
    return at[1:-1]


def count_linear_regions_on_line(
    network: Network, start: np.ndarray, end: np.ndarray
) -> int | np.ndarray:
    """Return how many linear regions (activation patterns) the way from `start` to `end` crosses.

    The count is exact, not from a grid; see `linear_region_boundaries`. Hanin & Rolnick 2019
    (arXiv:1906.00904) find about as many as there are units, at any depth.

    Returns
    -------
    count
        1 or more; for a network with runs, an array (runs,).
    """
    if network.runs is None:
        return len(linear_region_boundaries(network, start, end)) + 1
    return np.array(
        [
            count_linear_regions_on_line(network.run(index), start, end)
            for index in range(network.runs)
        ]
    )


def numerical_gradient(
    network: Network, x: np.ndarray, y: np.ndarray, loss: Loss, step: float = 1e-5
) -> Gradients:
    """Return the gradient of the loss by central differences: change each weight a little, twice.

    Slow and sure: what `backward` computes must agree with it, away from kinks.

    Parameters
    ----------
    network
        A single network in float64; it is left as it was.
    x, y
        What `loss` is computed on: inputs, and labels or targets.
    step
        How much each weight is changed, up and down. The error is of the order of its square.

    Returns
    -------
    Gradients
        Its `weights` and `biases`; the rest is empty.

    Raises
    ------
    CourseError
        If the network is not in float64: differences of float32 numbers are mostly rounding.
    """
    if network.dtype != np.float64:
        raise CourseError(
            f"The network computes in {network.dtype}. Build it with dtype=np.float64: smaller "
            "types lose the difference in rounding."
        )
    if network.runs is not None:
        raise ShapeError(f"The network has {network.runs} runs. Take one of them: network.run(0).")
    network = network.copy()
    gradients = []
    for parameter in network.parameters():
        gradient = np.empty_like(parameter)
        for index in np.ndindex(parameter.shape):
            original = parameter[index]
            parameter[index] = original + step
            above, _ = loss(predict(network, x), y)
            parameter[index] = original - step
            below, _ = loss(predict(network, x), y)
            parameter[index] = original
            gradient[index] = (above - below) / (2 * step)
        gradients.append(gradient)
    return Gradients(weights=gradients[0::2], biases=gradients[1::2])


def _in_float64(network: Network) -> Network:
    """Return a copy that computes in float64."""
    return Network(
        [
            Layer(la.weights.astype(np.float64), la.biases.astype(np.float64), la.activation)
            for la in network.layers
        ]
    )


def _norm(values: np.ndarray) -> np.ndarray:
    """Return the root of the sum of squares over the last two axes, in float64."""
    return np.linalg.norm(values.astype(np.float64, copy=False), axis=(-2, -1))


def _hidden(trace: Trace) -> list[np.ndarray]:
    """Return the hidden layers' activations, if everything is finite, the outputs included."""
    for number, h in enumerate(trace.activations, start=1):
        lost = 1 - np.isfinite(h).mean()
        if lost:
            raise DivergedError(
                f"Layer {number} of {len(trace.activations)} has activations that are not finite "
                f"({lost:.0%} of them), so the network has diverged, or its inputs are not finite. "
                "Check History.diverged and look only at the runs that did not: network.run(i)."
            )
    return trace.activations[:-1]
