"""A page for each student: nbgrader's, without a request to any other server."""

from __future__ import annotations

import html
import os
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nbgrader
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from grading import gradebook as books
from grading import pool
from grading.autograde import quiet
from grading.course_root import Course, GradingError, write_whole
from grading.sandbox import ROOT
from grading.settings import configuration
from grading.table import Row, rows

MATHJAX = ROOT / "book" / "_vendor" / "mathjax"  # there once the book was built
SCRIPT = "tex-mml-chtml.js"
TYPESET = f"""\
<script>
window.MathJax = {{tex: {{inlineMath: [["$", "$"], ["\\\\(", "\\\\)"]], processEscapes: true}}}};
</script>
<script src="mathjax/{SCRIPT}" defer></script>
"""
PHONE = """\
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
summary { display: list-item; cursor: pointer; font-weight: bold; padding: 0.4em 0; }
img { max-width: 100%; height: auto; }
pre, mjx-container[display] { overflow-x: auto; overflow-y: hidden; max-width: 100%; }
@media (max-width: 540px) {
  div.prompt { display: none; }
  div.input, div.cell, div.output_area { display: block; }
  div.container, div.cell, .panel-body { padding: 0 !important; }
  #notebook-container { padding: 0 0.4em !important; }
}
</style>
"""
OURS = Path(__file__).with_name("templates")
NBGRADERS = Path(nbgrader.__file__).with_name("server_extensions") / "formgrader" / "templates"
UNGRADED_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{assignment}: not graded</title>
<style>body {{ max-width: 40em; margin: 2em auto; padding: 0 1em; font-family: sans-serif; }}
</style>
</head>
<body>
<h1>{assignment}: not graded</h1>
<p>Your submission has no grade yet: {reason}.</p>
<p>That is not a grade of zero. Mend it and hand it in again, or ask your instructor.</p>
</body>
</html>
"""
SECONDS = 120.0  # for a page
SECRET = "submission_secret.txt"  # by it nbgrader's exchange names a page that is given back


def served_by_us(page: str, *, mathjax: bool) -> str:
    """Return a page that asks no other server for anything, with our MathJax or none.

    Without MathJax formulas stay as they were written, which can be read.
    """
    page = re.sub(
        r"<!-- Load mathjax -->.*?<!-- End of mathjax configuration -->", "", page, flags=re.S
    )
    page = re.sub(
        r"<script\b[^>]*\bsrc=[\"']?(?:https?:)?//[^>]*>\s*</script>", "", page, flags=re.I
    )
    page = re.sub(r"<link\b[^>]*\bhref=[\"']?(?:https?:)?//[^>]*>", "", page, flags=re.I)
    return page.replace("</head>", f"{TYPESET}</head>", 1) if mathjax else page


def legible(page: str) -> str:
    """Return a page that fits a phone, and that names each test where it says "Test cell"."""
    page = page.replace("</head>", f"{PHONE}</head>", 1)
    return re.sub(r'(<a href="#([\w-]+)">)Test cell</a>', r"\1\2</a>", page)


def with_waiting(page: str, reason: str) -> str:
    """Return a page that says below its score what is not graded yet."""
    told = f"<p><b>Not graded yet</b> ({html.escape(reason)}): these points come on top.</p>"
    return page.replace("</h4>", f"</h4>{told}", 1)


def add_mathjax(folder: Path) -> bool:
    """Lay our MathJax beside a page, as links where the disk allows; say if it is there."""
    if not (MATHJAX / SCRIPT).is_file():
        return False
    target = folder / "mathjax"
    shutil.rmtree(target, ignore_errors=True)

    def link(source: str, copy: str) -> None:
        try:
            os.link(source, copy)
        except OSError:
            shutil.copyfile(source, copy)

    shutil.copytree(MATHJAX, target, copy_function=link)
    return True


def write_page(course: Course, row: Row) -> str:
    """Write the page of a student, ready for nbgrader's exchange too; return where it is."""
    page = write_html(course, row)
    handed_in = course.folder("submitted", row.student, row.assignment)
    for name in ("timestamp.txt", SECRET):
        if (handed_in / name).is_file():
            shutil.copyfile(handed_in / name, Path(page).with_name(name))
    return page


def write_html(course: Course, row: Row) -> str:
    """Write the page itself."""
    folder = course.folder("feedback", row.student, row.assignment)
    page = folder / f"{row.assignment}.html"
    if row.status == "ungraded":
        shutil.rmtree(folder, ignore_errors=True)
        reason = html.escape(row.reason.partition(";")[0])
        write_whole(page, UNGRADED_PAGE.format(assignment=row.assignment, reason=reason))
        return str(page)
    quiet(course.root / "logs" / row.assignment / f"{row.student}-feedback.log")
    config = configuration(str(course.root))
    config.CourseDirectory.assignment_id = row.assignment
    config.CourseDirectory.student_id = row.student
    config.HTMLExporter.template_name = "folded"
    config.HTMLExporter.template_file = "folded.html.j2"
    config.HTMLExporter.extra_template_basedirs = [str(OURS), str(NBGRADERS)]
    converter = GenerateFeedback(
        coursedir=CourseDirectory(config=config), config=config, force=True
    )
    converter.start()
    text = page.read_text(encoding="utf-8")
    formulas = "$" in text or "\\(" in text or "\\[" in text
    text = served_by_us(legible(text), mathjax=formulas and add_mathjax(folder))
    if row.status == "needs manual grading":
        text = with_waiting(text, row.reason)
    write_whole(page, text)
    return str(page)


def write_pages(
    course: Course, assignment: str, tell: Callable[[str], object] = print
) -> dict[str, str]:
    """Write a page for everybody who handed something in that was looked at.

    Returns
    -------
    dict
        For each student the page.

    Raises
    ------
    GradingError
        If nobody's submission was graded, or a page could not be written.
    """
    wanted = [
        row
        for row in rows(course, assignment)
        if row.status in ("graded", "needs manual grading", "ungraded")
    ]
    if not wanted:
        raise GradingError(
            f"No submission of {assignment} was graded yet: make grade ASSIGNMENT={assignment}"
        )
    pages: dict[str, str] = {}
    with books.locked(course.root / "feedback.lock"):
        jobs = pool.each(wanted, partial(write_page, course), seconds=lambda row: SECONDS)
        for row, page, trouble in jobs:
            if page is None:
                raise GradingError(
                    f"The page of {row.student} could not be written ({trouble}); see "
                    f"logs/{assignment}/{row.student}-feedback.log, then run the command again."
                )
            pages[row.student] = page
            waits = ", words not graded yet" if row.status == "needs manual grading" else ""
            tell(f"[{len(pages)}/{len(wanted)}] {row.student}{waits}")
    return pages
