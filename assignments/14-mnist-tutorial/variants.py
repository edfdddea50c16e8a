"""The numbers of a class for assignment 14: starts, logs, sure networks, a broken program."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

SPECIFIES = ("picks", "slope", "summary", "leak", "both")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    classes = int(rng.choice([8, 12, 20, 26]))
    sure = float(rng.choice([0.9, 0.95, 0.99]))
    picks = int(rng.integers(2, 5))
    kinds = int(rng.choice([5, 20, 50, 100]))
    return {
        "seed": int(rng.integers(1, 100_000)),
        **_start(rng),
        **_gains(rng),
        "classes": classes,
        "sure": sure,
        "picks": picks,
        "rest": classes - picks,
        "honest": f"{np.log(classes):.2f}",
        "sure_loss": f"{_loss_of_sure(classes, sure, picks):.2f}",
        **_sure_example(picks),
        **_body(rng),
        **_log(rng),
        "thing": str(rng.choice(["bird songs", "road signs", "handwriting", "leaves of trees"])),
        "low": int(rng.integers(78, 84)),
        "high": int(rng.integers(85, 90)),
        "kinds": kinds,
        "first": int(rng.integers(3, 20)) * 100,
        "expected_first": f"{np.log(kinds):.1f}",
    }


def _loss_of_sure(
    classes: int, sure: float, picks: int, *, each: bool = False, whole: bool = False
) -> float:
    """Return the loss of task 3, perhaps with a share that was not divided."""
    hit, missed = sure / (1 if each else picks), (1 - sure) / (1 if whole else classes - picks)
    return float(-(picks * np.log(hit) + (classes - picks) * np.log(missed)) / classes)


def _sure_example(picks: int) -> dict[str, float]:
    """Return the loss of ten kinds and 0.9, and those of mistakes."""
    losses = {
        "sure_right": _loss_of_sure(10, 0.9, picks),
        "sure_one": _loss_of_sure(10, 0.9, 1),
        "sure_each": _loss_of_sure(10, 0.9, picks, each=True),
        "sure_whole": _loss_of_sure(10, 0.9, picks, whole=True),
        "sure_hit": -float(np.log(0.9 / picks)),
    }
    return {name: round(loss, 3) for name, loss in losses.items()}


def _sizes(
    case: tuple[float, Sequence[int], float, float],
    slope: float,
    *,
    over: float = 3,
    passed: float | None = None,
    root: bool = True,
    biased: bool = True,
) -> list[float]:
    """Return the sizes of task 1, perhaps with a mistake."""
    length, widths, a, b = case
    passed = (1 + slope**2) / 2 if passed is None else passed
    bias = b**2 / over * biased
    squares = [a**2 / over * length + bias]
    for units in widths:
        squares.append(units * a**2 / over * passed * squares[-1] + bias)
    return [float(f"{each**0.5 if root else each:.9g}") for each in squares]


def _start(rng: np.random.Generator) -> dict[str, object]:
    """Return the network of task 1."""
    slope = float(rng.choice([0.1, 0.2, 0.25, 0.3, 0.5]))
    widths = [int(each) * 100 for each in rng.integers(2, 9, 2)]
    case = (float(rng.integers(80, 120)), widths, 1.0, float(rng.choice([0.5, 2.0, 3.0])))
    hidden = (float(rng.integers(5, 30)), [30, 10, 20], 0.35, 1.5)
    return {
        "slope": slope,
        "length": case[0],
        "widths": widths,
        "a": case[2],
        "b": case[3],
        "right_sizes": _sizes(case, slope),
        "sd_sizes": _sizes(case, slope, over=1),
        "relu_sizes": _sizes(case, slope, passed=0.5),
        "mean_sizes": _sizes(case, slope, passed=(1 + slope) / 2),
        "square_sizes": _sizes(case, slope, root=False),
        "no_bias_sizes": _sizes(case, slope, biased=False),
        "hidden_case": hidden,
        "hidden_sizes": _sizes(hidden, slope),
    }


def _pretended(seed: int, rate: float = 0.1, layers: int = 1) -> float:
    """Return the accuracy of the run of task 2, which the notebook writes out."""
    lucky = 0.02 * np.sin(seed) * (1 + 4 * rate)
    return 0.5 + lucky + rate + 0.1 * layers * (1 + np.cos(seed))


def _gains(rng: np.random.Generator) -> dict[str, object]:
    """Return what is asked of the gains of task 2, and typical wrong ones."""
    words = {"median": "the median", "min": "the smallest", "max": "the largest"}
    summary = str(rng.choice(list(words)))
    seeds = sorted(int(each) for each in rng.permutation(np.arange(1, 20))[:5])
    changes = {
        "larger rate": {"rate": 0.2},
        "deeper": {"layers": 2},
        "both": {"rate": 0.3, "layers": 3},
    }
    piled = {**changes, "deeper": {"rate": 0.2, "layers": 2}}
    before = np.array([_pretended(each) for each in seeds])

    def found(
        of: dict[str, dict], less: np.ndarray | float, take: Callable[[np.ndarray], float]
    ) -> dict[str, float]:
        after = {
            name: np.array([_pretended(each, **change) for each in seeds])
            for name, change in of.items()
        }
        return {name: float(np.round(take(each - less), 12)) for name, each in after.items()}

    take = getattr(np, summary)
    return {
        "summary": f"np.{summary}",
        "summary_words": words[summary],
        "seeds": seeds,
        "right_gains": found(changes, before, take),
        "piled_gains": found(piled, before, take),
        "plain_gains": found(changes, 0.0, take),
        "first_gains": found(changes, before[0], take),
        "other_gains": found(changes, before, np.mean),
    }


def _trained(
    start: Sequence[np.ndarray],
    x: np.ndarray,
    labels: np.ndarray,
    leak: float,
    size: int = 2,
    *,
    by_size: bool = False,
    slope: float | None = None,
) -> list[np.ndarray]:
    """Return the weights of task 4 after one epoch at the rate 0.5."""
    w1, b1, w2, b2 = (each.copy() for each in start)
    for begin in range(0, len(x), size):
        rows = x[begin : begin + size]
        z = rows @ w1 + b1
        h = np.where(z > 0, z, leak * z)
        e = np.exp(h @ w2 + b2)
        delta = e / e.sum(axis=1, keepdims=True)
        delta[np.arange(len(rows)), labels[begin : begin + size]] -= 1
        delta /= size if by_size else len(rows)
        below = delta @ w2.T * np.where(z > 0, 1, leak if slope is None else slope)
        steps = rows.T @ below, below.sum(axis=0), h.T @ delta, delta.sum(axis=0)
        w1, b1, w2, b2 = (
            old - 0.5 * step for old, step in zip((w1, b1, w2, b2), steps, strict=True)
        )
    return [w1, b1, w2, b2]


def _body(rng: np.random.Generator) -> dict[str, object]:
    """Return the small case of task 4 and what comes out of it."""
    leak = float(rng.choice([0.1, 0.2, 0.3]))
    x, labels = rng.integers(-2, 3, (3, 2)).astype(float), np.array([0, 1, 2])
    while True:
        start = [np.round(rng.normal(0, 0.7, shape), 1) for shape in ((2, 3), (3,), (3, 3), (3,))]
        right = _trained(start, x[:2], labels[:2], leak)[0]
        relu = _trained(start, x[:2], labels[:2], leak, slope=0.0)[0]
        if np.abs(right - relu).max() > 0.01:
            break
        x = rng.integers(-2, 3, (3, 2)).astype(float)
    return {
        "leak": leak,
        "start": [each.tolist() for each in start],
        "x": x,
        "labels": labels,
        "first_w1": np.round(right, 9),
        "relu_w1": np.round(relu, 9),
        "epoch_w2": np.round(_trained(start, x, labels, leak)[2], 9),
        "size_w2": np.round(_trained(start, x, labels, leak, by_size=True)[2], 9),
    }


def _log(rng: np.random.Generator) -> dict[str, object]:
    """Return the log of task 5, and who is who in it."""
    letters = dict(
        zip(
            ["not_needed", "not_enough", "both", "far", "partly"],
            rng.permutation(list("ABCDE")).tolist(),
            strict=True,
        )
    )
    places = {
        "not_needed": (rng.uniform(0.9e5, 1.6e5), 0.93),
        "not_enough": (2.31, 0.86),
        "both": (2.36, 0.95),
        "far": (rng.uniform(3.2e4, 4.5e4), 0.855),
        "partly": (rng.uniform(60, 400), 0.91),
    }
    spread = np.array([-0.008, -0.004, 0, 0.004, 0.008])
    log = {
        "as written": [float(f"{rng.uniform(1.4e4, 2e4):.3g}"), np.round(0.86 + spread, 3).tolist()]
    }
    drawn = {
        letters[name]: [
            float(f"{first:.3g}"),
            np.round(level + rng.permutation(spread), 3).tolist(),
        ]
        for name, (first, level) in places.items()
    }
    log |= {letter: drawn[letter] for letter in "ABCDE"}
    return {
        **{name: letters[name] for name in ("not_needed", "not_enough", "both", "far")},
        "log": log,
        "no_effect": {letters["not_enough"], letters["far"]},
    }
