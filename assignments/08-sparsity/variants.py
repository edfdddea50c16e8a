"""The numbers of a class for assignment 08: thresholds, slopes, losses of units, pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Layers = Sequence[tuple[np.ndarray, np.ndarray]]
UNITS, DIGITS = 10, 20  # of each picture of task 5

SPECIFIES = ("spared", "threshold", "slope", "few", "even_picture", "idle_units")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    drop, spared = float(rng.choice([0.1, 0.2, 0.3, 0.4])), int(rng.integers(1, 4))
    layers = spared + int(rng.integers(2, 5))
    share = (1 - drop) ** (layers - spared) / 2**layers
    model, zeros = [("translates", 60), ("reads receipts", 55), ("sorts parcels", 65)][
        rng.integers(3)
    ]
    return {
        "seed": int(rng.integers(1, 100_000)),
        **_network(rng),
        **_price(rng),
        "drop": drop,
        "layers": layers,
        "spared": spared,
        **_example_shares(spared),
        "path_share": f"{share:.2g}",
        **_report(rng),
        **_pictures(rng),
        "model": model,
        "zeros": zeros,
        "weight_zeros": int(rng.integers(3, 6)) * 10,
    }


def _example_shares(spared: int) -> dict[str, object]:
    """Return the share of active paths of four layers of task 3, and those of mistakes."""
    left = 4 - spared  # layers with dropout
    shares = {
        "path_right": 0.7**left / 16,
        "path_all": 0.7**4 / 16,
        "path_units": (0.5 * spared + 0.35 * left) / 4,
        "path_kept": 0.3**left / 16,
        "path_alone": 0.7**left,
    }
    return {name: round(share, 6) for name, share in shares.items()}


def _paths(
    layers: Layers,
    x: np.ndarray,
    threshold: float,
    all_connected: bool = False,
    end: int = -1,
    count: bool = True,
) -> list[float]:
    """Return the number of active paths for each example, perhaps with a mistake."""
    h, paths = x, np.ones((len(x), 1))
    for number, (weights, biases) in enumerate(layers[: end or None]):
        z = h @ weights + biases
        connected = np.ones_like(weights) if all_connected or number == 0 else weights != 0
        paths = (paths[:, :1] if number == 0 else paths) @ connected[: paths.shape[1]]
        h = np.maximum(0, z - threshold)
        paths = paths * ((h > 0) if number < len(layers) - 1 else 1)
        if not count:  # as booleans do: one path or many are the same
            paths = np.minimum(paths, 1)
    return paths.sum(axis=1).tolist()


def _network(rng: np.random.Generator) -> dict[str, object]:
    """Return the threshold of task 1, and a small network in which each mistake shows."""
    threshold = float(rng.choice([-1.0, -0.5, 0.5, 1.0]))
    while True:
        shapes = (2, 3), (3, 4), (4, 3), (3, 2)
        layers = [
            (rng.integers(-2, 3, shape).astype(float), rng.integers(-1, 2, shape[1]) + 0.25)
            for shape in shapes
        ]
        x = rng.integers(-2, 4, (3, 2)).astype(float)
        results = {
            "right": _paths(layers, x, threshold),
            "all connected": _paths(layers, x, threshold, all_connected=True),
            "at zero": _paths(layers, x, 0.0),
            "to outputs": _paths(layers, x, threshold, end=0),
            "first hidden": _paths(layers, x, threshold, end=1),
            "reached": _paths(layers, x, threshold, count=False),
        }
        results["share"] = [each / 36 for each in results["right"]]
        results["sum"] = [sum(results["right"])]
        known = len({str(each) for each in results.values()}) == len(results)
        if known and min(results["right"]) > 0:
            break
    return {
        "threshold": threshold,
        "shift": f"{-threshold:+.1f}".replace("+", "+ ").replace("-", "- "),
        "path_layers": [(w.tolist(), b.tolist()) for w, b in layers],
        "path_x": x,
        "path_results": results,
    }


def _price(rng: np.random.Generator) -> dict[str, object]:
    """Return the slope of task 2, an example, and what typical mistakes make of it."""
    slope = float(rng.choice([0.1, 0.2, 0.25, 0.4]))
    price = float(rng.choice([0.5, 2.0, 3.0]))
    z = rng.choice([-4.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0], 4, False)
    z = np.append(np.where(np.arange(4) < 2, np.abs(z), -np.abs(z)), [-2.5, 1.5]).reshape(2, 3)
    left = z < 0
    h = np.where(left, slope * z, z)
    sides = np.where(left, slope, 1.0)

    def result(cost: np.ndarray, gradient: np.ndarray, over: float = 2) -> list[object]:
        return [float(price * cost.sum() / over), (price * gradient / over).tolist()]

    right = np.abs(h), np.sign(h) * sides
    return {
        "slope": slope,
        "price": price,
        "price_z": z,
        "price_results": {
            "right": result(*right),
            "no abs": result(h, sides),
            "abs in cost": result(np.abs(h), sides),
            "relu": result(np.maximum(z, 0), (z > 0) * 1.0),
            "no slope": result(np.abs(h), np.sign(h)),
            "sum": result(*right, over=1),
            "mean of all": result(*right, over=6),
            "squares": result(h**2, 2 * h * sides),
        },
    }


def _report(rng: np.random.Generator) -> dict[str, object]:
    """Return the bound of task 4, a table of outputs, and the right report of it."""
    few = int(rng.integers(3, 6))
    rows = 2 * few + int(rng.integers(3, 6))
    h = np.zeros((rows, 6))
    order = rng.permutation(6)
    idle, negative, cancelling, rare, on, some = order.tolist()
    h[:, negative] = -0.25
    h[: 2 * few, cancelling] = np.resize([1.0, -1.0], 2 * few)
    h[: few - 1, rare] = 2.0
    h[-few:, on] = -0.5
    h[1 : 2 + few, some] = 0.75
    fires = h != 0
    return {
        "few": few,
        "report_h": h,
        "needed": int(fires.sum(axis=1).max()),
        "rare": {idle, rare},
        "idle": {idle},
    }


def _pictures(rng: np.random.Generator) -> dict[str, object]:
    """Return three pictures of who fires, each half full, and which is which."""
    even = np.zeros((UNITS, DIGITS))
    while (even.mean(axis=1) % 0.75 < 0.25).any() or (even.mean(axis=0) % 0.8 < 0.2).any():
        even = (rng.random((UNITS, DIGITS)) < 0.5) * 1
    silent = int(rng.choice([3, 4, 6]))  # not 5, or idle and busy are as many
    by_unit = np.repeat(rng.permutation(UNITS) >= silent, DIGITS).reshape(UNITS, DIGITS) * 1
    by_digit = np.tile(rng.permutation(DIGITS) < DIGITS // 2, (UNITS, 1)) * 1
    for number, row in enumerate(by_digit):  # each unit has its own exception
        row[number] = 1 - row[number]
    letters = rng.permutation(["A", "B", "C"]).tolist()
    pictures = dict(zip(letters, (even, by_unit, by_digit), strict=True))
    return {
        "pictures": {name: pictures[name].tolist() for name in sorted(pictures)},
        "n_units": UNITS,
        "n_digits": DIGITS,
        "even_picture": letters[0],
        "unit_picture": letters[1],
        "digit_picture": letters[2],
        "idle_units": silent,
        "busy_units": UNITS - silent,
    }
