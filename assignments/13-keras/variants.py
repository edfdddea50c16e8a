"""The numbers of a class for assignment 13: warnings, costs, models, losses, curves."""

from __future__ import annotations

from math import comb

import numpy as np

EPOCHS = np.arange(40)

SPECIFIES = ("margin", "last", "works", "top", "fine", "by_heart")


def values(rng: np.random.Generator) -> dict[str, object]:
    """Return what stands in place of each placeholder."""
    what, whom = [
        ("X-rays of wrists", "a doctor"),
        ("handwritten cheques", "a clerk"),
        ("photographs of mushrooms", "an expert"),
        ("complaints of customers", "a colleague"),
    ][rng.integers(4)]
    right = int(rng.integers(92, 97))
    return {
        "seed": int(rng.integers(1, 100_000)),
        **_station(rng),
        "nights": int(rng.integers(6, 10)) * 100,
        **_winner(rng),
        **_losses(rng),
        **_curves(rng),
        "what": what,
        "whom": whom,
        "right_percent": right,
        "sure_percent": f"{rng.integers(990, 998) / 10}",
        "limit_percent": int(rng.choice([90, 95, 98])),
        "tried": int(rng.integers(3, 9)) * 10,
    }


def _station(rng: np.random.Generator) -> dict[str, object]:
    """Return the model of task 1, and the costs of task 2 with typical wrong decisions."""
    labels = int(rng.integers(3, 5))
    names = ["frost", "hail", "storm", "scorching sun", "blight"]
    chosen = [names[each] for each in rng.permutation(5)[:labels]]
    hidden = [
        int(each) for each in rng.choice([5, 6, 7, 9, 10, 12], int(rng.integers(1, 3)), False)
    ]
    sigmoid = bool(rng.random() < 0.7)
    return {
        "labels": labels,
        "names": f"{', '.join(chosen[:-1])} and {chosen[-1]}",
        "hidden": hidden,
        "hidden_words": ("one hidden", "two hidden")[len(hidden) - 1]
        + f" `Dense` layer{'s' * (len(hidden) - 1)}"
        + f" with {' and '.join(map(str, hidden))} units",
        "activation": str(rng.choice(["relu", "tanh", "elu", "softplus"])),
        "rate": float(rng.choice([0.003, 0.005, 0.01, 0.02])),
        "last": "sigmoid" if sigmoid else "linear",
        "other_last": "linear" if sigmoid else "sigmoid",
        "last_is_sigmoid": sigmoid,
        "from_logits": not sigmoid,
        "last_words": "probabilities" if sigmoid else "plain sums (logits)",
        "to_chances": "out" if sigmoid else "1 / (1 + np.exp(-out))",
        **_costs(rng, labels),
    }


def _costs(rng: np.random.Generator, labels: int) -> dict[str, object]:
    """Return prices, and nights on which each wrong thought shows."""
    works = float(rng.choice([0.5, 0.6, 0.7, 0.8]))  # the share of the damage that is prevented
    while True:
        loss = rng.integers(3, 21, labels) * 10.0
        act = np.round(works * loss * rng.uniform(0.1, 0.8, labels))
        fee = float(rng.integers(6, 25))
        p = np.round(rng.random((5, labels)), 2)
        best = np.minimum(act + (1 - works) * p * loss, p * loss).sum(1)
        told = fee + (p * (act + (1 - works) * loss)).sum(1)
        asking = {
            "right": told < best,
            "free": fee + (p * (1 - works) * loss).sum(1) < best,
            "sure": p.max(1) < 0.9,
            "whole": fee + (p * act).sum(1) < np.minimum(act, p * loss).sum(1),
        }
        taken = {
            "right": works * p * loss > act,
            "half": p > 0.5,
            "other": works * p * loss <= act,
            "whole": p * loss > act,
        }
        room = np.abs(told - best).min() > 0.5
        apart = np.abs(works * p * loss - act).min() > 0.5
        differ = len({tuple(each) for each in asking.values()}) == 4
        differ &= len({each.tobytes() for each in taken.values()}) == 4
        half = (taken["right"] != taken["half"]).sum() > 2
        if room and apart and differ and half and 1 < asking["right"].sum() < 4:
            break
    return {
        "act": act,
        "loss": loss,
        "fee": fee,
        "works": works,
        "works_percent": round(100 * works),
        "fails": round(1 - works, 1),
        "p": p,
        **{f"{name}_measures": each for name, each in taken.items()},
        **{f"{name}_asking": each for name, each in asking.items()},
    }


