"""Where a class's files lie, and nbgrader's settings for them.

The folder of a class is a plain nbgrader course: the command ``nbgrader`` of ``.venv-grading``
works in it, with the same sandbox, because of the ``nbgrader_config.py`` there.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grading.sandbox import ROOT
from helpers.errors import CourseError, UnknownNameError

DEFAULT = ROOT / "build" / "nbgrader"

SETTINGS = '''\
"""nbgrader's settings for this class, written by tools/grade.py; plain nbgrader reads them too."""

import sys

sys.path[:0] = [{tools!r}, {helpers!r}]

from grading.settings import configuration

c = get_config()  # noqa: F821
c.merge(configuration(root={root!r}))
'''


class GradingError(CourseError):
    """Collecting, grading or giving back cannot go on; nothing is lost."""


@dataclass(frozen=True)
class Course:
    """The folder of a class.

    Attributes
    ----------
    root
        Holds nbgrader's folders and the gradebook.
    """

    root: Path = DEFAULT

    @property
    def gradebook(self) -> Path:
        """The database of all grades."""
        return self.root / "gradebook.db"

    @property
    def backups(self) -> Path:
        """Copies of the gradebook, one from before each run."""
        return self.root / "backups"

    def folder(self, step: str, student: str, assignment: str) -> Path:
        """Return nbgrader's folder for a step, such as ``submitted``."""
        return self.root / step / student / assignment

    def status(self, student: str, assignment: str) -> Path:
        """Return the file that says how grading a submission came out."""
        return self.root / "status" / assignment / f"{student}.json"

    def work(self, student: str, assignment: str) -> Path:
        """Return the folder in which a submission is graded, on the same disk as the results."""
        return self.root / "work" / assignment / student

    def students(self, step: str, assignment: str) -> list[str]:
        """Return, sorted, who has a folder of an assignment in a step."""
        return sorted(path.parent.name for path in self.root.glob(f"{step}/*/{assignment}"))

    def check(self, assignment: str) -> None:
        """See that an assignment is there to be graded.

        Raises
        ------
        UnknownNameError
            If there is no such assignment.
        GradingError
            If it was not released.
        """
        known = sorted(path.name for path in self.root.glob("source/*") if path.is_dir())
        known = known or sorted(path.name for path in self.root.glob("release/*"))
        if not self.gradebook.exists() or not known:
            raise GradingError(
                f"There is no released assignment in {shown(self.root)}, so nothing can be "
                f"graded. Release it first: make release ASSIGNMENT={assignment}"
            )
        if assignment not in known:
            raise UnknownNameError.among("assignment", assignment, known)

    def write_settings(self) -> None:
        """Write nbgrader's settings, so that plain nbgrader grades in the sandbox as well."""
        self.root.mkdir(parents=True, exist_ok=True)
        text = SETTINGS.format(
            tools=str(ROOT / "tools"), helpers=str(ROOT / "src"), root=str(self.root.resolve())
        )
        write_whole(self.root / "nbgrader_config.py", text)


def shown(path: Path) -> str:
    """Return a path as a message shows it: from the repository's folder, if it lies in there."""
    path = path.resolve()
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole, or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_status(path: Path) -> dict[str, object]:
    """Return what a status file says; nothing if there is none, or it is damaged."""
    try:
        status = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return status if isinstance(status, dict) else {}
