"""The gradebook is never lost: not by a kill, a full disk, a second grader, or a later run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
import tiny
from classes import ROOT, Class, needs_sandbox

pytestmark = [needs_sandbox, pytest.mark.slow]

STUDENTS = [f"s{number}" for number in range(4)]


@pytest.fixture
def four(course: Class, release: tiny.Notebook) -> Class:
    """A class in which four students handed in: all right but the last one."""
    for student in STUDENTS[:-1]:
        tiny.hand_in(course.root, student, tiny.answered(release))
    tiny.hand_in(course.root, STUDENTS[-1], release)
    return course


RIGHT = {**dict.fromkeys(STUDENTS, float(tiny.TESTS)), STUDENTS[-1]: 0.0}


def running(course: Class) -> list[str]:
    """The processes that have to do with this class."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    return [line for line in listed.splitlines() if str(course.root) in line and "ps -" not in line]


def test_a_killed_grader_loses_nothing_and_goes_on(four: Class) -> None:
    grader = subprocess.Popen(
        four.command("grade", tiny.ASSIGNMENT, "--workers", 2), stdout=subprocess.PIPE, text=True
    )
    first = next(line for line in grader.stdout if line.startswith("[1/4]"))
    time.sleep(0.4)  # in the middle of the next ones
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    deadline = time.monotonic() + 10
    while running(four) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert running(four) == []
    kept = four.scores()
    assert kept.items() <= RIGHT.items()
    assert first.split("] ")[1].split(":")[0] in kept
    done = {path.stem for path in four.root.glob("status/*/*.json")}
    assert done
    said = four.grade()
    assert f"{len(done)} of 4 submissions are graded already" in said
    assert four.scores() == RIGHT


def test_two_graders_at_once_share_the_work(four: Class) -> None:
    command = four.command("grade", tiny.ASSIGNMENT, "--workers", 1)
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    said = [grader.communicate()[0] for grader in both]
    assert [grader.returncode for grader in both] == [0, 0], said
    assert four.scores() == RIGHT
    graded = [
        line.split("] ")[1].split(":")[0]
        for text in said
        for line in text.splitlines()
        if "points from the tests" in line
    ]
    assert sorted(graded) == STUDENTS, "each once, by one of them"


@pytest.fixture
def two(course: Class, release: tiny.Notebook) -> Class:
    """A class in which two students handed in."""
    tiny.hand_in(course.root, "ana", tiny.answered(release))
    tiny.hand_in(course.root, "bo", release)
    return course


def test_what_is_graded_stays_until_something_is_new(two: Class, release: tiny.Notebook) -> None:
    folder = two.root.parent / "t"
    folder.mkdir()
    two.grade(TMPDIR=str(folder))
    assert list(folder.iterdir()) == [], "the kernels' folders are gone"
    assert two.scores() == {"ana": tiny.TESTS, "bo": 0}
    with closing(sqlite3.connect(two.root / "gradebook.db")) as database:  # as Formgrader does
        database.execute("UPDATE grade SET manual_score = 2 WHERE auto_score = 3")
        database.commit()
    wrong = tiny.answered(release, slope="def slope(x):\n    return x")
    tiny.hand_in(two.root, "ana", wrong)
    assert "1 of 2 submissions are graded already" in two.grade()
    with closing(sqlite3.connect(two.root / "gradebook.db")) as database:
        query = "SELECT auto_score, needs_manual_grade FROM grade WHERE manual_score = 2"
        assert database.execute(query).fetchall() == [(0.0, 1)], "points given by hand stay"
    # a broken one after a good one takes nothing away, and the table says so
    tiny.hand_in(two.root, "ana", "no notebook")
    two.grade()
    assert two.scores()["ana"] == 3
    assert two.run("grades", tiny.ASSIGNMENT).returncode == 0
    table = (two.root / f"grades-{tiny.ASSIGNMENT}.csv").read_text()
    [row] = [line for line in table.splitlines() if ",ana," in line]
    assert row.startswith(f"{tiny.ASSIGNMENT},ana,,8,ungraded,")
    assert "not JSON" in row
    assert "an earlier one has 5 points" in row


def test_a_damaged_gradebook_comes_back_from_a_backup(two: Class) -> None:
    two.grade()
    [backup] = (two.root / "backups").glob("gradebook-*.db")
    damaged = bytearray((two.root / "gradebook.db").read_bytes())
    damaged[200:6000] = os.urandom(5800)
    (two.root / "gradebook.db").write_bytes(damaged)
    result = two.run("grade", tiny.ASSIGNMENT)
    assert result.returncode == 1
    assert "is damaged" in result.stderr
    assert backup.name in result.stderr
    assert (two.root / "gradebook.db").read_bytes() == damaged
    shutil.copy(backup, two.root / "gradebook.db")
    assert two.scores() == {}
    two.grade()  # what the backup did not know is graded again
    assert two.scores() == {"ana": tiny.TESTS, "bo": 0}


