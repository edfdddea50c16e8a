"""What `make bench` writes into the README. Nothing here is timed."""

from __future__ import annotations

import importlib
import json
import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
MACHINE = {"cores": "2", "memory": "8 GiB", "Python": "3.11.2"}


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    """The script benchmarks/run.py, which finds its neighbours in its own folder."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    yield importlib.import_module("run")
    sys.path.pop(0)
    for name in ("run", "ratios"):
        sys.modules.pop(name)


def some_ratios(bench: ModuleType) -> list:
    return [
        bench.Ratio("Many seeds", 3.44, 3.1, 3.96, "looped / batched"),
        bench.Ratio("Book", 123.4, 99.6, 140.0, "cold / warm"),
        bench.Ratio("Wide | deep", 0.876, 0.8, 1.02, "a / b"),
    ]


def test_the_table_holds_every_ratio_with_its_spread(bench: ModuleType) -> None:
    lines = bench.block(some_ratios(bench), MACHINE).splitlines()
    assert lines[2] == "| Many seeds | looped / batched | 3.4 | 3.1 to 4.0 |"
    assert lines[3] == "| Book | cold / warm | 123 | 100 to 140 |"
    assert lines[4] == "| Wide \\| deep | a / b | 0.88 | 0.80 to 1.0 |"
    columns = {len(re.findall(r"(?<!\\)\|", line)) for line in lines[:5]}
    assert columns == {5}
    assert "cores 2, memory 8 GiB, Python 3.11.2" in lines[-1]


TEXTS = st.text(st.characters(exclude_characters="<>", exclude_categories=["Cs"]))


@given(before=TEXTS, old=TEXTS, after=TEXTS, new=TEXTS)
def test_only_the_block_changes(bench: ModuleType, before, old, after, new) -> None:
    readme = f"{before}{bench.START}{old}{bench.END}{after}"
    written = bench.replace_block(readme, new)
    assert written == f"{before}{bench.START}\n{new}\n{bench.END}{after}"
    assert bench.replace_block(written, new) == written


@pytest.mark.parametrize(
    "readme",
    [
        "no markers",
        "<!-- bench:start --> only a start",
        "only an end <!-- bench:end -->",
        "<!-- bench:end --> the wrong way round <!-- bench:start -->",
        "<!-- bench:start --><!-- bench:start --> two starts <!-- bench:end -->",
        "<!-- bench:start --> two ends <!-- bench:end --><!-- bench:end -->",
    ],
)
def test_lost_markers_are_reported(bench: ModuleType, readme: str) -> None:
    with pytest.raises(ValueError, match=r"must hold <!-- bench:start --> once .* put them back"):
        bench.replace_block(readme, "table")


def test_the_readme_has_its_markers(bench: ModuleType) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert bench.replace_block(readme, "table") != readme


def test_the_readme_shows_the_last_results(bench: ModuleType) -> None:
    file = ROOT / "benchmarks" / "results.json"
    if not file.exists():
        pytest.skip("benchmarks/results.json is made by: make bench")
    results = json.loads(file.read_text(encoding="utf-8"))
    ratios = [bench.Ratio(**each) for each in results["ratios"]]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert bench.replace_block(readme, bench.block(ratios, results["machine"])) == readme
    assert all(each.low <= each.value <= each.high for each in ratios)


def test_the_machine_is_sized_but_not_named(bench: ModuleType) -> None:
    machine = bench.machine()
    assert {"cores", "system", "Python", "numpy", "TensorFlow"} <= set(machine)
    assert int(machine["cores"]) >= 1
    text = " ".join(machine.values())
    assert platform.node() not in text.split()
    assert str(Path.home()) not in text
    assert "/" not in text


def test_everything_measured_is_written(
    bench: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ratios = some_ratios(bench)
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "README.md").write_text(f"Intro {bench.START}old{bench.END} end", "utf-8")
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "measured", lambda name: ratios if name == "book" else [])
    assert bench.main([]) == 0
    results = json.loads((tmp_path / "benchmarks" / "results.json").read_text("utf-8"))
    assert [each["name"] for each in results["ratios"]] == [each.name for each in ratios]
    readme = (tmp_path / "README.md").read_text("utf-8")
    assert "| Many seeds |" in readme
    assert readme.startswith("Intro ")
    assert readme.endswith(" end")


@pytest.mark.parametrize("same", [True, False])
def test_naming_one_benchmark_replaces_its_rows_only(
    bench: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, same: bool
) -> None:
    old, new = some_ratios(bench), bench.Ratio("Book", 99, 98, 100, "cold / warm")
    machine = MACHINE if same else {**MACHINE, "cores": "64"}
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "README.md").write_text(f"{bench.START}{bench.END}", "utf-8")
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    bench.write(old, MACHINE)
    monkeypatch.setattr(bench, "machine", lambda: machine)
    monkeypatch.setattr(bench, "measured", lambda name: [new])
    assert bench.main(["book"]) == 0
    results = json.loads((tmp_path / "benchmarks" / "results.json").read_text("utf-8"))
    wanted = [old[0], new, old[2]] if same else old
    assert [bench.Ratio(**each) for each in results["ratios"]] == wanted


def test_a_missing_benchmark_is_one_clear_sentence(
    bench: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "BENCHMARKS", ("no_such_benchmark",))
    monkeypatch.setattr(bench, "write", lambda *results: pytest.fail("it wrote"))
    assert bench.main([]) == 1
    captured = capsys.readouterr()
    assert "benchmarks/no_such_benchmark.py is missing" in captured.out
    assert "Nothing was written" in captured.err


def test_an_unknown_benchmark_is_refused(
    bench: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        bench.main(["trainings"])
    assert "no benchmark 'trainings'; there are training, tutorial, book" in capsys.readouterr().err


def test_a_ratio_is_taken_within_each_pair(
    bench: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ratios = sys.modules["ratios"]
    # A clock on which the first job takes 6, 2 and 9 seconds, the second one 2, 1 and 3.
    clock = iter([0, 6, 6, 8, 8, 10, 10, 11, 11, 20, 20, 23])
    monkeypatch.setattr(ratios, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    calls: list[str] = []
    result = ratios.side_by_side(
        "name", lambda: calls.append("a"), lambda: calls.append("b"), repeats=3, note="a / b"
    )
    assert result == ratios.Ratio("name", 3, 2, 3, "a / b")
    assert calls == ["a", "b"] * 4  # the first pair warms up
