"""The gradebook: read, backed up, and changed as a whole or not at all.

Only the grader that holds the lock writes, and what it writes about a submission is one transaction
of the database: a crash, a full disk or a power cut leaves the gradebook as it was before.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Gradebook, InvalidEntry, MissingEntry
from sqlalchemy.exc import SQLAlchemyError

from grading.course_root import Course, GradingError, shown
from helpers.errors import UnknownNameError

KEPT_BACKUPS = 10
# What belongs to students, in the order in which it can be removed.
STUDENTS_TABLES = ("grade", "comment", "submitted_notebook", "submitted_assignment", "student")


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold a lock while the block runs; give whether it was got.

    The system lets it go when its process ends, however it ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def url(path: Path) -> str:
    """Return how nbgrader names a database."""
    return f"sqlite:///{path.absolute()}"


def check_whole(path: Path) -> None:
    """See that a gradebook can be read.

    Raises
    ------
    GradingError
        If it is damaged; the message names the newest backup.
    """
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as database:
            [answer] = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        answer = str(error)
    if answer != "ok":
        backups = sorted((path.parent / "backups").glob("gradebook-*.db"))
        way = f"copy {shown(backups[-1])} over it" if backups else "restore it from your own backup"
        raise GradingError(f"The gradebook {shown(path)} is damaged ({answer}); {way}.")


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it is between two transactions, even while somebody writes into it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with (
            contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old,
            contextlib.closing(sqlite3.connect(unfinished)) as new,
        ):
            old.backup(new)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def back_up(course: Course) -> None:
    """Keep a copy of the gradebook, and the ten newest of them."""
    now = datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S-%f")
    copy_database(course.gradebook, course.backups / f"gradebook-{now}.db")
    for old in sorted(course.backups.glob("gradebook-*.db"))[:-KEPT_BACKUPS]:
        old.unlink(missing_ok=True)


def empty_copy(course: Course, target: Path) -> None:
    """Copy the gradebook without any student: all that grading a submission needs."""
    copy_database(course.gradebook, target)
    with contextlib.closing(sqlite3.connect(target)) as database:
        for table in STUDENTS_TABLES:
            database.execute(f"DELETE FROM {table}")
        database.commit()
        database.execute("VACUUM")


def find_assignment(gradebook: Gradebook, name: str) -> Assignment:
    """Return an assignment.

    Raises
    ------
    GradingError
        If the gradebook does not know it.
    """
    try:
        return gradebook.find_assignment(name)
    except MissingEntry:
        raise GradingError(
            f"{name} is written but not released, so the gradebook does not know its tests. "
            f"Release it: make release ASSIGNMENT={name}"
        ) from None


def source_key(gradebook: Gradebook, assignment: str) -> str:
    """Return a digest of the tests and their points: new ones ask for grading anew."""
    found = find_assignment(gradebook, assignment)
    cells = [
        (notebook.name, cell.name, cell.source, cell.locked)
        for notebook in found.notebooks
        for cell in sorted(notebook.source_cells, key=lambda cell: cell.name)
    ]
    points = [
        (cell.name, cell.max_score)
        for notebook in found.notebooks
        for cell in sorted(notebook.grade_cells, key=lambda cell: cell.name)
    ]
    return hashlib.sha256(json.dumps([cells, points]).encode()).hexdigest()


# --- The result of one submission -----------------------------------------------------------------


def result_of(gradebook: Gradebook, assignment: str, student: str) -> dict[str, Any]:
    """Return what grading wrote about a submission, as plain data."""
    submission = gradebook.find_submission(assignment, student)
    notebooks = {}
    for notebook in submission.notebooks:
        notebooks[notebook.name] = {
            "grades": {grade.name: grade.auto_score for grade in notebook.grades},
            "comments": {comment.name: comment.auto_comment for comment in notebook.comments},
        }
    stamp = submission.timestamp
    return {"timestamp": stamp.isoformat() if stamp else None, "notebooks": notebooks}


@contextlib.contextmanager
def one_transaction(gradebook: Gradebook) -> Iterator[None]:
    """Let nbgrader's many commits be one: all of the block is written, or nothing."""
    session = gradebook.db()
    commit, session.commit = session.commit, session.flush
    try:
        yield
        commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.commit = commit


def merge(course: Course, assignment: str, student: str, result: dict[str, Any]) -> None:
    """Write the result of grading a submission into the gradebook.

    Points and comments that a person gave stay; such a cell is marked for another look.

    Raises
    ------
    GradingError
        If the gradebook cannot be written; then it is as it was.
    """
    stamp = result["timestamp"]
    try:
        with (
            locked(course.root / "gradebook.lock"),
            Gradebook(url(course.gradebook)) as gradebook,
            one_transaction(gradebook),
        ):
            gradebook.update_or_create_student(student)
            submission = gradebook.update_or_create_submission(assignment, student)
            submission.timestamp = datetime.datetime.fromisoformat(stamp) if stamp else None
            for notebook in submission.notebooks:
                new = result["notebooks"][notebook.name]
                for grade in notebook.grades:
                    grade.auto_score = new["grades"][grade.name]
                    unsure = grade.auto_score is None or grade.manual_score is not None
                    grade.needs_manual_grade = unsure
                for comment in notebook.comments:
                    comment.auto_comment = new["comments"][comment.name]
    except (SQLAlchemyError, InvalidEntry, OSError) as error:
        line = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise GradingError(
            f"The gradebook {shown(course.gradebook)} could not be written ({line}); it is as it "
            f"was before {student}. See that the disk is not full, then run the command again: "
            "it goes on where it stopped."
        ) from error


def set_due(
    course: Course, assignment: str, date: datetime.datetime, student: str | None = None
) -> str:
    """Set when an assignment is due, or for one student how much later; return what was set.

    Raises
    ------
    GradingError
        If one student's time is set before that of all.
    UnknownNameError
        If nobody of that name has handed in anything.
    """
    naive = date.astimezone(datetime.UTC).replace(tzinfo=None)  # as nbgrader keeps it
    check_whole(course.gradebook)
    with locked(course.root / "gradebook.lock"), Gradebook(url(course.gradebook)) as gradebook:
        if student is None:
            gradebook.update_or_create_assignment(assignment, duedate=naive)
            return f"{assignment} is due at {naive} UTC."
        due = gradebook.find_assignment(assignment).duedate
        if due is None or naive < due:
            raise GradingError(
                f"{assignment} is due at {due} UTC, and an extension has to end later than that; "
                "set the time for all first, without a student."
            )
        known = {one.id for one in gradebook.students}
        known |= {path.name for path in (course.root / "submitted").glob("*")}
        if student not in known:
            raise UnknownNameError.among("student", student, sorted(known))
        gradebook.update_or_create_student(student)
        with gradebook.db.no_autoflush:  # else it warns of a submission that is not stored yet
            gradebook.update_or_create_submission(assignment, student, extension=naive - due)
        return f"{student} has until {naive} UTC for {assignment}."
