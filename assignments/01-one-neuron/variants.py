"""The numbers of a class for assignment 01: switches, units, steps, borders."""

from __future__ import annotations

import numpy as np

SPECIFIES = ("threshold", "times", "curve", "factor", "right")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    fruit, cold, warm = [
        ("Tomatoes", 9, 15),
        ("Bananas", 12, 17),
        ("Lemons", 7, 13),
        ("Avocados", 4, 10),
    ][rng.integers(4)]
    return {
        **_switch(rng),
        **_raw(rng),
        **_path(rng),
        **_step(rng),
        **_borders(rng),
        "fruit": fruit,
        "fruit_small": fruit.lower(),
        "cold": cold,
        "warm": warm,
        "middle": (cold + warm) // 2,
        "many": int(rng.integers(3, 20)) * 100,
    }


def _switch(rng: np.random.Generator) -> dict[str, object]:
    """Return the switch of task 1, with rows of which one sum lies on the threshold."""
    threshold = int(rng.choice([-3, -2, 2, 3, 4]))
    high, low = ((5, -1), (2, -2), (10, 3), (4, 1))[rng.integers(4)]
    counts = bool(rng.random() < 0.5)
    weights = np.array([2, -1])
    # the sums: between 0 and the threshold, on the threshold, far above, far below
    sums = np.array([np.sign(threshold), threshold, threshold + 5, threshold - 6])
    first = rng.integers(-2, 3, 4)
    rows = np.column_stack([first, 2 * first - sums])

    def step(values: np.ndarray, at: int, yes: int, no: int, edge: bool) -> list[int]:
        return np.where((values > at) | (edge & (values == at)), yes, no).tolist()

    return {
        "threshold": threshold,
        "high": high,
        "low": low,
        "counts": counts,
        "relation": "at least" if counts else "above",
        "sign": ">=" if counts else ">",
        "at_threshold": high if counts else low,
        "switch_rows": rows,
        "switch_weights": weights,
        "switch_right": step(sums, threshold, high, low, counts),
        "switch_edge": step(sums, threshold, high, low, not counts),
        "switch_turned": step(sums, threshold, low, high, counts),
        "switch_zero": step(sums, 0, high, low, counts),
        "switch_bits": step(sums, threshold, 1, 0, counts),
        "switch_sums": sums,
    }


def _raw(rng: np.random.Generator) -> dict[str, object]:
    """Return the neuron of task 2 for raw rows, rightly and wrongly."""
    times = float(rng.choice([0.5, 2.0, 3.0, 10.0]))
    weights, mean = rng.integers(1, 6, 2).astype(float), rng.integers(1, 6, 2).astype(float)
    spread, bias = rng.permutation([2.0, 4.0]), float(rng.integers(1, 5))
    new = times * weights / spread
    found = {
        "right": (new, bias - mean @ new),
        "bias kept": (new, bias),
        "old weights": (new, bias - mean @ weights),
        "plus": (new, bias + mean @ new),
        "multiplied": (times * weights * spread, bias - mean @ (times * weights * spread)),
        "no factor": (new / times, bias - mean @ new / times),
    }
    return {
        "times": times,
        "raw_given": [weights.tolist(), mean.tolist(), spread.tolist()],
        "raw_bias": bias,
        "raw_found": {name: (w.tolist(), float(b)) for name, (w, b) in found.items()},
    }


def _path(rng: np.random.Generator) -> dict[str, object]:
    """Return the loss of task 3 and its path, rightly and wrongly."""
    curve, target = float(rng.choice([0.25, 0.5, 2.5, 4.0, 5.0])), int(rng.integers(2, 9))
    rate = 0.1 / curve

    def path(slope: float) -> list[float]:
        return np.round(target - target * (1 - rate * slope) ** np.arange(3), 9).tolist()

    return {
        "curve": curve,
        "target": target,
        "half_rate": f"{0.5 / curve:g}",
        "limit_rate": f"{1 / curve:g}",
        "small_rate": rate,
        "path_right": path(2 * curve),
        "path_no_two": path(curve),
        "path_uphill": path(-2 * curve),
        "path_no_curve": path(2),
    }


def _step(rng: np.random.Generator) -> dict[str, object]:
    """Return data for one step of task 4, and the step, rightly and wrongly."""
    factor = float(rng.choice([0.25, 0.75, 1.5, 2.0, 2.5, 3.0, 4.0]))
    examples, rate = int(rng.integers(3, 5)), 0.1
    rows = rng.integers(-2, 3, (examples, 2)).astype(float)
    targets = rng.integers(-3, 4, examples).astype(float)
    weights, bias = rng.integers(1, 4, 2).astype(float), float(rng.integers(1, 4))
    error = rows @ weights + bias - targets
    while abs(error.sum()) < 1 or not rows.any(axis=0).all() or abs(rows.sum()) < 1:
        rows = rng.integers(-2, 3, (examples, 2)).astype(float)
        error = rows @ weights + bias - targets
    to_weights, to_bias = 2 * factor * rows.T @ error / examples, 2 * factor * error.mean()
    moved = weights - rate * to_weights
    later = 2 * factor * (rows @ moved + bias - targets).mean()
    found = {
        "right": (moved, bias - rate * to_bias),
        "after": (moved, bias - rate * later),
        "sum": (moved, bias - rate * to_bias * examples),
        "uphill": (weights + rate * to_weights, bias + rate * to_bias),
    }
    return {
        "factor": factor,
        "rows_word": {3: "three", 4: "four"}[examples],
        "rows_number": examples,
        "step_rows": rows,
        "step_targets": targets,
        "step_weights": weights,
        "step_bias": bias,
        "step_found": {
            name: (np.round(w, 9).tolist(), round(float(b), 9)) for name, (w, b) in found.items()
        },
    }


def _borders(rng: np.random.Generator) -> dict[str, object]:
    """Return the borders of task 5, and who is who."""
    first, second = ((1, 2), (-1, 2), (1, -2), (-1, -2))[rng.integers(4)]
    bias = int(rng.choice([-3, -2, 2, 3]))
    other = -bias if abs(bias) == 2 else int(np.sign(-bias))

    def heights(w1: int, w2: int, b: int) -> list[float]:
        return [-(w1 * x + b) / w2 + 0.0 for x in (-4, 4)]

    made = {
        "right": heights(first, second, bias),
        "parallel": heights(first, second, other),
        "mirrored": heights(-first, second, bias),
        "swapped": heights(second, first, bias),
    }
    letters = rng.permutation(list("ABCD")).tolist()
    who = dict(zip(made, letters, strict=True))
    named = {who[name]: ends for name, ends in made.items()}
    return {
        "ends": {letter: named[letter] for letter in "ABCD"},
        **who,
        "border_weights": f"({first}, {second})",
        "border_bias": bias,
        "other_bias": other,
        "second_weight": second,
        "fires": "above" if second > 0 else "below",
    }
