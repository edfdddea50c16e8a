"""Losses, optimisers and the loop: one run, many runs, and runs that diverge.

That losses and optimisers compute the right thing, test_tensorflow_reference says.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.activations import get_activation
from helpers.errors import CourseError, DataError, DivergedError, ShapeError
from helpers.network import Network, build_network, forward
from helpers.probes import dead_units
from helpers.training import (
    Adam,
    Momentum,
    Sgd,
    accuracy,
    softmax,
    softmax_cross_entropy,
    squared_error,
    train,
)
from helpers.training.loop import EXAMPLES_AT_ONCE

RNG = np.random.default_rng
SEEDS = st.integers(0, 10_000)
COUNTS = st.integers(1, 6)
HIDDEN = st.lists(st.integers(1, 8), min_size=0, max_size=3)
OPTIMISERS = (Sgd, Momentum, Adam)
HUGE = 1e200  # a learning rate that makes float64 overflow in a few steps


def rngs(count: int, first: int = 0) -> list[np.random.Generator]:
    """Return fresh generators."""
    return [RNG(first + run) for run in range(count)]


def blobs(examples: int = 30, classes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return easy examples: clouds of points around one centre for each class."""
    rng = RNG(seed)
    y = rng.integers(0, classes, examples)
    return rng.standard_normal((examples, 2)) + 3 * np.eye(classes, 2)[y], y


def parameters_of(network: Network) -> np.ndarray:
    """Return all parameters of a single network in one row."""
    return np.concatenate([parameter.ravel() for parameter in network.parameters()])


# ---------------------------------------------------------------------------------------- losses


@given(batch=COUNTS, classes=COUNTS, seed=SEEDS, shift=st.floats(-100, 100))
def test_softmax_gives_probabilities(batch, classes, seed, shift) -> None:
    logits = 5 * RNG(seed).standard_normal((batch, classes))
    probabilities = softmax(logits)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1)
    np.testing.assert_allclose(softmax(logits + shift), probabilities, rtol=1e-9)
    np.testing.assert_allclose(
        probabilities, np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    )


def test_cross_entropy_survives_huge_logits() -> None:
    logits = np.array([[1e4, -1e4, 0.0], [1e4, -1e4, 0.0]], np.float32)
    loss, gradient = softmax_cross_entropy(logits, np.array([0, 1]))
    assert loss == pytest.approx(1e4)
    np.testing.assert_allclose(gradient, [[0, 0, 0], [0.5, -0.5, 0]])


@given(runs=COUNTS, batch=COUNTS, units=COUNTS, shared=st.booleans(), seed=SEEDS)
def test_losses_of_many_runs_equal_looped_ones(runs, batch, units, shared, seed) -> None:
    rng = RNG(seed)
    outputs = rng.standard_normal((runs, batch, units))
    shape = (batch,) if shared else (runs, batch)
    for loss, y in (
        (softmax_cross_entropy, rng.integers(0, units, shape)),
        (squared_error, rng.standard_normal((*shape, units))),
    ):
        values, gradients = loss(outputs, y)
        assert values.shape == (runs,)
        for run in range(runs):
            value, gradient = loss(outputs[run], y if shared else y[run])
            assert values[run] == pytest.approx(value)
            np.testing.assert_allclose(gradients[run], gradient)


@pytest.mark.parametrize("wrong", [-1, 10, 255])
def test_labels_outside_the_classes_are_refused(wrong: int) -> None:
    labels = np.array([0, 9, wrong])
    logits = np.zeros((3, 10))
    network = build_network([2, 10], rng=RNG(0))
    calls = [
        lambda: softmax_cross_entropy(logits, labels),
        lambda: accuracy(network, np.zeros((3, 2)), labels),
        lambda: train(network, np.zeros((3, 2)), labels, optimiser=Sgd(0.1), epochs=1),
    ]
    for call in calls:
        with pytest.raises(CourseError, match=f"label is {wrong}, .*from 0 to 9. Correct"):
            call()


def test_labels_that_are_no_integers_are_refused() -> None:
    with pytest.raises(CourseError, match=r"type float64.*y\.astype\(int\)"):
        softmax_cross_entropy(np.zeros((2, 3)), np.array([0.0, 1.0]))


