r"""A multilayer perceptron from scratch: forward and backward, for one network or for many at once.

Rows are examples, so a layer computes :math:`z = xW + b` and :math:`h = f(z)`.

With an optional leading axis `runs`, all weights have one more dimension and N networks (say, with
N seeds) compute at once: the same lines of code, one batched matrix product in place of N. You may
read everything below as if that axis were not there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from helpers.activations import Activation, get_activation
from helpers.errors import CourseError, ShapeError
from helpers.given import floating, is_integer
from helpers.initializers import Initializer, get_initializer
from helpers.settings import Rngs, given_rng


@dataclass
class Layer:
    """One fully connected layer.

    Attributes
    ----------
    weights
        Array (n_in, n_out), or (runs, n_in, n_out).
    biases
        Array (n_out,), or (runs, n_out).
    activation
        What is applied to ``x @ weights + biases``.
    slopes
        For a PReLU: each unit's own slope for negative z, shaped like the biases and trained like
        them. Where it is None, as in every other layer, nothing in the activation is trained.

    Raises
    ------
    ShapeError
        If weights, biases and slopes do not go with each other.
    """

    weights: np.ndarray
    biases: np.ndarray
    activation: Activation
    slopes: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Check that weights, biases and slopes go with each other."""
        weights, biases = self.weights.shape, self.biases.shape
        if len(weights) not in (2, 3) or biases != weights[:-2] + weights[-1:]:
            raise ShapeError(
                f"Weights {weights} do not go with biases {biases}. They must be (n_in, n_out) "
                "with (n_out,), or (runs, n_in, n_out) with (runs, n_out)."
            )
        if self.slopes is not None and self.slopes.shape != biases:
            raise ShapeError(
                f"Slopes {self.slopes.shape} do not go with biases {biases}. Give one for each."
            )

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return the layer's outputs, (batch, n_out) or (runs, batch, n_out).

        Parameters
        ----------
        x
            Inputs (batch, n_in), the same for all runs; or (runs, batch, n_in).

        Raises
        ------
        ShapeError
            If `x` has another shape.
        """
        return self.activate(self.pre_activate(check_inputs(self, x)))

    def pre_activate(self, x: np.ndarray) -> np.ndarray:
        """Return z = xW + b, (batch, n_out) or (runs, batch, n_out)."""
        return x @ self.weights + self.biases[..., None, :]

    def activate(self, z: np.ndarray) -> np.ndarray:
        """Return f(z) for pre-activations (batch, n_out) or (runs, batch, n_out)."""
        if self.slopes is None:
            return self.activation(z)
        return np.maximum(z, 0) + self.slopes[..., None, :] * np.minimum(z, 0)

    def derivative(self, z: np.ndarray) -> np.ndarray:
        """Return f'(z), shaped like z."""
        if self.slopes is None:
            return self.activation.derivative(z)
        return np.where(z > 0, z.dtype.type(1), self.slopes[..., None, :])

    def parameters(self) -> list[np.ndarray]:
        """Return what training changes: weights, biases and, if there are any, slopes."""
        return [self.weights, self.biases, *([] if self.slopes is None else [self.slopes])]

    def changed(self, change: Callable[[np.ndarray], np.ndarray]) -> "Layer":
        """Return a layer of the same kind with all its parameters changed by a function."""
        weights, biases, *slopes = map(change, self.parameters())
        return Layer(weights, biases, self.activation, *slopes)


