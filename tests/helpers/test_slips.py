"""Likely slips: each error names the value and the fix."""

import numpy as np
import pytest

from helpers import data, figures, settings
from helpers.activations import get_activation
from helpers.errors import CourseError, ShapeError, UnknownNameError
from helpers.initializers import get_initializer
from helpers.network import build_network
from helpers.training import Adam, Momentum, Sgd, train

SIZES = (4, 3, 2)


def trained(**given: object) -> None:
    x, y = np.zeros((6, 2)), np.zeros(6, int)
    train(build_network([2, 3]), x, y, **{"optimiser": Sgd(0.1), "epochs": 1, **given})


def compared(labels: object, predictions: object) -> None:
    figures.confusion_matrix_figure(np.zeros(labels, int), np.zeros(predictions, int))


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        (lambda: settings.seeds(0), "count is 0. Use an integer from 1 to 10,000"),
        (lambda: settings.seeds(10_001), "count is 10001. Use an integer from 1 to 10,000"),
        (lambda: settings.rngs(2.5), "count is 2.5. Use an integer from 1"),
        (lambda: settings.rng(-1), "key is -1. Use an integer of 0 or more"),
        (lambda: build_network(SIZES, rng=3), "rng is 3. Give a generator, such as rng()"),
        (lambda: build_network(SIZES, rng=[1, 2]), "a list with one for each run, such as rngs"),
        (lambda: trained(rng=3), "rng is 3. Give a generator"),
        (lambda: data.spirals(rng=settings.rng), "rng is <function rng"),
        (lambda: build_network(SIZES, dtype=int), "dtype is <class 'int'>. Use numpy.float32"),
        (lambda: build_network(SIZES, dtype="flaot32"), "dtype is 'flaot32'. Use numpy.float32"),
        (lambda: build_network(SIZES).astype(int), "dtype is <class 'int'>. Use numpy.float32"),
        (lambda: trained(optimiser="sgd"), "optimiser is 'sgd'. Give one that is made: Sgd(0.1)"),
        (lambda: trained(optimiser=Sgd), "Sgd'>. Give one that is made: Sgd(0.1)"),
        (lambda: trained(loss="mse"), "loss is 'mse'. Give a function: softmax_cross_entropy or"),
        (lambda: trained(validation=np.zeros((2, 2, 2))), "type ndarray. Give a pair: (x, labels)"),
        (lambda: trained(epochs=0), "epochs is 0. Use an integer of 1 or more"),
        (lambda: trained(epochs=1.5), "epochs is 1.5. Use an integer of 1 or more"),
        (lambda: trained(batch_size=-5), "batch_size is -5. Use an integer of 1 or more"),
        (lambda: trained(record_every="step"), "record_every is 'step'. Use an integer of 1"),
        (lambda: Sgd(0), "learning_rate is 0. Use a finite number above 0."),
        (lambda: Sgd([0.1, np.nan]), "learning_rate is nan in 1 of 2 places"),
        (lambda: Adam([[0.1], [0.1, 0.2]]), "learning_rate is [[0.1], [0.1, 0.2]]. Use a finite"),
        (
            lambda: Momentum(0.1, decay=2),
            "decay is 2. Use a finite number of 0 or more and below",
        ),
        (lambda: Adam(beta_1=1), "beta_1 is 1. Use a finite number of 0 or more and below 1"),
        (lambda: Adam(beta_2="0.9"), "beta_2 is '0.9'. Use a finite number"),
        (lambda: Adam(epsilon=-1), "epsilon is -1. Use a finite number of 0 or more"),
        (lambda: get_initializer("normal", std=-1), "std is -1. Use a finite number of 0 or more"),
        (lambda: get_activation("leaky_relu", slope="0.2"), "slope is '0.2'. Use a finite number."),
        (lambda: data.spirals(arms=1), "arms is 1. Use an integer of 2 or more"),
        (lambda: data.spirals(0), "count_per_arm is 0. Use an integer of 1 or more"),
        (lambda: data.spirals(noise=-0.1), "noise is -0.1. Use a finite number of 0 or more"),
        (lambda: data.average_blocks(np.zeros((2, 784)), 5), "block is 5. It must divide the 28"),
        (lambda: figures.dot_intervals(None, {}), "no groups"),
    ],
)
def test_a_slip_is_named_with_its_fix(slip, words: str) -> None:
    with pytest.raises(CourseError) as caught:
        slip()
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        (lambda: build_network([3]), "sizes is [3]. Give the number of inputs and then"),
        (lambda: build_network([3, -1]), "sizes is [3, -1]. Give the number"),
        (lambda: build_network([3, 2.0]), "sizes is [3, 2.0]. Give the number"),
        (lambda: build_network("32"), "sizes is ['3', '2']. Give the number"),
        (lambda: build_network(3), "sizes is [3]. Give the number"),
        (lambda: Sgd([[0.1]]), "The learning rates are (1, 1). Give one number, or a list"),
        (lambda: build_network([2, 1], rng=settings.rngs(2))[2], "no run 2: this network has 2"),
        (lambda: build_network([2, 1], rng=settings.rngs(2))["a"], "no run 'a': this network"),
        (lambda: build_network([2, 1])[0], "a single network, so it has no runs"),
        (lambda: compared((5, 10), (5,)), "The labels are (5, 10) and the predictions (5,)."),
        (lambda: compared((5,), (4,)), "take outputs.argmax(axis=-1)"),
        (lambda: data.average_blocks(np.zeros((2, 49)), 2), "The pixels are (2, 49). They must be"),
    ],
)
def test_a_wrong_shape_is_named_with_its_fix(slip, words: str) -> None:
    with pytest.raises(ShapeError) as caught:
        slip()
    assert words in str(caught.value)


def test_there_is_no_third_axis() -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown axis 'z'. Known: x, y"):
        figures.mark_level(None, 0.1, "chance", axis="z")


def test_a_group_of_one_is_named() -> None:
    _, ax = figures.new_figure()
    with pytest.raises(CourseError, match=r"group 'one' has 1 finite values.*one for each seed"):
        figures.dot_intervals(ax, {"he": [0.1, 0.2], "one": [0.3, np.nan]})
