"""Grading the submissions of an assignment, each in a folder and a gradebook of its own.

A submission is graded by plain nbgrader in a course that holds nothing else. Only what nbgrader
wrote about it is taken over into the class's gradebook. So nothing that a submission does to its
grading can touch another's, and what was interrupted is simply done again.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError

from grading import gradebook as books
from grading import pool
from grading.canary import AlteredChecksError
from grading.course_root import Course, GradingError, read_status, shown, write_whole
from grading.preprocessors import StoppedError
from grading.sandbox import (
    VENV,
    limits_for,
    machine_memory,
    most_workers,
    refuse_without_sandbox,
    second_sandbox,
)
from grading.settings import configuration
from grading.submissions import UngradedError, given_out_ids, notebook_file, peeking, read_notebook
from helpers.errors import UnknownNameError

GRADERS_MEMORY = 4 * 2**30  # bytes of address space, beside the sandbox's own
SPARE_SECONDS = 90  # for what is not the run of the cells

BUSY = "busy"
GRADED = "graded"
UNGRADED = "ungraded"
STOP = "stop"  # this machine is the trouble, not the submission


@dataclass
class Outcome:
    """How grading a submission came out.

    Attributes
    ----------
    status
        ``graded``, ``ungraded``, ``busy`` if another grader is at it, or ``stop``.
    reason
        Why it is ungraded, in words that follow "because".
    points, possible
        What the tests gave, and what they can give; tasks in words are not among them.
    look
        Words in its code for which a person should look at it; they cost no points.
    result
        What is taken over into the gradebook.
    """

    student: str
    status: str
    reason: str = ""
    points: float | None = None
    possible: float | None = None
    seconds: float = 0.0
    submission: str = ""
    source: str = ""
    look: str = ""
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """A submission to grade.

    Attributes
    ----------
    again
        Grade it even if it is graded.
    unsafe
        Run it without the sandbox.
    workers
        How many submissions run at a time, and share the machine's memory.
    """

    student: str
    again: bool = False
    unsafe: bool = False
    workers: int = 1


class OneSubmission(Autograde):
    """nbgrader's converter, which keeps the error that it met; nbgrader itself only logs it."""

    failure: Exception | None = None

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Grade the notebook."""
        try:
            super().convert_single_notebook(notebook_filename)
        except Exception as error:
            self.failure = error
            raise


def digest(folder: Path) -> str:
    """Return a digest of what a student handed in."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            whole.update(repr((path.name, path.stat().st_size)).encode())
            with path.open("rb") as file:
                for part in iter(partial(file.read, 2**20), b""):
                    whole.update(part)
    return whole.hexdigest()


def ready_notebook(course: Course, assignment: str, student: str, known: set[str]) -> Any:
    """Return a submission's notebook, ready for nbgrader.

    Raises
    ------
    UngradedError
        If there is none that can be graded.
    """
    notebook = read_notebook(
        notebook_file(course.folder("submitted", student, assignment), assignment)
    )
    if not known & given_out_ids(notebook):
        raise UngradedError(
            f"the notebook holds none of the cells of {assignment}: it is another one, or was "
            "written anew"
        )
    return notebook


def words_for(error: Exception) -> str:
    """Return why a submission is ungraded, as the reason of an error.

    Raises
    ------
    GradingError
        If the reason is not the submission, but this machine.
    """
    if isinstance(error, UngradedError | StoppedError):
        return str(error)
    if isinstance(error, AlteredChecksError):
        return f"the checks were altered ({error})"
    if isinstance(error, MemoryError):
        return "reading what it printed took too much memory"
    if isinstance(error, OSError | GradingError | SQLAlchemyError | InvalidEntry):
        raise GradingError(why_stopped(error)) from error
    line = (str(error).strip().splitlines() or [""])[0]
    return f"nbgrader could not grade it ({type(error).__name__}: {line[:200]})"


