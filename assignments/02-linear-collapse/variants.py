"""The numbers of a class for assignment 02: detours, normalisations, bottlenecks, curves."""

from __future__ import annotations

import numpy as np

Pair = tuple[list, list]

SPECIFIES = ("detour", "keep", "epsilon", "leak", "asked", "kinks")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    keep = float(rng.choice([-1.0, -0.5, 0.5, 1.5, 2.0, 2.5, 3.0]))
    detour = int(rng.integers(1, 4))
    narrow = int(rng.integers(2, 5))
    bottleneck = [*rng.integers(6, 12, 2).tolist(), narrow, *rng.integers(6, 12, 2).tolist()]
    return {
        "keep": keep,
        **_fold(rng, keep),
        **_normalise(rng),
        "detour": detour,
        "detour_words": ("one unit", "two units", "three units")[detour - 1],
        "bottleneck": bottleneck,
        "bottleneck_words": ", ".join(map(str, bottleneck[:-1])) + f" and {bottleneck[-1]}",
        "first": bottleneck[0],
        "last": bottleneck[-1],
        "narrowest": narrow,
        "weights": int(np.dot(bottleneck[:-1], bottleneck[1:])),
        **_local(rng),
        **_curves(rng),
        "thing": str(rng.choice(["leaves", "birds' voices", "handwriting", "rocks"])),
        "many": int(rng.integers(4, 9)),
        "wide": int(rng.choice([64, 100, 128, 256])),
        "got": int(rng.integers(60, 80)),
    }


def _pair(w: np.ndarray, b: np.ndarray) -> Pair:
    return np.round(w, 9).tolist(), np.round(b, 9).tolist()


def _fold(rng: np.random.Generator, keep: float) -> dict[str, object]:
    """Return two layers with a detour, folded in the right way and in wrong ones."""
    (first, second), biases = rng.integers(-2, 3, (2, 2, 2)), rng.integers(1, 4, (2, 2))
    while np.allclose(first @ second, second @ first) or not first.any(axis=0).all():
        first, second = rng.integers(-2, 3, (2, 2, 2))
    eye = np.eye(2)

    def folded(detour: float, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        above = detour * eye + other
        return (detour * eye + one) @ above, biases[0] @ above + biases[1]

    w, b = folded(keep, first, second)
    plain, plain_b = folded(0, first, second)
    return {
        "fold_layers": [
            (first.tolist(), biases[0].tolist()),
            (second.tolist(), biases[1].tolist()),
        ],
        "folds": {
            "right": _pair(w, b),
            "no detour": _pair(plain, plain_b),
            "order": _pair((keep * eye + second) @ (keep * eye + first), b),
            "biases added": _pair(w, biases.sum(axis=0)),
            "detour once": _pair(plain + keep * eye, plain_b),
            "detour of 1": _pair(*folded(1, first, second)),
        },
    }


def _normalise(rng: np.random.Generator) -> dict[str, object]:
    """Return a layer with its normalisation, in one, and in wrong ways."""
    epsilon = float(rng.choice([0.1, 0.25, 0.4, 0.5, 0.75, 1.0]))
    w, b = rng.integers(1, 5, (2, 2)).astype(float), rng.integers(1, 4, 2).astype(float)
    mean, shift = rng.integers(1, 4, (2, 2)).astype(float)
    variance = np.array([2.0, 4.0])[rng.permutation(2)] - epsilon
    scale = np.array([2.0, 3.0])[rng.permutation(2)]
    factor = scale / np.sqrt(variance + epsilon)
    no_root, no_epsilon = scale / (variance + epsilon), scale / np.sqrt(variance)
    return {
        "epsilon": epsilon,
        "normalise_given": [each.tolist() for each in (w, b, mean, variance, scale, shift)],
        "normalise_found": {
            "right": _pair(w * factor, (b - mean) * factor + shift),
            "no root": _pair(w * no_root, (b - mean) * no_root + shift),
            "no epsilon": _pair(w * no_epsilon, (b - mean) * no_epsilon + shift),
            "bias kept": _pair(w * factor, b - mean * factor + shift),
            "shift scaled": _pair(w * factor, (b - mean + shift) * factor),
            "rows": _pair(w * factor[:, None], (b - mean) * factor + shift),
        },
    }


def _local(rng: np.random.Generator) -> dict[str, object]:
    """Return a network of one hidden layer, and what it is near an input, rightly and wrongly.

    One hidden unit is off, with a bias; one output is below 0: so every mistake shows.
    """
    leak = float(rng.choice([0.1, 0.2, 0.25, 0.3]))
    while True:
        first, second = rng.integers(-2, 3, (2, 3)), rng.integers(-2, 3, (3, 2))
        biases, end, x = rng.integers(-2, 3, 3), rng.integers(-2, 3, 2), rng.integers(-2, 3, 2)
        sums = x @ first + biases
        slope = np.where(sums > 0, 1, leak)
        right = (first * slope) @ second, (biases * slope) @ second + end
        out = x @ right[0] + right[1]
        last = np.where(out > 0, 1, leak)
        found = {
            "right": _pair(*right),
            "bias through": _pair(right[0], biases @ second + end),
            "last rectified": _pair(right[0] * last, right[1] * last),
            "all on": _pair(first @ second, biases @ second + end),
            "plain": _pair((first * (sums > 0)) @ second, (biases * (sums > 0)) @ second + end),
        }
        off_biases = (biases * (sums < 0)) @ second
        one_off = (sums != 0).all() and (sums > 0).sum() == 2
        differ = (
            len({str(w) for w, _ in found.values()}) == 4
        )  # "bias through" has those of "right"
        differ &= (x @ right[0] + biases @ second + end < 0).any()  # and the broken one others
        if one_off and differ and off_biases.all() and (out < -0.1).sum() == 1:
            break
    return {
        "leak": leak,
        "local_layers": [(first.tolist(), biases.tolist()), (second.tolist(), end.tolist())],
        "local_x": x,
        "local": found,
    }


def _curves(rng: np.random.Generator) -> dict[str, object]:
    """Return the four curves of task 5, and who is who."""
    line = np.linspace(-3, 3, 61)
    count = int(rng.integers(3, 6))
    places = np.linspace(-2.4, 2.2, count) + rng.uniform(-0.15, 0.15, count)
    steps = np.where(np.arange(count) % 2 == 0, 1, -2) * rng.uniform(0.8, 1.2, count)
    made = {
        "straight": rng.uniform(0.4, 0.9) * line + rng.uniform(-0.5, 0.5),
        "tanh": 1.5 * np.tanh(2 * (line - rng.uniform(-1, 1))) - 0.3 * line,
        "asked": np.maximum(0, line[:, None] - places) @ steps,
        "one": 0.8 * np.maximum(0, line - rng.uniform(-1, 1)) - 0.5,
    }
    letters = rng.permutation(list("ABCD")).tolist()
    who = dict(zip(made, letters, strict=True))
    named = {who[name]: np.round(curve, 3).tolist() for name, curve in made.items()}
    return {"curves": {name: named[name] for name in "ABCD"}, **who, "kinks": count}
