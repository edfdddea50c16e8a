r"""What goes on inside a network: sizes of signals, saturation, sparsity, dead units.

The probes look at hidden layers unless they say otherwise. With an axis `runs`, each result has it
too. A network whose numbers are no longer finite is refused as diverged: comparing NaN with zero
would report it as full of dead units.
"""

from typing import NamedTuple

import numpy as np

from helpers.activations import Activation, get_activation
from helpers.errors import CourseError, DivergedError
from helpers.network import Network, Trace, backward, forward
from helpers.training import Loss, softmax_cross_entropy

MARGIN = 0.025  # how near an end of its range a unit is saturated, as a share of the range


class SignalSizes(NamedTuple):
    """How large the signals are in each hidden layer: (hidden layers,) or (hidden layers, runs).

    They are root mean squares of the activations; of the gradients of the pre-activations, the
    "error signal" on its way back; and of the gradients of the weights. The last can hide that the
    error signal fades, because they also hold the size of the layer's inputs.
    """

    activations: np.ndarray
    gradients: np.ndarray
    weight_gradients: np.ndarray


def size(values: np.ndarray) -> np.ndarray:
    """Return the root mean square over the last two axes: one number, or one for each run."""
    return np.sqrt(np.mean(values**2, axis=(-2, -1)))


def signal_sizes(
    network: Network, x: np.ndarray, y: np.ndarray, loss: Loss = softmax_cross_entropy
) -> SignalSizes:
    """Return the sizes of what passes through the hidden layers, forwards and backwards.

    Parameters
    ----------
    network
        One network, or many at once.
    x, y
        Inputs (batch, n_in), and the labels or targets that `loss` compares the outputs with.
    loss
        Function of (outputs, y) that returns the loss and its gradient.
    """
    trace = forward(network, x)
    _, output_gradient = loss(trace.outputs, y)
    gradients = backward(network, trace, output_gradient, input_gradient=False)
    kinds = (trace.activations, gradients.pre_activations, gradients.weights)
    return SignalSizes(*(np.array([size(layer) for layer in kind[:-1]]) for kind in kinds))


def saturation(trace: Trace, activation: str | Activation = "sigmoid") -> np.ndarray:
    """Return the share of each hidden layer's activations that are near an end of their range.

    Near means outside 0.025 to 0.975 for a sigmoid, and beyond 0.95 either way for tanh.

    Parameters
    ----------
    trace
        What `forward` returned.
    activation
        What the hidden layers use; it must be bounded on both sides.

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
    near = MARGIN * (high - low)
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
    CourseError
        If a network comes without examples.
    """
    if isinstance(source, Network):
        if x is None:
            raise CourseError("Dead on which examples? Give them: dead_units(network, x).")
        source = forward(source, x)
    return [(h == 0).all(axis=-2) for h in _hidden(source)]


def _hidden(trace: Trace) -> list[np.ndarray]:
    """Return the hidden layers' activations, if everything is finite, the outputs included."""
    for number, h in enumerate(trace.activations, start=1):
        lost = 1 - np.isfinite(h).mean()
        if lost:
            raise DivergedError(
                f"Layer {number} of {len(trace.activations)} has activations that are not finite "
                f"({lost:.0%} of them), so the network has diverged, or its inputs are not finite. "
                "Look only at the runs that did not: network[~history.diverged]."
            )
    return trace.activations[:-1]
