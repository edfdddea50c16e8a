"""The directive ``{colophon}``: the settings and the versions that this copy of the book rests on.

The tables are made while the book is built, from the same environment that ran the notebooks, so
they cannot go stale.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Sequence
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from helpers import settings

SOFTWARE = {
    "numpy": "every network that is written from scratch",
    "scipy": "intervals and special functions",
    "scikit-learn": "the iris flowers",
    "tensorflow": "the tutorial's programs, and an independent check of ours",
    "keras": "the same networks in a few lines",
    "matplotlib": "every figure that is a picture",
    "ipywidgets": "sliders in JupyterLab",
    "anywidget": "figures that answer to dragging, in JupyterLab",
    "jupyterlab": "the notebooks, live",
    "jupyter-book": "this site",
    "sphinx": "this site, underneath",
}
SAME_BY_ANOTHER_NAME = {"tensorflow": "tensorflow-cpu"}
DIGITS = {
    "embedded": "the 10,000 digits that come with the course",
    "full": "all 70,000 digits of MNIST",
}


def setting_rows() -> list[tuple[str, str, str]]:
    """Return each switch, its value in this build, and what the value means.

    Raises
    ------
    CourseError
        If a switch holds a value that is not allowed.
    """
    first, second = settings.seeds(2)
    return [
        (
            "COURSE_SEED",
            str(settings.course_seed()),
            f"the experiments use the seeds {first}, {second} and so on",
        ),
        ("COURSE_DATA", settings.course_data(), DIGITS[settings.course_data()]),
    ]


def installed_version(package: str) -> str | None:
    """Return the installed version of `package`, or None where it is not installed."""
    for name in (package, SAME_BY_ANOTHER_NAME.get(package, package)):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def version_rows() -> list[tuple[str, str, str]]:
    """Return each piece of software, its version here, and what the course uses it for."""
    course = (
        "relu-on-trial",
        importlib.metadata.version("relu-on-trial"),
        "the course and its helpers",
    )
    python = ("python", platform.python_version(), "the language of every example")
    found = [(name, installed_version(name), purpose) for name, purpose in SOFTWARE.items()]
    return [course, python, *[(name, version, use) for name, version, use in found if version]]


def machine() -> str:
    """Describe the machine that built the book, without naming it."""
    cores = os.cpu_count() or 1
    return f"{platform.system()} on {platform.machine()}, {cores} core{'s' if cores > 1 else ''}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> nodes.table:
    """Return a table; its first column is set as code."""

    def row(cells: Sequence[str], code: bool) -> nodes.row:
        made = nodes.row()
        for index, text in enumerate(cells):
            content = nodes.literal(text, text) if code and index == 0 else nodes.Text(text)
            made += nodes.entry("", nodes.paragraph("", "", content))
        return made

    group = nodes.tgroup(cols=len(header))
    group += [nodes.colspec(colwidth=width) for width in (2, 2, 5)]
    group += nodes.thead("", row(header, code=False))
    group += nodes.tbody("", *[row(cells, code=True) for cells in rows])
    return nodes.table("", group, classes=["colophon"])


class Colophon(Directive):
    """Show the settings, the versions and the size of the machine of this build."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return two tables, and a sentence between them."""
        built = f"Built on {machine()}, with the following software."
        return [
            table(["Switch", "Value", "Meaning"], setting_rows()),
            nodes.paragraph(built, built),
            table(["Software", "Version", "Used for"], version_rows()),
        ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive with Sphinx."""
    app.add_directive("colophon", Colophon)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
