"""Compare the evidence of two runs: what the book measured, and what the tests did, one seed on.

A criterion of an experiment whose raw values are the same under two seeds was typed, not measured,
unless it says ``fixed=True`` or the ledger declares the whole entry deterministic. And a bound that
moves with the seed was not chosen before the run.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from build_book import CACHE

from helpers.ledger import Entry, Ledger
from helpers.ledger import ledger as read_ledger

ROOT = Path(__file__).resolve().parents[1]
BOOK = CACHE / "evidence"
TESTS = ROOT / "build" / "evidence" / "nbval"

FIXED = ("words", "direction", "bound", "take", "fixed")

Evidence = dict[str, Any]


def read(folder: Path) -> dict[str, Evidence]:
    """Return the evidence in a folder, by entry."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")
    }


def problems_of(entry: Entry, first: Evidence | None, second: Evidence | None) -> list[str]:
    """Return what is wrong with the evidence of one entry, in words."""
    if first is None or second is None:
        where = " and ".join(
            name for name, each in (("the book", first), ("the tests", second)) if each is None
        )
        return [f"{entry.id}: {where} left no evidence (its home is {entry.home})"]
    if first["seed"] == second["seed"]:
        return [f"{entry.id}: both runs had the seed {first['seed']}; nothing can be compared"]

    pairs = list(zip(first["criteria"], second["criteria"], strict=False))
    if len(first["criteria"]) != len(second["criteria"]) or any(
        one[name] != other[name] for one, other in pairs for name in FIXED
    ):
        return [
            f"{entry.id}: criteria or bounds differ between the seeds, so they were not fixed "
            f"before the run: {sentences(first)} against {sentences(second)}"
        ]
    same = all(one["fingerprint"] == other["fingerprint"] for one, other in pairs)
    if entry.judged == "experiment" and same and not entry.deterministic:
        return [
            f"{entry.id}: the raw values are the same under two seeds, so they do not come from an "
            "experiment. Mend the verdict, or declare the entry deterministic in book/claims.yml"
        ]
    if entry.deterministic and not same:
        return [f"{entry.id}: declared deterministic, but the raw values change with the seed"]
    if entry.judged != "experiment" or entry.deterministic:
        return []
    return [
        f"{entry.id}: {one['words']!r} gives the same raw values under two seeds, so they were "
        "typed, not measured. Mend it, or say fixed=True if no seed need change them"
        for one, other in pairs
        if one["fingerprint"] == other["fingerprint"] and not may_coincide(one)
    ]


def may_coincide(criterion: Evidence) -> bool:
    """Whether a criterion's values may be the same under two seeds.

    Values that all equal their bound have to be; a yes or no, and a share that is nothing or all,
    often are.
    """
    plain = set(criterion["values"]) <= {0.0, 1.0}
    return criterion["fixed"] or criterion["direction"] == "equals" or plain


def sentences(evidence: Evidence) -> str:
    """Return the criteria of one run as text."""
    return "; ".join(criterion["sentence"] for criterion in evidence["criteria"])


def compare(ledger: Ledger, first: Path, second: Path) -> list[str]:
    """Return what is wrong with the evidence of all settled entries."""
    one, other = read(first), read(second)
    settled = [entry for entry in ledger.entries.values() if ledger.is_settled(entry)]
    return [
        problem
        for entry in settled
        for problem in problems_of(entry, one.get(entry.id), other.get(entry.id))
    ]


def main() -> int:
    """Compare, print what is wrong, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("first", type=Path, nargs="?", default=BOOK)
    parser.add_argument("second", type=Path, nargs="?", default=TESTS)
    options = parser.parse_args()
    ledger = read_ledger()
    problems = compare(ledger, options.first, options.second)
    for problem in problems:
        print(problem)
    if not problems:
        settled = sum(map(ledger.is_settled, ledger.entries.values()))
        print(f"   {settled} verdicts hold under two seeds, on different evidence")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
