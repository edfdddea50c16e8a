"""Whatever a submission does: the right score or an honest reason, and nobody else's changes."""

from __future__ import annotations

import csv
import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import hostile
import pytest
import tiny
from classes import Class, needs_sandbox

pytestmark = [needs_sandbox, pytest.mark.slow]

READS = {name: (make, points) for name, (make, points, _) in hostile.READS.items()}
ALL = {**hostile.RUNS, **hostile.DECEIVES, **READS, **hostile.EDITS}
BYSTANDERS = ("aaa", "mmm", "zzz")  # right submissions, graded before, between and after
SECRET = "a-variable-of-the-grader"


@pytest.fixture(scope="module")
def graded(released: Path, set_up, release, tmp_path_factory) -> Iterator[tuple[Class, float]]:
    """A class of hostile submissions, graded in one go; and how long that took."""
    root = tmp_path_factory.mktemp("hostile") / "class"
    shutil.copytree(released, root)
    course = Class(root, set_up.GRADING_PYTHON)
    for student in BYSTANDERS:
        path = tiny.hand_in(root, student, tiny.answered(release))
        path.rename(path.with_name(f"{student} (1).ipynb"))  # whatever the file is called
    for name, (make, _) in ALL.items():
        tiny.hand_in(root, name, make(release))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        helpers = str(tiny.ROOT / "src")
        tiny.hand_in(root, "peeks", hostile.peeks(str(root), helpers, port, SECRET)(release))
        began = time.monotonic()
        course.grade(A_VARIABLE=SECRET)
        yield course, time.monotonic() - began


@pytest.mark.parametrize("name", ALL)
def test_each_gets_what_it_deserves(name: str, graded: tuple[Class, float]) -> None:
    course, _ = graded
    status, expected = course.status(name), ALL[name][1]
    points, reason = expected if isinstance(expected, tuple) else (expected, expected)
    if status["status"] == "ungraded":
        assert isinstance(reason, str), status
        assert re.search(reason, status["reason"]), status
        assert name not in course.scores()
    else:
        assert status["points"] == points, status
        assert course.scores()[name] == points


def test_what_reads_its_test_is_marked(graded: tuple[Class, float]) -> None:
    course, _ = graded
    marked = {name: words for name, (_, _, words) in hostile.READS.items()}
    assert {name: course.status(name)["look"] for name in marked} == marked
    honest = [*BYSTANDERS, *hostile.RUNS, *hostile.EDITS]
    assert {name for name in honest if course.status(name)["look"]} == set()
    assert course.run("grades", tiny.ASSIGNMENT).returncode == 0
    text = (course.root / f"grades-{tiny.ASSIGNMENT}.csv").read_text(encoding="utf-8-sig")
    rows = {row["student"]: row["look_at"] for row in csv.DictReader(text.splitlines())}
    assert rows.items() >= marked.items()


def test_what_is_kept_holds_no_mark(graded: tuple[Class, float]) -> None:
    course, _ = graded
    path = (
        course.root / "autograded" / "edits-a-test" / tiny.ASSIGNMENT / f"{tiny.ASSIGNMENT}.ipynb"
    )
    nb = json.loads(path.read_text())
    given = {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in tiny.source()["cells"][1:]}
    for name in ("test_relu", "test_relu_hidden", "test_slope"):
        assert "".join(tiny.find(nb, name)["source"]) == given[name]["source"]
    [error] = tiny.find(nb, "test_relu")["outputs"]
    assert "assert_allclose" in "".join(error["traceback"])
    assert not re.search("_[0-9a-f]{16}", json.dumps(nb))


def test_nobody_else_s_grade_changes(graded: tuple[Class, float]) -> None:
    course, _ = graded
    scores = course.scores()
    assert [scores[student] for student in BYSTANDERS] == [tiny.TESTS] * 3


def test_what_looks_around_finds_nothing(graded: tuple[Class, float]) -> None:
    course, _ = graded
    assert course.status("peeks")["status"] == "graded"
    path = course.root / "autograded" / "peeks" / tiny.ASSIGNMENT / f"{tiny.ASSIGNMENT}.ipynb"
    said = [
        output
        for cell in json.loads(path.read_text())["cells"]
        for output in cell.get("outputs", [])
    ]
    assert course.status("peeks")["points"] == tiny.TESTS, said


def test_each_takes_a_bounded_time(graded: tuple[Class, float]) -> None:
    course, _ = graded
    slow = {name: course.status(name)["seconds"] for name in ALL}
    assert {name: seconds for name, seconds in slow.items() if seconds > 45} == {}


def test_no_process_is_left(graded: tuple[Class, float]) -> None:
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert "sleep 4242" not in listed


def test_outputs_stay_small(graded: tuple[Class, float]) -> None:
    course, _ = graded
    sizes = {path.parts[-3]: path.stat().st_size for path in course.root.glob("autograded/*/*/*")}
    assert sizes
    assert {name: size for name, size in sizes.items() if size > 500_000} == {}


def test_nothing_is_left_of_the_work(graded: tuple[Class, float]) -> None:
    course, _ = graded
    assert [path for path in (course.root / "work").rglob("*") if path.is_file()] == []
