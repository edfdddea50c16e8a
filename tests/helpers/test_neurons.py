"""The spiking neuron: simulation against the closed formula, limits, and bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from helpers.errors import CourseError, ShapeError
from helpers.neurons import LeakyNeuron, firing_rate, simulate

DT = 0.05


@st.composite
def neurons(draw: st.DrawFn) -> LeakyNeuron:
    rest = draw(st.floats(-80, -60))
    threshold = rest + draw(st.floats(5, 30))
    return LeakyNeuron(
        resistance=draw(st.floats(1, 50)),
        time_constant=draw(st.floats(5, 40)),
        rest=rest,
        threshold=threshold,
        reset=threshold - draw(st.floats(4, 40)),
        refractory=DT * draw(st.integers(0, 100)),
    )


# --- The rate ------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)  # each one simulates thousands of steps
@given(neuron=neurons(), drive=st.floats(0.1, 6))
def test_the_simulation_fires_as_often_as_the_formula_says(
    neuron: LeakyNeuron, drive: float
) -> None:
    current = neuron.rheobase * drive
    recording = simulate(neuron, current, 300.0, DT)
    rate = firing_rate(neuron, current)
    if rate == 0:
        assert recording.counts == 0
        return
    period = 1000 / rate
    times = recording.times[recording.spikes]
    climb = period - neuron.refractory
    # Each climb ends at most one step late.
    if climb < 300 - 1e-6:
        assert -1e-6 <= times[0] - climb <= DT + 1e-6
    gaps = np.diff(times)
    assert (gaps >= period - 1e-6).all()
    assert (gaps <= period + DT + 1e-6).all()


@given(neuron=neurons(), drive=st.floats(1.05, 6))
def test_the_time_to_threshold_is_the_integral_of_the_equation(
    neuron: LeakyNeuron, drive: float
) -> None:
    current = neuron.rheobase * drive
    goal = neuron.rest + neuron.resistance * current
    climb, _ = integrate.quad(
        lambda v: neuron.time_constant / (goal - v), neuron.reset, neuron.threshold
    )
    assert firing_rate(neuron, current) == pytest.approx(1000 / (neuron.refractory + climb))


@given(neuron=neurons(), low=st.floats(-3, 6), more=st.floats(0, 6))
def test_more_current_never_fires_less(neuron: LeakyNeuron, low: float, more: float) -> None:
    rates = firing_rate(neuron, neuron.rheobase * np.array([low, low + more]))
    assert 0 <= rates[0] <= rates[1]
    if neuron.refractory > 0:
        assert rates[1] <= 1000 / neuron.refractory


@given(neuron=neurons())
def test_far_above_threshold_the_curve_is_a_line(neuron: LeakyNeuron) -> None:
    free = LeakyNeuron(
        neuron.resistance, neuron.time_constant, neuron.rest, neuron.threshold, neuron.reset
    )
    middle = ((free.threshold + free.reset) / 2 - free.rest) / free.resistance
    far = middle + 400 * (free.threshold - free.reset) / free.resistance
    slope = 1000 * free.resistance / (free.time_constant * (free.threshold - free.reset))
    line = slope * (far - middle)
    assert firing_rate(free, far) == pytest.approx(line, rel=1e-5)
    # and it never lies above the line, nor below the one that begins at the rheobase
    currents = free.rheobase + np.linspace(1e-3, 20, 50) * abs(free.rheobase)
    rates = firing_rate(free, currents)
    assert (rates <= slope * (currents - middle) * (1 + 1e-9)).all()
    assert (rates >= slope * (currents - free.rheobase) * (1 - 1e-9)).all()


def test_rates_stay_exact_for_huge_currents() -> None:
    neuron = LeakyNeuron(refractory=2.0)
    assert firing_rate(neuron, 1e9) == pytest.approx(500, rel=1e-6)
    slope = 1000 * 10 / (20 * 15)  # resistance / (time constant * way from reset to threshold)
    assert firing_rate(LeakyNeuron(), 1e12) == pytest.approx(slope * (1e12 - 0.75), rel=1e-9)


# --- The simulation ------------------------------------------------------------------------------


def test_below_the_rheobase_the_voltage_settles_at_its_goal() -> None:
    neuron = LeakyNeuron()
    recording = simulate(neuron, 1.4, 400.0)
    goal = -70 + 14
    expected = goal - 14 * np.exp(-recording.times / 20)
    np.testing.assert_allclose(recording.voltage, expected, atol=1e-9)
    assert not recording.spikes.any()


def test_many_neurons_are_the_same_as_one_by_one() -> None:
    resistance, currents = np.array([8.0, 10.0, 14.0]), np.linspace(0, 4, 5)
    together = simulate(
        LeakyNeuron(resistance=resistance[:, None], refractory=2.0), currents, 100.0
    )
    assert together.counts.shape == (3, 5)
    assert together.voltage.shape == (1000, 3, 5)
    for i, each in enumerate(resistance):
        for j, current in enumerate(currents):
            alone = simulate(LeakyNeuron(resistance=each, refractory=2.0), current, 100.0)
            np.testing.assert_array_equal(together.voltage[:, i, j], alone.voltage)
            assert together.counts[i, j] == alone.counts


def test_counts_alone_are_the_counts() -> None:
    whole = simulate(LeakyNeuron(), np.linspace(0, 5, 11), 200.0)
    short = simulate(LeakyNeuron(), np.linspace(0, 5, 11), 200.0, record=False)
    np.testing.assert_array_equal(whole.counts, short.counts)
    np.testing.assert_array_equal(whole.counts, whole.spikes.sum(axis=0))
    np.testing.assert_allclose(short.rates, short.counts / 0.2)
    assert short.voltage is None
    assert short.spikes is None


def test_the_noise_has_the_size_it_is_given() -> None:
    neuron = LeakyNeuron(threshold=1000.0)
    generator = np.random.default_rng(0)
    recording = simulate(
        neuron, np.full(400, 0.5), 400.0, 0.5, noise=3.0, rng=generator, record=True
    )
    settled = recording.voltage[400:]
    assert settled.mean() == pytest.approx(-65, abs=0.2)
    assert settled.std() == pytest.approx(3.0, rel=0.03)


# --- Bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_values", "message"),
    [
        ({"resistance": 0}, "resistance is 0. Use a finite number above 0"),
        ({"time_constant": -1.0}, "time_constant is -1.0. Use a finite number above 0"),
        ({"refractory": -0.5}, "refractory is -0.5. Use a finite number of 0 or more"),
        ({"threshold": np.nan}, "threshold is nan. Use a finite number"),
        ({"rest": "low"}, "rest is 'low'. Use a finite number"),
        ({"reset": -55.0}, "would fire without end"),
        ({"resistance": np.array([5.0, 0.0])}, "resistance is 0.0 in 1 of 2 places"),
    ],
)
def test_impossible_neurons_are_refused(given_values: dict, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        LeakyNeuron(**given_values)


def test_arrays_that_do_not_fit_are_named() -> None:
    with pytest.raises(ShapeError, match=r"resistance \(3,\), reset \(2,\)"):
        LeakyNeuron(resistance=np.ones(3), reset=np.full(2, -70.0))
    with pytest.raises(ShapeError, match=r"neuron \(3,\), current \(4,\).*\[:, None\]"):
        firing_rate(LeakyNeuron(resistance=np.ones(3)), np.ones(4))
    with pytest.raises(ShapeError, match=r"neuron \(3,\), current \(4,\)"):
        simulate(LeakyNeuron(resistance=np.ones(3)), np.ones(4), 10.0)


@pytest.mark.parametrize(
    ("given_values", "message"),
    [
        ({"current": np.inf}, "current is inf. Use a finite number"),
        ({"duration": 0.0}, "duration is 0.0. Use a finite number above 0"),
        ({"dt": -0.1}, "dt is -0.1"),
        ({"dt": 500.0}, "not a single step"),
        ({"noise": -1.0}, "noise is -1.0"),
        ({"noise": 1.0}, "no rng"),
        ({"current": np.ones(10**6)}, "too much to record"),
    ],
)
def test_impossible_simulations_are_refused(given_values: dict, message: str) -> None:
    values = {"current": 2.0, "duration": 100.0, **given_values}
    with pytest.raises(CourseError, match=message):
        simulate(LeakyNeuron(), **values)
    if "current" in given_values and not np.isfinite(given_values["current"]).all():
        with pytest.raises(CourseError, match=message):
            firing_rate(LeakyNeuron(), given_values["current"])
