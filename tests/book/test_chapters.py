"""Every finished chapter is in the book, and settles its claims on evidence.

The form of a chapter is the business of tests/repository/test_notebooks.py.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import yaml

from helpers import quiz
from helpers.ledger import ledger

ROOT = Path(__file__).resolve().parents[2]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
COURSE = ledger(ROOT / "book" / "claims.yml")


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def chapter(request: pytest.FixtureRequest) -> tuple[str, nbformat.NotebookNode]:
    """Return each finished chapter, as its slug and its notebook."""
    return request.param.stem, nbformat.read(request.param, as_version=4)


Chapter = tuple[str, nbformat.NotebookNode]


# --- Which chapters there are ---------------------------------------------------------------------


def test_the_chapters_without_notebook_are_exactly_the_planned_ones() -> None:
    written = {path.stem for path in PATHS}
    planned = {chapter.slug for chapter in COURSE.chapters.values() if chapter.planned}
    assert written <= set(COURSE.chapters)
    assert planned == set(COURSE.chapters) - written


def test_the_table_of_contents_lists_the_finished_chapters_in_order() -> None:
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
    listed = [each["file"] for part in toc["parts"] for each in part["chapters"]]
    chapters = [name.removeprefix("notebooks/") for name in listed if name.startswith("notebooks/")]
    assert chapters == [path.stem for path in PATHS]


def test_every_quiz_belongs_to_a_chapter() -> None:
    assert {path.stem for path in quiz.quiz_folder().glob("*.yml")} <= set(COURSE.chapters)


# --- Verdicts -------------------------------------------------------------------------------------


def settled_in(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """Yield the first argument of each call of `verdict`, in order."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "verdict(" in cell.source:
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "verdict":
                    yield ast.literal_eval(node.args[0])


def test_a_chapter_settles_each_of_its_claims_once_and_no_other(chapter: Chapter) -> None:
    slug, notebook = chapter
    due = [entry.id for entry in COURSE.of_chapter(slug) if COURSE.is_settled(entry)]
    assert sorted(settled_in(notebook)) == sorted(due)
