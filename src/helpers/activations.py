r"""Activation functions: value, derivative and range, by name.

Each function takes the pre-activation ``z`` (any shape) and returns an array of the same shape and
floating type (float32 or float64); the value at NaN is NaN. Where a function has a kink, at z = 0,
its derivative there is the one from the left: 0 for ReLU. That is a convention; the common
libraries follow it for ReLU, though not for each of the others.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from scipy.special import expit, ndtr

from helpers.named import make_named

Function = Callable[[np.ndarray], np.ndarray]

# Klambauer et al. 2017 (arXiv:1706.02515), eq. 14: the fixed point with mean 0 and variance 1.
SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772


@dataclass(frozen=True)
class Activation:
    """One activation function, with what a chapter wants to say about it.

    Two activations are equal if they have the same name and parameters.

    Attributes
    ----------
    name, label
        The name in code, and the one in figures.
    value, derivative
        Functions of the pre-activation.
    output_range
        Smallest and largest value, possibly infinite; not always attained.
    note
        One sentence on what to know about it.
    parameters
        What was chosen, e.g. ``{"slope": 0.2}``.
    """

    name: str
    label: str
    value: Function = field(compare=False, repr=False)
    derivative: Function = field(compare=False, repr=False)
    output_range: tuple[float, float] = field(compare=False, repr=False)
    note: str = field(compare=False, repr=False)
    parameters: Mapping[str, float] = field(default_factory=dict, hash=False)

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Return the function's value at `z` (any shape)."""
        return self.value(np.asarray(z))


def activation_names() -> tuple[str, ...]:
    """Return the names that `get_activation` knows."""
    return tuple(_MAKERS)


def get_activation(name: str | Activation, **parameters: float) -> Activation:
    """Return an activation by name; one that is already made is returned as it is.

    Parameters
    ----------
    name
        One of `activation_names()`, or an `Activation`.
    **parameters
        What the activation lets you choose: ``slope`` of ``"leaky_relu"``, ``alpha`` of ``"elu"``.

    Raises
    ------
    UnknownNameError
        If there is no such activation, or it has no such parameter.
    CourseError
        If a parameter is not a finite number, or parameters come with an activation that is
        already made.

    Examples
    --------
    >>> get_activation("leaky_relu", slope=0.2)(np.array([-1.0, 3.0]))
    array([-0.2,  3. ])
    """
    return make_named(Activation, name, _MAKERS, parameters)


# The functions. Each is written as a learner would write it, where that is also safe: there is no
# exponential of a large positive number, and no difference of two nearly equal ones.


def _step(z):
    return np.heaviside(z, 0.0)


def _step_derivative(z):
    return np.zeros_like(z)


def _linear(z):
    return np.positive(z)


def _linear_derivative(z):
    return np.ones_like(z)


def _sigmoid(z):
    return expit(z)  # 1 / (1 + exp(-z)), without overflow


def _sigmoid_derivative(z):
    e = np.exp(-np.abs(z))  # sigmoid(z) * sigmoid(-z), the same on both sides of zero
    return e / (1 + e) ** 2


def _tanh(z):
    return np.tanh(z)


def _tanh_derivative(z):
    return 4 * _sigmoid_derivative(2 * z)  # because tanh(z) = 2 sigmoid(2z) - 1


def _softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))  # log(1 + exp(z)), without overflow


def _relu(z):
    return np.maximum(z, 0)


def _relu_derivative(z):
    return np.sign(np.maximum(z, 0))  # 1 where z > 0, else 0; and unlike `z > 0` it keeps NaN


def _leaky_relu(z, slope):
    return np.where(z > 0, z, slope * z)


def _leaky_relu_derivative(z, slope):
    return np.where(z > 0, 1, np.where(np.isnan(z), z, slope))


def _elu(z, alpha):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def _elu_derivative(z, alpha):
    return np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0)))


def _selu(z):
    return SELU_SCALE * _elu(z, SELU_ALPHA)


def _selu_derivative(z):
    return SELU_SCALE * _elu_derivative(z, SELU_ALPHA)


def _gelu(z):
    return z * ndtr(z)  # ndtr is the normal distribution function, (1 + erf(z / sqrt(2))) / 2


def _gelu_derivative(z):
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return ndtr(z) + z * density


def _silu(z):
    return z * expit(z)


def _silu_derivative(z):
    s = expit(z)
    return s * (1 + z * (1 - s))


# The records, each made with its own parameters.
_MAKERS: dict[str, Callable[..., Activation]] = {
    "step": lambda: Activation(
        "step",
        "Step",
        _step,
        _step_derivative,
        (0.0, 1.0),
        "The derivative is 0 everywhere, so gradient descent cannot train through it.",
    ),
    "linear": lambda: Activation(
        "linear",
        "Linear",
        _linear,
        _linear_derivative,
        (-np.inf, np.inf),
        "No activation at all: layers without one collapse into a single layer.",
    ),
    "sigmoid": lambda: Activation(
        "sigmoid",
        "Sigmoid",
        _sigmoid,
        _sigmoid_derivative,
        (0.0, 1.0),
        "Saturates on both sides; the derivative is never more than 1/4.",
    ),
    "tanh": lambda: Activation(
        "tanh",
        "Tanh",
        _tanh,
        _tanh_derivative,
        (-1.0, 1.0),
        "A sigmoid stretched to be centred on zero, with slope 1 there.",
    ),
    "softplus": lambda: Activation(
        "softplus",
        "Softplus",
        _softplus,
        _sigmoid,
        (0.0, np.inf),
        "A ReLU with its corner rounded off; its derivative is the sigmoid.",
    ),
    "relu": lambda: Activation(
        "relu",
        "ReLU",
        _relu,
        _relu_derivative,
        (0.0, np.inf),
        "Two straight halves and a kink; the derivative at the kink is taken to be 0.",
    ),
    "leaky_relu": lambda slope=0.01: Activation(
        "leaky_relu",
        f"Leaky ReLU ({slope:g})",
        partial(_leaky_relu, slope=slope),
        partial(_leaky_relu_derivative, slope=slope),
        (-np.inf if slope > 0 else 0.0, np.inf),
        "Libraries differ in the default slope, so always state it.",
        {"slope": slope},
    ),
    "elu": lambda alpha=1.0: Activation(
        "elu",
        "ELU",
        partial(_elu, alpha=alpha),
        partial(_elu_derivative, alpha=alpha),
        (-alpha, np.inf),
        "Settles at a fixed negative value far to the left.",
        {"alpha": alpha},
    ),
    "selu": lambda: Activation(
        "selu",
        "SELU",
        _selu,
        _selu_derivative,
        (-SELU_SCALE * SELU_ALPHA, np.inf),
        "An ELU scaled so that mean 0 and variance 1 are kept from layer to layer (LeCun weights).",
    ),
    "gelu": lambda: Activation(
        "gelu",
        "GELU",
        _gelu,
        _gelu_derivative,
        (-0.16997120747990369, np.inf),
        "The exact form, with the normal distribution function; usual in transformers.",
    ),
    "silu": lambda: Activation(
        "silu",
        "SiLU",
        _silu,
        _silu_derivative,
        (-0.27846454276107379, np.inf),
        "Also called Swish; falls a little below zero before it comes back.",
    ),
}
