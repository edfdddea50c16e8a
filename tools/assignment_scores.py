"""What an assignment gives for answers: the automatic points, and what the checks say.

Two ways lead to them. `score` runs the cells in this process, in a fresh namespace: milliseconds,
for the tests that try many wrong answers. `score_in_kernel` runs them as nbgrader does, in the
learner's kernel.
"""

from __future__ import annotations

import contextlib
import copy
import io
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass

from assignment_forms import (
    AssignmentError,
    Cell,
    Notebook,
    is_solution,
    is_test,
    name_of,
    points_of,
)
from nbclient import NotebookClient

FIGURE = "figure"  # tags a cell that only draws or prints, so that nothing depends on it
SECONDS = 60  # for a cell


@dataclass(frozen=True)
class Score:
    """The points of one test cell, and what it said."""

    points: float
    most: float
    said: str


def total(scores: Mapping[str, Score]) -> tuple[float, float]:
    """Return the points reached, and the points that could be."""
    each = scores.values()
    return sum(score.points for score in each), sum(score.most for score in each)


def answered(notebook: Notebook, answers: Mapping[str, str]) -> Notebook:
    """Return a rendered source with other texts in the cells that a learner writes into."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        if is_solution(cell) and name_of(cell) in answers:
            cell.source = answers[name_of(cell)]
    return notebook


def score(
    notebook: Notebook, namespace: dict[str, object] | None = None, figures: bool = False
) -> dict[str, Score]:
    """Run the cells in this process, and return the score of each test cell by its name.

    Parameters
    ----------
    namespace
        If given, it holds afterwards what the cells have made.
    figures
        Whether to run also the cells that only draw or print, which takes most of the time.

    Raises
    ------
    AssignmentError
        If such a cell fails.
    """
    namespace = {} if namespace is None else namespace
    namespace["__name__"] = "__main__"
    scores = {}
    for cell in notebook.cells:
        drawn = FIGURE in cell.metadata.get("tags", [])
        if cell.cell_type == "code" and (figures or not drawn):
            problem, said, errors = _run(cell, namespace)
            if drawn and problem:
                raise AssignmentError(f"{cell.id} does not draw: {problem}")
            if is_test(cell):
                failed = problem or errors
                points = 0.0 if failed else points_of(cell)
                scores[name_of(cell)] = Score(points, points_of(cell), problem or errors or said)
    return scores


def _run(cell: Cell, namespace: dict[str, object]) -> tuple[str, str, str]:
    """Run a cell; return its error, and what it wrote to stdout and to stderr."""
    program = re.sub(r"^(\s*)%.*$", r"\1pass", cell.source, flags=re.M)
    out, errors = io.StringIO(), io.StringIO()
    problem = ""
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            exec(compile(program, f"<{cell.id}>", "exec"), namespace)
        except (Exception, SystemExit) as error:
            problem = "".join(traceback.format_exception_only(error)).strip()
    return problem, out.getvalue(), errors.getvalue()


def score_in_kernel(notebook: Notebook, folder: str) -> tuple[dict[str, Score], Notebook]:
    """Run the cells in a kernel; return the score of each test cell, and the executed notebook."""
    notebook = copy.deepcopy(notebook)
    NotebookClient(
        notebook,
        timeout=SECONDS,
        allow_errors=True,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        shutdown_kernel="immediate",
        resources={"metadata": {"path": folder}},
    ).execute()
    return {name_of(cell): _seen(cell) for cell in notebook.cells if is_test(cell)}, notebook


def _seen(cell: Cell) -> Score:
    """Read the score of an executed test cell as nbgrader does."""
    bad = [
        "\n".join(output.traceback) if output.output_type == "error" else output.text
        for output in cell.outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]
    said = "".join(output.get("text", "") for output in cell.outputs)
    return Score(0.0 if bad else points_of(cell), points_of(cell), bad[0] if bad else said)