def test_labels_of_a_wrong_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"labels are \(4,\), but the logits are \(2, 3\)"):
        softmax_cross_entropy(np.zeros((2, 3)), np.zeros(4, int))
    with pytest.raises(ShapeError, match=r"labels are \(2, 3\)"):  # one-hot ones, say
        softmax_cross_entropy(np.zeros((2, 3)), np.eye(2, 3, dtype=int))


def test_targets_are_never_stretched() -> None:
    with pytest.raises(ShapeError, match=r"targets are \(4,\).*y\[:, None\]"):
        squared_error(np.zeros((4, 1)), np.zeros(4))
    with pytest.raises(ShapeError, match=r"targets are \(4, 1\), but the outputs are \(4, 2\)"):
        squared_error(np.zeros((4, 2)), np.zeros((4, 1)))


# ------------------------------------------------------------------------------------ optimisers


@pytest.mark.parametrize("kind", OPTIMISERS)
def test_parameters_keep_their_precision(kind) -> None:
    network = build_network([2, 3], rng=rngs(2), dtype=np.float32)
    x, y = blobs(6)
    train(network, x, y, optimiser=kind(np.array([0.1, 0.2])), epochs=2)
    assert {parameter.dtype for parameter in network.parameters()} == {np.dtype(np.float32)}


def test_the_number_of_learning_rates_must_fit() -> None:
    x, y = blobs()
    with pytest.raises(ShapeError, match="3 learning rates, but the network has 2 runs"):
        train(build_network([2, 3], rng=rngs(2)), x, y, optimiser=Sgd([0.1] * 3), epochs=1)
    with pytest.raises(ShapeError, match="3 learning rates, but the network has no runs"):
        train(build_network([2, 3], rng=RNG(0)), x, y, optimiser=Sgd([0.1] * 3), epochs=1)


@pytest.mark.parametrize("kind", OPTIMISERS)
def test_an_optimiser_works_for_one_network(kind) -> None:
    x, y = blobs()
    optimiser = kind(0.1)
    train(build_network([2, 3], rng=RNG(0)), x, y, optimiser=optimiser, epochs=1)
    with pytest.raises(CourseError, match="Make a new one for each network"):
        train(build_network([2, 3], rng=RNG(0)), x, y, optimiser=optimiser, epochs=1)


# ------------------------------------------------------------------------- training, many at once


@pytest.mark.parametrize("kind", OPTIMISERS)
@settings(max_examples=25)
@given(
    hidden=HIDDEN,
    runs=st.integers(1, 4),
    batch_size=st.integers(1, 12),
    rates=st.booleans(),
    seed=SEEDS,
)
def test_batched_training_equals_looped(kind, hidden, runs, batch_size, rates, seed) -> None:
    x, y = blobs(10, seed=seed)
    sizes = [2, *hidden, 3]
    rate = np.linspace(0.01, 0.1, runs) if rates else 0.05
    network = build_network(sizes, "tanh", rng=rngs(runs, seed))
    batched = train(
        network,
        x,
        y,
        optimiser=kind(rate),
        epochs=2,
        batch_size=batch_size,
        rng=rngs(runs, seed + 100),
        validation=(x, y),
    )
    for run in range(runs):
        single = build_network(sizes, "tanh", rng=RNG(seed + run))
        looped = train(
            single,
            x,
            y,
            optimiser=kind(rate[run] if rates else rate),
            epochs=2,
            batch_size=batch_size,
            rng=RNG(seed + 100 + run),
            validation=(x, y),
        )
        np.testing.assert_allclose(
            parameters_of(network[run]), parameters_of(single), rtol=1e-7, atol=1e-9
        )
        np.testing.assert_allclose(batched.loss[:, run], looped.loss, rtol=1e-7, atol=1e-9)
        np.testing.assert_array_equal(batched.steps, looped.steps)


def test_each_run_may_have_its_own_examples() -> None:
    sets = [blobs(12, seed=seed) for seed in range(3)]
    x, y = (np.stack(parts) for parts in zip(*sets, strict=True))
    network = build_network([2, 4, 3], rng=rngs(3))
    train(network, x, y, optimiser=Sgd(0.1), epochs=4, batch_size=5, rng=rngs(3, 9))
    for run, (own_x, own_y) in enumerate(sets):
        single = build_network([2, 4, 3], rng=RNG(run))
        train(single, own_x, own_y, optimiser=Sgd(0.1), epochs=4, batch_size=5, rng=RNG(9 + run))
        np.testing.assert_allclose(parameters_of(network[run]), parameters_of(single))


