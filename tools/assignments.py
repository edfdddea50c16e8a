"""Make what instructors and students need from the sources of the assignments.

``tools/assignments.py release --variant new`` draws a number for a class, fills in its tasks,
proves that the solution reaches every point and the untouched release none, and lets nbgrader write
the students' notebooks into ``build/nbgrader/release``. The number is remembered there, so that
release, solution and grading agree. ``make release VARIANT=new`` does the same.

``build/nbgrader`` is a course of plain nbgrader: whatever nbgrader can do works there by hand.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import assignment_forms as forms
import nbformat
from assignment_forms import AssignmentError, Notebook
from assignment_scores import answered, score_in_kernel, total
from grading.course_root import Course

from helpers.errors import CourseError

CLASS = forms.ROOT / "build" / "nbgrader"
NBGRADER = forms.ROOT / ".venv-grading" / "bin" / "nbgrader"
NOT_ATTEMPTED = "not attempted"
NEW = "new"  # in place of a variant: draw one
DIGITS = 12  # of a variant that is drawn
TRIED = 9  # digits: all shorter numbers can be tried in a few hours


# --- The class's variant --------------------------------------------------------------------------


def remembered(course: Path) -> int:
    """Return the variant of the class; where none was chosen, the published one.

    Raises
    ------
    AssignmentError
        If the file that holds it is damaged.
    """
    file = course / "variant"
    try:
        return int(file.read_text())
    except FileNotFoundError:
        return 0
    except ValueError:
        raise AssignmentError(
            f"{file} should hold the integer of the class's variant, and holds "
            f"{file.read_text()[:40]!r}; write it there again"
        ) from None


def wanted(text: str) -> int:
    """Return the variant that the command line asks for; draw one for `NEW`.

    Raises
    ------
    AssignmentError
        If it asks for none.
    """
    if text == NEW:
        return 10 ** (DIGITS - 1) + secrets.randbelow(9 * 10 ** (DIGITS - 1))
    try:
        return int(text)
    except ValueError:
        raise AssignmentError(
            f"The variant is {text!r}. Give an integer from 0 on, or {NEW!r}"
        ) from None


def warning(variant: int) -> str:
    """Return what to say about a variant that keeps no secret; nothing for a long one."""
    remedy = f"--variant {NEW} (make release VARIANT={NEW}) draws a number that nobody guesses."
    if variant == 0:
        return f"Variant 0 is the published one, whose solutions anyone can read: {remedy}"
    if variant < 10 ** (TRIED - 1):
        return f"Variant {variant} has so few digits that a student can find it by trying: {remedy}"
    return ""


def chosen(course: Path, asked: int | None) -> int:
    """Return the variant that was asked for, or the class's own, and remember it.

    Raises
    ------
    AssignmentError
        If the class has another one, and students have handed in work for that.
    """
    old = remembered(course)
    variant = old if asked is None else asked
    forms.values(forms.slugs()[0], variant)  # refuses what is none
    if variant != old and any((course / "submitted").glob("*/*/*")):
        raise AssignmentError(
            f"The class in {course} has variant {old}, and students have handed in work for it; "
            f"variant {variant} would grade them by other tasks. For another class move that "
            "folder away, or give another one with --to"
        )
    course.mkdir(parents=True, exist_ok=True)
    (course / "variant").write_text(f"{variant}\n")
    return variant


# --- The verbs ------------------------------------------------------------------------------------


def render(course: Path, variant: int, names: Sequence[str]) -> None:
    """Write the sources that nbgrader takes."""
    for slug in names:
        notebook = forms.rendered(forms.source(slug), forms.values(slug, variant))
        write(forms.for_nbgrader(notebook), course / "source" / slug / f"{slug}.ipynb")


def release(course: Path, variant: int, names: Sequence[str]) -> None:
    """Prove each source, and let nbgrader make the students' notebooks of it.

    Raises
    ------
    AssignmentError
        If a source fails, or nbgrader does.
    """
    if not NBGRADER.exists():
        raise AssignmentError("nbgrader is not there yet; make release sets it up")
    render(course, variant, names)
    Course(course).write_settings()  # so that plain nbgrader collects and grades as make does
    for number, slug in enumerate(names, start=1):
        print(f"   {slug} ({number} of {len(names)}): running the solution", flush=True)
        points = prove(forms.rendered(forms.source(slug), forms.values(slug, variant)), course)
        command = [str(NBGRADER), "generate_assignment", slug, "--force", "--create"]
        path = f"{NBGRADER.parent}{os.pathsep}{os.environ.get('PATH', '')}"  # it calls alembic
        finished = subprocess.run(
            command, cwd=course, capture_output=True, text=True, env={**os.environ, "PATH": path}
        )
        if finished.returncode != 0:
            raise AssignmentError(refusal(slug, course, finished.stderr))
        print(f"   {slug}: {points:g} points by the tests, none without an answer", flush=True)
    print(f"\nFor your students: {course / 'release'}")
    if said := warning(variant):
        print(said)


def refusal(slug: str, course: Path, said: str) -> str:
    """Say why nbgrader did not make a release, and what to do."""
    if "submissions associated with it" not in said:
        return f"nbgrader refused {slug}:\n{said[-3000:]}"
    return (
        f"{slug} has other cells now than when its first submissions were graded, and nbgrader "
        f"does not mix both in {course}. Go on with the version of the course that you released it "
        "from, or release it into another folder: --to"
    )


def prove(notebook: Notebook, folder: Path) -> float:
    """Return the automatic points of a rendered source, if they are given as they should be.

    Raises
    ------
    AssignmentError
        If the solution misses a point, or the untouched release gets one, or does not hear that
        nothing was attempted.
    """
    scores, _ = score_in_kernel(notebook, str(folder))
    missed = {name: score.said for name, score in scores.items() if score.points < score.most}
    if missed:
        lines = [f"{name}: {said}" for name, said in missed.items()]
        raise AssignmentError("The solution misses points:\n" + "\n".join(lines))
    untouched, _ = score_in_kernel(answered(notebook, stubs(notebook)), str(folder))
    given = {
        name
        for name, score in untouched.items()
        if score.points > 0 or NOT_ATTEMPTED not in score.said
    }
    if given:
        raise AssignmentError(
            f"Without an answer these give points, or do not say {NOT_ATTEMPTED!r}: "
            + ", ".join(sorted(given))
        )
    return total(scores)[1]


def stubs(notebook: Notebook) -> dict[str, str]:
    """Return what stands in the release in place of each answer."""
    solutions = forms.each_cell(notebook, forms.is_solution)
    return {name: forms.without_solution(cell).source for name, cell in solutions.items()}


def solution(course: Path, variant: int, names: Sequence[str]) -> None:
    """Write the solutions with explanations, as they run."""
    for slug in names:
        notebook = forms.solved(forms.rendered(forms.source(slug), forms.values(slug, variant)))
        print(f"   {slug}: running the solution", flush=True)
        _, executed = score_in_kernel(notebook, str(course))
        write(executed, course / "solution" / slug / f"{slug}.ipynb")
    print(f"\nFor you, and not for your students: {course / 'solution'}")


def pages(write: bool = True) -> list[str]:
    """Bring the book's pages up to date; return the names of those that were not."""
    changed = []
    made = {forms.PAGES / f"{slug}.ipynb": slug for slug in forms.slugs()}
    for path, slug in made.items():
        text = nbformat.writes(forms.page(slug)) + "\n"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            changed.append(slug)
            if write:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in set(forms.PAGES.glob("*.ipynb")) - set(made):
        changed.append(path.stem)
        if write:
            path.unlink()
    return changed


def write(notebook: Notebook, path: Path) -> None:
    """Write a notebook into a folder of its own, which holds nothing else afterwards."""
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def main() -> int:
    """Do what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = {"render": render, "release": release, "solution": solution}
    parser.add_argument("verb", choices=verbs)
    parser.add_argument("names", nargs="*", help="assignments, e.g. 09-dead-relus (default: all)")
    parser.add_argument("--variant", help=f"the class's integer, or {NEW!r} (default: as before)")
    parser.add_argument("--to", type=Path, default=CLASS, help="the course folder of nbgrader")
    options = parser.parse_intermixed_args()
    try:
        names = options.names or forms.slugs()
        for slug in names:
            forms.source(slug)  # refuses an unknown one before anything is written
        course = options.to.resolve()
        asked = None if options.variant is None else wanted(options.variant)
        variant = chosen(course, asked)
        if options.variant == NEW:
            print(
                f"The variant of this class is {variant}. It decides what the tasks ask for and "
                "what the hidden tests try, so it is for instructors only; with the same number "
                "you get the same tasks again."
            )
        verbs[options.verb](course, variant, names)
    except CourseError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
