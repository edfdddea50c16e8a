"""The forms of an assignment: from one instructor source come the release, the solution, the page.

A source is ``assignments/NN-slug/NN-slug.ipynb``, a plain notebook of nbgrader with two additions:

- ``{{name}}`` stands for a value of the class's variant, which ``variants.py`` beside it makes from
  one integer. Variant 0 is the published one, and no other repeats a value of it that ``SPECIFIES``
  names there. ``{{hidden_seed}}`` is for the hidden tests alone.
- a cell tagged ``explanation`` belongs to the solution alone.

Hidden tests become a function, so that the names they use replace none of the learner's own: who
calls a function ``entropy`` or ``net`` cannot see that a hidden test has a variable of that name.

Everything here is a function from notebook to notebook; nothing is run and nothing written.
"""

from __future__ import annotations

import copy
import hashlib
import re
import runpy
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import nbformat
import numpy as np

from helpers.errors import CourseError

ROOT = Path(__file__).resolve().parents[1]
ASSIGNMENTS = ROOT / "assignments"
PAGES = ROOT / "book" / "assignments"
EXPLANATION, FOLDED = "explanation", "hide-input"
PLACEHOLDER = re.compile(r"\{\{([a-z]\w*)\}\}")
# What nbgrader puts in place of a solution, by its defaults.
CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"
HIDDEN = "### {} HIDDEN TESTS"
NO_COLAB = "# Google Colab only"

Notebook = nbformat.NotebookNode
Cell = nbformat.NotebookNode


class AssignmentError(CourseError):
    """An assignment's source, its variants or its answers are wrong."""


def slugs() -> list[str]:
    """Return the names of the assignments."""
    return sorted(path.parent.name for path in ASSIGNMENTS.glob("*/*.ipynb"))


def source(slug: str) -> Notebook:
    """Return the instructor source of an assignment.

    Raises
    ------
    UnknownNameError
        If there is no such assignment.
    """
    path = ASSIGNMENTS / slug / f"{slug}.ipynb"
    if not path.exists():
        from helpers.errors import UnknownNameError

        raise UnknownNameError.among("assignment", slug, slugs())
    return nbformat.read(path, as_version=4)


def values(slug: str, variant: int) -> dict[str, object]:
    """Return what a variant puts in place of the placeholders.

    Raises
    ------
    AssignmentError
        If the variant is not an integer from 0 on.
    """
    if isinstance(variant, bool) or not isinstance(variant, int) or variant < 0:
        raise AssignmentError(
            f"The variant is {variant!r}. Give an integer from 0 on; 0 is the published one."
        )
    return {**_values(slug, variant), "hidden_seed": hidden_seed(slug, variant)}


@cache
def _values(slug: str, variant: int) -> dict[str, object]:
    """Return what the variants.py of an assignment makes."""
    module = runpy.run_path(str(ASSIGNMENTS / slug / "variants.py"))

    def drawn(rng: np.random.Generator) -> dict[str, object]:
        return {name: _plain(value) for name, value in module["values"](rng).items()}

    number = int(slug[:2])
    made = published = drawn(np.random.default_rng([number, 0]))
    rng = np.random.default_rng([number, variant])
    while variant and any(made[name] == published[name] for name in module["SPECIFIES"]):
        made = drawn(rng)
    return made


def hidden_seed(slug: str, variant: int) -> int:
    """Return the seed of the hidden tests, which nothing in the release leads to."""
    digest = hashlib.sha256(f"hidden tests of {slug}, variant {variant}".encode()).digest()
    return 10**8 + int.from_bytes(digest[:8], "big") % (2**32 - 10**8)  # also a seed of Keras


def _plain(value: object) -> object:
    """Return a value of numpy as one of Python, whose text is a program again."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def filled(text: str, given: Mapping[str, object]) -> str:
    """Return a text with its placeholders replaced.

    Raises
    ------
    AssignmentError
        If the variant gives no value for one.
    """

    def replacement(match: re.Match[str]) -> str:
        if match[1] not in given:
            raise AssignmentError(
                f"{match[0]} has no value; variants.py gives {', '.join(given) or 'none'}."
            )
        value = given[match[1]]
        return value if isinstance(value, str) else repr(value)

    return PLACEHOLDER.sub(replacement, text)


def rendered(notebook: Notebook, given: Mapping[str, object]) -> Notebook:
    """Return a source with the values of a variant, its tests folded.

    Raises
    ------
    AssignmentError
        If a placeholder has no value, or a value no placeholder.
    """
    unused = set(given) - set(PLACEHOLDER.findall("\n".join(c.source for c in notebook.cells)))
    if unused:
        raise AssignmentError(
            f"variants.py gives {', '.join(sorted(unused))}, which stands nowhere"
        )
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = filled(cell.source, given)
        if is_test(cell):
            cell.source = secluded(cell.source)
            cell.metadata["tags"] = sorted({*cell.metadata.get("tags", []), FOLDED})
            cell.metadata["jupyter"] = {"source_hidden": True}
    return notebook


def for_nbgrader(notebook: Notebook) -> Notebook:
    """Return a rendered source as nbgrader takes it: no explanations, no links into the course."""
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if not is_explanation(cell)]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\[([^\]]+)\]\(\.\./[^)]*\)", r"\1", cell.source)
    return notebook


def released(notebook: Notebook) -> Notebook:
    """Return a rendered source as the students get it, the same as nbgrader's release."""
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if not is_explanation(cell)]
    for cell in notebook.cells:
        cell.source = without_hidden_tests(without_solution(cell).source)
    return notebook