def grade_alone(course: Course, assignment: str, base: Path, job: Job) -> Outcome:
    """Grade a submission in a course of its own, and return what came of it.

    Parameters
    ----------
    base
        A gradebook that knows the assignment and no student.
    """
    student = job.student
    handed_in = course.folder("submitted", student, assignment)
    own = Course(course.work(student, assignment))
    shutil.rmtree(own.root, ignore_errors=True)
    submitted = own.folder("submitted", student, assignment)
    submitted.mkdir(parents=True)
    (own.root / "source").mkdir()
    files = course.root / "source" / assignment
    if files.is_dir():  # data that the notebook reads; nbgrader lays it beside
        shutil.copytree(files, own.root / "source" / assignment)
    shutil.copy(base, own.gradebook)
    with Gradebook(books.url(own.gradebook)) as gradebook:
        notebooks = gradebook.find_assignment(assignment).notebooks
        known = {cell.name: cell.source for each in notebooks for cell in each.source_cells}
        notebook = ready_notebook(course, assignment, student, set(known))
    nbformat.write(notebook, submitted / f"{assignment}.ipynb")
    if (handed_in / "timestamp.txt").is_file():
        shutil.copy(handed_in / "timestamp.txt", submitted)

    config = configuration(str(own.root), unsafe=job.unsafe, workers=job.workers)
    config.CourseDirectory.assignment_id = assignment
    config.CourseDirectory.student_id = student
    converter = OneSubmission(coursedir=CourseDirectory(config=config), config=config)
    try:
        converter.start()
    except Exception as error:
        raise converter.failure or error from None
    with Gradebook(books.url(own.gradebook)) as gradebook:
        notebooks = gradebook.find_assignment(assignment).notebooks
        result = books.result_of(gradebook, assignment, student)
        submission = gradebook.find_submission(assignment, student)
        answers = {cell.name for notebook in notebooks for cell in notebook.solution_cells}
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        tests = [grade for grade in grades if grade.name not in answers]
        return Outcome(
            student,
            GRADED,
            points=sum(grade.auto_score or 0.0 for grade in tests),
            possible=sum(grade.max_score for grade in tests),
            look=peeking(notebook, known.values()),
            result=result,
        )


def is_done(course: Course, assignment: str, student: str, source: str) -> bool:
    """Whether what a student handed in last is graded with these tests, and stands where it should.

    A gradebook that was put back from a backup lacks what came later: that is graded again.
    """
    status = read_status(course.status(student, assignment))
    handed_in = course.folder("submitted", student, assignment)
    if status.get("source") != source or status.get("submission") != digest(handed_in):
        return False
    if status["status"] == UNGRADED:
        return True
    if not (course.folder("autograded", student, assignment) / f"{assignment}.ipynb").exists():
        return False
    with Gradebook(books.url(course.gradebook)) as gradebook:
        try:
            return books.result_of(gradebook, assignment, student) == status["result"]
        except MissingEntry:
            return False


def take_over(course: Course, assignment: str, outcome: Outcome) -> None:
    """Put the result of a submission where the class's results are.

    The last thing written says that all is done; until then the submission counts as not graded.
    """
    student = outcome.student
    status = course.status(student, assignment)
    status.unlink(missing_ok=True)
    if outcome.status == GRADED:
        own = Course(course.work(student, assignment))
        target = course.folder("autograded", student, assignment)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            target.rename(own.root / "replaced")
        own.folder("autograded", student, assignment).rename(target)
        books.merge(course, assignment, student, outcome.result)
    write_whole(status, json.dumps(asdict(outcome), indent=1, ensure_ascii=False) + "\n")
    shutil.rmtree(course.work(student, assignment), ignore_errors=True)


