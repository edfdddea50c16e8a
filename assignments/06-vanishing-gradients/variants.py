"""The numbers of a class for assignment 06: memories, lots, detours, saturation, leaks."""

from __future__ import annotations

import numpy as np

LAYERS = 20

SPECIFIES = ("steep", "sharp", "branch", "below", "factor", "level")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    seed = int(rng.integers(1, 100_000))
    times, leak = float(rng.choice([0.8, 1.2, 1.6, 2.4])), float(rng.choice([0.1, 0.2, 0.3, 0.4]))
    open_share, depth = float(rng.choice([0.3, 0.4, 0.6, 0.7])), int(rng.integers(8, 20))
    steep = float(rng.choice([0.8, 1.25, 1.5, 2.0, 2.5]))
    carried = (times * (open_share * steep**2 + (1 - open_share) * leak**2)) ** (depth / 2)
    return {
        "seed": seed,
        **_memory(rng),
        "depth": depth,
        "times": times,
        "steep": steep,
        "leak": leak,
        "open": open_share,
        "open_percent": round(100 * open_share),
        "closed": round(1 - open_share, 2),
        "carried": f"{carried:.2g}",
        "example_carry": _carry(times, open_share, steep, leak, seed),
        **_skip(rng),
        **_saturated(rng),
        **_gradients(rng),
        "depth_words": str(rng.choice(["15-layer", "20-layer", "30-layer", "40-layer"])),
        "function": str(rng.choice(["sigmoid", "tanh"])),
        "more": int(rng.integers(4, 12)),
    }


def _memory(rng: np.random.Generator) -> dict[str, object]:
    """Return the memory of task 1, and its derivatives, rightly and wrongly."""
    sharp, w = float(rng.choice([0.5, 2.0, 3.0, 5.0])), float(rng.choice([-2.0, 1.5, 2.5, -1.5]))
    z = np.round(rng.permutation([-1.0, -0.4, 0.2, 0.7, 1.1]), 1)
    s = 1 / (1 + np.exp(-sharp * z))
    factors = w * sharp * s * (1 - s)
    at_z = 1 / (1 + np.exp(-z))

    def after(each: np.ndarray) -> np.ndarray:
        return np.cumprod(np.append(each[1:], 1.0)[::-1])[::-1]

    return {
        "sharp": sharp,
        "memory_w": w,
        "memory_z": z,
        "memory_right": after(factors),
        "memory_own": np.cumprod(factors[::-1])[::-1],
        "memory_front": np.cumprod(factors),
        "memory_no_weight": after(factors / w),
        "memory_no_sharp": after(factors / sharp),
        "memory_outside": after(w * sharp * at_z * (1 - at_z)),
        "memory_single": np.append(factors[1:], 1.0),
    }


def _carry(
    times: float, share: float, steep: float, leak: float, seed: int
) -> dict[str, list[float]]:
    """Return the sizes of a small gradient on its way down, rightly and wrongly."""
    start = np.array([[1.0, -2.0, 0.5], [0.3, 1.0, -1.0]])

    def sizes(
        scale: float,
        low: float = leak,
        high: float = steep,
        slopes: bool = True,
        turn: bool = True,
    ) -> np.ndarray:
        lot, delta, found = np.random.default_rng(seed), start, []
        for _ in range(3):
            weights = lot.normal(0, scale, (3, 3))
            drawn = np.where(lot.random(delta.shape) < share, high, low) if slopes else 1.0
            delta = (delta @ (weights.T if turn else weights)) * drawn
            found.append(np.sqrt(np.mean(delta**2)))
        return np.array(found)

    top, scale = np.sqrt(np.mean(start**2)), np.sqrt(times / 3)
    right = sizes(scale)
    made = {
        "right": right / top,
        "variance": sizes(times / 3) / top,
        "absolute": right,
        "no slopes": sizes(scale, slopes=False) / top,
        "no leak": sizes(scale, low=0.0) / top,
        "slope of 1": sizes(scale, high=1.0) / top,
        "step by step": right / [top, *right[:-1]],
        "not turned": sizes(scale, turn=False) / top,
    }
    return {name: np.round(each, 9).tolist() for name, each in made.items()}


def _skip(rng: np.random.Generator) -> dict[str, object]:
    """Return the layer of task 3, and its way back, rightly and wrongly."""
    branch = float(rng.choice([0.1, 0.25, 0.5, 2.0]))
    gradient, h = rng.integers(1, 4, (2, 2, 2)) * rng.choice([-1.0, 1.0], (2, 2, 2))
    w = rng.integers(1, 3, (2, 2)) * rng.choice([-0.5, 0.5], (2, 2))
    back = (gradient * (1 - np.tanh(h @ w) ** 2)) @ w.T
    elsewhere = (gradient * (1 - np.tanh(h) ** 2)) @ w.T
    return {
        "branch": branch,
        "skip_given": [gradient.tolist(), h.tolist(), w.tolist()],
        "skip_right": gradient + branch * back,
        "skip_no_detour": branch * back,
        "skip_slope": gradient + branch * elsewhere,
        "skip_unscaled": gradient + back,
    }


def _saturated(rng: np.random.Generator) -> dict[str, object]:
    """Return the sums of task 4, and who is saturated, rightly and wrongly."""
    height, stretch = float(rng.choice([1.5, 2.0, 3.0])), float(rng.choice([2.0, 3.0, 4.0]))
    below = float(rng.choice([0.05, 0.1, 0.2]))
    edge = stretch * np.arctanh(np.sqrt(1 - below))  # where the slope is just so small
    z = edge * np.array(
        [
            [1.5, -1.3, 0.2, 0.8],
            [1.2, 0.9, -0.5, 1.4],
            [-0.5, 0.3, 0.9, -0.8],
            [-1.2, 0.1, 0.8, 0.6],
        ]
    )
    on = 1 - np.tanh(z / stretch) ** 2 < below
    return {
        "height": height,
        "stretch": stretch,
        "below": below,
        "below_percent": round(100 * below),
        "saturated_z": np.round(z, 2),
        "saturated_right": on.mean(axis=0),
        "saturated_plain": (1 - np.tanh(np.round(z, 2)) ** 2 < below).mean(axis=0),
        "saturated_side": (on & (z > 0)).mean(axis=0),
        "saturated_examples": on.mean(axis=1),
        "saturated_live": 1 - on.mean(axis=0),
        "saturated_counts": on.sum(axis=0),
    }


def _gradients(rng: np.random.Generator) -> dict[str, object]:
    """Return the four curves of task 5, and who is who."""
    factor, down = float(rng.choice([0.5, 0.55, 0.6, 0.65, 0.7])), np.arange(LAYERS)[::-1]
    culprit = int(rng.integers(5, 16))
    layers = np.arange(1, LAYERS + 1)
    made = {
        "fading": factor**down,
        "growing": 1.35**down,
        "level": np.ones(LAYERS),
        "leaking": np.where(layers <= culprit, 1e-3, 1.0),
    }
    letters = rng.permutation(list("ABCD")).tolist()
    who = dict(zip(made, letters, strict=True))
    curves = {}
    for name, curve in made.items():
        scatter = rng.normal(0, 0.03, LAYERS)
        scatter[[0, -1]] = 0
        curves[who[name]] = [float(f"{each:.3g}") for each in curve * np.exp(scatter)]
    ordered = {letter: curves[letter] for letter in "ABCD"}
    return {"curves": ordered, **who, "factor": factor, "culprit": culprit}
