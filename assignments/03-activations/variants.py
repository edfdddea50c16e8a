"""The numbers of a class for assignment 03: dead zones, curves, zeros, slopes."""

from __future__ import annotations

from math import erf, sqrt

import numpy as np

SPECIFIES = ("spread", "zone", "end", "sharp", "relu", "leak")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    seed = int(rng.integers(1, 100_000))
    return {
        "seed": seed,
        **_shrink(rng),
        **_bends(rng),
        **_zeros(rng, seed),
        **_softplus(rng),
        **_slopes(rng),
        "topic": str(rng.choice(["street signs", "bird songs", "bread crusts", "cloud types"])),
        "good": int(rng.integers(88, 95)),
        "bad": int(rng.integers(78, 86)),
    }


def _shrink(rng: np.random.Generator) -> dict[str, object]:
    """Return the activation of task 1 with values and slopes, rightly and wrongly."""
    zone, outer = float(rng.choice([0.5, 1.0, 1.5, 2.0])), float(rng.choice([0.5, 2.0, 3.0]))
    z = np.array([-zone - 2, -zone - 0.5, -zone, 0.0, zone / 2, zone, zone + 1, zone + 3])
    on, right = np.abs(z) > zone, z > zone
    value = outer * np.sign(z) * np.maximum(np.abs(z) - zone, 0) + 0.0
    made = {
        "shrink_right": value,
        "shrink_jump": np.where(on, outer * z, 0),
        "shrink_even": np.abs(value),
        "shrink_relu": np.maximum(value, 0),
        "shrink_plain": value / outer,
        "slope_right": np.where(on, outer, 0.0),
        "slope_v": np.where(on, outer * np.sign(z), 0) + 0.0,
        "slope_corners": np.where(np.abs(z) >= zone, outer, 0.0),
        "slope_relu": np.where(right, outer, 0.0),
        "slope_one": np.where(on, 1.0, 0.0),
    }
    return {"zone": zone, "outer": outer, "shrink_z": z, **made}


def _bends(rng: np.random.Generator) -> dict[str, object]:
    """Return the points of task 2 and their bends, rightly and wrongly."""
    end = float(rng.choice([-1.5, -1.0, -0.5, 0.5, 1.5]))
    x = np.array([0.0, 2.0, 4.0, 8.0]) + rng.integers(-3, 2)
    y = np.cumsum(rng.permutation([3, -2, 4, 6])) + 0.0
    slopes = np.diff(y) / np.diff(x)
    return {
        "end": end,
        "bends_x": x,
        "bends_y": y,
        "bends_right": np.diff([0, *slopes, end]),
        "bends_level": np.diff([0, *slopes, 0]),
        "bends_slopes": np.array([*slopes, end]),
        "bends_rises": np.diff([0, *np.diff(y), end]),
        "bends_short": np.diff([0, *slopes]),
    }


def _zeros(rng: np.random.Generator, seed: int) -> dict[str, object]:
    """Return the sums of task 3 and the shares of zeros."""
    mean, width = float(rng.choice([0.5, 1.0, -0.5, -1.0])), float(rng.choice([0.5, 1.5, 2.0]))
    spread = float(rng.choice([0.5, 0.75, 1.5, 2.0, 3.0]))
    inside = sum(erf((width + side * mean) / spread / sqrt(2)) for side in (-1, 1)) / 2
    moved, centred, narrow = (
        np.random.default_rng(seed).normal(at, by, 1000)
        for at, by in ((0.5, spread), (0, spread), (0.5, 1))
    )
    return {
        "mean": mean,
        "width": width,
        "spread": spread,
        "zeros": round(inside, 2),
        "relu_share": float((moved <= 0).mean()),
        "narrow_share": float((narrow <= 0).mean()),
        "centred_share": float((centred <= 0).mean()),
    }


def _softplus(rng: np.random.Generator) -> dict[str, object]:
    """Return the sharpness of task 4, and its values."""
    sharp = float(rng.choice([0.8, 1.5, 2.0, 3.0, 4.0]))
    z = np.array([-1000.0, -1.0, 0.0, 0.5, 1000.0])
    unscaled = np.logaddexp(0, sharp * z)
    return {"sharp": sharp, "softplus_unscaled": unscaled, "softplus_right": unscaled / sharp}


def _slopes(rng: np.random.Generator) -> dict[str, object]:
    """Return the four slopes of task 5, and whose they are."""
    line, leak = np.linspace(-4, 4, 41), float(rng.choice([0.1, 0.2, 0.3, 0.4]))
    s = 1 / (1 + np.exp(-line))
    made = {
        "relu": np.where(line > 0, 1.0, 0.0),
        "leaky": np.where(line > 0, 1.0, leak),
        "tanh": 1 - np.tanh(line) ** 2,
        "sigmoid": s * (1 - s),
    }
    letters = rng.permutation(list("ABCD")).tolist()
    who = dict(zip(made, letters, strict=True))
    named = {who[name]: np.round(curve, 3).tolist() for name, curve in made.items()}
    return {"slopes": {letter: named[letter] for letter in "ABCD"}, **who, "leak": leak}