def quiet(log: Path) -> None:
    """Send what this process prints and logs to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(handle, 1)
    os.dup2(handle, 2)


def claim(course: Course, assignment: str, student: str) -> Path:
    """Return the lock that a grader holds while it is at a submission."""
    return course.root / "locks" / assignment / student


def grade_one(course: Course, assignment: str, base: Path, source: str, job: Job) -> Outcome:
    """Grade a submission in this process, unless another grader is at it or has done it."""
    began = time.perf_counter()
    with books.locked(claim(course, assignment, job.student), wait=False) as mine:
        if not mine or (not job.again and is_done(course, assignment, job.student, source)):
            return Outcome(job.student, BUSY)
        try:
            quiet(course.root / "logs" / assignment / f"{job.student}.log")
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (GRADERS_MEMORY, hard))
            submission = digest(course.folder("submitted", job.student, assignment))
            try:
                outcome = grade_alone(course, assignment, base, job)
            except Exception as error:
                outcome = Outcome(job.student, UNGRADED, reason=words_for(error))
            outcome.seconds = round(time.perf_counter() - began, 2)
            outcome.submission, outcome.source = submission, source
            take_over(course, assignment, outcome)
        except (GradingError, OSError) as error:
            return Outcome(job.student, STOP, reason=why_stopped(error))
        return outcome


def why_stopped(error: Exception) -> str:
    """Return what to tell an instructor if this machine, not a submission, is the trouble."""
    if isinstance(error, GradingError):
        return str(error)
    return (
        f"Grading had to stop ({error}). See that the disk is not full, then run the command "
        "again: it goes on where it stopped."
    )


# --- All submissions ------------------------------------------------------------------------------


def jobs_for(
    course: Course, assignment: str, students: Sequence[str], source: str, **how: int
) -> list[Job]:
    """Return the submissions that are still to be graded."""
    return [
        Job(student, **how)
        for student in students
        if how["again"] or not is_done(course, assignment, student, source)
    ]


def check_students(course: Course, assignment: str, wanted: Sequence[str]) -> list[str]:
    """Return whose submissions are meant: those asked for, or all.

    Raises
    ------
    UnknownNameError, GradingError
        If somebody handed nothing in, or nobody did.
    """
    there = course.students("submitted", assignment)
    if not there:
        raise GradingError(
            f"Nothing was handed in for {assignment}: {shown(course.root / 'submitted')} holds no "
            f"folder of it. Collect first: make collect ASSIGNMENT={assignment} FROM=folder"
        )
    for student in wanted:
        if student not in there:
            raise UnknownNameError.among("student", student, there)
    return sorted(wanted) or there


def grade(
    course: Course,
    assignment: str,
    students: Sequence[str] = (),
    *,
    unsafe: bool = False,
    again: bool = False,
    workers: int | None = None,
    tell: Callable[[str], object] = print,
) -> dict[str, Outcome]:
    """Grade what was handed in for an assignment and is not graded yet.

    Parameters
    ----------
    students
        Only these; all if none is named.
    tell
        Takes a line when a submission is done.

    Returns
    -------
    dict
        What came of each submission that was graded now.

    Raises
    ------
    GradingError
        If it could not go on, for a reason that lies in this machine.
    """
    if not unsafe:
        refuse_without_sandbox()
        if os.geteuid() == 0:
            second_sandbox()  # asked once, before the processes part
    course.check(assignment)
    books.check_whole(course.gradebook)
    with Gradebook(books.url(course.gradebook)) as gradebook:
        source = books.source_key(gradebook, assignment)
    wanted = check_students(course, assignment, students)
    limits = limits_for(assignment)
    workers = most_workers(limits, workers or pool.cores(), machine_memory())
    jobs = jobs_for(course, assignment, wanted, source, again=again, unsafe=unsafe, workers=workers)
    if len(jobs) < len(wanted):
        tell(f"{len(wanted) - len(jobs)} of {len(wanted)} submissions are graded already.")
    if not jobs:
        return {}
    try:
        course.write_settings()
        books.back_up(course)
        base = course.root / "work" / f".base-{os.getpid()}.db"
        books.empty_copy(course, base)
    except (OSError, sqlite3.Error) as error:
        raise GradingError(why_stopped(error)) from error
    compile_once()
    outcomes: dict[str, Outcome] = {}
    running = pool.each(
        jobs,
        partial(grade_one, course, assignment, base, source),
        seconds=lambda job: limits.total_seconds + SPARE_SECONDS,
        workers=workers,
    )
    try:
        for job, outcome, trouble in running:
            if outcome is None:
                outcome = gave_up(course, assignment, job, source, trouble)
            if outcome.status == STOP:
                raise GradingError(outcome.reason)
            outcomes[job.student] = outcome
            tell(line(len(outcomes), len(jobs), outcome))
    finally:
        running.close()
        base.unlink(missing_ok=True)
    return outcomes


def compile_once() -> None:
    """Let the learner's Python compile what a kernel imports; in the sandbox it cannot keep it."""
    kernel = next(VENV.glob("lib/python3*/site-packages/ipykernel"), None)
    if kernel and not (kernel / "__pycache__").exists():
        imports = "import ipykernel.kernelapp, ipykernel.ipkernel, numpy, helpers.network"
        subprocess.run([VENV / "bin" / "python", "-c", imports], capture_output=True)


def gave_up(course: Course, assignment: str, job: Job, source: str, trouble: str) -> Outcome:
    """Note that a submission could not be graded because the process that graded it failed."""
    with books.locked(claim(course, assignment, job.student), wait=False) as mine:
        if not mine:
            return Outcome(job.student, BUSY)
        submission = digest(course.folder("submitted", job.student, assignment))
        outcome = Outcome(
            job.student, UNGRADED, f"grading it failed: {trouble}", None, None, 0.0, submission
        )
        outcome.source = source
        try:
            take_over(course, assignment, outcome)
        except OSError as error:
            return Outcome(job.student, STOP, reason=why_stopped(error))
        return outcome


def line(number: int, total: int, outcome: Outcome) -> str:
    """Return the line of progress for a submission.

    Examples
    --------
    >>> line(3, 12, Outcome("Ana", "graded", points=4.0, possible=5.0, seconds=1.23))
    '[ 3/12] Ana: 4 of 5 points from the tests (1.2 s)'
    """
    head = f"[{number:{len(str(total))}}/{total}] {outcome.student}: "
    if outcome.status == BUSY:
        return head + "another grader is at it, or has done it"
    if outcome.status == UNGRADED:
        return head + f"ungraded, because {outcome.reason} ({outcome.seconds:.1f} s)"
    points = f"{outcome.points:g} of {outcome.possible:g} points from the tests"
    look = f"; look at it: {outcome.look}" if outcome.look else ""
    return head + f"{points} ({outcome.seconds:.1f} s){look}"
