"""The numbers of a class for assignment 12: memories, graphs, calls, a port."""

from __future__ import annotations

import numpy as np

OPERATIONS = {  # name: (formula, program)
    "square": ("a^2", "a * a"),
    "relu": (r"\max(0, a)", "max(0.0, a)"),
    "halve": (r"\frac{a}{2}", "a / 2"),
    "absolute": ("|a|", "abs(a)"),
    "triple": ("3a", "3 * a"),
}

SPECIFIES = ("columns", "keep_speed", "op", "keep", "fetch")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    return {
        "seed": int(rng.integers(1, 100_000)),
        **_steps(float(rng.choice([0.5, 0.6, 0.7, 0.8, 0.9]))),
        **_session(rng),
        **_calls(rng),
        **_port(rng),
        **_recipe(rng),
        "rate_text": str(rng.choice(["0.1 / (1 + n)", "0.1 * 0.99**n", "0.1 / (1 + n)**0.5"])),
    }


def _steps(keep: float) -> dict[str, object]:
    """Return losses and values of three steps of task 1, and those of typical mistakes."""

    def walk(keep: float, sign: float = 1.0, shared: bool = False) -> tuple[list, list]:
        place, speed = np.array([0.0, 1.0]), np.zeros(2)
        losses = [((place - [3.0, -1.0]) ** 2).sum()]
        for _ in range(3):
            slope = 2 * (place - [3.0, -1.0])
            if shared:
                first = keep * speed[1] + slope[0]
                speed = np.array([first, keep * first + slope[1]])
            else:
                speed = keep * speed + slope
            place = place - sign * 0.1 * speed
            losses.append(((place - [3.0, -1.0]) ** 2).sum())
        return np.round(losses, 12).tolist(), np.round(place, 12).tolist()

    found = {
        "right": walk(keep),
        "plain": walk(0.0),
        "shared": walk(keep, shared=True),
        "uphill": walk(keep, sign=-1.0),
    }
    before = {f"{name}_train": [losses[:3], place] for name, (losses, place) in found.items()}
    losses, place = found["right"]
    return {"keep_speed": keep, **before, "after_train": [losses[1:], place]}


def _session(rng: np.random.Generator) -> dict[str, object]:
    """Return the operation of task 2, and the values of its example."""
    op = str(rng.choice(list(OPERATIONS)))
    formula, program = OPERATIONS[op]
    w, b, x = (float(each) for each in rng.permutation([1.5, 2.0, 2.5, 3.0, 4.0])[:3])
    b = -b
    total = w * x + b

    def rule(a: float) -> float:
        return float(
            {"square": a * a, "relu": max(0.0, a), "halve": a / 2, "triple": 3 * a}.get(op, abs(a))
        )

    return {
        "op": op,
        "op_formula": formula,
        "op_code": program,
        "w": w,
        "b": b,
        "x": x,
        "twice": rule(total) + total,
        "y_of_sum": rule(-1.5),
    }


def _calls(rng: np.random.Generator) -> dict[str, object]:
    """Return the calls of task 3 and how many recipes they need."""
    groups = [  # what is written, and which recipe it needs
        *[(str(n), f"number {n}") for n in rng.permutation([2, 3, 5, 7, 8])[:2]],
        *[(f"tf.constant({n})", "whole") for n in rng.permutation([2, 3, 5, 7])[:2]],
        *[(f"tf.ones([{n}])", f"length {n}") for n in rng.permutation([2, 3, 4])[:2]],
        ("tf.zeros([2])", "length 2"),
        ("tf.zeros([3])", "length 3"),
    ]
    picked = [*groups, *(groups[each] for each in rng.integers(0, len(groups), 2))]
    order = [picked[each] for each in rng.permutation(len(picked))]
    texts = [text for text, _ in order]
    return {
        "calls": f"[{', '.join(texts)}]",
        "calls_text": "\n".join(texts),
        "columns": int(rng.integers(2, 10)),
        "dtype": str(rng.choice(["tf.float32", "tf.float64", "tf.int32"])),
        "recipes": len({kind for _, kind in order}),
    }


def _port(rng: np.random.Generator) -> dict[str, object]:
    """Return the program of task 4."""
    keep, factor = float(rng.choice([0.7, 0.8, 0.9])), float(rng.choice([1.1, 1.25, 1.5, 3.0]))
    return {
        "keep": keep,
        "factor": factor,
        "first": float(rng.choice([0.5, 2.0, 4.0])),
        "growth": [factor**k for k in range(4)],
        "alike": round(keep**2 + (1 - keep) ** 2, 3),
    }


def _recipe(rng: np.random.Generator) -> dict[str, object]:
    """Return the graph of task 5, its boxes named at random, and what is computed in it."""
    shape = {
        "x": [],
        "p": [],
        "w": [],
        "k": [],
        "m": ["w", "x"],
        "s": ["m", "k"],
        "r": ["s"],
        "q": ["s", "p"],
        "d": ["r", "m"],
    }
    spots = {
        "w": (0, 0),
        "x": (1, 0),
        "m": (0.5, -1),
        "k": (1.6, -1),
        "s": (1.2, -2),
        "p": (2.8, -2),
        "r": (0.9, -3),
        "q": (2.3, -3),
        "d": (0.2, -4),
    }
    name = dict(zip(shape, rng.permutation(list("ABCDEFGHI")).tolist(), strict=True))
    fetch, fed = [("d", "s"), ("d", "m"), ("r", "m")][rng.integers(3)]

    def needed(given: set[str]) -> set[str]:
        found, todo = set(), [fetch]
        while todo:
            box = todo.pop()
            if box not in found | given:
                found.add(box)
                todo += shape[box]
        return {name[box] for box in found}

    computed, everything = needed({"x", fed}), needed({"x"})
    return {
        "takes": {name[box]: [name[each] for each in sources] for box, sources in shape.items()},
        "placeholders": sorted([name["x"], name["p"]]),
        "place": {name[box]: spot for box, spot in spots.items()},
        "ends": ", ".join(f"`{each}`" for each in sorted([name["r"], name["q"], name["d"]])),
        "x_box": name["x"],
        "fed_box": name[fed],
        "fetch": name[fetch],
        "stops": name["q"],
        "computed": computed,
        "all_computed": everything,
        "saved": len(everything) - len(computed),
    }
