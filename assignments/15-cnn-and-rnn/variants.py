"""The numbers of a class for assignment 15: kernels with holes, states, gradients through time."""

from __future__ import annotations

import numpy as np

FUNCTIONS = {  # as a formula, as code, and its slope as code
    "tanh": (r"\tanh z", "np.tanh(z)", "1 - np.tanh(z) ** 2"),
    "arctan": (r"\arctan z", "np.arctan(z)", "1 / (1 + z**2)"),
    "softsign": (r"z / (1 + |z|)", "z / (1 + np.abs(z))", "1 / (1 + np.abs(z)) ** 2"),
    "relu": (r"\max(0, z)", "np.maximum(z, 0)", "z > 0"),
}
CODE = {  # the same to call
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "arctan": (np.arctan, lambda z: 1 / (1 + z**2)),
    "softsign": (lambda z: z / (1 + np.abs(z)), lambda z: 1 / (1 + np.abs(z)) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: z > 0),
}
STEPS = 40  # of the figure

SPECIFIES = ("stride", "keep", "factor", "limit", "grows")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    return {
        "seed": int(rng.integers(1, 100_000)),
        **_convolution(rng),
        **_state(rng),
        **_near_identity(rng),
        **_clipping(rng),
        **_ways(rng),
        "thing": str(rng.choice(["heartbeats", "bird songs", "machine noises", "stock prices"])),
        "length": int(rng.integers(8, 30)) * 10,
    }


def _convolution(rng: np.random.Generator) -> dict[str, object]:
    """Return the stride and the dilation of task 1, its example and mistakes with it."""
    stride, dilation = (int(each) for each in rng.permutation([2, 3, 4])[:2])
    length = 2 * dilation + 1 + 2 * stride  # for three places, up to the last moment
    sound = rng.integers(1, 10, length).astype(float)

    def sums(
        weights: tuple[int, ...] = (1, 10, 100), step: int = stride, hole: int = dilation
    ) -> list[list[float]]:
        starts = range(0, length - 2 * hole, step)
        return [
            [float(np.dot(weights, sound[start : start + 2 * hole + 1 : hole])) + 0.5]
            for start in starts
        ]

    def cost(size: int = 5, step: int = stride, hole: int = dilation) -> tuple[int, int]:
        places = (1000 - 4 * hole - 1) // step + 1
        return size * 3 * 8 + 8, places * size * 3 * 8

    right, (learned, work) = sums(), cost()
    places = work // (learned - 8)
    return {
        "stride": stride,
        "dilation": dilation,
        "sound": [[each] for each in sound.tolist()],
        "example_sums": right,
        "sums_turned": sums((100, 10, 1)),
        "sums_dense": sums(hole=1),
        "sums_slow": sums(step=1),
        "sums_mixed": sums(step=dilation, hole=stride),
        "sums_short": right[:-1],
        "sums_bare": [[each - 0.5] for (each,) in right],
        "sums_flat": [each for (each,) in right],
        "example_cost": (learned, work),
        "cost_bare": (learned - 8, work),
        "cost_wide": cost(4 * dilation + 1),
        "cost_places": (learned * places, work),
        "cost_slow": cost(step=1),
        "cost_dense": cost(hole=1),
        "cost_biased": (learned, learned * places),
        "cost_channel": (learned + 16, work),
    }


def _state(rng: np.random.Generator) -> dict[str, object]:
    """Return the layer of task 2, an example of its gradients and mistakes with it."""
    name = str(rng.choice(list(FUNCTIONS)))
    formula, f, slope = FUNCTIONS[name]
    keep = float(rng.choice([0.3, 0.4, 0.6, 0.7, 0.8]))
    while True:
        example = [
            np.round(rng.uniform(-1, 1, shape), 1)
            for shape in ((3, 1, 2), (2, 2), (2, 2), (2,), (1, 2))
        ]
        answers = {
            "by_inputs": _by_inputs(name, keep, example),
            "by_chapter": _by_inputs(name, keep, example, straight=0),
            "by_kept": _by_inputs(name, keep, example, through=0),
            "by_whole": _by_inputs(name, keep, example, straight=1),
            "by_states": _by_inputs(name, keep, example, at="state"),
            "by_turned": _by_inputs(name, keep, example, turned=True),
            "by_reversed": _by_inputs(name, keep, example)[::-1],
            "by_flat": _by_inputs(name, keep, example, at=None),
        }
        listed = list(answers.values())
        distances = [
            np.abs(np.subtract(a, b)).max() for k, a in enumerate(listed) for b in listed[:k]
        ]
        if min(distances) > 0.01:  # so that no mistake is hidden, or looks like another one
            break
    names = ("x", "w", "u", "b", "last")
    return {
        "keep": keep,
        "formula": formula,
        "f": f,
        "slope": slope,
        **{name: each.tolist() for name, each in zip(names, example, strict=True)},
        **answers,
    }


