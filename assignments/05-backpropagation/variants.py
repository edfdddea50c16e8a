"""The numbers of a class for assignment 05: slopes, losses, networks for paper, checks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Layers = Sequence[tuple[np.ndarray, np.ndarray]]
EPSILON = 1e-16

SPECIFIES = ("reach", "right", "factor", "divide", "tied_factor", "smooth_curve")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    factor, tied_factor = (float(each) for each in rng.choice([0.25, 1.5, 3.0, 4.0, 5.0], 2, False))
    reach = float(rng.choice([0.5, 1.5, 2.0, 2.5, 3.0]))
    return {
        **_bent(rng),
        "factor": factor,
        **_paper(rng, factor),
        "reach": reach,
        "apart": 2 * reach,
        "divide": int(rng.integers(3, 8)),
        "x": float(rng.integers(2, 10)) / 10,
        "step": float(rng.choice([0.1, 0.05])),
        "tied_factor": tied_factor,
        **_tied(rng, tied_factor),
        **_checks(rng),
        "total_weights": int(rng.integers(20, 90)) * 10,
        "bad_weights": int(rng.integers(3, 9)),
        "check_step": float(rng.choice([0.001, 0.0001])),
    }


def _bent(rng: np.random.Generator) -> dict[str, object]:
    """Return the activation of task 1 with its values and slopes at five places."""
    left = float(rng.choice([-0.5, -0.25, 0.25, 0.4]))
    right = float(rng.choice([0.5, 1.5, 2.0, 3.0]))
    side, other = ("left", "right") if rng.random() < 0.5 else ("right", "left")
    slope = {"left": left, "right": right}
    z = np.array([-2.0, -0.5, 0.0, 1.0, 3.0])

    def slopes(at_zero: float) -> list[float]:
        return [left, left, at_zero, right, right]

    return {
        "left": left,
        "right": right,
        "side": side,
        "other_side": other,
        "sign": ">" if side == "left" else ">=",
        "at_zero": slope[side],
        "example_values": np.where(z > 0, right * z, left * z) + 0.0,
        "example_slopes": slopes(slope[side]),
        "example_other_side": slopes(slope[other]),
        "example_mean": slopes((left + right) / 2),
    }


def _gradients(
    layers: Layers,
    x: np.ndarray,
    start: np.ndarray,
    *,
    slope: bool = True,
    bias_mean: bool = False,
) -> list[tuple[list, list]]:
    """Return the gradients of two layers, from that of the output; perhaps with a mistake."""
    (first, biases), (second, _) = layers
    h = np.maximum(0, x @ first + biases)
    delta = start @ second.T * ((h > 0) if slope else 1)
    over = np.mean if bias_mean else np.sum
    pairs = [(x.T @ delta, over(delta, axis=0)), (h.T @ start, over(start, axis=0))]
    return [(np.round(w, 9).tolist(), np.round(b, 9).tolist()) for w, b in pairs]


def _paper(rng: np.random.Generator, factor: float) -> dict[str, object]:
    """Return a network of whole numbers, its gradient, and the gradients of typical mistakes.

    Each hidden unit is silent on one of the two examples, so that every mistake shows.
    """
    while True:
        first, second = (rng.integers(-2, 3, shape).astype(float) for shape in ((2, 2), (2, 1)))
        biases = rng.integers(-2, 3, 2).astype(float), rng.integers(-2, 3, 1).astype(float)
        x, targets = rng.integers(-2, 3, (2, 2)).astype(float), rng.integers(-3, 4, (2, 1))
        sums = x @ first + biases[0]
        out = np.maximum(0, sums) @ second + biases[1]
        error = out - targets
        alive = (sums > 0).sum(axis=0)
        shown = (error != 0).all() and (second != 0).all() and (out < 0).any()
        if (alive == 1).all() and shown:
            break
    layers = [(first, biases[0]), (second, biases[1])]
    start = 2 * factor * error / len(x)
    paper = {
        "right": _gradients(layers, x, start),
        "no slope": _gradients(layers, x, start, slope=False),
        "no 2": _gradients(layers, x, start / 2),
        "sum": _gradients(layers, x, start * len(x)),
        "no factor": _gradients(layers, x, start / factor),
        "bias mean": _gradients(layers, x, start, bias_mean=True),
        "downhill": _gradients(layers, x, -start),
    }
    return {
        "paper_layers": [(w.tolist(), b.tolist()) for w, b in layers],
        "paper_x": x,
        "paper_targets": targets,
        "paper": paper,
    }


def _tied(rng: np.random.Generator, factor: float) -> dict[str, object]:
    """Return weights that are used twice, and the parts of their gradient."""
    while True:
        w, x = rng.integers(-2, 3, (3, 2)).astype(float), rng.integers(-2, 3, (2, 3)).astype(float)
        if not (x @ w).all():  # on the kink, differences give no slope
            continue
        h = np.maximum(0, x @ w)
        error = 2 * factor * (h @ w.T - x)
        unfolding = error.T @ h
        squeezing, all_pass = (x.T @ (error @ w * on) for on in (h > 0, np.ones_like(h)))
        right = unfolding + squeezing
        others = [unfolding, squeezing, all_pass, unfolding + all_pass]
        if all((np.abs(right - each) > 0.1).any() for each in others) and (squeezing != 0).any():
            break
    return {
        "tied_w": w,
        "tied_x": x,
        "tied_right": right,
        "tied_squeezing": squeezing,
        "tied_unfolding": unfolding,
        "tied_no_slope": unfolding + all_pass,
    }


def _checks(rng: np.random.Generator) -> dict[str, object]:
    """Return the three curves of task 5 and their names."""
    steps = 10.0 ** np.arange(-1, -13, -1)
    curvature = float(rng.choice([0.3, 30.0, 3000.0])) * rng.uniform(0.8, 1.2)
    distance = 10.0 ** -rng.integers(2, 5) * 0.5

    def smooth(scale: float) -> np.ndarray:
        noise = rng.uniform(0.5, 2, steps.shape)
        return np.minimum(scale * steps**2 + EPSILON / steps * noise, 0.9)

    right = smooth(curvature)
    kink = np.where(steps > distance, 0.5 * (1 - distance / steps) + 0.01, smooth(0.3))
    wrong = np.full(steps.shape, rng.uniform(0.05, 0.3)) * rng.uniform(0.99, 1.01, steps.shape)
    letters = rng.permutation(["A", "B", "C"]).tolist()
    named = dict(zip(letters, (right, kink, wrong), strict=True))
    return {
        "errors": {
            name: [float(f"{value:.2g}") for value in named[name]] for name in sorted(named)
        },
        "smooth_curve": letters[0],
        "kink_curve": letters[1],
        "wrong_curve": letters[2],
        "best": -1 - int(right.argmin()),
    }