@dataclass
class Network:
    """Layers, one after the other: ``network(x)`` gives the outputs.

    Attributes
    ----------
    layers
        The hidden layers, then the output layer.

    Raises
    ------
    ShapeError
        If there is no layer, or the layers do not go with each other.

    Examples
    --------
    >>> from helpers.settings import rngs
    >>> networks = build_network([4, 8, 3], rng=rngs(20))
    >>> networks(np.ones((5, 4))).shape
    (20, 5, 3)
    >>> networks[0](np.ones((5, 4))).shape
    (5, 3)
    """

    layers: list[Layer]

    def __post_init__(self) -> None:
        """Check that the layers go with each other."""
        if not self.layers:
            raise ShapeError("A network needs at least one layer.")
        for number, (before, after) in enumerate(pairwise(self.layers), start=1):
            if before.biases.shape != after.weights.shape[:-1]:
                raise ShapeError(
                    f"The weights of layer {number} are {before.weights.shape} and those of layer "
                    f"{number + 1} are {after.weights.shape}. A layer must take as many inputs as "
                    "the one before has units, and have as many runs."
                )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of inputs, then the number of units of each layer."""
        return (
            self.layers[0].weights.shape[-2],
            *(layer.biases.shape[-1] for layer in self.layers),
        )

    @property
    def depth(self) -> int:
        """Number of layers, the output layer included."""
        return len(self.layers)

    @property
    def runs(self) -> int | None:
        """Number of networks that compute at once; None for one network without that axis."""
        weights = self.layers[0].weights
        return weights.shape[0] if weights.ndim == 3 else None

    @property
    def parameter_count(self) -> int:
        """Number of weights, biases and learned slopes of one run."""
        return sum(array.size for array in self.parameters()) // (self.runs or 1)

    @property
    def dtype(self) -> np.dtype:
        """The floating type in which it computes."""
        return self.layers[0].weights.dtype

    def parameters(self) -> list[np.ndarray]:
        """Return the weights and biases (and learned slopes), layer by layer; not copies."""
        return [array for layer in self.layers for array in layer.parameters()]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Return the outputs alone, (batch, n_out) or (runs, batch, n_out); see `forward`."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __getitem__(self, which: int | slice | Sequence[int]) -> "Network":
        """Return a copy of one run as a single network, or of several runs as a network of them.

        Raises
        ------
        ShapeError
            If there is no such run, or this is a single network.
        """
        if self.runs is None:
            raise ShapeError("This is a single network, so it has no runs to choose from.")
        try:
            return self._each(lambda array: np.array(array[which]))
        except IndexError:
            raise ShapeError(
                f"There is no run {which!r}: this network has {self.runs} runs, counted from 0. "
                "Give a number, a slice such as [:5], or a list of numbers."
            ) from None

    def __iter__(self) -> Iterator["Network"]:
        """Go through the runs, each as a single network."""
        return (self[run] for run in range(self.runs or 1))

    def astype(self, dtype: np.typing.DTypeLike) -> "Network":
        """Return a copy that computes in another floating type.

        Raises
        ------
        CourseError
            If `dtype` is no floating type.
        """
        return self._each(lambda array: array.astype(floating(dtype)))

    def copy(self) -> "Network":
        """Return a copy that can be trained without changing this one."""
        return self._each(np.copy)

    def _each(self, change: Callable[[np.ndarray], np.ndarray]) -> "Network":
        """Return a network with all parameters changed by a function."""
        return Network([layer.changed(change) for layer in self.layers])

    @staticmethod
    def stack(networks: Sequence["Network"]) -> "Network":
        """Return one network whose runs are (copies of) the given single networks.

        Raises
        ------
        ShapeError
            If there are none, or they differ in sizes or activations, or have runs themselves.
        """
        kinds = {
            (net.sizes, tuple((la.activation, la.slopes is None) for la in net.layers))
            for net in networks
        }
        if len(kinds) != 1 or any(net.runs is not None for net in networks):
            given = sorted(
                f"{sizes} {[each.label + ('' if fixed else ', learned') for each, fixed in kind]}"
                for sizes, kind in kinds
            )
            raise ShapeError(
                "Only single networks of the same sizes and activations can be stacked; given: "
                f"{'; '.join(given) or 'none'}."
            )
        return Network(
            [
                Layer(
                    np.stack([la.weights for la in layers]),
                    np.stack([la.biases for la in layers]),
                    layers[0].activation,
                    None if layers[0].slopes is None else np.stack([la.slopes for la in layers]),
                )
                for layers in zip(*(net.layers for net in networks), strict=True)
            ]
        )


@dataclass
class Trace:
    """What a forward pass computed, kept for the backward pass.

    Attributes
    ----------
    inputs
        Array (batch, n_in), or (runs, batch, n_in).
    pre_activations, activations
        For each layer, z and h = f(z): arrays (batch, n_out), or (runs, batch, n_out).
    """

    inputs: np.ndarray
    pre_activations: list[np.ndarray] = field(default_factory=list)
    activations: list[np.ndarray] = field(default_factory=list)

    @property
    def outputs(self) -> np.ndarray:
        """The activations of the last layer."""
        return self.activations[-1]


@dataclass
class Gradients:
    """How the loss changes with everything that a backward pass visits.

    Attributes
    ----------
    weights, biases, slopes
        For each layer, shaped like its weights, biases and slopes; None for slopes that it has not.
    pre_activations
        For each layer, shaped like z: the "error signal", often written as delta.
    inputs
        Shaped like the outputs of a layer of n_in units; None where it was not asked for.
    """

    weights: list[np.ndarray]
    biases: list[np.ndarray]
    pre_activations: list[np.ndarray] = field(default_factory=list)
    inputs: np.ndarray | None = None
    slopes: list[np.ndarray | None] = field(default_factory=list)

    def parameters(self) -> list[np.ndarray]:
        """Return the gradients in the order of `Network.parameters`."""
        slopes = self.slopes or [None] * len(self.weights)
        by_layer = zip(self.weights, self.biases, slopes, strict=True)
        return [array for layer in by_layer for array in layer if array is not None]


def build_network(
    sizes: Sequence[int],
    activation: str | Activation = "relu",
    initializer: str | Initializer = "he",
    bias: float = 0.0,
    rng: Rngs | None = None,
    *,
    output_activation: str | Activation = "linear",
    dtype: np.typing.DTypeLike = np.float64,
    bias_initializer: str | Initializer | None = None,
    learn_slopes: bool = False,
) -> Network:
    """Build a network with freshly drawn weights.

    Parameters
    ----------
    sizes
        Number of inputs, then the number of units of each layer: ``[784, 500, 10]``.
    activation, output_activation
        Of the hidden layers, and of the last one.
    initializer
        How the weights are drawn.
    bias
        What every bias starts as.
    rng
        One generator for one network. A list of them for as many runs: run i then starts with the
        very same weights as the single network that ``rng[i]`` would give. None: the course's own.
    dtype
        ``numpy.float32`` is twice as fast; ``numpy.float64`` is for looking closely.
    bias_initializer
        If given, biases are drawn too, as a row of weights with one input, and `bias` is not used.
    learn_slopes
        Make a PReLU of each hidden leaky ReLU (He et al. 2015, arXiv:1502.01852): every unit has a
        slope of its own, which starts at that of `activation` and is trained like the weights.

    Raises
    ------
    ShapeError
        If `sizes` has fewer than two numbers, or one that is not an integer of 1 or more.
    UnknownNameError
        If there is no activation or initialiser of that name.
    CourseError
        If `rng` is no generator, `dtype` no floating type, or slopes are to be learned of an
        activation that has none.
    """
    sizes = list(sizes) if np.iterable(sizes) else [sizes]
    if len(sizes) < 2 or not all(map(is_integer, sizes)):
        raise ShapeError(
            f"sizes is {sizes}. Give the number of inputs and then the units of each layer, "
            "all integers of 1 or more, e.g. [784, 500, 10]."
        )
    rng = given_rng(rng)
    draw = get_initializer(initializer)
    draw_biases = None if bias_initializer is None else get_initializer(bias_initializer)
    hidden, last = get_activation(activation), get_activation(output_activation)
    if learn_slopes and "slope" not in hidden.parameters:
        raise CourseError(
            f"{hidden.label} has no slope that could be learned. Give leaky_relu, whose slope is "
            'where the learned ones start: get_activation("leaky_relu", slope=0.25).'
        )

    def drawn(rng: np.random.Generator) -> Network:
        layers = []
        for n_in, n_out in pairwise(sizes):
            weights = draw(n_in, n_out, rng, dtype)
            if draw_biases is None:
                biases = np.full(n_out, bias, dtype)
            else:
                biases = draw_biases(1, n_out, rng, dtype)[0]
            slopes = np.full(n_out, hidden.parameters["slope"], dtype) if learn_slopes else None
            layers.append(Layer(weights, biases, hidden, slopes))
        layers[-1].activation, layers[-1].slopes = last, None
        return Network(layers)

    return (
        drawn(rng) if isinstance(rng, np.random.Generator) else Network.stack(list(map(drawn, rng)))
    )


def forward(network: Network, x: np.ndarray) -> Trace:
    """Compute the network's outputs, and keep everything on the way.

    Parameters
    ----------
    network
        One network, or many at once.
    x
        Inputs (batch, n_in), the same for all runs; or (runs, batch, n_in).

    Raises
    ------
    ShapeError
        If `x` has another shape.
    """
    h = check_inputs(network.layers[0], x)
    trace = Trace(inputs=h)
    for layer in network.layers:
        z = layer.pre_activate(h)
        h = layer.activate(z)
        trace.pre_activations.append(z)
        trace.activations.append(h)
    return trace


def backward(
    network: Network, trace: Trace, output_gradient: np.ndarray, input_gradient: bool = True
) -> Gradients:
    """Carry the gradient of the loss from the outputs back to every weight: the chain rule.

    Parameters
    ----------
    network
        One network, or many at once.
    trace
        What `forward` returned for this network.
    output_gradient
        Gradient of the loss with respect to ``trace.outputs``, of the same shape.
    input_gradient
        Whether to go all the way to the inputs. Training does not need that.

    Raises
    ------
    ShapeError
        If `output_gradient` is not shaped like the outputs.
    """
    if np.shape(output_gradient) != trace.outputs.shape:
        raise ShapeError(
            f"The output gradient is {np.shape(output_gradient)}, but the outputs are "
            f"{trace.outputs.shape}. They must have the same shape."
        )
    gradients = Gradients(weights=[], biases=[])
    gradient = output_gradient
    for index in reversed(range(network.depth)):
        layer = network.layers[index]
        below = trace.activations[index - 1] if index > 0 else trace.inputs
        z = trace.pre_activations[index]
        delta = gradient * layer.derivative(z)
        gradients.pre_activations.insert(0, delta)
        gradients.weights.insert(0, below.mT @ delta)
        gradients.biases.insert(0, delta.sum(axis=-2))
        learned = layer.slopes is not None
        gradients.slopes.insert(0, (gradient * np.minimum(z, 0)).sum(axis=-2) if learned else None)
        if index > 0 or input_gradient:
            gradient = delta @ layer.weights.mT
    gradients.inputs = gradient if input_gradient else None
    return gradients


def check_inputs(layer: Layer, x: np.ndarray) -> np.ndarray:
    """Return inputs in the layer's precision.

    Raises
    ------
    ShapeError
        If they are not shaped as the layer needs them.
    CourseError
        If they are not numbers.
    """
    x = np.asarray(x)
    *runs, n_in, _ = layer.weights.shape
    shared = x.ndim == 2 and x.shape[1] == n_in
    per_run = runs and x.ndim == 3 and x.shape[::2] == (*runs, n_in)
    if not (shared or per_run):
        expected = f"(examples, {n_in})" + (f" or ({runs[0]}, examples, {n_in})" if runs else "")
        fix = " For a single example write x[None, :]." if x.ndim == 1 else ""
        raise ShapeError(f"The inputs are {x.shape}; they must be {expected}.{fix}")
    if x.dtype.kind not in "fiub":
        raise CourseError(f"The inputs are of type {x.dtype}; they must be numbers.")
    return x.astype(layer.weights.dtype, copy=False)
