"""Two runs under two seeds: what was typed and not measured is found out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from compare_evidence import compare

from helpers.claims import Criterion, VerdictCard
from helpers.ledger import Entry, Ledger

ENTRY = Entry("C01", "A claim.", "x", (0,), "experiment", "true", "Because.", "01-one-neuron")


def leave(folder: Path, seed: int, *criteria: Criterion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_SEED", str(seed))
    folder.mkdir(exist_ok=True)
    record = VerdictCard(ENTRY, criteria).record()
    (folder / "C01.json").write_text(json.dumps(record), encoding="utf-8")


def problems(folder: Path, **changes: object) -> list[str]:
    from dataclasses import replace

    from helpers.ledger import Chapter

    entry = replace(ENTRY, **changes)
    ledger = Ledger({"C01": entry}, {entry.home: Chapter(1, entry.home, "One", "")}, {}, {})
    return compare(ledger, folder / "one", folder / "other")


@pytest.mark.parametrize(
    ("first", "second", "changes", "complaint"),
    [
        (0.1, 0.2, {}, None),
        (0.1, 0.1, {}, "the raw values are the same under two seeds"),
        (0.1, 0.1, {"deterministic": True}, None),
        (0.1, 0.1, {"judged": "proof"}, None),
        (0.1, 0.2, {"deterministic": True}, "declared deterministic, but"),
        (0.1, 0.1, {"unsettled": True}, None),
    ],
)
def test_an_experiment_gives_other_values_under_another_seed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: float,
    second: float,
    changes: dict[str, object],
    complaint: str | None,
) -> None:
    leave(tmp_path / "one", 0, Criterion("gain", first, above=0), monkeypatch=monkeypatch)
    leave(tmp_path / "other", 1, Criterion("gain", second, above=0), monkeypatch=monkeypatch)
    found = problems(tmp_path, **changes)
    assert len(found) == (complaint is not None)
    assert not complaint or complaint in found[0]


@pytest.mark.parametrize(
    ("first", "second", "complaint"),
    [
        ({}, {}, "'accuracy lost' gives the same raw values under two seeds"),
        ({}, {"values": 0.4}, None),
        ({"fixed": True}, {"fixed": True}, None),
        ({"fixed": True}, {}, "were not fixed before the run"),
        ({"above": None, "equals": 0.3}, {"above": None, "equals": 0.3}, None),
        ({"values": [1, 1, 0.5]}, {"values": [1, 1, 0.5]}, "typed, not measured"),
        ({"values": [1, 1, 1]}, {"values": [1, 1, 1]}, None),
        ({"above": 0.1}, {"above": 0.2}, "were not fixed before the run"),
        ({"take": "mean"}, {}, "were not fixed before the run"),
    ],
)
def test_a_typed_criterion_does_not_hide_beside_a_measured_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: dict[str, Any],
    second: dict[str, Any],
    complaint: str | None,
) -> None:
    for seed, changes in enumerate((first, second)):
        measured = Criterion("gain", seed + 0.5, above=0)
        other = Criterion("accuracy lost", **{"values": 0.3, "above": 0.1, **changes})
        leave(tmp_path / ("one", "other")[seed], seed, measured, other, monkeypatch=monkeypatch)
    found = problems(tmp_path)
    assert len(found) == (complaint is not None)
    assert not complaint or complaint in found[0]


def test_a_bound_that_follows_the_data_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed, name in enumerate(("one", "other")):
        gain = Criterion("gain", seed + 0.5, above=seed)
        leave(tmp_path / name, seed, gain, monkeypatch=monkeypatch)
    assert "were not fixed before the run" in problems(tmp_path)[0]


def test_missing_evidence_and_a_seed_used_twice_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "the book and the tests left no evidence" in problems(tmp_path)[0]
    leave(tmp_path / "one", 3, Criterion("gain", 1, above=0), monkeypatch=monkeypatch)
    assert "the tests left no evidence" in problems(tmp_path)[0]
    leave(tmp_path / "other", 3, Criterion("gain", 2, above=0), monkeypatch=monkeypatch)
    assert "both runs had the seed 3" in problems(tmp_path)[0]