# ---------------------------------------------------------------------------------- the loop


@given(
    examples=st.integers(1, 20),
    batch_size=st.integers(1, 25),
    epochs=st.integers(1, 3),
    shuffle=st.booleans(),
)
def test_every_example_is_used_once_an_epoch(examples, batch_size, epochs, shuffle) -> None:
    network = build_network([1, 1], initializer="zeros")
    seen: list[list[float]] = []

    def loss(outputs, targets):
        seen.append(targets[:, 0].tolist())
        return np.float64(len(targets)), np.zeros_like(outputs)

    x = np.zeros((examples, 1))
    numbers = np.arange(examples, dtype=float)[:, None]
    history = train(
        network,
        x,
        numbers,
        loss=loss,
        optimiser=Sgd(0.1),
        epochs=epochs,
        batch_size=batch_size,
        rng=RNG(0),
        shuffle=shuffle,
    )
    per_epoch = -(-examples // batch_size)
    assert len(seen) == epochs * per_epoch
    assert history.steps.tolist() == [per_epoch * (epoch + 1) for epoch in range(epochs)]
    for epoch in range(epochs):
        batches = seen[epoch * per_epoch : (epoch + 1) * per_epoch]
        used = [number for batch in batches for number in batch]
        assert sorted(used) == list(range(examples))
        assert shuffle or used == sorted(used)
        assert all(len(batch) == batch_size for batch in batches[:-1])
        # The recorded loss is the mean over examples: a smaller last batch counts for less.
        expected = sum(len(batch) ** 2 for batch in batches) / examples
        assert history.loss[epoch] == pytest.approx(expected)


def test_without_a_generator_the_course_shuffles(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = blobs()

    def trained() -> np.ndarray:
        network = build_network([2, 3], initializer="zeros")
        train(network, x, y, optimiser=Sgd(0.1), epochs=1, batch_size=4)
        return parameters_of(network)

    first = trained()
    np.testing.assert_array_equal(trained(), first)
    monkeypatch.setenv("COURSE_SEED", "1")
    assert not np.array_equal(trained(), first)


@pytest.mark.parametrize("kind", OPTIMISERS)
def test_units_that_start_alike_stay_alike(kind) -> None:
    network = build_network([2, 4, 3], rng=RNG(0))
    both = (network.layers[0].weights.T, network.layers[1].weights)  # incoming and outgoing
    for weights in both:
        weights[3] = weights[1]
    train(network, *blobs(), optimiser=kind(0.05), epochs=3, batch_size=7)
    for weights in both:
        np.testing.assert_allclose(weights[3], weights[1], rtol=1e-9)
        assert not np.allclose(weights[3], weights[2])


@pytest.mark.parametrize("kind", OPTIMISERS)
def test_training_can_be_continued(kind) -> None:
    x, y = blobs()
    options = {"batch_size": 7, "shuffle": False}
    whole, parts = (build_network([2, 4, 3], "tanh", rng=RNG(0)) for _ in range(2))
    train(whole, x, y, optimiser=kind(0.05), epochs=3, **options)
    optimiser = kind(0.05)
    train(parts, x, y, optimiser=optimiser, epochs=1, **options)
    train(parts, x, y, optimiser=optimiser, epochs=2, **options)
    np.testing.assert_array_equal(parameters_of(whole), parameters_of(parts))


def test_records_come_as_often_as_asked() -> None:
    x, y = blobs(20)
    network = build_network([2, 3], rng=rngs(2))
    history = train(
        network,
        x,
        y,
        optimiser=Sgd(0.1),
        epochs=2,
        batch_size=4,
        record_every=3,
        validation=(x, y),
        rng=RNG(0),
    )
    assert history.steps.tolist() == [3, 6, 9, 10]
    assert history.loss.shape == history.validation_accuracy.shape == (4, 2)
    assert history.diverged_at.tolist() == [-1, -1]
    assert history.diverged.tolist() == [False, False]
    np.testing.assert_array_equal(history.final_accuracy, history.validation_accuracy[-1])


def test_a_single_network_has_a_plain_history() -> None:
    x, y = blobs()
    network = build_network([2, 3], rng=RNG(0))
    history = train(network, x, y, optimiser=Sgd(0.1), epochs=5)
    assert history.loss.shape == (5,)
    assert history.diverged_at == -1
    assert not history.diverged
    with pytest.raises(CourseError, match=r"No accuracy was recorded.*validation=\(x, labels\)"):
        history.final_accuracy  # noqa: B018
    assert (np.diff(history.loss) < 0).all()


def test_a_callback_sees_and_may_stop() -> None:
    x, y = blobs()
    network = build_network([2, 3], rng=RNG(0))
    seen = []

    def callback(step: int, given_network: Network) -> bool:
        assert given_network is network
        seen.append(step)
        return len(seen) == 2

    history = train(network, x, y, optimiser=Sgd(0.1), epochs=9, callback=callback)
    assert seen == history.steps.tolist() == [1, 2]


def test_regression_learns_a_line() -> None:
    x = np.linspace(-1, 1, 20)[:, None]
    network = build_network([1, 1], rng=rngs(3))
    train(network, x, 2 * x - 1, loss=squared_error, optimiser=Momentum(0.1), epochs=300)
    np.testing.assert_allclose(network.layers[0].weights, 2, rtol=1e-6)
    np.testing.assert_allclose(network.layers[0].biases, -1, rtol=1e-6)


@given(runs=st.integers(1, 4), shared=st.booleans(), seed=SEEDS)
@settings(max_examples=20)
def test_accuracy_counts_what_is_right(runs, shared, seed) -> None:
    rng = RNG(seed)
    network = build_network([2, 3], rng=rngs(runs, seed))
    x = rng.standard_normal((9, 2) if shared else (runs, 9, 2))
    y = rng.integers(0, 3, 9 if shared else (runs, 9))
    shares = accuracy(network, x, y)
    for run in range(runs):
        own_x, own_y = (x, y) if shared else (x[run], y[run])
        outputs = forward(network[run], own_x).outputs
        right = [int(np.argmax(row)) == label for row, label in zip(outputs, own_y, strict=True)]
        assert shares[run] == pytest.approx(np.mean(right))
        assert accuracy(network[run], own_x, own_y) == pytest.approx(shares[run])


def test_accuracy_of_many_examples_is_not_lost_between_parts() -> None:
    examples = 2 * EXAMPLES_AT_ONCE + 7
    network = build_network([1, 2], initializer="zeros", rng=RNG(0))
    network.layers[0].weights[:] = [[-1.0, 1.0]]
    x = np.linspace(-1, 1, examples)[:, None]
    y = np.ones(examples, int)
    assert accuracy(network, x, y) == pytest.approx((x > 0).mean())


@pytest.mark.parametrize("shape", [(3,), (2, 5), (0,), ()])
def test_accuracy_refuses_labels_that_do_not_fit(shape: tuple[int, ...]) -> None:
    network = build_network([2, 3], rng=RNG(0))
    with pytest.raises(ShapeError) as caught:
        accuracy(network, np.zeros((5, 2)), np.zeros(shape, int))
    assert f"The labels are {shape}, but the inputs are (5, 2)" in str(caught.value)


# ------------------------------------------------------------------------------------ divergence


@pytest.mark.parametrize("kind", [Sgd, Momentum])
def test_a_diverged_run_is_reported_and_the_others_go_on(kind) -> None:
    x, y = blobs()
    network = build_network([2, 8, 3], rng=rngs(3))
    history = train(
        network,
        x,
        y,
        optimiser=kind(np.array([0.05, HUGE, 0.05])),
        epochs=20,
        validation=(x, y),
    )
    for lost in (history.diverged, np.isnan(history.loss[-1]), np.isnan(history.final_accuracy)):
        assert lost.tolist() == [False, True, False]

    good = Network.stack([build_network([2, 8, 3], rng=RNG(seed)) for seed in (0, 2)])
    alone = train(good, x, y, optimiser=kind(0.05), epochs=20, validation=(x, y))
    np.testing.assert_allclose(history.loss[:, [0, 2]], alone.loss, rtol=1e-9)
    for together, apart in zip(network.parameters(), good.parameters(), strict=True):
        np.testing.assert_allclose(together[[0, 2]], apart, rtol=1e-9)


def test_a_diverged_run_is_frozen() -> None:
    x, y = blobs()
    network = build_network([2, 8, 3], rng=rngs(2))
    snapshots = []
    history = train(
        network,
        x,
        y,
        optimiser=Sgd(np.array([HUGE, 0.05])),
        epochs=12,
        callback=lambda step, net: snapshots.append(net.copy()),
    )
    at = int(history.diverged_at[0])
    assert 2 <= at < 12
    # The last step that counted is the one before; the first snapshot is of step 1.
    frozen = parameters_of(snapshots[at - 2][0])
    for snapshot in snapshots[at - 1 :]:
        np.testing.assert_array_equal(parameters_of(snapshot[0]), frozen)
        assert not np.array_equal(parameters_of(snapshot[1]), parameters_of(snapshots[0][1]))


def test_a_run_that_is_lost_from_the_start_is_left_alone() -> None:
    x, y = blobs()
    network = build_network([2, 8, 3], rng=rngs(2))
    network.layers[0].weights[0] = 1e308
    start = parameters_of(network[0])
    history = train(network, x, y, optimiser=Sgd(0.05), epochs=3)
    assert history.diverged_at.tolist() == [1, -1]
    np.testing.assert_array_equal(parameters_of(network[0]), start)


def test_a_diverged_network_is_not_reported_as_dead() -> None:
    x, y = blobs()
    network = build_network([2, 8, 3], rng=RNG(0))
    history = train(network, x, y, optimiser=Sgd(HUGE), epochs=20)
    assert history.diverged
    assert history.steps[-1] < 20  # nothing is left to train
    assert np.isnan(accuracy(network, x, y))
    with np.errstate(over="ignore", invalid="ignore"):
        trace = forward(network, x)
    with pytest.raises(DivergedError, match="the network has diverged"):
        dead_units(trace)


def test_the_last_step_can_spoil_a_network() -> None:
    x, y = blobs()
    network = build_network([2, 3], rng=rngs(2))
    # The step itself overflows, and there is no loss after it to show that.
    history = train(
        network, 1e3 * x, y, optimiser=Sgd(np.array([1e-6, 1.7e308])), epochs=1, validation=(x, y)
    )
    assert np.isfinite(history.loss).all()
    assert history.diverged_at.tolist() == [-1, 1]
    assert np.isnan(history.final_accuracy).tolist() == [False, True]


# ------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_inputs_that_are_not_finite_are_not_taken_for_divergence(value: float) -> None:
    x, y = blobs()
    x[3, 1] = value
    with pytest.raises(DataError, match=r"1 of 60 input values are not finite.*Remove"):
        train(build_network([2, 3], rng=RNG(0)), x, y, optimiser=Sgd(0.1), epochs=1)


@pytest.mark.parametrize(
    ("x_shape", "y_shape"),
    [((5, 2), (4,)), ((0, 2), (0,)), ((3, 5, 2), (5,)), ((5, 2), (2, 5)), ((5, 2), ())],
)
def test_data_that_do_not_go_together_are_refused(x_shape, y_shape) -> None:
    network = build_network([2, 3], rng=rngs(3))
    with pytest.raises(ShapeError, match="one label or one row of targets for each"):
        train(network, np.zeros(x_shape), np.zeros(y_shape, int), optimiser=Sgd(0.1), epochs=1)


def test_the_number_of_generators_must_fit() -> None:
    x, y = blobs()
    for network, kind in (
        (build_network([2, 3], rng=rngs(2)), "2 runs"),
        (build_network([2, 3], rng=RNG(0)), "no runs"),
    ):
        with pytest.raises(ShapeError, match=f"3 generators, but the network has {kind}"):
            train(network, x, y, optimiser=Sgd(0.1), epochs=1, batch_size=5, rng=rngs(3))


# --------------------------------------------------------------------------------- learned slopes


@pytest.mark.parametrize("optimiser", [Sgd(0.05), Adam(0.05)], ids=["Sgd", "Adam"])
@pytest.mark.parametrize("slope", [-1.0, 0.0, 0.4, 1.0])
def test_a_prelu_finds_the_slope_of_its_data(optimiser, slope) -> None:
    x = np.linspace(-2, 2, 41)[:, None]
    y = np.where(x > 0, x, slope * x)
    unit = get_activation("leaky_relu", slope=0.25)
    network = build_network([1, 1, 1], unit, "identity", rng=rngs(2), learn_slopes=True)
    optimiser = type(optimiser)(optimiser.learning_rate)
    history = train(network, x, y, optimiser=optimiser, epochs=2000, loss=squared_error)
    assert history.loss[-1].max() < 1e-6
    np.testing.assert_allclose(network.layers[0].slopes, slope, atol=0.01)
