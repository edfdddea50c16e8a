"""The verbs of ``tools/grade.py``, in the order of the work: release, collect, grade, give back."""

from __future__ import annotations

import argparse
import datetime
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from grading.course_root import DEFAULT, ROOT, Course, GradingError, shown
from helpers.errors import CourseError

SOURCES = [ROOT / ".venv" / "bin" / "python", ROOT / "tools" / "assignments.py"]


def source_verb(course: Course, options: argparse.Namespace) -> int:
    """Make the students' notebooks, or the instructor's, in the learners' environment."""
    variant = ["--variant", options.variant] if options.variant else []
    command = [*SOURCES, options.verb, *options.assignment, *variant, "--to", course.root]
    return subprocess.run([str(word) for word in command], cwd=ROOT).returncode


def collect_verb(course: Course, options: argparse.Namespace) -> int:
    """Take over a folder of submissions."""
    from grading.collect import collect

    if options.source is None:
        raise GradingError(
            "Name the folder, or the zip file, of submissions: "
            f"make collect ASSIGNMENT={options.assignment} FROM=folder"
        )
    taken = collect(course, options.assignment, options.source, older=options.older)
    new = sum(word in ("new", "replaced") for word in taken.values())
    unclear = list(taken.values()).count("unclear")
    left = f" Left out, see above: {unclear}." if unclear else ""
    print(f"Submissions: {len(taken) - unclear}, new or replaced: {new}.{left}")
    return 1 if unclear else 0


def grade_verb(course: Course, options: argparse.Namespace) -> int:
    """Grade, and say how many came out how."""
    from grading import autograde

    outcomes = autograde.grade(
        course,
        options.assignment,
        options.student,
        unsafe=options.unsafe,
        again=options.again,
        workers=options.workers,
    )
    statuses = [outcome.status for outcome in outcomes.values()]
    graded, ungraded = statuses.count(autograde.GRADED), statuses.count(autograde.UNGRADED)
    print(f"Graded now: {graded}. Ungraded: {ungraded}.")
    return 0


def due_verb(course: Course, options: argparse.Namespace) -> int:
    """Set when an assignment is due, for all or for one student."""
    from grading.gradebook import set_due

    course.check(options.assignment)
    if options.date is None:
        raise GradingError(
            f"Say when: make due ASSIGNMENT={options.assignment} DATE='2027-03-01 23:59'"
        )
    print(set_due(course, options.assignment, options.date, options.student))
    return 0


def review_verb(course: Course, options: argparse.Namespace) -> int:
    """Open the Formgrader."""
    from grading.review import review

    return review(course, options.port, browser=not options.no_browser)


def feedback_verb(course: Course, options: argparse.Namespace) -> int:
    """Write the pages."""
    from grading.feedback import write_pages

    pages = write_pages(course, options.assignment)
    print(f"{len(pages)} pages in {shown(course.root / 'feedback')}, a folder for each student.")
    return 0


def grades_verb(course: Course, options: argparse.Namespace) -> int:
    """Write the CSV, and show what is not graded."""
    from grading import table

    path, rows = table.write(course, options.assignment or "")
    for row in rows:
        if row.status != "graded":
            print(f"{row.assignment}, {row.student}: {row.reason}")
        if row.look_at:
            print(f"{row.assignment}, {row.student}: look at its code ({row.look_at})")
    graded = sum(row.status == "graded" for row in rows)
    print(f"{graded} of {len(rows)} rows have their final grade: {shown(Path(path))}")
    return 0


def forget_verb(course: Course, options: argparse.Namespace) -> int:
    """Remove all that is stored about a student."""
    from grading.forget import forget

    if not options.student:
        raise GradingError("Name the student, as collecting does: make forget STUDENT=name")
    assignments = forget(course, options.student)
    what = ", ".join(assignments) or "no submission"
    print(f"{options.student} is removed from the class, the backups too: {what}.")
    return 0


