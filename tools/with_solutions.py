"""Write each chapter with its folded solutions as cells at the end, for the tests to run.

A solution that does not run teaches that programs fail. The learner runs it after the chapter's own
cells, so the tests do the same, in the same run that tries the chapter.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
TESTED = ROOT / "build" / "tested"


def solutions_in(source: str) -> Iterator[tuple[str, str]]:
    """Yield the label of each solution of a markdown cell, with the Python programs inside."""
    for fence, label, body in re.findall(
        r"^([`:]{3,})\{solution\} *([\w-]+)[^\n]*\n(.*?)^\1[`:]*$", source, re.M | re.S
    ):
        del fence
        yield label, "\n".join(re.findall(r"^```python\n(.*?)^```$", body, re.M | re.S))


def with_solutions(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook with a cell for each solution that holds a program."""
    found = [
        (label, program)
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for label, program in solutions_in(cell.source)
        if program
    ]
    notebook.cells += [new_code_cell(program, id=f"solution-{label}") for label, program in found]
    return notebook


def main() -> int:
    """Write all chapters anew; return the exit status."""
    shutil.rmtree(TESTED, ignore_errors=True)
    TESTED.mkdir(parents=True)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = with_solutions(nbformat.read(path, as_version=4))
        nbformat.write(notebook, TESTED / path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
