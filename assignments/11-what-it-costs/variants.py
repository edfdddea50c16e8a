"""The numbers of a class for assignment 11: passes, kernels, shares, steepness, roofs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

SPECIFIES = ("handover", "times", "kernel", "steep", "clumsy")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    share, factor = int(rng.choice([20, 25, 30, 40])), int(rng.choice([4, 5, 8, 10]))
    handover = int(rng.integers(1, 6))
    time = 1 - share / 100 + handover / 100
    left, right = [("GELU", "ReLU"), ("SiLU", "ReLU"), ("sigmoid", "ReLU")][rng.integers(3)]
    return {
        **_counts(rng),
        **_channels(rng),
        "act_share": share,
        "factor": factor,
        "handover": handover / 100,
        "handover_percent": handover,
        "faster": f"{1 / (time + share / 100 / factor):.2f}",
        "most_faster": f"{1 / time:.2f}",
        **_steep(rng),
        **_roof(rng),
        "left": left,
        "right": right,
        "saved": int(rng.choice([60, 70, 80])),
    }


def _counts(rng: np.random.Generator) -> dict[str, object]:
    """Return how often the forward pass runs in task 1, and the counts of typical mistakes."""
    times, size = int(rng.choice([2, 3, 4, 5])), int(rng.choice([2, 8, 16]))
    sizes, batch = [0, 0, 0, 0], 10
    while sizes[-1] == sum(sizes[1:-1]):  # else it could look as if twice the bytes were counted
        sizes = [int(each) for each in rng.choice(np.arange(3, 12), 4, False)]
    products = [a * b for a, b in pairwise(sizes)]
    hidden = batch * sum(sizes[1:-1])

    def counts(
        per: int = 2, passes: int = times, saved: int = 1, touched: int = hidden, wide: int = size
    ) -> dict[str, int]:
        flops = per * batch * ((passes + 2) * sum(products) - saved * products[0])
        return {"flops": flops, "bytes": wide * touched * (2 * passes + 3)}

    return {
        "times": times,
        "size": size,
        "count_sizes": sizes,
        "count_results": {
            "right": counts(),
            "one pass": counts(passes=1),
            "first": counts(saved=0),
            "one flop": counts(per=1),
            "output": counts(touched=batch * sum(sizes[1:])),
            "four bytes": counts(wide=4),
            "numbers": counts(wide=1),
        },
    }


def _channels(rng: np.random.Generator) -> dict[str, object]:
    """Return the kernel of task 2, and the shares of typical mistakes."""
    kernel, channels = int(rng.choice([4, 5, 6, 7, 9])), int(rng.choice([7, 10, 12]))
    cost, pace = float(rng.choice([1.5, 2.5, 4.0])), float(rng.choice([30.0, 50.0, 80.0]))

    def share(flops: float) -> float:
        return cost / (cost + flops / pace)

    return {
        "kernel": kernel,
        "flops_each": 6 * kernel**2,
        "cost": cost,
        "pace": pace,
        "channels": channels,
        "fewest": int(np.ceil(cost * pace / (6 * kernel**2) * (1 / 0.05 - 1))),
        "share_results": {
            "right": share(6 * kernel**2 * channels),
            "dense": share(6 * channels),
            "side": share(6 * kernel * channels),
            "forward": share(2 * kernel**2 * channels),
            "rest": 1 - share(6 * kernel**2 * channels),
            "ratio": cost / (6 * kernel**2 * channels / pace),
            "times": cost / (cost + 6 * kernel**2 * channels * pace),
        },
    }


def _steep(rng: np.random.Generator) -> dict[str, object]:
    """Return the steepness of task 4, and the gradients of typical mistakes."""
    steep = float(rng.choice([0.4, 0.5, 0.75, 1.5, 2.0, 2.5, 3.0]))
    z, upstream = np.array([-2.0, -0.5, 0.0, 1.0]), np.array([1.0, -2.0, 3.0, 0.5])
    p = 1 / (1 + np.exp(-steep * z))
    h = z * p
    late = 1 / (1 + np.exp(-steep * h))
    gradients = {
        "right": p + steep * z * p * (1 - p),
        "no factor": p + z * p * (1 - p),
        "late": late + steep * h * late * (1 - late),
        "gate only": p,
    }
    return {
        "steep": steep,
        "steep_z": z,
        "steep_upstream": upstream,
        "steep_results": {
            name: [h.tolist(), (upstream * each).tolist()] for name, each in gradients.items()
        },
    }


def _roof(rng: np.random.Generator) -> dict[str, object]:
    """Return the roof of task 5 and the four programs under it."""
    bandwidth, corner = int(rng.choice([10, 20, 25])), int(rng.choice([4, 8, 16]))
    peak = bandwidth * corner
    places = {  # intensity, and which part of the possible speed it reaches
        "pass": (1 / 8, 0.95),
        "small": (corner / 4, 0.9),
        "clumsy": (corner / 2 if rng.random() < 0.5 else corner * 2, 0.1),
        "wide": (corner * 6, 0.97),
    }
    letters = dict(zip(places, rng.permutation(["A", "B", "C", "D"]).tolist(), strict=True))
    programs = {
        letters[name]: (x, round(part * min(peak, bandwidth * x), 3))
        for name, (x, part) in places.items()
    }
    return {
        "bandwidth": bandwidth,
        "peak": peak,
        "corner": corner,
        "programs": {name: programs[name] for name in sorted(programs)},
        "waiting": {letters[name] for name, (x, _) in places.items() if x < corner},
        "others": {letters[name] for name, (x, _) in places.items() if x > corner},
        "clumsy": letters["clumsy"],
        "slowest": letters["pass"],
    }
