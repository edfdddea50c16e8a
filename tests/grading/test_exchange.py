"""Collecting from nbgrader's exchange: what students put there by hand does no harm."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
from pathlib import Path

import pytest
import tiny
from classes import Class
from grading.course_root import Course

ME = pwd.getpwuid(os.getuid()).pw_name
COURSE = "a-course"


@pytest.fixture
def exchange(course: Class, tmp_path: Path) -> Path:
    """The folder inbound of an exchange to which the class's assignment was released."""
    folder = tmp_path / "exchange"
    folder.mkdir(mode=0o777)
    nbgrader(course, folder, "release_assignment")
    return folder / COURSE / "inbound"


def nbgrader(course: Class, folder: Path, verb: str, *options: str) -> str:
    """Run plain nbgrader in the class's folder; return what it said."""
    where = [f"--Exchange.root={folder}", f"--course={COURSE}"]
    program = course.python.with_name("nbgrader")
    result = subprocess.run(
        [program, verb, tiny.ASSIGNMENT, *where, *options],
        cwd=course.root,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"},
    )
    assert result.returncode == 0, result.stderr
    return result.stderr


def put(inbound: Path, student: str, day: str, text: str = "", end: str = "x") -> Path:
    """Put a submission into the exchange, as anybody can; return its notebook."""
    folder = inbound / f"{student}+{tiny.ASSIGNMENT}+{day} 10:00:00.000000 UTC+{end}"
    folder.mkdir()
    path = folder / f"{tiny.ASSIGNMENT}.ipynb"
    path.write_text(text)
    return path


def collected(course: Class) -> Path:
    return course.root / "submitted" / ME / tiny.ASSIGNMENT


@pytest.fixture
def course(course: Class) -> Class:
    """A class whose settings are there, as after `make release`."""
    Course(course.root).write_settings()
    return course


def test_the_newest_submission_is_taken_over_and_graded(
    course: Class, exchange: Path, release: tiny.Notebook
) -> None:
    put(exchange, ME, "2034-01-01", json.dumps(release))
    put(exchange, ME, "2034-01-02", json.dumps(tiny.answered(release)))
    nbgrader(course, exchange.parents[1], "collect")
    assert (collected(course) / "timestamp.txt").read_text().startswith("2034-01-02")
    course.grade(GRADING_CELL_SECONDS="15")
    assert course.scores() == {ME: tiny.TESTS}


def test_a_link_leads_to_nothing(course: Class, exchange: Path) -> None:
    """nbgrader's own collecting would take over the instructor's solution."""
    path = put(exchange, ME, "2034-01-01")
    path.unlink()
    path.symlink_to(course.root / "source" / tiny.ASSIGNMENT / path.name)
    (path.parent / "more").symlink_to(course.root)
    nbgrader(course, exchange.parents[1], "collect")
    assert {each.name for each in collected(course).iterdir()} == {
        "submission_secret.txt",
        "timestamp.txt",
    }


def test_nobody_hands_in_for_another_and_no_name_stops_the_rest(
    course: Class, exchange: Path, release: tiny.Notebook
) -> None:
    put(exchange, "somebody", "2034-01-01", json.dumps(release))
    put(exchange, "..", "2034-01-01", json.dumps(release))
    (exchange / f"{ME}+{tiny.ASSIGNMENT}+yesterday+x").mkdir()
    (exchange / f"x+{tiny.ASSIGNMENT}+").mkdir()
    put(exchange, ME, "2033-01-01", json.dumps(release))
    said = nbgrader(course, exchange.parents[1], "collect")
    assert said.count("is left out") == 3  # nbgrader itself passes the name with dots by
    assert f"says it is from somebody, and belongs to {ME}" in said
    assert [path.name for path in (course.root / "submitted").iterdir()] == [ME]
    assert not (course.root / tiny.ASSIGNMENT).exists()


def test_what_a_student_wrote_about_the_submission_stops_no_later_step(
    course: Class, exchange: Path, release: tiny.Notebook
) -> None:
    path = put(exchange, ME, "2034-01-01", json.dumps(release))
    (path.parent / "timestamp.txt").write_text("soon")
    (path.parent / "submission_secret.txt").write_text("../../x")
    nbgrader(course, exchange.parents[1], "collect")
    assert (collected(course) / "timestamp.txt").read_text() == "2034-01-01 10:00:00.000000 UTC"
    assert len((collected(course) / "submission_secret.txt").read_text()) == 128
    nbgrader(course, exchange.parents[1], "collect", "--update")


def test_what_is_too_large_is_named_and_not_copied(course: Class, exchange: Path) -> None:
    path = put(exchange, ME, "2034-01-01")
    with path.open("r+b") as file:
        file.truncate(51 * 2**20)
    nbgrader(course, exchange.parents[1], "collect")
    assert not (collected(course) / path.name).exists()
    assert (collected(course) / f"{tiny.ASSIGNMENT} (too large).ipynb.txt").exists()


def test_a_time_that_is_not_true_is_named(
    course: Class, exchange: Path, release: tiny.Notebook
) -> None:
    put(exchange, ME, "2020-01-01", json.dumps(release))
    said = nbgrader(course, exchange.parents[1], "collect")
    assert "says it was handed in at 2020-01-01 10:00:00, and was changed last at" in said
    assert (collected(course) / f"{tiny.ASSIGNMENT}.ipynb").exists()
