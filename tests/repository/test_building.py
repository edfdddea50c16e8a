"""Running notebooks and building the book: the order, what is reused, and what a failure leaves."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import build_book
import check_notebooks
import nbformat
import pytest
import running
import seed_sweep
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
# Write down when a notebook begins and ends, which is not before two have begun.
NOTE = """
import time
with open("times", "a") as times:
    times.write(f"{time.monotonic()} begins {name}\\n")
late = time.monotonic() + 30
while open("times").read().count("begins") < 2 and time.monotonic() < late:
    time.sleep(0.05)
with open("times", "a") as times:
    times.write(f"{time.monotonic()} ends {name}\\n")
"""


@pytest.fixture(autouse=True)
def no_other_loop() -> Iterator[None]:
    """Hide the loop that Playwright, in an earlier test of the same worker, leaves running."""
    other = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(other)


@pytest.fixture(autouse=True)
def no_durations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "DURATIONS", tmp_path / "durations.json")


def write(path: Path, *sources: str, alone: bool = False, seconds: float | None = None) -> Path:
    """Write a small notebook."""
    cells = [new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    says = ({"runs_alone": True} if alone else {}) | ({"seconds": seconds} if seconds else {})
    course = {"course": says} if says else {}
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": KERNEL, **course}), path)
    return path


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tools/build_book.py, looking at a repository with one helper, a ledger and one page."""
    for name in ("src/helpers/one.py", "book/claims.yml", "book/intro.md", "requirements.lock"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one\n")
    places = {"ROOT": "", "BOOK": "book", "NOTEBOOKS": "notebooks", "BUILD": "built"}
    places |= {"CACHE": "built/cache", "VENDOR": "vendor", "VENDOR_WORK": "work"}
    for name, place in places.items():
        monkeypatch.setattr(build_book, name, tmp_path / place)
    monkeypatch.setenv("COURSE_EVIDENCE", "")  # which the build sets
    return build_book


def test_the_longest_begins_and_those_that_compare_times_end(tmp_path: Path) -> None:
    alone = write(tmp_path / "alone.ipynb", *["1"] * 9, alone=True)
    guessed = write(tmp_path / "guessed.ipynb", *["1"] * 5)
    said = write(tmp_path / "said.ipynb", "1", seconds=60)
    short, long = (write(tmp_path / f"{n}.ipynb", "1", seconds=50) for n in ("short", "long"))
    running.DURATIONS.write_text('{"short": 1, "long": 100}')
    order = running.in_order(map(running.Run, (alone, short, guessed, said, long)))
    assert [run.path for run in order] == [long, said, guessed, short, alone]


def test_two_run_at_a_time_and_one_alone(tmp_path: Path) -> None:
    names = ("a", "b", "c", "alone")
    paths = [
        write(tmp_path / f"{name}.ipynb", f"name = {name!r}", NOTE, alone=name == "alone")
        for name in names
    ]
    finished: list[str] = []
    running.run_all(map(running.Run, paths), lambda run: finished.append(run.path.stem))
    assert sorted(finished) == sorted(names)
    assert set(running.durations()) == set(names)
    at_once: set[str] = set()
    together = []
    noted = [line.split() for line in (tmp_path / "times").read_text().splitlines()]
    for _, what, name in sorted(noted, key=lambda line: float(line[0])):
        (at_once.add if what == "begins" else at_once.remove)(name)
        together.append(frozenset(at_once))
    assert max(map(len, together)) == 2
    assert [each for each in together if "alone" in each] == [{"alone"}]


def test_a_run_has_one_thread_and_its_own_variables(tmp_path: Path) -> None:
    source = "import os; print([os.environ[n] for n in ('OMP_NUM_THREADS', 'COURSE_SEED')])"
    path = write(tmp_path / "a.ipynb", source)
    runs = [running.Run(path, {"COURSE_SEED": str(seed)}) for seed in (3, 4)]
    running.run_all(runs, lambda run: None)
    shown = [run.notebook.cells[0].outputs[0].text for run in runs]
    assert shown == ["['1', '3']\n", "['1', '4']\n"]


def test_an_interrupt_leaves_no_kernel(tmp_path: Path) -> None:
    source = "import os, pathlib, time; pathlib.Path(f'{os.getpid()}.pid').touch(); time.sleep(60)"
    paths = [str(write(tmp_path / f"{name}.ipynb", source)) for name in "abc"]
    program = "import sys; from running import *; run_all(map(Run, map(Path, sys.argv[1:])), print)"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *paths],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tools")},
        stderr=subprocess.DEVNULL,
        # Whoever starts the tests in the background makes them ignore the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_until(lambda: len(list(tmp_path.glob("*.pid"))) == 2)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) != 0
    kernels = [int(path.stem) for path in tmp_path.glob("*.pid")]
    assert len(kernels) == 2, "the third began after the interrupt"
    wait_until(lambda: not any(Path(f"/proc/{kernel}").exists() for kernel in kernels))


def wait_until(condition: object) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def run_and_say(build: ModuleType, capsys: pytest.CaptureFixture[str]) -> str:
    build.run_notebooks()
    return capsys.readouterr().out


