"""The folder of a class, and the command that an instructor types."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tiny

ROOT = Path(__file__).resolve().parents[2]

SHORT = {"GRADING_CELL_SECONDS": "3", "GRADING_TOTAL_SECONDS": "30", "GRADING_CPU_SECONDS": "20"}


def no_sandbox() -> str:
    """Why the sandbox cannot be tested here, or nothing."""
    if os.environ.get("CI") == "true":
        return ""  # there it must be there
    return (
        "" if shutil.which("bwrap") else "bubblewrap is not installed (apt-get install bubblewrap)"
    )


needs_sandbox = pytest.mark.skipif(bool(no_sandbox()), reason=no_sandbox() or "it is there")


@dataclass
class Class:
    """The folder of a class, and the command."""

    root: Path
    python: Path

    def command(self, verb: str, *arguments: object) -> list[str]:
        """The command line of a verb."""
        words = [self.python, ROOT / "tools" / "grade.py", "--course", self.root, verb, *arguments]
        return [str(word) for word in words]

    def run(self, verb: str, *arguments: object, **variables: str) -> subprocess.CompletedProcess:
        """Run a verb."""
        return subprocess.run(
            self.command(verb, *arguments),
            env={**os.environ, **SHORT, **variables},
            capture_output=True,
            text=True,
        )

    def grade(self, *arguments: object, **variables: str) -> str:
        """Grade; return what the command said."""
        result = self.run("grade", tiny.ASSIGNMENT, *arguments, **variables)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def nbgrader(self, *arguments: str) -> None:
        """Run plain nbgrader in the folder."""
        variables = {**os.environ, "PATH": f"{self.python.parent}:{os.environ['PATH']}"}
        program = [self.python.parent / "nbgrader", *arguments]
        result = subprocess.run(
            program, cwd=self.root, env=variables, capture_output=True, text=True
        )
        assert result.returncode == 0, result.stderr

    def status(self, student: str) -> dict[str, Any]:
        """How grading a submission came out."""
        path = self.root / "status" / tiny.ASSIGNMENT / f"{student}.json"
        return json.loads(path.read_text(encoding="utf-8"))

    def scores(self) -> dict[str, float]:
        """The points that the gradebook holds."""
        query = """
            SELECT submitted_assignment.student_id, total(grade.auto_score)
            FROM submitted_assignment
            JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id
            JOIN grade ON grade.notebook_id = submitted_notebook.id
            GROUP BY submitted_assignment.student_id
        """
        with closing(sqlite3.connect(self.root / "gradebook.db")) as database:
            [whole] = database.execute("PRAGMA integrity_check").fetchone()
            assert whole == "ok"
            return dict(database.execute(query).fetchall())