def _by_inputs(
    name: str,
    keep: float,
    example: list[np.ndarray],
    *,
    straight: float | None = None,
    through: float = 1,
    at: str | None = "sum",
    turned: bool = False,
) -> list[object]:
    """Return the gradients at the inputs, perhaps with a mistake."""
    (f, slope), (x, W, U, b, last) = CODE[name], example
    h, places = np.zeros((1, 2)), []
    for x_t in x:
        z = h @ W + x_t @ U + b
        h = keep * h + f(z)
        places.append(h if at == "state" else z)
    g, found = last, []
    for place in reversed(places):
        passed = g * (slope(place) if at else 1)
        found.append(passed @ U.T)
        back = passed @ (W if turned else W.T)
        g = (keep if straight is None else straight) * g + through * back
    return np.round(found[::-1], 12).tolist()


def _near_identity(rng: np.random.Generator) -> dict[str, object]:
    """Return the factor of task 3, what is left by it, and the ranges of its check."""
    factor, steps = (
        float(rng.choice([0.85, 0.9, 0.95, 1.05, 1.1])),
        int(rng.choice([10, 15, 20, 25])),
    )
    draw = np.random.default_rng(15)  # of the answer, not of the class
    h, is_open = np.zeros(20_000), np.ones(20_000, dtype=bool)
    for _ in range(steps):
        h = np.maximum(0, factor * h + draw.normal(size=len(h)))
        is_open &= h > 0
    root = float(np.sqrt(is_open.mean()))
    share = 1 / 4 + np.arctan(factor) / (2 * np.pi)  # never closed in two steps
    lengths = {
        "two": factor**2 * np.sqrt(share),
        "mean": factor**2 * share,
        "bare": np.sqrt(share),
        "open": factor**2,
        "back": factor**2 * np.sqrt(share + 1 / 4),
    }
    return {
        "factor": factor,
        "steps": steps,
        "power": f"{factor**steps:.2g}",
        "root": f"{root:.2f}",
        "left": float(f"{factor**steps * root:.2g}"),
        **{f"{name}_low": round(0.975 * each, 4) for name, each in lengths.items()},
        **{f"{name}_high": round(1.025 * each, 4) for name, each in lengths.items()},
    }


def _clipping(rng: np.random.Generator) -> dict[str, object]:
    """Return the limit of task 4, its example and mistakes with it."""
    limit = float(rng.choice([0.5, 1.5, 2.0, 2.5]))
    big, small = (int(each) for each in rng.integers(3, 7, 2))
    # the means are 3, 4 and 12 times something, of length 13
    means = [[3.0 * limit, 4.0 * limit], [12.0 * limit]]
    first = [[each + big for each in means[0]], [means[1][0] + small]]
    second = [[each - big for each in means[0]], [means[1][0] - small]]

    def shortened(arrays: list[list[float]]) -> list[list[float]]:
        length = sum(each**2 for array in arrays for each in array) ** 0.5
        return [[each * min(1, limit / length) for each in array] for array in arrays]

    each_first = [shortened(part) for part in (first, second)]
    return {
        "limit": limit,
        "whole": 13 * limit,
        "parts": [first, second],
        "clipped_example": shortened(means),
        "clipped_first": [
            [(a + b) / 2 for a, b in zip(*arrays, strict=True)]
            for arrays in zip(*each_first, strict=True)
        ],
        "clipped_not": means,
    }


def _ways(rng: np.random.Generator) -> dict[str, object]:
    """Return the lines of task 5, and who is who among them."""
    names = ["grows", "falls", "identity", "closed"]
    letter = dict(zip(names, rng.permutation(list("ABCD")).tolist(), strict=True))
    growth = float(rng.choice([1.12, 1.15, 1.18, 1.22, 1.25]))
    end = int(rng.integers(14, 26))
    steps = np.arange(STEPS + 1)
    lines = {
        "grows": growth**steps,
        "falls": rng.choice([0.6, 0.65, 0.7, 0.75]) ** steps,
        "identity": (1 + np.pi * steps) ** -0.25,
        "closed": np.where(steps < end, rng.choice([0.85, 0.9]) ** steps, 0),
    }
    sizes = {}
    for name, line in sorted(lines.items(), key=lambda item: letter[item[0]]):
        line = line * np.exp(rng.normal(0, 0.03, len(steps)))
        line[0] = 1
        sizes[letter[name]] = [float(f"{each:.3g}") for each in line]
    grown = sizes[letter["grows"]][-1]
    return {
        "sizes": sizes,
        **letter,
        "per_step": growth,
        "grown": f"{grown:g}",
        "too_late": {letter["falls"], letter["closed"]},
        "log_low": round(float(np.log10(growth)) - 0.01, 3),
        "log_high": round(float(np.log10(growth)) + 0.01, 3),
        "split_low": round(0.9 * grown / STEPS, 3),
        "split_high": round(1.1 * grown / STEPS, 3),
    }
