r"""A spiking neuron: the leaky integrate-and-fire model, and its firing rate in closed form.

Between two spikes the membrane voltage :math:`V` relaxes towards the level that the input current
:math:`I` would hold it at,

.. math:: \tau \frac{dV}{dt} = -(V - V_\text{rest}) + R I .

When it reaches the threshold, the neuron fires a spike, and the voltage is put back to the reset
level and held there for the refractory time. The model is that of Gerstner, Kistler, Naud and
Paninski, *Neuronal Dynamics* (2014), section 1.3, and of Dayan and Abbott, *Theoretical
Neuroscience* (2001), section 5.4.

Units throughout: millivolts, nanoamperes, megaohms, milliseconds, and hertz for rates. They fit
together, since one megaohm times one nanoampere is one millivolt.
"""

from dataclasses import dataclass, fields

import numpy as np

from helpers.errors import CourseError, ShapeError
from helpers.given import check_numbers

LARGEST_RECORDING = 50_000_000  # numbers; more would fill the memory of a small machine


@dataclass(frozen=True)
class LeakyNeuron:
    """A leaky integrate-and-fire neuron, or many: each number may be an array.

    Attributes
    ----------
    resistance
        Of the membrane, in megaohms; positive.
    time_constant
        In milliseconds; positive. The voltage goes 63 % of its way in this time.
    rest
        The voltage without input, in millivolts.
    threshold
        The voltage at which a spike is fired, in millivolts.
    reset
        The voltage after a spike, in millivolts; below the threshold.
    refractory
        How long the voltage is held after a spike, in milliseconds; 0 or more.

    Raises
    ------
    CourseError
        If a number is not finite or out of its range.
    ShapeError
        If arrays do not fit together.
    """

    resistance: float | np.ndarray = 10.0
    time_constant: float | np.ndarray = 20.0
    rest: float | np.ndarray = -70.0
    threshold: float | np.ndarray = -55.0
    reset: float | np.ndarray = -70.0
    refractory: float | np.ndarray = 0.0

    def __post_init__(self) -> None:
        """Refuse what no neuron has."""
        for name in ("resistance", "time_constant"):
            check_numbers(name, getattr(self, name), above=0)
        for name in ("rest", "threshold", "reset"):
            check_numbers(name, getattr(self, name))
        check_numbers("refractory", self.refractory, least=0)
        _ = self.shape  # arrays that do not fit together are refused here
        if np.any(np.greater_equal(self.reset, self.threshold)):
            raise CourseError(
                f"reset is {self.reset} mV and threshold {self.threshold} mV. A reset at or above "
                "the threshold would fire without end; set it lower."
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of all numbers together: () for one neuron."""
        return _common_shape(**{each.name: getattr(self, each.name) for each in fields(self)})

    @property
    def rheobase(self) -> float | np.ndarray:
        """The current (nA) above which the neuron fires again and again."""
        return (np.asarray(self.threshold) - self.rest) / self.resistance


@dataclass(frozen=True)
class Recording:
    """What a simulated neuron did.

    Attributes
    ----------
    times
        The end of each time step, in milliseconds: (steps,).
    counts
        How many spikes each neuron fired: the neurons' shape.
    voltage
        After each step, in millivolts: ``(steps, *neurons)``; None if it was not recorded.
    spikes
        Whether a spike was fired in the step: ``(steps, *neurons)``; None if it was not recorded.
    """

    times: np.ndarray
    counts: np.ndarray
    voltage: np.ndarray | None = None
    spikes: np.ndarray | None = None

    @property
    def rates(self) -> np.ndarray:
        """Spikes per second (Hz), over the whole recording: the neurons' shape."""
        return self.counts / (self.times[-1] / 1000)


def firing_rate(neuron: LeakyNeuron, current: float | np.ndarray) -> float | np.ndarray:
    r"""Return the firing rate (Hz) under a constant current: the neuron's f-I curve.

    With the goal :math:`V_\infty = V_\text{rest} + R I` it is

    .. math::
        f = \left[ t_\text{ref}
            + \tau \ln \frac{V_\infty - V_\text{reset}}{V_\infty - V_\text{threshold}} \right]^{-1}

    where :math:`V_\infty` exceeds the threshold, and 0 elsewhere (Dayan and Abbott 2001,
    section 5.4; Gerstner et al. 2014, section 1.3).

    Parameters
    ----------
    neuron
        One neuron or many.
    current
        In nanoamperes; a number, or an array that fits together with the neurons.

    Raises
    ------
    CourseError
        If a current is not finite.
    ShapeError
        If currents and neurons do not fit together.
    """
    check_numbers("current", current)
    _common_shape(neuron=np.empty(neuron.shape), current=current)
    goal = neuron.rest + neuron.resistance * np.asarray(current, np.float64)
    excess = goal - neuron.threshold
    fires = excess > 0
    distance = np.asarray(neuron.threshold) - neuron.reset
    # log1p keeps the digits where the current is large and the logarithm small.
    climb = neuron.time_constant * np.log1p(distance / np.where(fires, excess, 1.0))
    rate = np.where(fires, 1000 / (neuron.refractory + climb), 0.0)
    return rate if rate.ndim else float(rate)


def simulate(
    neuron: LeakyNeuron,
    current: float | np.ndarray,
    duration: float,
    dt: float = 0.1,
    *,
    noise: float | np.ndarray = 0.0,
    rng: np.random.Generator | None = None,
    record: bool = True,
) -> Recording:
    r"""Simulate neurons under a constant current, step by step.

    A step is exact as long as no threshold is met: the voltage goes the share
    :math:`1 - e^{-dt/\tau}` of the way to its goal. A spike is noted at the end of its step, so the
    time between two spikes comes out up to one step too long, and the refractory time is rounded
    to whole steps.

    Parameters
    ----------
    neuron
        One neuron or many.
    current
        In nanoamperes; a number, or an array that fits together with the neurons.
    duration
        In milliseconds.
    dt
        The time step in milliseconds.
    noise
        The standard deviation (mV) that the voltage would have without a threshold, as the random
        input of many synapses gives it (an Ornstein-Uhlenbeck process).
    rng
        Draws the noise; needed if there is any.
    record
        Whether to keep voltage and spikes of each step, and not only the counts.

    Raises
    ------
    CourseError
        If a number is not finite or out of its range, there is noise without `rng`, or the
        recording would not fit into memory.
    ShapeError
        If the arrays do not fit together.
    """
    check_numbers("current", current)
    check_numbers("noise", noise, least=0)
    check_numbers("duration", duration, above=0)
    check_numbers("dt", dt, above=0)
    if np.any(np.asarray(noise) > 0) and rng is None:
        raise CourseError(
            "There is noise but no rng to draw it from; give rng=rng(1), for example."
        )
    shape = _common_shape(neuron=np.empty(neuron.shape), current=current, noise=noise)
    steps = round(duration / dt)
    if steps < 1:
        raise CourseError(f"duration is {duration} ms and dt {dt} ms: not a single step. Lower dt.")
    if record and steps * int(np.prod(shape)) > LARGEST_RECORDING:
        raise CourseError(
            f"{steps:,} steps of {int(np.prod(shape)):,} neurons are too much to record. "
            "Use record=False, which keeps the counts, or a larger dt."
        )

    share = -np.expm1(-dt / np.asarray(neuron.time_constant, np.float64))
    jitter = np.asarray(noise) * np.sqrt(1 - (1 - share) ** 2)
    goal = np.broadcast_to(neuron.rest + neuron.resistance * np.asarray(current, float), shape)
    pause = np.broadcast_to(np.rint(np.asarray(neuron.refractory) / dt).astype(int), shape)
    voltage = np.broadcast_to(np.asarray(neuron.reset, float), shape).copy()
    resting, counts = np.zeros(shape, int), np.zeros(shape, int)
    voltages = np.empty((steps, *shape)) if record else None
    spikes = np.empty((steps, *shape), bool) if record else None
    for step in range(steps):
        moves = share * (goal - voltage)
        if rng is not None:
            moves = moves + jitter * rng.normal(size=shape)
        voltage = voltage + np.where(resting > 0, 0.0, moves)
        resting = np.maximum(resting - 1, 0)
        fired = voltage >= neuron.threshold
        voltage = np.where(fired, neuron.reset, voltage)
        resting = np.where(fired, pause, resting)
        counts += fired
        if record:
            voltages[step], spikes[step] = voltage, fired
    return Recording(dt * np.arange(1, steps + 1), counts, voltages, spikes)


def _common_shape(**values: float | np.ndarray) -> tuple[int, ...]:
    """Return the shape to which numpy would broadcast all values together."""
    shapes = {name: np.shape(value) for name, value in values.items()}
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError:
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items() if shape)
        raise ShapeError(
            f"The shapes do not fit together: {listed}. For every pair of a neuron and a current, "
            "give the neurons' numbers a last axis of length 1: resistance[:, None]."
        ) from None
