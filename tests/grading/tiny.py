"""A tiny assignment of three tasks, and submissions of it: right, wrong and hostile ones."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = "01-tiny"
TESTS = 6  # points that the tests give; two more are for the task in words

Notebook = dict[str, Any]


def cell(kind: str, source: str, grade_id: str = "", **settings: Any) -> dict[str, Any]:
    """A cell; with an id it has nbgrader's metadata."""
    made: dict[str, Any] = {"cell_type": kind, "id": grade_id or "free", "metadata": {}}
    made["source"] = source
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    if grade_id:
        usual = {"grade": False, "locked": False, "solution": False, "task": False}
        made["metadata"]["nbgrader"] = {
            **usual,
            "grade_id": grade_id,
            "schema_version": 3,
            **settings,
        }
    return made


SETUP = "import numpy as np\n\nfrom helpers import checks\nfrom helpers.checks import Task"
RELU = "def relu(x):\n    return np.maximum(x, 0)\n"
SLOPE = "def slope(x):\n    return np.where(np.asarray(x) > 0, 1.0, 0.0)\n"
NOTHING = "# YOUR CODE HERE\nraise NotImplementedError()"


def with_markers(answer: str) -> str:
    """An answer as the instructor's notebook has it: the body is the solution."""
    head, body = answer.split("\n", 1)
    return f"{head}\n    ### BEGIN SOLUTION\n{body}    ### END SOLUTION"


def source() -> Notebook:
    """The instructor's notebook."""
    test = {"grade": True, "locked": True}
    cells = [
        cell("markdown", "# A tiny assignment"),
        cell("code", SETUP, "setup", locked=True),
        cell("code", with_markers(RELU), "relu", solution=True),
        cell(
            "code",
            "np.testing.assert_allclose(relu(np.array([-1.0, 2.0])), [0.0, 2.0])",
            "test_relu",
            points=1,
            **test,
        ),
        cell(
            "code",
            "### BEGIN HIDDEN TESTS\n"
            "x = np.random.default_rng().normal(size=50)\n"
            "Task('hidden').expect('relu(x)', lambda: relu(x), np.maximum(x, 0))\n"
            "### END HIDDEN TESTS",
            "test_relu_hidden",
            points=2,
            **test,
        ),
        cell("code", with_markers(SLOPE), "slope", solution=True),
        cell(
            "code",
            "### BEGIN HIDDEN TESTS\n"
            "x = np.random.default_rng().normal(size=50)\n"
            "np.testing.assert_allclose(slope(x), x > 0)\n"
            "3 if slope(0.0) == 0 else 1.5  # nbgrader takes a last value as the points\n"
            "### END HIDDEN TESTS",
            "test_slope",
            points=3,
            **test,
        ),
        cell(
            "markdown",
            "Why? Say it in words, with $x^2$.",
            "words",
            grade=True,
            solution=True,
            points=2,
        ),
    ]
    for number, each in enumerate(cells):
        each["id"] = f"cell-{number}"
    return notebook(cells)


def notebook(cells: list[dict[str, Any]]) -> Notebook:
    """A notebook of these cells."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def find(nb: Notebook, grade_id: str) -> dict[str, Any]:
    """The cell with an id."""
    [found] = [
        each
        for each in nb["cells"]
        if each["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    ]
    return found


def answered(release: Notebook, relu: str = RELU, slope: str = SLOPE, **more: str) -> Notebook:
    """A submission with these answers."""
    nb = copy.deepcopy(release)
    for name, answer in {"relu": relu, "slope": slope, **more}.items():
        find(nb, name)["source"] = answer
    return nb


def hand_in(course: Path, student: str, content: Notebook | str | bytes) -> Path:
    """Put a submission where collecting would put it."""
    folder = course / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{ASSIGNMENT}.ipynb"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
    return path


def make_course(folder: Path, nbgrader: Callable[..., None]) -> None:
    """Write the assignment and release it with plain nbgrader."""
    target = folder / "source" / ASSIGNMENT
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    (target / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(source()), encoding="utf-8")
    nbgrader("generate_assignment", ASSIGNMENT)
