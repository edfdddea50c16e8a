"""Twenty students on the hub, each a Unix user: all fetch, run and hand in; nobody sees another's.

It is asked for with ``COURSE_HUB=1``, because it takes minutes and needs root: the hub starts each
server as another user. The users exist in a small Linux of their own (``house.py``), whose network
is its own loopback, and are gone afterwards.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
from typing import Any

import pytest
import server
from grading.sandbox import ROOT

STUDENTS = 20
SECONDS = 900  # then the rehearsal is ended, and everything in its house with it


def missing() -> str:
    """Why the rehearsal cannot be held, or nothing."""
    if os.environ.get("COURSE_HUB") != "1":
        return "twenty students on the hub: minutes; set COURSE_HUB=1, as root, to rehearse it"
    if os.geteuid() != 0:
        return "the hub starts servers as other users, which needs root"
    return "" if shutil.which("bwrap") else "bubblewrap is not installed"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the rehearsal saw and measured."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    import house

    if not (server.VENV / "course-stamp").exists():
        server.install()
    stage, results = tmp_path_factory.mktemp("stage"), tmp_path_factory.mktemp("results")
    house.lay_out(stage)
    command = house.command(stage, results, server.PYTHON, "tests/hub/rehearsal.py", STUDENTS)
    finished = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    report = json.loads((results / "report.json").read_text(encoding="utf-8"))
    assert finished.returncode == 0, report.get("failure")
    for name in ("logged in, s", "servers up, s", "fetched, run, submitted, s", "graded, s"):
        print(f"{name}: {report[name]:.0f}")
    print(f"told to wait: {report['told to wait']} times")
    print(f"MB for each student: {sum(report['MB'].values()) / STUDENTS:.0f}")
    print(f"MB with TensorFlow: {report['MB with TensorFlow']:.0f}")
    return report


def test_the_hub_does_not_start_while_something_is_open(report: dict[str, Any]) -> None:
    assert "/assignments can be read by students" in report["before"]
    assert "/srv/nbgrader/exchange is not there" in report["before"]


def test_only_students_enter_and_only_with_their_password(report: dict[str, Any]) -> None:
    assert report["stranger"] is False
    assert report["visitor"] is False


def test_everybody_handed_in_and_was_collected(report: dict[str, Any]) -> None:
    lines = report["collected"].splitlines()
    assert len([line for line in lines if "Collecting submission" in line]) == STUDENTS


def test_what_came_by_the_exchange_is_graded(report: dict[str, Any]) -> None:
    """Half of the class wrote the solution; the last one handed in a link as well."""
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(report["grades"][1:]))}
    assert len(rows) == STUDENTS
    *ordinary, linked = [rows[name] for name in sorted(rows)]
    scores = [float(row["score"]) for row in ordinary]
    assert min(scores[::2]) == max(scores[::2]) > 10
    assert set(scores[1::2]) == {0.0}
    assert linked["status"] == "ungraded"
    assert "no notebook was handed in" in linked["reason"]


def test_a_submission_in_another_s_name_is_left_out(report: dict[str, Any]) -> None:
    assert "it says it is from student01, and belongs to student20" in report["collected"]


def test_nobody_reads_or_changes_what_is_not_theirs(report: dict[str, Any]) -> None:
    assert len(report["attacks"]) >= 20
    done = {name: said for name, said in report["attacks"].items() if "refused" not in said}
    assert done == {}


def test_students_see_the_assignments_and_no_instructor_s_tools(report: dict[str, Any]) -> None:
    assert report["hidden"] == ["course-list", "create-assignment", "formgrader"]
    assert report["chapters"] == len(list((ROOT / "notebooks").glob("*.ipynb")))


def test_tensorflow_fits_into_the_limits(report: dict[str, Any]) -> None:
    assert "sum 250000.0" in report["TensorFlow"]


def test_a_student_gets_the_own_feedback_back(report: dict[str, Any]) -> None:
    [page] = report["feedback"]
    assert "</html>" in page


def test_the_hub_leaves_no_process_behind(report: dict[str, Any]) -> None:
    assert report["left behind"] == []
