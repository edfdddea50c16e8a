"""The numbers of a class for assignment 09: floors, lids, batches, lives."""

from __future__ import annotations

from math import comb

import numpy as np

MOMENTS = 30

SPECIFIES = ("silent_layers", "floor", "cap", "few", "came_back")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    floor = float(rng.choice([-1.5, -0.75, -0.5, 0.5, 0.75, 1.5]))
    cap = int(rng.choice([2, 3, 4, 5, 8]))
    few, size = int(rng.integers(3, 7)), int(rng.integers(8, 13))
    quantity, low, high = [
        ("temperatures in kelvin", 270, 310),
        ("heart rates per minute", 50, 180),
        ("grey values of X-ray pictures", 90, 255),
        ("prices in cents", 199, 999),
    ][rng.integers(4)]
    return {
        "seed": int(rng.integers(1, 100_000)),
        "floor": floor,
        **_example(floor),
        "cap": cap,
        "example_sums": [
            [-1.0, cap + 1.0, -2.0, -1.0],
            [-0.5, cap + 2.0, cap + 1.0, cap / 2],
            [-3.0, cap + 0.5, -0.5, cap + 1.0],
        ],
        **_born_dead(rng),
        "few": few,
        "more": few + 1,
        "size": size,
        "rows": size * (few + 1) + int(rng.integers(few, size)),
        **_lives(rng),
        "quantity": quantity,
        "low_value": low,
        "high_value": high,
        "lost_percent": int(rng.integers(5, 9)) * 10,
    }


def _example(floor: float) -> dict[str, object]:
    """Return the biases of the example of task 1, and which units are dead in it.

    In layer 1 the first unit is dead, the second silent on two of three examples, the third alive.
    The last one always has the sum floor / 2, on which a floor of 0 decides the other way.
    """
    lowest = floor > 0  # the last unit is on its floor
    return {
        "first_biases": [floor, floor, floor, floor / 2],
        "second_biases": [2 * floor, 0.0],
        "example_dead": [[True, False, False, lowest], [True, False]],
        "example_any": [[True, True, False, lowest], [True, True]],
        "example_zero": _counted(floor),
    }


def _counted(floor: float) -> list[list[bool]]:
    """Return which units of the example are dead if their floor is taken for 0."""
    h = np.array([[1.0, 0.0], [2.0, 1.0], [3.0, -1.0]])
    layers = [
        ([[-1, 0, 1, 0], [0, 1, 0, 0]], [floor, floor, floor, floor / 2]),
        ([[0, 0], [0, 1], [-1, 0], [0, 0]], [2 * floor, 0]),
    ]
    dead = []
    for weights, biases in layers:
        h = np.maximum(0, h @ np.array(weights) + biases)
        dead.append((h == 0).all(axis=0).tolist())
    return dead


def _at_least(layers: int, depth: int, q: float) -> float:
    """Return with what probability so many of the layers are silent, or more."""
    return 1 - sum(comb(depth, n) * q**n * (1 - q) ** (depth - n) for n in range(layers))


def _born_dead(rng: np.random.Generator) -> dict[str, object]:
    """Return the networks of task 3, and the shares of an example with its mistakes."""
    layers = int(rng.integers(2, 5))
    while True:
        silent = float(rng.choice([0.6, 0.65, 0.7, 0.75]))
        width, depth = int(rng.integers(2, 6)), int(rng.integers(6, 13))
        share = _at_least(layers, depth, silent**width)
        if 0.1 < share < 0.9:
            break
    right = _at_least(layers, 9, 0.25)
    return {
        "silent": silent,
        "silent_percent": round(100 * silent),
        "silent_layers": layers,
        "width": width,
        "depth": depth,
        "born_dead_share": f"{share:.2f}",
        "one_layer_share": f"{_at_least(1, depth, silent**width):.2f}",
        "dead_right": round(right, 4),
        "dead_alive": round(1 - right, 4),
        "dead_units": round(_at_least(layers, 9, 0.75), 4),
    }


def _lives(rng: np.random.Generator) -> dict[str, object]:
    """Return the picture of task 5, and who is who in it."""
    names = ["back", "early", "late", "born_dead", "always", "low", "first", "second"]
    unit = dict(zip(names, rng.permutation(len(names)).tolist(), strict=True))
    shares = rng.uniform(0.25, 0.8, (len(names), MOMENTS))
    shares[unit["low"]] = rng.uniform(0.04, 0.1, MOMENTS)
    shares[unit["always"]] = 1
    shares[unit["born_dead"]] = 0
    shares[unit["early"], rng.integers(4, 9) :] = 0
    shares[unit["late"], rng.integers(19, 25) :] = 0
    start = rng.integers(8, 12)
    shares[unit["back"], start : start + rng.integers(6, 10)] = 0
    dead = {unit["early"], unit["late"], unit["born_dead"]}
    return {
        "shares": np.round(shares, 2),
        "came_back": unit["back"],
        "dead_at_end": dead,
        "dead_sometime": dead | {unit["back"]},
        "always": unit["always"],
        "born_dead": unit["born_dead"],
        "low": unit["low"],
    }