def moment(text: str) -> datetime.datetime:
    """Return a time such as ``2026-03-01 23:59`` (this computer's zone, if it names none)."""
    try:
        return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time; write it like '2026-03-01 23:59'"
        ) from None


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    whole = argparse.ArgumentParser(prog="grade.py", description=__doc__)
    whole.add_argument(
        "--course", type=Path, default=DEFAULT, help="the class's folder (build/nbgrader)"
    )
    verbs = whole.add_subparsers(dest="verb", required=True, metavar="VERB")

    release = verbs.add_parser(
        "release",
        help="make the students' notebooks",
        description="Fills in the numbers of the class, proves that the solution reaches every "
        "point and the untouched notebook none, and writes release/ASSIGNMENT.",
    )
    release.add_argument("assignment", nargs="*", help="one or more (all)")
    release.add_argument(
        "--variant", help="the class's own integer, or new: a private one is drawn (as before)"
    )
    release.set_defaults(do=source_verb)

    solution = verbs.add_parser(
        "solution",
        help="make your own copies, with solutions and explanations",
        description="Runs the solution with the numbers of the class, and writes it with its "
        "explanations and the rubric for the task in words to solution/ASSIGNMENT.",
    )
    solution.add_argument("assignment", nargs="*", help="one or more (all)")
    solution.set_defaults(do=source_verb, variant=None)

    collect = verbs.add_parser(
        "collect",
        help="take over a folder of submissions",
        description="Copies notebooks from a folder or a zip file as Moodle, Canvas, Blackboard, "
        "Brightspace, Sakai or a person made it: student/NN-slug.ipynb, student_NN-slug.ipynb and "
        "their like. When it was handed in is told by the platform's name for it, else by the time "
        "of the file. A newer submission replaces an older one, never the other way. What seems to "
        "be several people's work under one name is left out, and the exit status is 1 then.",
    )
    collect.add_argument("assignment")
    collect.add_argument("--from", dest="source", type=Path, help="the folder or zip file")
    collect.add_argument("--older", action="store_true", help="also what is older than before")
    collect.set_defaults(do=collect_verb)

    due = verbs.add_parser(
        "due",
        help="say when an assignment is due, or give a student longer",
        description="With a due date, the table of grades says how late each submission came. "
        "No points are taken off. An extension can be given when the work has come.",
    )
    due.add_argument("assignment")
    due.add_argument("date", type=moment, nargs="?", help="such as '2026-03-01 23:59'")
    due.add_argument("--student", help="only for this one: an extension")
    due.set_defaults(do=due_verb)

    grade = verbs.add_parser(
        "grade",
        help="grade what was collected, in the sandbox",
        description="Runs each submission in the sandbox, as many at a time as there are cores, "
        "fewer if memory is short. What is graded already is not graded again; after an "
        "interruption it goes on.",
    )
    grade.add_argument("assignment")
    grade.add_argument("--student", action="append", default=[], help="only this one (repeat it)")
    grade.add_argument("--again", action="store_true", help="also what is graded already")
    grade.add_argument("--workers", type=int, help="how many at a time, at most (as many as cores)")
    grade.add_argument(
        "--unsafe",
        action="store_true",
        help="without the sandbox: student code then has all your rights, and can change grades",
    )
    grade.set_defaults(do=grade_verb)

    review = verbs.add_parser(
        "review",
        help="grade tasks in words in nbgrader's Formgrader",
        description="Serves the Formgrader on this computer and opens it in the browser.",
    )
    review.add_argument("assignment", nargs="?", help="not needed: it shows all")
    review.add_argument("--port", type=int, default=8899)
    review.add_argument("--no-browser", action="store_true", help="only say the address")
    review.set_defaults(do=review_verb)

    feedback = verbs.add_parser(
        "feedback",
        help="write a page for each student",
        description="Writes feedback/STUDENT/ASSIGNMENT/ASSIGNMENT.html. The page shows the tests "
        "too, the hidden ones included: give it back after the last submission.",
    )
    feedback.add_argument("assignment")
    feedback.set_defaults(do=feedback_verb)

    grades = verbs.add_parser(
        "grades",
        help="write the CSV of all grades",
        description="Writes grades.csv, or grades-ASSIGNMENT.csv. What is ungraded has no score "
        "but a reason, and stands after the grades, so that it is not taken for a zero. The "
        "column look_at names words in the code with which an answer can read its test.",
    )
    grades.add_argument("assignment", nargs="?")
    grades.set_defaults(do=grades_verb)

    forget = verbs.add_parser(
        "forget",
        help="remove all that is stored about a student",
        description="Removes a student's submissions, grades, comments and feedback from the "
        "class, from its backups, and from tables of grades already written. For good.",
    )
    forget.add_argument("student", nargs="?", help="the name under which the submissions are kept")
    forget.set_defaults(do=forget_verb)
    return whole


def run(arguments: Sequence[str]) -> int:
    """Run a verb; return the exit status."""
    options = parser().parse_args(arguments)
    try:
        return options.do(Course(options.course.resolve()), options)
    except CourseError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the command again to go on; what is finished is kept.")
        return 130
