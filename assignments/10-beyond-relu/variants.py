"""The numbers of a class for assignment 10: knees, judges, outputs, tags, curves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Tables = dict[str, np.ndarray]
PLACES = 4  # rates of task 2
RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
JUDGES = {
    "mean": ("the mean over its seeds", np.mean, np.mean, "scores.mean(axis=1)"),
    "median": ("the median over its seeds", np.median, np.median, "np.median(scores, axis=1)"),
    "worst": ("its worst seed", np.min, np.max, "scores.{}(axis=1)"),
}

SPECIFIES = ("knee", "judge", "steepness", "weight", "open_curve")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    steepness, start = [(0.5, -8.0), (0.75, -6.0), (1.5, -4.0), (2.0, -3.0)][rng.integers(4)]
    name, gain = [("Swish-β", 0.6), ("Mish", 0.4), ("ELU", 0.7), ("GELU", 0.5)][rng.integers(4)]
    return {
        **_knee(rng),
        **_race(rng),
        "steepness": steepness,
        "start": start,
        "further": start - 1,
        "step": float(rng.choice([0.25, 0.5])),
        "times": f"{np.exp(steepness):.1f}",
        **_tags(rng),
        **_curves(rng),
        "name": name,
        "gain": gain,
        "rate_used": float(rng.choice([0.03, 0.05, 0.2])),
    }


def _knee(rng: np.random.Generator) -> dict[str, object]:
    """Return the bend of task 1, an example on paper, and what typical mistakes make of it."""
    knee = float(rng.choice([-2.0, -1.0, 1.0, 2.0]))
    z = knee + np.array([[-1.5, 0.0], [0.5, -0.5], [-3.0, 4.0]])
    slopes = rng.choice([-0.5, 0.2, 0.4, 0.6], 2, False)
    upstream = rng.choice([-3.0, -2.0, 1.0, 2.0, 4.0, 5.0], (3, 2), False)
    left = z <= knee
    dz, away = upstream * np.where(left, slopes, 1.0), np.minimum(z - knee, 0)
    da = (upstream * away).sum(axis=0)
    pairs = {
        "right": (dz, da),
        "kink at 0": (upstream * np.where(z <= 0, slopes, 1), (upstream * np.minimum(z, 0)).sum(0)),
        "z": (dz, (upstream * z * left).sum(axis=0)),
        "mean": (dz, da / len(z)),
        "right side": (dz, (upstream * (z - knee)).sum(axis=0)),
        "no upstream": (dz, away.sum(axis=0)),
        "one for all": (dz, da.sum()),
        "swapped": (da, dz),
        "flat": (upstream * ~left, da),
    }
    return {
        "knee": knee,
        "shift": f"{-knee:+.1f}".replace("+", "+ ").replace("-", "- "),
        "knee_z": z,
        "knee_slopes": slopes,
        "knee_upstream": upstream,
        "knee_pairs": {key: [each.tolist() for each in pair] for key, pair in pairs.items()},
    }


def _gaps(
    race: tuple[Tables, Tables],
    judge: Callable,
    best: Callable,
    worst: float,
    edges: bool = False,
    common: bool = False,
) -> dict[str, float]:
    """Return how far each contender is from the plain one."""
    validation, test = (
        {name: np.where(np.isnan(table), worst, table) for name, table in tables.items()}
        for tables in race
    )
    places = {name: int(best(judge(table, axis=1))) for name, table in validation.items()}
    if common:
        places = dict.fromkeys(places, places["plain"])
    inside = [name for name, place in places.items() if edges or 0 < place < PLACES - 1]
    chosen = {name: test[name][places[name]] for name in inside}
    plain = chosen.pop("plain", np.nan)
    return {name: round(float(np.mean(each - plain)), 9) for name, each in chosen.items()}


def _race(rng: np.random.Generator) -> dict[str, object]:
    """Return the race of task 2: its rules, small tables, and the results of mistakes.

    Each mistake shows in the tables, so they are drawn until it does.
    """
    higher, name = bool(rng.random() < 0.5), str(rng.choice([*JUDGES]))
    words, for_higher, for_lower, code = JUDGES[name]
    judge, worst = (for_higher, 0.0) if higher else (for_lower, 1.0)
    best, reverse = (np.argmax, np.argmin) if higher else (np.argmin, np.argmax)
    while True:
        validation, test = (
            {
                each: np.round(rng.uniform(0.1, 0.9, (PLACES, 3)), 2)
                for each in ["plain", "A", "B", "C"]
            }
            for _ in range(2)
        )
        validation["B"][1] = [np.nan, np.nan, 0.97 if higher else 0.03]
        race, mild = (validation, test), {**validation, "B": validation["B"].copy()}
        mild["B"][1] = mild["B"][1, 2]  # without those that diverged
        right = _gaps(race, judge, best, worst)
        if set(right) != {"A", "B"}:
            continue
        results = {
            "right": right,
            "with edges": _gaps(race, judge, best, worst, edges=True),
            "on test": _gaps((test, test), judge, best, worst),
            "common": _gaps(race, judge, best, worst, edges=True, common=True),
            "lucky": _gaps(race, np.max if higher else np.min, best, worst),
            "wrong way": _gaps(race, judge, reverse, worst),
            "ignoring": _gaps((mild, test), judge, best, worst),
        }
        results["reversed"] = {each: -gap for each, gap in results["right"].items()}
        known = not np.isnan([each for gaps in results.values() for each in gaps.values()]).any()
        if known and len({str(each) for each in results.values()}) == len(results):
            break
    return {
        "score_word": "accuracies" if higher else "errors",
        "better": "higher" if higher else "lower",
        "judge": words,
        "judge_code": code.format("min" if higher else "max"),
        "best_rate": code.format("min" if higher else "max") + f".{best.__name__}()",
        "sign": 1 if higher else -1,
        "worst": worst,
        "validation": {each: _text(table) for each, table in validation.items()},
        "test": {each: _text(table) for each, table in test.items()},
        "results": results,
    }


def _text(table: np.ndarray) -> list[list[float | None]]:
    """Return a table as lists, with None where a run diverged."""
    return [[None if np.isnan(each) else each for each in row] for row in table.tolist()]


def _tags(rng: np.random.Generator) -> dict[str, object]:
    """Return the weight and the example of task 4, with the results of mistakes."""
    weight = float(rng.choice([2.0, 3.0, 5.0, 10.0]))
    z = rng.choice([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0], (2, 3), False)
    y = np.array([[1, 0, 1], [0, 0, 1]])[:, rng.permutation(3)]

    def result(w: float, absent: float = 1, over: float = 2) -> list[object]:
        p = 1 / (1 + np.exp(-z))
        losses = -w * y * np.log(p) - absent * (1 - y) * np.log(1 - p)
        gradient = absent * (1 - y) * p - w * y * (1 - p)
        return [float(losses.sum() / over), (gradient / over).tolist()]

    return {
        "weight": weight,
        "tags_z": z,
        "tags_y": y,
        "tags_results": {
            "right": result(weight),
            "no weight": result(1),
            "present only": result(weight, absent=0),
            "sum": result(weight, over=1),
            "mean of all": result(weight, over=6),
            "weight on absent": result(1, absent=weight),
        },
    }


def _curves(rng: np.random.Generator) -> dict[str, object]:
    """Return the curves of task 5: where each contender is best, by rate."""
    to_the_right = bool(rng.random() < 0.5)
    places = np.arange(len(RATES))
    peaks = {"early": 1.9, "middle": 3.2, "late": 4.6 if to_the_right else 5.0}
    peaks["open"] = 7.6 if to_the_right else -0.9
    letters = dict(zip(peaks, rng.permutation(["A", "B", "C", "D"]).tolist(), strict=True))
    curves = {}
    for role, peak in peaks.items():
        top = {"early": 0.915, "middle": 0.92, "late": 0.945, "open": 0.91}[role]
        curve = top - rng.uniform(0.025, 0.035) * (places - peak) ** 2
        curves[letters[role]] = np.round(np.maximum(curve, 0.1), 3).tolist()
    at = int(rng.choice([1, 2, 3]))
    leader = max(curves, key=lambda each: curves[each][at])
    best = {name: max(curve) for name, curve in curves.items()}
    champion = max(best, key=lambda each: best[each])
    return {
        "rates": RATES,
        "curves": {name: curves[name] for name in sorted(curves)},
        "common_rate": RATES[at],
        "leader": leader,
        "champion": champion,
        "open_curve": letters["open"],
        "late_curve": letters["late"],
        "early_curve": letters["early"],
        "direction": "larger" if to_the_right else "smaller",
        "small_slope": letters["open" if to_the_right else "late"],
        "steepest": letters["early" if to_the_right else "open"],
    }
