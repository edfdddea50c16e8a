"""The numbers of a class for assignment 04: cells, pumps, crowds, bills, curves."""

from __future__ import annotations

import numpy as np

DT, STEPS = 2.0, 60  # of the example of task 1

SPECIFIES = ("glow", "resistance", "capacity", "upkeep", "plain_curve", "paused_pause")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    place, year = [("a museum", 2001), ("a science fair", 2001), ("a school", 2001)][
        rng.integers(3)
    ]
    return {
        "seed": int(rng.integers(1, 100_000)),
        **_cell(rng),
        **_pump(rng),
        **_crowd(rng),
        **_bill(rng),
        **_curves(rng),
        "place": place,
        "year": year,
        "active_percent": int(rng.choice([3, 4, 10])),
    }


def _spikes(cell: dict[str, float], currents: np.ndarray, mistake: str = "") -> list[int]:
    """Return the steps in which a cell fires, perhaps with a mistake."""
    share = DT / cell["tau"] if mistake == "euler" else 1 - np.exp(-DT / cell["tau"])
    back = cell["rest"] if mistake == "to rest" else cell["reset"]
    pause = 0 if mistake == "no pause" else cell["pause"]
    voltage, wait, spikes = cell["rest"] if mistake == "from rest" else cell["reset"], 0, []
    for step, current in enumerate(currents):
        if wait:
            wait -= 1
            continue
        voltage += share * (cell["rest"] + cell["resistance"] * current - voltage)
        if voltage >= cell["threshold"]:
            spikes.append(step)
            wait = pause - (mistake == "short pause")
            voltage = voltage if mistake == "no reset" else back
    return spikes