def solved(notebook: Notebook) -> Notebook:
    """Return a rendered source as instructors read it: solutions, explanations and all tests."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        lines = cell.source.split("\n")
        marks = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
        cell.source = "\n".join(line for line in lines if not any(mark in line for mark in marks))
    return notebook


def page(slug: str) -> Notebook:
    """Return the page of an assignment: the published release, ready for Colab as chapters are.

    What a class gets from nbgrader has other links and no cell for Colab; its tasks are the same.
    """
    notebook = released(rendered(source(slug), values(slug, 0)))
    chapter = nbformat.read(ROOT / "notebooks" / f"{chapter_of(notebook)}.ipynb", as_version=4)
    [for_colab] = [cell for cell in chapter.cells if cell.source.startswith(NO_COLAB)]
    notebook.cells.insert(1, for_colab)
    return notebook


def chapter_of(notebook: Notebook) -> str:
    """Return the slug of the chapter that an assignment belongs to."""
    return notebook.metadata["course"]["chapter"]


# --- Cells ----------------------------------------------------------------------------------------


def marks(cell: Cell) -> Mapping[str, object]:
    """Return what nbgrader knows of a cell."""
    return cell.metadata.get("nbgrader", {})


def is_solution(cell: Cell) -> bool:
    """Whether a learner writes into a cell."""
    return bool(marks(cell).get("solution"))


def is_test(cell: Cell) -> bool:
    """Whether a cell gives points by running."""
    return bool(marks(cell).get("grade")) and not is_solution(cell)


def is_explanation(cell: Cell) -> bool:
    """Whether a cell stands in the solution only."""
    return EXPLANATION in cell.metadata.get("tags", [])


def name_of(cell: Cell) -> str:
    """Return the name under which nbgrader knows a cell."""
    return str(marks(cell)["grade_id"])


def points_of(cell: Cell) -> float:
    """Return the points that a cell can give."""
    return float(marks(cell).get("points", 0)) if marks(cell).get("grade") else 0.0


def without_solution(cell: Cell) -> Cell:
    """Return a cell with nbgrader's stub in place of its solution."""
    cell = copy.deepcopy(cell)
    stub = CODE_STUB if cell.cell_type == "code" else TEXT_STUB
    parts = list(_parts(cell.source, "SOLUTION"))
    if is_solution(cell) and all(outside for _, outside in parts):
        cell.source = stub
        return cell
    kept = []
    for lines, outside in parts:
        indent = re.match(r"\s*", lines[0])[0] if lines else ""
        kept += lines if outside else [indent + line for line in stub.split("\n")]
    cell.source = "\n".join(kept)
    return cell


def without_hidden_tests(text: str) -> str:
    """Return the text of a cell without its hidden tests."""
    parts = _parts(text, "HIDDEN TESTS")
    return "\n".join(line for lines, outside in parts if outside for line in lines)


def secluded(text: str) -> str:
    """Return the text of a cell with its hidden tests in a function, which keeps their names."""
    kept: list[str] = []
    for lines, outside in _parts(text, "HIDDEN TESTS"):
        if outside:
            kept += lines
            continue
        body = textwrap.indent("\n".join(lines[1:]), "    ")
        kept += [HIDDEN.format("BEGIN"), "def hidden_tests():", *body.split("\n")]
        kept += ["", "", "hidden_tests()", HIDDEN.format("END")]
    return "\n".join(kept)


def secrets_of(cell: Cell) -> list[str]:
    """Return the lines of a cell that no student may see."""
    if is_explanation(cell):
        return cell.source.split("\n")
    hidden = [
        line
        for name in ("SOLUTION", "HIDDEN TESTS")
        for lines, outside in _parts(cell.source, name)
        if not outside
        for line in lines[1:]
    ]
    whole = is_solution(cell) and not hidden
    return cell.source.split("\n") if whole else hidden


def _parts(text: str, name: str) -> Iterator[tuple[list[str], bool]]:
    """Yield the lines of a text outside and inside marks; inside, the first line is the mark.

    Raises
    ------
    AssignmentError
        If a mark has no partner.
    """
    lines: list[str] = []
    outside = True
    for line in text.split("\n"):
        begins, ends = f"BEGIN {name}" in line, f"END {name}" in line
        if begins != outside and (begins or ends):
            raise AssignmentError(f"### {'BEGIN' if begins else 'END'} {name} has no partner")
        if begins:
            yield lines, True
            lines, outside = [line], False
        elif ends:
            yield lines, False
            lines, outside = [], True
        else:
            lines.append(line)
    if not outside:
        raise AssignmentError(f"### BEGIN {name} has no partner")
    yield lines, True


def each_cell(notebook: Notebook, wanted: Callable[[Cell], bool]) -> dict[str, Cell]:
    """Return the cells of a kind by nbgrader's names."""
    return {name_of(cell): cell for cell in notebook.cells if marks(cell) and wanted(cell)}