# Runs in a sandbox whose folder for the class is a small disk.
FULL_DISK = """
import shutil, sqlite3, sys
from pathlib import Path
sys.path[:0] = [{tools!r}, {helpers!r}]
from grading import gradebook as books
from grading.course_root import Course, GradingError
from nbgrader.api import Gradebook
course = Course(Path({small!r}))
shutil.copytree({full!r}, course.root, dirs_exist_ok=True)
before = sqlite3.connect(course.gradebook).iterdump()
before = list(before)
grades = {{"test_relu": 1.0, "test_relu_hidden": 2.0, "test_slope": 3.0, "words": None}}
comments = {{"relu": "x" * 200_000, "slope": None, "words": None}}
result = {{"timestamp": None, "notebooks": {{{assignment!r}: {{
    "grades": grades, "comments": comments}}}}}}
filler = course.root / "filler"
try:
    with filler.open("wb", buffering=0) as file:
        while file.write(bytes(512)): pass
except OSError: pass
try:
    books.merge(course, {assignment!r}, "ana", result)
    print("written")
except GradingError as error:
    print(error)
assert list(sqlite3.connect(course.gradebook).iterdump()) == before, "it changed"
filler.unlink()
books.check_whole(course.gradebook)
books.merge(course, {assignment!r}, "ana", result)
with Gradebook(books.url(course.gradebook)) as gradebook:
    print(gradebook.find_submission({assignment!r}, "ana").score)
"""


def test_a_full_disk_leaves_it_as_it_was(released: Path, set_up, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    script = FULL_DISK.format(
        tools=str(ROOT / "tools"),
        helpers=str(ROOT / "src"),
        small=str(small),
        full=str(released),
        assignment=tiny.ASSIGNMENT,
    )
    disk = ["bwrap", "--dev-bind", "/", "/", "--size", str(1_500_000), "--tmpfs", str(small)]
    python = [str(set_up.GRADING_PYTHON), "-W", "ignore", "-c", script]
    result = subprocess.run([*disk, "--", *python], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    said = result.stdout.splitlines()
    assert "could not be written (" in said[0]
    assert "as it was before ana" in said[0]
    assert said[1:] == ["6.0"]


# Runs in a sandbox whose folder for the class is a small disk. It is full at once, then while the
# first submission is graded, then no more.
GRADE_ON_A_FULL_DISK = """
import os, shutil, sqlite3, subprocess
from pathlib import Path
small = Path({small!r})
shutil.copytree({full!r}, small, dirs_exist_ok=True)
book = small / "gradebook.db"
def content():
    return list(sqlite3.connect(book).iterdump())
before = content()
for room in (0, book.stat().st_size * 5 // 2):
    disk = os.statvfs(small)
    (small / "filler").write_bytes(bytes(disk.f_bavail * disk.f_frsize - room))
    said = subprocess.run({command!r}, capture_output=True, text=True)
    print(said.returncode, said.stderr.strip())
    assert "Traceback" not in said.stderr, said.stderr
    assert content() == before
    assert list(small.glob("status/*/*.json")) == []
    (small / "filler").unlink()
subprocess.run({command!r}, check=True)
"""


def test_grading_stops_on_a_full_disk_and_goes_on(two: Class, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    grade = Class(small, two.python).command("grade", tiny.ASSIGNMENT, "--unsafe")
    script = GRADE_ON_A_FULL_DISK.format(small=str(small), full=str(two.root), command=grade)
    disk = ["bwrap", "--dev-bind", "/", "/", "--size", str(4_000_000), "--tmpfs", str(small)]
    result = subprocess.run(
        [*disk, "--", str(two.python), "-c", script], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("1 Grading had to stop") == 2, result.stdout
    assert result.stdout.count("See that the disk is not full") == 2
    assert "Graded now: 2. Ungraded: 0." in result.stdout


def test_plain_nbgrader_grades_in_the_sandbox_too(
    course: Class, release: tiny.Notebook, tmp_path: Path
) -> None:
    look = "import os\nassert os.getuid() != 0\nassert not os.path.exists('/var')\n"
    nb = tiny.answered(release, relu=f"{look}{tiny.RELU}")
    tiny.find(nb, "slope")["metadata"]["nbgrader"]["points"] = 50
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"ana_{tiny.ASSIGNMENT}.ipynb").write_text(json.dumps(nb))
    assert course.run("collect", tiny.ASSIGNMENT, "--from", tmp_path / "in").returncode == 0
    course.nbgrader("autograde", tiny.ASSIGNMENT)
    assert course.scores() == {"ana": tiny.TESTS}
    course.run("grades", tiny.ASSIGNMENT)
    table = (course.root / f"grades-{tiny.ASSIGNMENT}.csv").read_text()
    assert f"{tiny.ASSIGNMENT},ana,6,8,graded" in table