def _places(models: int, flowers: int, share: float, top: int) -> list[float]:
    """Return the mean share of right answers of the first, the second, ... of a comparison."""
    right = range(flowers + 1)
    chance = [comb(flowers, k) * share**k * (1 - share) ** (flowers - k) for k in right]
    reach = np.minimum(np.cumsum(chance[::-1])[::-1][1:], 1)  # of one model: so many or more
    fewer = [comb(models, n) * reach**n * (1 - reach) ** (models - n) for n in range(top)]
    return ((1 - np.cumsum(fewer, axis=0)).sum(axis=1) / flowers).tolist()


def _winner(rng: np.random.Generator) -> dict[str, object]:
    """Return the comparison of task 3, what it reports, and a small one with its mistakes."""
    models, flowers = int(rng.integers(2, 7)) * 10, int(rng.integers(7, 13)) * 5
    share, top = float(rng.choice([0.8, 0.85, 0.9])), int(rng.integers(2, 6))
    small = _places(6, 2, 0.5, 6)
    return {
        "models": models,
        "flowers": flowers,
        "share": share,
        "top": top,
        "reported": f"{np.mean(_places(models, flowers, share, top)):.3f}",
        "top_right": round(float(np.mean(small[:top])), 4),
        "top_place": round(small[top - 1], 4),
        "top_worst": round(small[-1], 4),
    }


def _played(
    losses: list[float], patience: int, margin: float, *, before: bool = False
) -> list[int]:
    """Return how many epochs run and whose weights come back, counted from 1."""
    best, waited, kept, ran = np.inf, 0, 0, 0
    while ran < len(losses) and waited < patience:
        loss = losses[ran]
        ran += 1
        if loss < best - margin:
            waited, kept, best = 0, ran, loss
        else:
            waited += 1
        best = loss if before else best
    return [ran, kept]


def _losses(rng: np.random.Generator) -> dict[str, object]:
    """Return validation losses on which each mistake of task 4 shows."""
    margin, patience = float(rng.choice([0.01, 0.02, 0.05])), int(rng.integers(3, 6))
    while True:
        steps = rng.uniform(-0.12, 0.1, 16)
        losses = [float(each) for each in np.round(0.9 + np.cumsum(steps), 3)]
        right = _played(losses, patience, margin)
        found = {
            "last": [right[0], right[0]],
            "before": _played(losses, patience, margin, before=True),
            "late": _played(losses, patience + 1, margin),
            "any": _played(losses, patience, 0.0),
        }
        all_different = len({tuple(each) for each in (right, *found.values())}) == 5
        jumps = np.abs(np.subtract.outer(losses, losses) - margin)
        clear = jumps.min() > 5e-4 and found["before"][0] not in (right[0], found["before"][1])
        if (
            all_different
            and clear
            and not any(each < 0.1 for each in losses)
            and right[1] > 2
            and right[0] < len(losses) - 1
        ):
            break
    return {
        "margin": margin,
        "patience": patience,
        "losses": losses,
        "kept_right": right,
        **{f"kept_{name}": each for name, each in found.items()},
    }


def _curves(rng: np.random.Generator) -> dict[str, object]:
    """Return the curves of task 5, and who is who."""
    patience = int(rng.integers(4, 8))
    first = int(rng.integers(8, 12))  # counted from 0
    second = first + patience + int(rng.integers(4, 7))
    valley = np.interp(
        EPOCHS,
        [0, first, (first + second) // 2 + 1, second, 39],
        [1.2, 0.42, 0.52, 0.36, 0.36 + 0.035 * (39 - second)],
    )
    valley[(first < EPOCHS) & (first + patience >= EPOCHS)] += 0.03

    def noisy(curve: np.ndarray) -> np.ndarray:
        return curve + rng.normal(0, 0.004, 40)

    pairs = {
        "by_heart": [1.15 * np.exp(-EPOCHS / 8), valley],
        "too_short": [1.15 - 0.013 * EPOCHS, 1.18 - 0.0125 * EPOCHS],
        "stuck": [np.full(40, 1.1), np.full(40, 1.11)],
        "fine": [0.3 + 0.85 * np.exp(-EPOCHS / 5), 0.34 + 0.85 * np.exp(-EPOCHS / 5)],
    }
    letters = dict(zip(pairs, rng.permutation(["A", "B", "C", "D"]).tolist(), strict=True))
    drawn = {
        letters[name]: [
            np.round(train if name == "by_heart" else noisy(train), 3).tolist(),
            np.round(held if name == "by_heart" else noisy(held), 3).tolist(),
        ]
        for name, (train, held) in pairs.items()
    }
    return {
        **letters,
        "curves": {letter: drawn[letter] for letter in "ABCD"},
        "curve_patience": patience,
        "kept": first + 1,
        "second_valley": second + 1,
    }
