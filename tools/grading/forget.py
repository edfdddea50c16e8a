"""Removing a student from everything that a class's folder holds."""

from __future__ import annotations

import contextlib
import glob
import shutil
import sqlite3
from pathlib import Path

from nbgrader.api import Gradebook

from grading import table
from grading.course_root import Course, GradingError, shown
from grading.gradebook import check_whole, locked, url
from helpers.errors import UnknownNameError

STEPS = ("submitted", "autograded", "feedback")
NOTES = ("status/*/{}.json", "logs/*/{}.log", "logs/*/{}-feedback.log", "locks/*/{}")


def forget(course: Course, student: str) -> list[str]:
    """Remove a student's files and grades, also from the backups and from tables already written.

    Parameters
    ----------
    course
        The folder of the class.
    student
        The name under which the submissions are kept.

    Returns
    -------
    list of str
        The assignments of which something was removed.

    Raises
    ------
    UnknownNameError
        If the class has no such student; nothing is removed then.
    GradingError
        If there is no class, or its gradebook is damaged; nothing is removed then.
    """
    if not course.gradebook.exists():
        raise GradingError(f"There is no class in {shown(course.root)}, so nothing is stored there")
    check_whole(course.gradebook)
    folders = [course.root / step / student for step in STEPS]
    with Gradebook(url(course.gradebook)) as gradebook:
        graded = {one.id for one in gradebook.students}
    known = graded | {path.name for step in STEPS for path in (course.root / step).glob("*")}
    if not known:
        raise GradingError(f"Nothing of any student is stored in {shown(course.root)}")
    if student not in known:
        raise UnknownNameError.among("student", student, sorted(known))
    assignments = {path.name for folder in folders for path in folder.glob("*")}
    with locked(course.root / "gradebook.lock"):
        for database in (course.gradebook, *course.backups.glob("gradebook-*.db")):
            remove_from(database, student)
    for folder in (*folders, *course.root.glob(f"work/*/{glob.escape(student)}")):
        shutil.rmtree(folder, ignore_errors=True)
    for pattern in NOTES:
        for file in course.root.glob(pattern.format(glob.escape(student))):
            file.unlink(missing_ok=True)
    for written in course.root.glob("grades*.csv"):
        table.write(course, written.stem.removeprefix("grades").removeprefix("-"))
    return sorted(assignments)


def remove_from(database: Path, student: str) -> None:
    """Remove a student's rows from a gradebook, and what the file still holds of them."""
    with Gradebook(url(database)) as gradebook:
        if student not in {one.id for one in gradebook.students}:
            return
        gradebook.remove_student(student)
    with contextlib.closing(sqlite3.connect(database)) as file:
        file.execute("VACUUM")  # a deleted row would stay legible in the file
