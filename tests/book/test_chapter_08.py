"""What chapter 08 writes out by hand is what the helpers compute, and its exact facts are exact."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from helpers.network import backward, build_network, forward
from helpers.settings import rngs
from helpers.training import Sgd, softmax_cross_entropy, train

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "08-sparsity.ipynb"
CELLS = (
    "backward-price",
    "shrink",
    "learn",
    "learn-group",
    "look",
    "speed",
    "paths-deep",
    "report-data",
    "report-learn",
)


@pytest.fixture(scope="module")
def chapter() -> SimpleNamespace:
    """The functions that the chapter's own cells define, without running its experiments."""
    cells = {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    names: dict[str, object] = {}
    exec(
        "import numpy as np\n"
        "from helpers.network import Network, build_network, forward\n"
        "from helpers.probes import active_share\n"
        "from helpers.settings import rng, rngs\n"
        "from helpers.training import Sgd, accuracy",
        names,
    )
    for ident in CELLS:
        source = cells[ident].split("\n\n\nrate_steps")[0].split("\n\n\ndeep_paths")[0]
        exec(compile(source, ident, "exec"), names)
    return SimpleNamespace(**names)


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    """Two hundred rows of four numbers, and three classes."""
    generator = rngs(1)[0]
    return generator.normal(size=(200, 4)), generator.integers(0, 3, size=200)


def test_without_a_price_the_gradients_are_the_helpers(chapter, data) -> None:
    x, labels = data
    network = build_network([4, 6, 5, 3], rng=rngs(3))
    trace = forward(network, x)
    output_gradient = softmax_cross_entropy(trace.outputs, labels)[1]
    ours = chapter.backward_with_price(network, trace, output_gradient)
    theirs = backward(network, trace, output_gradient)
    for mine, reference in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_array_equal(mine, reference)


@pytest.mark.parametrize("runs", [None, 2])
def test_the_price_has_the_slope_of_the_mean_sum_of_activations(chapter, data, runs) -> None:
    x, labels = data
    network = build_network([4, 5, 4, 3], rng=rngs(runs) if runs else rngs(1)[0], bias=0.1)
    price = 0.7

    def total() -> np.ndarray:
        trace = forward(network, x)
        paid = sum(h.sum(axis=(-2, -1)) for h in trace.activations[:-1]) / len(x)
        return np.sum(softmax_cross_entropy(trace.outputs, labels)[0] + price * paid)

    trace = forward(network, x)
    output_gradient = softmax_cross_entropy(trace.outputs, labels)[1]
    gradients = chapter.backward_with_price(network, trace, output_gradient, price)
    for parameter, gradient in zip(network.parameters(), gradients.parameters(), strict=True):
        for place in list(np.ndindex(parameter.shape))[::3]:
            kept = parameter[place]
            parameter[place] = kept + 1e-6
            above = total()
            parameter[place] = kept - 1e-6
            below = total()
            parameter[place] = kept
            assert abs((above - below) / 2e-6 - gradient[place]) < 1e-5


def test_the_loop_without_penalties_is_the_helpers_training(chapter, data) -> None:
    x, labels = data
    ours, theirs = build_network([4, 8, 3], rng=rngs(2)), build_network([4, 8, 3], rng=rngs(2))
    chapter.learn(ours, x, labels, rate=0.1, epochs=3)
    train(theirs, x, labels, optimiser=Sgd(0.1), epochs=3, batch_size=50, rng=chapter.rng(1))
    for mine, reference in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(mine, reference, atol=1e-12)


def test_each_run_has_its_own_settings(chapter, data) -> None:
    x, labels = data
    together = build_network([4, 8, 3], rng=[rngs(1)[0] for _ in range(3)])
    settings = {"rate": [0.1, 0.2, 0.1], "price": [0.0, 0.01, 0.0], "l1": [0.0, 0.0, 0.05]}
    chapter.learn(together, x, labels, **settings, epochs=2)
    for run in range(3):
        alone = build_network([4, 8, 3], rng=rngs(1))
        own = {name: values[run] for name, values in settings.items()}
        chapter.learn(alone, x, labels, **own, epochs=2)
        for mine, reference in zip(together.parameters(), alone.parameters(), strict=True):
            np.testing.assert_allclose(mine[run], reference[0], atol=1e-12)


def test_shrinking_stops_at_zero(chapter) -> None:
    network = build_network([1, 4], rng=rngs(1)[0])
    network.layers[0].weights[:] = [0.5, -0.5, 0.01, -0.02]
    chapter.shrink_weights(network, 0.1, 0.0)
    np.testing.assert_allclose(network.layers[0].weights, [[0.4, -0.4, 0, 0]])
    chapter.shrink_weights(network, 0.0, 0.25)
    np.testing.assert_allclose(network.layers[0].weights, [[0.3, -0.3, 0, 0]])


def test_active_paths_are_those_that_one_can_walk(chapter) -> None:
    network = build_network([3, 4, 3, 5, 2], rng=rngs(2))
    trace = forward(network, rngs(1)[0].normal(size=(7, 3)))
    hidden = [h > 0 for h in trace.activations[:-1]]
    walked = np.zeros((2, 7))
    for path in product(range(4), range(3), range(5)):
        steps = [fires[..., unit] for fires, unit in zip(hidden, path, strict=True)]
        walked += np.all(steps, axis=0)
    np.testing.assert_allclose(chapter.active_paths(trace)[-1], walked.mean(axis=1) / 60)


def test_the_output_is_the_sum_over_the_active_paths() -> None:
    network = build_network([2, 3, 4, 1], rng=rngs(1)[0])
    x = rngs(2)[1].normal(size=2)
    trace = forward(network, x[None])
    first, second, last = (layer.weights for layer in network.layers)
    fires = [h[0] > 0 for h in trace.activations[:-1]]
    total = sum(
        x[i] * first[i, j] * second[j, k] * last[k, 0]
        for i, j, k in product(range(2), range(3), range(4))
        if fires[0][j] and fires[1][k]
    )
    np.testing.assert_allclose(total, trace.outputs[0, 0])


def test_flipping_the_signs_of_a_unit_flips_its_weighted_sum() -> None:
    """The step of the proof that half of the units fire."""
    network = build_network([5, 6, 6, 2], rng=rngs(1)[0])
    x = rngs(2)[1].normal(size=(20, 5))
    before = forward(network, x).pre_activations[1][:, 2].copy()
    network.layers[1].weights[:, 2] *= -1
    np.testing.assert_array_equal(forward(network, x).pre_activations[1][:, 2], -before)


def test_the_reports_depend_on_five_values_only(chapter) -> None:
    values, severity = chapter.reports(rngs(1)[0], count=50)
    assert values.shape == (50, 100)
    np.testing.assert_allclose(severity[:, 0], np.arctan(2 * values[:, :5]).sum(axis=1))


def test_steps_to_a_goal(chapter) -> None:
    log = {
        "step": np.array([0, 10, 20]),
        "accuracy": np.array([[[0.1, 0.1]], [[0.8, 0.5]], [[0.7, 0.6]]]),
    }
    np.testing.assert_array_equal(chapter.steps_to(log), [[10, np.nan]])