def test_notebooks_run_again_only_when_needed(
    build: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(build.NOTEBOOKS / "01-a.ipynb", "print(1)")
    assert "01-a.ipynb: about" in run_and_say(build, capsys)
    assert run_and_say(build, capsys) == "   1 notebooks are unchanged\n"
    for changed in ("src/helpers/one.py", "book/claims.yml"):
        (build.ROOT / changed).write_text("# changed\n")
        assert "01-a.ipynb: about" in run_and_say(build, capsys), changed
    write(path, "print(2)")
    assert "01-a.ipynb: about" in run_and_say(build, capsys)
    monkeypatch.setenv("COURSE_SEED", "7")
    assert "01-a.ipynb: about" in run_and_say(build, capsys)
    assert "unchanged" in run_and_say(build, capsys)


def test_a_failure_is_named_and_the_other_results_are_kept(
    build: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = write(build.NOTEBOOKS / "01-a.ipynb", "raise RuntimeError('the evidence is gone')")
    write(build.NOTEBOOKS / "02-b.ipynb", "1")
    with pytest.raises(build.BuildError, match=r"^01-a.ipynb failed(.|\n)*the evidence is gone"):
        build.run_notebooks()
    write(bad, "print('mended')")
    said = capsys.readouterr().out and run_and_say(build, capsys)
    assert "1 notebooks are unchanged" in said
    assert "01-a.ipynb: about" in said
    assert "02-b" not in said


def test_a_ledger_that_cannot_be_used_stops_the_build_early(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "problems_of_all", lambda: ["claims.yml, line 3: no verdict"])
    monkeypatch.setattr(build, "fetch_site_scripts", lambda: pytest.fail("it went on"))
    assert build.main() == 1
    assert "claims.yml, line 3: no verdict" in capsys.readouterr().err


def test_the_site_is_built_again_when_a_source_of_it_changes(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    monkeypatch.setattr(build, "problems_of_all", list)
    monkeypatch.setattr(build, "SITE", build.ROOT)
    monkeypatch.setattr(build, "VENDOR_SOURCES", build.ROOT / "tools")
    monkeypatch.setattr(build, "fetch_site_scripts", lambda: None)
    monkeypatch.setattr(build, "build_site", lambda: built.append(1))
    (build.ROOT / "index.html").touch()
    (build.ROOT / ".git").mkdir()
    write(build.NOTEBOOKS / "01-a.ipynb", "1")
    changes = ["src/helpers/one.py", "book/claims.yml", "book/intro.md", ".git/config", "tools/x"]
    for count, changed in enumerate(["requirements.lock", *changes], start=1):
        (build.ROOT / changed).parent.mkdir(exist_ok=True)
        (build.ROOT / changed).write_text(f"{count}\n")
        assert [build.main(), build.main()] == [0, 0]
        assert len(built) == count, changed


def test_the_site_scripts_need_a_network(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("npm_config_proxy", "npm_config_https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "empty"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(build.BuildError, match="check the network connection"):
        build.fetch_site_scripts()


@pytest.fixture
def nbval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """tools/check_notebooks.py over three notebooks, with the calls of pytest that it makes."""
    calls: list[SimpleNamespace] = []

    def call(command: list[object], env: dict[str, str], **_: object) -> SimpleNamespace:
        names = [part.stem for part in command if isinstance(part, Path)]
        calls.append(SimpleNamespace(names=names, command=command, env=env))
        return SimpleNamespace(returncode=int("bad" in names))

    for name in ("short", "bad"):
        write(tmp_path / "notebooks" / f"{name}.ipynb", "1")
    write(tmp_path / "notebooks" / "long.ipynb", "1", "2")
    write(tmp_path / "notebooks" / "alone.ipynb", "1", alone=True)
    monkeypatch.setattr(check_notebooks.with_solutions, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(check_notebooks.with_solutions, "TESTED", tmp_path / "tested")
    monkeypatch.setattr(check_notebooks, "EVIDENCE", tmp_path / "evidence")
    monkeypatch.setattr(check_notebooks.subprocess, "run", call)
    return SimpleNamespace(module=check_notebooks, calls=calls, folder=tmp_path)


def test_nbval_runs_those_that_compare_times_in_a_call_of_their_own(nbval) -> None:
    assert nbval.module.main() == 1, "a failure of the first call counts"
    first, second = nbval.calls
    assert first.names[0] == "long"
    assert set(first.names) == {"long", "short", "bad"}
    assert {"-n", "loadfile"} <= set(first.command)
    assert second.names == ["alone"]
    assert "-n" not in second.command


@pytest.mark.parametrize(("of_the_book", "of_the_tests"), [("", "1"), ("7", "8"), ("99999", "0")])
def test_nbval_runs_under_other_seeds_and_leaves_evidence(
    nbval, monkeypatch: pytest.MonkeyPatch, of_the_book: str, of_the_tests: str
) -> None:
    monkeypatch.setenv("COURSE_SEED", of_the_book)
    (nbval.folder / "evidence").mkdir()
    (nbval.folder / "evidence" / "C01.json").touch()
    nbval.module.main()
    assert [call.env["COURSE_SEED"] for call in nbval.calls] == [of_the_tests] * 2
    assert [call.env["COURSE_EVIDENCE"] for call in nbval.calls] == [str(nbval.module.EVIDENCE)] * 2
    assert list(nbval.module.EVIDENCE.iterdir()) == []


def test_nbval_ends_quietly_when_it_is_interrupted(nbval, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(nbval.module.subprocess, "run", interrupt)
    assert nbval.module.main() == 130


def test_make_seeds_names_what_breaks(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = (
        "import os\nfrom helpers.claims import Criterion, verdict\n"
        "assert os.environ['COURSE_SEED'] != '2', 'it broke'\n"
        "verdict('C35', Criterion('a number', 2, above=1))"
    )
    path = write(tmp_path / "01-a.ipynb", source)
    monkeypatch.setattr(sys, "argv", ["seed_sweep", "--shifts", "2", str(path)])
    assert seed_sweep.main() == 1
    said = capsys.readouterr().out
    assert "01-a.ipynb COURSE_SEED=1: 1 verdicts hold: C35" in said
    assert "01-a.ipynb COURSE_SEED=2: AssertionError: it broke" in said
    assert said.endswith("Broken:\n01-a.ipynb COURSE_SEED=2\n")
