"""The table of all grades, with what is ungraded apart from the zeros."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, fields

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment

from grading import gradebook as books
from grading.autograde import UNGRADED, digest
from grading.course_root import Course, GradingError, read_status, write_whole


@dataclass(frozen=True)
class Row:
    """A student's grade in an assignment.

    Attributes
    ----------
    score
        Points; empty if there is no grade.
    status
        ``graded``, ``needs manual grading``, ``not graded yet``, ``ungraded`` or ``no submission``.
    reason
        Why it is not simply graded, in words.
    look_at
        Words in the code for which a person should look at it; they cost no points.
    late
        How late it came, in words; empty if it came in time or nothing says when.
    """

    assignment: str
    student: str
    score: str
    max_score: str
    status: str
    reason: str
    look_at: str
    late: str


ORDER = ("graded", "needs manual grading", "not graded yet", "ungraded", "no submission")


def duration(seconds: float) -> str:
    """Return a time in words, in whole minutes that are begun.

    Examples
    --------
    >>> duration(90061)
    '1 d 1 h 2 min'
    >>> duration(0)
    ''
    """
    minutes = int(seconds // 60) + (seconds % 60 > 0)
    parts = [(minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def graded_submission(
    gradebook: Gradebook, assignment: str, student: str
) -> SubmittedAssignment | None:
    """Return a submission with any points; an extension alone makes one without."""
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return None
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    known = any(grade.auto_score is not None or grade.manual_score is not None for grade in grades)
    return submission if known else None


def row(course: Course, gradebook: Gradebook, assignment: str, student: str) -> Row:
    """Return a student's row."""
    possible = f"{books.find_assignment(gradebook, assignment).max_score:g}"
    handed_in = course.folder("submitted", student, assignment)
    status = read_status(course.status(student, assignment))
    submission = graded_submission(gradebook, assignment, student)
    earlier = f"; an earlier one has {submission.score:g} points" if submission else ""

    def without_score(word: str, reason: str) -> Row:
        return Row(assignment, student, "", possible, word, reason, "", "")

    by_hand = submission and not status  # with plain nbgrader
    if handed_in.is_dir() and not by_hand and status.get("submission") != digest(handed_in):
        return without_score("not graded yet", f"it was handed in after the last grading{earlier}")
    if status.get("status") == UNGRADED:
        return without_score("ungraded", f"ungraded, because {status['reason']}{earlier}")
    if submission is None:
        return without_score("no submission", "nothing was handed in")
    waiting = sorted(
        {
            grade.name
            for nb in submission.notebooks
            for grade in nb.grades
            if grade.needs_manual_grade
        }
    )
    return Row(
        assignment,
        student,
        f"{submission.score:g}",
        possible,
        "needs manual grading" if waiting else "graded",
        f"to be graded by hand: {', '.join(waiting)}" if waiting else "",
        str(status.get("look", "")),
        duration(submission.total_seconds_late),
    )


def rows(course: Course, assignment: str = "") -> list[Row]:
    """Return the rows of an assignment, or of all: the graded first, then what is not.

    Raises
    ------
    GradingError
        If there is no gradebook.
    """
    if not course.gradebook.exists():
        raise GradingError("There are no grades yet: nothing was released. See: make release")
    if assignment:
        course.check(assignment)
    books.check_whole(course.gradebook)
    with Gradebook(books.url(course.gradebook)) as gradebook:
        names = [assignment] if assignment else [each.name for each in gradebook.assignments]
        known = {student.id for student in gradebook.students}
        known |= {path.name for path in course.root.glob("submitted/*") if path.is_dir()}
        found = [row(course, gradebook, name, student) for name in names for student in known]
    return sorted(found, key=lambda row: (row.assignment, ORDER.index(row.status), row.student))


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def as_csv(found: list[Row]) -> str:
    """Return the rows as a CSV that spreadsheets open, non-Latin names included."""
    text = io.StringIO()
    writer = csv.writer(text)
    names = [field.name for field in fields(Row)]
    writer.writerow(names)
    for each in found:
        writer.writerow([harmless(getattr(each, name)) for name in names])
    return "\ufeff" + text.getvalue()  # the mark tells spreadsheets that it is UTF-8


def write(course: Course, assignment: str = "") -> tuple[str, list[Row]]:
    """Write the table into the class's folder; return its name and its rows."""
    found = rows(course, assignment)
    path = course.root / f"grades{'-' + assignment if assignment else ''}.csv"
    write_whole(path, as_csv(found))
    return str(path), found
