"""The directive ``{assignment-list}``: the assignments with their times, points and tasks.

It reads the assignments' pages while the book is built, so that no list goes stale.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chapters import page_link, plain
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from helpers.errors import CourseError

TITLE = re.compile(r"^# Assignment (\d\d)\. (.+)$", re.M)
TIME = re.compile(r"^\*\*Time and points:\*\* about (\d+) minutes, (\d+) points\.", re.M)
TASK = re.compile(r"^## Task \d+\. (.+) \(\d+ points?\)$", re.M)


@dataclass(frozen=True)
class Assignment:
    """What the page of an assignment says about it.

    Attributes
    ----------
    number, title
        As in the page's heading.
    minutes, points
        For the whole.
    tasks
        Their titles, in their order.
    """

    number: str
    title: str
    minutes: int
    points: int
    tasks: tuple[str, ...]


def read(page: Path) -> Assignment:
    """Return what the page of an assignment says about it.

    Raises
    ------
    CourseError
        If it lacks its heading, its line of time and points, or its tasks.
    """
    cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    title, time, tasks = TITLE.search(text), TIME.search(text), TASK.findall(text)
    if not (title and time and tasks):
        raise CourseError(
            f"{page.name} needs the heading '# Assignment NN. Title', the line '**Time and "
            "points:** about N minutes, N points.' and headings '## Task N. Title (N points)'"
        )
    return Assignment(title[1], title[2], int(time[1]), int(time[2]), tuple(tasks))


class AssignmentList(SphinxDirective):
    """All assignments, each with a link to its page."""

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        pages = sorted(Path(self.env.srcdir, "book", "assignments").glob("*.ipynb"))
        try:
            items = [self.item(page) for page in pages]
        except CourseError as error:
            raise self.error(str(error)) from None
        return [nodes.bullet_list("", *items, classes=["chapter-list"])]

    def item(self, page: Path) -> nodes.list_item:
        """Return the entry of one assignment."""
        self.env.note_dependency(str(page))
        found = read(page)
        page_name = f"book/assignments/{page.stem}"
        parts = (
            plain(found.number, "chapter-number"),
            nodes.Text(" "),
            page_link(self.env.docname, page_name, found.title),
            nodes.Text(" "),
            plain(" · ".join(found.tasks), "chapter-about"),
            nodes.Text(" "),
            plain(f"{found.minutes} minutes, {found.points} points", "chapter-detail"),
        )
        return nodes.list_item("", nodes.paragraph("", "", *parts), classes=["finished"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive with Sphinx."""
    app.add_directive("assignment-list", AssignmentList)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