def _cell(rng: np.random.Generator) -> dict[str, object]:
    """Return the cell of task 1 and an input that changes, in which each mistake shows."""
    names = ["right", "no pause", "short pause", "euler", "to rest", "from rest", "no reset"]
    while True:
        cell = {
            "resistance": float(rng.choice([8.0, 12.0, 15.0, 20.0])),
            "tau": float(rng.choice([12.0, 16.0, 25.0])),
            "rest": float(rng.choice([-68.0, -66.0, -64.0])),
            "threshold": float(rng.choice([-52.0, -50.0, -48.0])),
            "reset": float(rng.choice([-80.0, -76.0, -72.0])),
            "pause": int(rng.integers(2, 5)),
        }
        low, high = rng.uniform([1.5, 3.0], [2.0, 4.0]) * 18 / cell["resistance"]
        currents = np.round(np.repeat([high, 0.0, low, high], STEPS // 4), 1)
        results = {name: _spikes(cell, currents, name) for name in names}
        results["from 1"] = [step + 1 for step in results["right"]]
        if len({str(each) for each in results.values()}) == len(results):
            break
    return {**cell, "currents": currents.tolist(), "spike_results": results}


def _pump(rng: np.random.Generator) -> dict[str, object]:
    """Return the pump of task 2, with the rates that typical mistakes give."""
    capacity, climb = float(rng.choice([0.5, 1.5, 2.0])), float(rng.choice([10.0, 15.0, 20.0]))
    pumped, pause = float(rng.choice([0.5, 1.0, 2.0])), float(rng.choice([2.0, 4.0, 5.0]))
    currents = pumped + np.array([-1.0, 0.0, 0.5, 1.0, 4.0])
    over = np.maximum(currents - pumped, 1e-300)

    def rates(rest: float, push: np.ndarray, thousand: float = 1000) -> list[float]:
        with np.errstate(all="ignore"):
            found = thousand / (rest + capacity * climb / push)
        return np.where(currents > pumped, found, 0.0).tolist()

    return {
        "capacity": capacity,
        "climb": climb,
        "pumped": pumped,
        "pump_pause": pause,
        "ceiling": 1000 / pause,
        "pump_currents": currents,
        "pump_results": {
            "right": rates(pause, over),
            "no pause": rates(0, over),
            "per ms": rates(pause, over, 1),
            "no pump": rates(pause, np.maximum(currents, 1e-300)),
            "period": [0.0, 0.0, *(1000 / np.array(rates(pause, over)[2:])).tolist()],
        },
    }


def _crowd(rng: np.random.Generator) -> dict[str, object]:
    """Return the crowd of task 3."""
    slow, fast = float(rng.choice([0.5, 1.0, 1.5])), int(rng.choice([20, 30, 40]))
    busy, exposure = int(rng.choice([2, 3, 5])), float(rng.choice([0.1, 0.2, 0.25]))
    glow = float(rng.choice([0.02, 0.03, 0.04, 0.05, 0.06, 0.07]))
    share = busy / 100 + (1 - busy / 100) * slow * (exposure + glow)
    return {
        "slow": slow,
        "fast": fast,
        "busy": busy,
        "exposure": exposure,
        "exposure_ms": round(1000 * exposure),
        "glow": glow,
        "glow_ms": round(1000 * glow),
        "glow_right": round(0.5 + 2.5 * (0.1 + glow), 4),
        "seen_share": f"{share:.3f}",
    }


def _bill(rng: np.random.Generator) -> dict[str, object]:
    """Return the upkeep of task 4, with the bits per energy that typical mistakes give."""
    upkeep, ratio = float(rng.choice([0.5, 1.0, 2.0, 3.0])), float(rng.choice([5.0, 8.0, 12.0]))
    p = np.array([0.1, 0.3, 0.5, 0.9])
    active, silent = -p * np.log2(p), -(1 - p) * np.log2(1 - p)
    return {
        "upkeep": upkeep,
        "ratio": ratio,
        "bill_shares": p,
        "bill_results": {
            "right": ((active + silent) / (upkeep + 1 + (ratio - 1) * p)).tolist(),
            "no upkeep": ((active + silent) / (1 + (ratio - 1) * p)).tolist(),
            "active only": (active / (upkeep + 1 + (ratio - 1) * p)).tolist(),
            "both paid": ((active + silent) / (upkeep + 1 + ratio * p)).tolist(),
            "nats": ((active + silent) * np.log(2) / (upkeep + 1 + (ratio - 1) * p)).tolist(),
            "upkeep of active": ((active + silent) / (1 + (ratio + upkeep - 1) * p)).tolist(),
        },
    }


def _curves(rng: np.random.Generator) -> dict[str, object]:
    """Return the four curves of task 5, and which is which."""
    begins, tau = float(rng.choice([1.0, 1.5, 2.0])), float(rng.choice([10.0, 15.0, 20.0]))
    pause = float(rng.choice([8.0, 10.0, 12.5]))
    currents = np.round(np.arange(0, 6.01, 0.25), 2)
    x = np.maximum((currents - begins) / begins, 1e-12)
    steep = 1000 / tau

    def rate(above: np.ndarray, rest: float = 0.0) -> np.ndarray:
        return np.where(above > 1e-9, 1000 / (rest + tau * np.log1p(1 / above)), 0)

    rates = np.linspace(2.0, rate(x)[-1], 4000)
    above = 1 / np.expm1(1000 / rates / tau)  # the curve the other way round
    tired = np.interp(currents, begins * (1 + above) + 0.03 * rates, rates, left=0)
    soft = steep * 0.25 * np.logaddexp(0, ((currents - begins) / begins + 0.2) / 0.25)
    curves = {"plain": rate(x), "paused": rate(x, pause), "tired": tired, "noisy": soft}
    letters = dict(zip(curves, rng.permutation(["A", "B", "C", "D"]).tolist(), strict=True))
    named = {letters[name]: np.round(curve, 1).tolist() for name, curve in curves.items()}
    return {
        "curve_currents": currents,
        "curves": {name: named[name] for name in sorted(named)},
        "begins": begins,
        "paused_pause": pause,
        "paused_ceiling": 1000 / pause,
        **{f"{name}_curve": letter for name, letter in letters.items()},
    }
