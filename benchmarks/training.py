"""Our training: many seeds batched against one after the other, and against Keras."""

from __future__ import annotations

import numpy as np
from ratios import Ratio, side_by_side

from helpers.data import load_mnist, spirals
from helpers.keras_tools import import_tensorflow
from helpers.network import build_network
from helpers.settings import rngs
from helpers.training import Adam, train

# Hidden layers, units in each, runs: from small networks, of which many are cheap, to wide ones.
BATCHES = ((5, 8, 100), (10, 16, 32), (3, 64, 20), (3, 256, 10))
TUTORIAL = (784, 500, 500, 500, 10)
SMALL = (784, 32, 10)
SEEDS = 20


def batched_against_looped(hidden: int, units: int, runs: int) -> Ratio:
    """Compare one batched training with as many single ones, from the same seeds."""
    x, y = spirals(100)
    sizes = [2, *[units] * hidden, 2]
    options = {"epochs": 5, "batch_size": 50, "shuffle": False}

    def batched() -> None:
        train(build_network(sizes, rng=rngs(runs)), x, y, optimiser=Adam(), **options)

    def looped() -> None:
        for rng in rngs(runs):
            train(build_network(sizes, rng=rng), x, y, optimiser=Adam(), **options)

    name = f"{runs} seeds of {hidden} hidden layers of {units} units"
    return side_by_side(name, looped, batched, note="one after the other / batched")


def keras_model(sizes: tuple[int, ...], seed: int):
    """Return a compiled Keras model with the layers, initialiser and optimiser of ours."""
    keras = import_tensorflow().keras
    keras.utils.set_random_seed(seed)
    he = {"kernel_initializer": "he_normal"}
    hidden = [keras.layers.Dense(units, activation="relu", **he) for units in sizes[1:-1]]
    last = keras.layers.Dense(sizes[-1], **he)
    model = keras.Sequential([keras.Input(sizes[:1]), *hidden, last])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(), loss=loss)
    return model


def one_wide_network_against_keras() -> Ratio:
    """Compare an epoch of the tutorial's network with Keras `fit`, both already warm."""
    digits = load_mnist(verbose=False)
    x, y = digits.x_train, digits.y_train
    ours = build_network(TUTORIAL, rng=rngs(1)[0], dtype=np.float32)
    optimiser = Adam()
    model = keras_model(TUTORIAL, seed=0)
    return side_by_side(
        f"One epoch of the tutorial's {'-'.join(map(str, TUTORIAL))} network, batch 100",
        lambda: model.fit(x, y, batch_size=100, epochs=1, verbose=0),
        lambda: train(ours, x, y, optimiser=optimiser, epochs=1, batch_size=100),
        note="Keras fit, compiled before / ours",
    )


def many_seeds_against_keras() -> Ratio:
    """Compare a small network over many seeds: ours batched, Keras with a model for each seed."""
    digits = load_mnist(verbose=False)
    x, y = digits.x_train[:1000], digits.y_train[:1000]

    def ours() -> None:
        network = build_network(SMALL, rng=rngs(SEEDS), dtype=np.float32)
        train(network, x, y, optimiser=Adam(), epochs=5, batch_size=100, rng=rngs(SEEDS))

    def theirs() -> None:
        for seed in range(SEEDS):
            keras_model(SMALL, seed).fit(x, y, batch_size=100, epochs=5, verbose=0)

    return side_by_side(
        f"{SEEDS} seeds of a {'-'.join(map(str, SMALL))} network, 5 epochs of 1,000 digits",
        theirs,
        ours,
        repeats=3,
        note="Keras fit, a new model for each seed / ours, batched",
    )


def measure() -> list[Ratio]:
    """Return all ratios of this benchmark."""
    batches = [batched_against_looped(*each) for each in BATCHES]
    return [*batches, one_wide_network_against_keras(), many_seeds_against_keras()]


if __name__ == "__main__":
    for ratio in measure():
        print(ratio)
