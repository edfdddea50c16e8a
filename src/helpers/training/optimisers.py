"""Optimisers: what they do with a gradient. Each run may have its own learning rate."""

from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from helpers.errors import CourseError, ShapeError
from helpers.given import check_numbers
from helpers.network import Gradients, Network


@dataclass
class Optimiser:
    """What the optimisers share: how a step is made. Use `Sgd`, `Momentum` or `Adam`.

    An optimiser remembers what it did to one network, so each network needs its own.

    Attributes
    ----------
    learning_rate
        A positive number; or an array (runs,), one for each run, to try many at once.
    steps
        How many steps were made.

    Raises
    ------
    CourseError, ShapeError
        If a setting is not a number in its range, or the rates are not a list of numbers.
    """

    learning_rate: float | np.ndarray
    steps: int = field(default=0, init=False)
    _network: Network | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the learning rate."""
        check_numbers("learning_rate", self.learning_rate, above=0)
        shape = np.shape(self.learning_rate)
        if len(shape) > 1:
            raise ShapeError(
                f"The learning rates are {shape}. Give one number, or a list of one for each run."
            )

    def step(
        self, network: Network, gradients: Gradients, active: bool | np.ndarray = True
    ) -> None:
        """Change the network's weights and biases, in place, one step downhill.

        Parameters
        ----------
        network, gradients
            What to change, and what `backward` returned for it.
        active
            Which runs to change: True for all, or an array of booleans (runs,).

        Raises
        ------
        CourseError
            If this optimiser already works for another network.
        ShapeError
            If there is not one learning rate for each run.
        """
        if self._network is None:
            self._begin(network)
        if network is not self._network:
            raise CourseError(
                "This optimiser already works for another network. Make a new one for each network."
            )
        self.steps += 1
        for index, (parameter, gradient) in enumerate(
            zip(network.parameters(), gradients.parameters(), strict=True)
        ):
            rate = _for_each_run(self.learning_rate, parameter).astype(parameter.dtype)
            change = self._change(index, gradient, rate)
            if active is True:
                parameter -= change
            else:
                where = _for_each_run(active, parameter)
                np.subtract(parameter, change, out=parameter, where=where)

    def _begin(self, network: Network) -> None:
        """Prepare for a network; the optimisers with a memory make room for it here."""
        rates = np.asarray(self.learning_rate)
        if rates.ndim == 1 and rates.shape != (network.runs,):
            raise ShapeError(
                f"There are {rates.size} learning rates, but the network has "
                f"{network.runs or 'no'} runs. Give one number, or one for each run."
            )
        self._network = network

    def _change(self, index: int, gradient: np.ndarray, rate: np.ndarray) -> np.ndarray:
        """Return what to subtract from parameter number `index`."""
        raise NotImplementedError


@dataclass
class Sgd(Optimiser):
    """Plain gradient descent: subtract the learning rate times the gradient."""

    def _change(self, index, gradient, rate):
        return rate * gradient


@dataclass
class Momentum(Optimiser):
    """Gradient descent with a velocity that remembers earlier gradients (Polyak 1964).

    Attributes
    ----------
    decay
        How much of the velocity is kept from step to step, from 0 to below 1.
    """

    decay: float = 0.9

    def __post_init__(self) -> None:
        """Check the settings."""
        super().__post_init__()
        check_numbers("decay", self.decay, least=0, below=1)

    def _begin(self, network):
        super()._begin(network)
        self._velocity = [np.zeros_like(parameter) for parameter in network.parameters()]

    def _change(self, index, gradient, rate):
        velocity = self._velocity[index]
        velocity *= self.decay
        velocity += gradient
        return rate * velocity


@dataclass
class Adam(Optimiser):
    """Adam (Kingma & Ba 2015, arXiv:1412.6980), in the form at the end of their section 2.

    Attributes
    ----------
    beta_1, beta_2
        How much of the mean of the gradients, and of their squares, is kept from step to step.
    epsilon
        Keeps the division safe where gradients vanish.
    """

    learning_rate: float | np.ndarray = 1e-3
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        """Check the settings."""
        super().__post_init__()
        check_numbers("beta_1", self.beta_1, least=0, below=1)
        check_numbers("beta_2", self.beta_2, least=0, below=1)
        check_numbers("epsilon", self.epsilon, least=0)

    def _begin(self, network):
        super()._begin(network)
        self._mean = [np.zeros_like(parameter) for parameter in network.parameters()]
        self._square = [np.zeros_like(parameter) for parameter in network.parameters()]

    def _change(self, index, gradient, rate):
        # In place, because for a wide network this is where time would go.
        mean, square = self._mean[index], self._square[index]
        mean *= self.beta_1
        mean += (1 - self.beta_1) * gradient
        square *= self.beta_2
        square += (1 - self.beta_2) * gradient**2
        # Both memories start at 0 and so are too small at first; this makes up for it.
        correction = sqrt(1 - self.beta_2**self.steps) / (1 - self.beta_1**self.steps)
        change = np.sqrt(square)
        change += self.epsilon
        np.divide(mean, change, out=change)
        change *= rate * correction
        return change


def _for_each_run(values: float | bool | np.ndarray, parameter: np.ndarray) -> np.ndarray:
    """Shape one value, or one for each run, so that it goes with a parameter (runs, ...)."""
    values = np.asarray(values)
    return values.reshape(values.shape + (1,) * (parameter.ndim - 1)) if values.ndim else values
