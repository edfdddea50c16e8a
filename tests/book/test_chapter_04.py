"""What chapter 04 writes out by hand is what the helpers compute, and its exact facts are exact."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from helpers import neurons
from helpers.network import build_network, predict
from helpers.settings import rngs

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "04-biology.ipynb"
CELLS = (
    "neuron-numbers",
    "rate-formula",
    "best-relu",
    "cost-ratio",
    "best-share",
    "people",
    "halves-test",
    "spiking",
)
CURRENTS = np.linspace(-1, 5, 61)


@pytest.fixture(scope="module")
def chapter() -> SimpleNamespace:
    """The names that the chapter's own cells define."""
    cells = {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    names: dict[str, object] = {}
    exec("import numpy as np\nfrom scipy.optimize import brentq", names)
    exec("from helpers import neurons\nfrom helpers.settings import rngs", names)
    names["plain"] = neurons.LeakyNeuron()
    for ident in CELLS:
        exec(compile(cells[ident], ident, "exec"), names)
    tired = cells["tired"].split("low = ")[0]
    exec(compile(tired, "tired", "exec"), names)
    return SimpleNamespace(**names)


# --- The cell ------------------------------------------------------------------------------------


@pytest.mark.parametrize("current", [-1.0, 0.0, 1.4, 1.5, 2.0, 3.0, 4.7])
def test_the_simulation_is_the_helper_s(chapter: SimpleNamespace, current: float) -> None:
    voltages, spikes = chapter.simulate(current)
    record = neurons.simulate(neurons.LeakyNeuron(), current, 200.0)
    np.testing.assert_allclose(voltages, record.voltage, rtol=1e-12)
    np.testing.assert_allclose(spikes, record.times[record.spikes], rtol=1e-12)


@pytest.mark.parametrize("pause", [0.0, 2.0, 10.0])
def test_the_formula_is_the_helper_s(chapter: SimpleNamespace, pause: float) -> None:
    expected = neurons.firing_rate(neurons.LeakyNeuron(refractory=pause), CURRENTS)
    np.testing.assert_allclose(chapter.firing_rate(CURRENTS, pause), expected, rtol=1e-12)


def test_the_curve_lies_between_two_relus(chapter: SimpleNamespace) -> None:
    generator = rngs(1)[0]
    r, tau, theta, reset = generator.uniform((2, 5, -60, -90), (40, 40, -40, -61), (200, 4)).T
    cell = neurons.LeakyNeuron(r, tau, -70.0, theta, reset)
    current = cell.rheobase * generator.uniform(-1, 30, 200)
    x = (-70 + r * current - theta) / (theta - reset)
    rate = neurons.firing_rate(cell, current)
    assert (np.maximum(0, x) * 1000 / tau <= rate * (1 + 1e-12)).all()
    assert (rate <= np.maximum(0, x + 0.5) * 1000 / tau * (1 + 1e-12)).all()


def test_the_best_relu_of_a_relu_is_itself(chapter: SimpleNamespace) -> None:
    inputs = np.linspace(0, 5, 501)
    fitted, distance = chapter.best_relu(inputs, 3 * np.maximum(0, inputs - 1.5))
    assert distance < 1e-12
    np.testing.assert_allclose(fitted[-1], 10.5)


@pytest.mark.parametrize("current", [3.0, 5.0])
def test_the_rate_of_a_tired_cell_is_that_of_a_simulated_one(
    chapter: SimpleNamespace, current: float
) -> None:
    record = neurons.simulate(
        neurons.LeakyNeuron(), current, 3000.0, adaptation=0.02, adaptation_time=500.0
    )
    late = record.spikes[15_000:].sum() / 1.5
    assert chapter.tired_rate(current, 0.02) == pytest.approx(late, rel=0.05)


def test_a_very_tired_cell_follows_a_straight_line(chapter: SimpleNamespace) -> None:
    # the cell takes away what exceeds the threshold: f comes close to (I - 1.5) / b
    rates = [chapter.tired_rate(each, 0.5) for each in (2.0, 2.5, 3.0)]
    assert np.diff(rates) == pytest.approx(2 * [np.diff(rates).mean()], rel=0.02)
    assert chapter.tired_rate(1.4, 0.5) == 0


# --- The energy ----------------------------------------------------------------------------------


def test_the_published_bills(chapter: SimpleNamespace) -> None:
    assert chapter.cost_ratio(chapter.shares_2001) == pytest.approx(1 + 84 / 13)
    assert chapter.cost_ratio(chapter.shares_2012) == pytest.approx(5)
    assert sum(chapter.shares_2012.values()) == 100


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.3, 7.46, 40.0])
def test_the_best_share_is_the_largest_value(chapter: SimpleNamespace, ratio: float) -> None:
    best = chapter.best_share(ratio)
    assert best == pytest.approx((1 - best) ** ratio)
    found = minimize_scalar(
        lambda p: -chapter.bits_per_energy(p, ratio), bounds=(1e-6, 1 - 1e-6), method="bounded"
    )
    assert best == pytest.approx(found.x, abs=1e-4)
    assert chapter.best_share(1.0) == pytest.approx(0.5)


# --- The halves ----------------------------------------------------------------------------------


def test_the_pairs_are_the_connections_within_a_half(chapter: SimpleNamespace) -> None:
    assert len(chapter.pairs) == 9 * 8 // 2 + 11 * 10 // 2
    kinds = chapter.kinds
    total = sum(chosen.sum() for chosen in kinds.values())
    assert total == len(chapter.pairs) ** 2 - len(chapter.pairs)
    assert not (kinds["one hub in common"] & kinds["opposite halves"]).any()


def test_the_invented_people_have_the_correlations_that_they_were_given(
    chapter: SimpleNamespace,
) -> None:
    expected = {0.0: (0.15, 0.0, 0.0), 0.05: (0.20, 0.05, -0.05)}
    for dominance, values in expected.items():
        found = chapter.go_together(dominance)
        np.testing.assert_allclose([found[k].mean() for k in chapter.kinds], values, atol=0.01)


# --- The network of spikes ------------------------------------------------------------------------


def test_after_many_steps_the_spikes_say_what_the_relus_say(chapter: SimpleNamespace) -> None:
    network = build_network([6, 8, 3], "relu", "he", rng=rngs(2), bias_initializer="normal")
    images = rngs(1)[0].uniform(size=(20, 6))
    with_relu = predict(network, images)
    outputs, spikes = chapter.run_with_spikes(network, images, 50.0, 20_000)
    np.testing.assert_allclose(outputs[-1], with_relu, atol=0.05)
    assert spikes.min() == 0
    # a ceiling: no cell fires more than once in a step
    outputs, spikes = chapter.run_with_spikes(network, images, 1e-3, 50)
    assert spikes.max() == 50
