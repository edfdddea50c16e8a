"""The numbers of a class for assignment 07: slopes, variances, depths, starts."""

from __future__ import annotations

import numpy as np

LAYERS = 20
# The sums of the squares are far from each other, and from those of the rules for other functions.
SIDES = [(0.75, 0.5), (1.0, 0.5), (1.0, 0.75), (1.5, 0.5), (2.0, 0.5), (2.5, 0.75), (3.0, 0.5)]

SPECIFIES = ("squares", "leak", "gain", "he", "factor")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    right, left = SIDES[rng.integers(len(SIDES))]
    left *= int(rng.choice([-1, 1]))
    seed = int(rng.integers(1, 100_000))
    times = float(rng.choice([0.8, 1.2, 1.6, 2.4, 2.8, 3.2]))
    depth = int(rng.integers(10, 25))
    leak = float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.5]))
    interest = (times * (1 + leak**2) / 2) ** (depth / 2)
    return {
        "seed": seed,
        "right": right,
        "left": left,
        "squares": right**2 + left**2,
        "sum_of_slopes": abs(right) + abs(left),
        "depth": depth,
        "times": times,
        "leak": leak,
        "interest": f"{interest:.2g}" if interest < 100 else f"{interest:.0f}",
        "example_sizes": _example(times, leak, seed),
        "gain": float(rng.choice([0.5, 1.2, 1.5, 2.5, 3.0, 4.0, 5.0])),
        **_starts(rng),
        "same_value": float(rng.choice([0.01, 0.02, 0.05])),
        "deep": int(rng.integers(2, 5)),
        "wide": int(rng.choice([40, 60, 80, 100])),
    }


def _example(times: float, leak: float, seed: int) -> dict[str, list[float]]:
    """Return the sizes of a small network, and what typical mistakes make of them."""
    start = np.array([[1.0, 2.0, 0.5, 3.0], [0.2, 1.0, 2.0, 1.0]])

    def layers(scale: float, low: float = leak) -> tuple[list[np.ndarray], list[np.ndarray]]:
        generator, h, sums, outputs = np.random.default_rng(seed), start, [], []
        for _ in range(3):
            sums.append(h @ generator.normal(0, scale, (4, 4)))
            h = np.where(sums[-1] > 0, 1, low) * sums[-1]
            outputs.append(h)
        return sums, outputs

    def size(values: np.ndarray) -> float:
        return float(np.sqrt(np.mean(values**2)))

    sums, outputs = layers(np.sqrt(times / 4))
    found = np.array([size(each) for each in outputs])
    first = size(start)
    made = {
        "right": found / first,
        "variance": np.array([size(each) for each in layers(times / 4)[1]]) / first,
        "no leak": np.array([size(each) for each in layers(np.sqrt(times / 4), 0)[1]]) / first,
        "absolute": found,
        "squares": (found / first) ** 2,
        "step by step": found / [first, *found[:-1]],
        "sums": np.array([size(each) for each in sums]) / first,
        "spread": np.array([each.std() for each in outputs]) / start.std(),
    }
    return {name: np.round(each, 9).tolist() for name, each in made.items()}


def _starts(rng: np.random.Generator) -> dict[str, object]:
    """Return the four curves of task 4, and who is who."""
    letters = rng.permutation(list("ABCD")).tolist()
    who = dict(zip(("he", "up", "down", "slow"), letters, strict=True))
    factor = {
        "he": 1.0,
        "up": rng.choice([1.3, 1.4, 1.5]),
        "down": rng.choice([0.6, 0.65, 0.7]),
        "slow": rng.choice([0.85, 0.9, 1.15]),
    }
    curves = {}
    for name, letter in who.items():
        scatter = rng.normal(0, 0.02, LAYERS + 1)
        scatter[[0, -1]] = 0
        curves[letter] = factor[name] ** np.arange(LAYERS + 1) * np.exp(scatter)
    asked = str(rng.choice(["up", "down"]))
    return {
        "curves": {
            letter: [float(f"{each:.3g}") for each in curves[letter]] for letter in sorted(curves)
        },
        **who,
        "asked": who[asked],
        "factor": float(factor[asked]),
    }
