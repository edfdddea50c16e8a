"""Every finished chapter settles its claims on evidence, and has the parts that a chapter has."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
import yaml

from helpers import quiz
from helpers.ledger import ledger

ROOT = Path(__file__).resolve().parents[2]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BOOK = ledger(ROOT / "book" / "claims.yml")
CELL_LINES = 15
HIDDEN_CELL_LINES = 30  # of a cell that only draws a figure, and is folded away

FIRST_CELL = """\
# Google Colab only: fetch the course's helpers.
import sys

if "google.colab" in sys.modules:
    %pip install -q "git+https://github.com/relu-on-trial/relu-on-trial"
"""
# What makes a figure: the course's own functions, or matplotlib shown at the end of a cell.
FIGURE_CALLS = re.compile(
    r"\b(?:new_figure|subplots|slider_figure|browser_figure|loss_curves|show_digits"
    r"|confusion_matrix_figure|weight_images)\("
)
# These carry the words for each of their states themselves.
INTERACTIVE_CALLS = re.compile(r"\b(?:slider_figure|browser_figure)\(")


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def chapter(request: pytest.FixtureRequest) -> tuple[str, nbformat.NotebookNode]:
    """Return each finished chapter, as its slug and its notebook."""
    return request.param.stem, nbformat.read(request.param, as_version=4)


Chapter = tuple[str, nbformat.NotebookNode]


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: nbformat.NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def headings(notebook: nbformat.NotebookNode) -> list[tuple[int, str]]:
    """Return the level and text of each heading, without those inside code."""
    text = re.sub(r"^```.*?^```", "", prose(notebook), flags=re.MULTILINE | re.DOTALL)
    return [
        (len(marks), title) for marks, title in re.findall(r"^(#+) (.+?)\s*$", text, re.MULTILINE)
    ]


# --- Which chapters there are ---------------------------------------------------------------------


def test_the_chapters_without_notebook_are_exactly_the_planned_ones() -> None:
    written = {path.stem for path in PATHS}
    planned = {chapter.slug for chapter in BOOK.chapters.values() if chapter.planned}
    assert written <= set(BOOK.chapters)
    assert planned == set(BOOK.chapters) - written


def test_the_table_of_contents_lists_the_finished_chapters_in_order() -> None:
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
    listed = [each["file"] for part in toc["parts"] for each in part["chapters"]]
    chapters = [name.removeprefix("notebooks/") for name in listed if name.startswith("notebooks/")]
    assert chapters == [path.stem for path in PATHS]


def test_every_quiz_belongs_to_a_chapter() -> None:
    assert {path.stem for path in quiz.quiz_folder().glob("*.yml")} <= set(BOOK.chapters)


# --- Verdicts -------------------------------------------------------------------------------------


def test_a_chapter_settles_each_of_its_claims_once_and_no_other(
    chapter: Chapter, checker: ModuleType
) -> None:
    slug, notebook = chapter
    settled = [verdict.claim for verdict in checker.verdicts(notebook)]
    assert sorted(settled) == sorted(entry.id for entry in BOOK.of_chapter(slug))


def test_the_verdicts_of_a_chapter_rest_on_evidence(chapter: Chapter, checker: ModuleType) -> None:
    _, notebook = chapter
    found = checker.verdicts(notebook)
    assert [(each.claim, each.cell, each.problems) for each in found if each.problems] == []


# --- Structure ------------------------------------------------------------------------------------


def test_a_chapter_has_the_parts_of_a_chapter(chapter: Chapter) -> None:
    slug, notebook = chapter
    titles = headings(notebook)
    first = next(cell for cell in notebook.cells if cell.cell_type == "markdown")
    assert first.source.startswith("# ")
    (name,) = [title for level, title in titles if level == 1]
    assert BOOK.chapters[slug].title in name
    wanted = ["check yourself", "takeaways", "exercises", "next"]
    found = [title.lower() for level, title in titles if level == 2]
    places = [
        next((place for place, title in enumerate(found) if part in title), None) for part in wanted
    ]
    assert None not in places, f"of {wanted}, found at {places} in {found}"
    assert places == sorted(places)
    assert places[-1] == len(found) - 1


def test_no_heading_skips_a_level(chapter: Chapter) -> None:
    levels = [level for level, _ in headings(chapter[1])]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels)), levels


def test_a_chapter_begins_with_its_objectives_time_and_prerequisites(chapter: Chapter) -> None:
    first = "\n".join(
        cell.source for cell in chapter[1].cells[:6] if cell.cell_type == "markdown"
    ).lower()
    assert "objectives" in first or "you will" in first
    assert re.search(r"\bminutes?\b|\bhours?\b", first)
    assert re.search(r"prerequisites|you need|before you start", first)


def test_a_chapter_asks_for_predictions(chapter: Chapter) -> None:
    assert prose(chapter[1]).count("Predict before you run") >= 3


def test_a_chapter_has_exercises_with_hidden_solutions(chapter: Chapter) -> None:
    text = prose(chapter[1])
    exercises = re.findall(r"^[`:]{3,}\{exercise(?:-start)?\}", text, re.MULTILINE)
    solutions = re.findall(
        r"^[`:]{3,}\{solution(?:-start)?\} (\S+)\n((?:[^\n`]*\n){0,4})", text, re.MULTILINE
    )
    assert len(exercises) >= 2
    assert len(solutions) >= len(exercises)
    assert all("dropdown" in options for _, options in solutions)


def test_a_chapter_shows_its_quiz(chapter: Chapter) -> None:
    slug, notebook = chapter
    assert len(quiz.read(slug).questions) >= 4
    assert sum(f'quiz.show("{slug}")' in cell.source for cell in code_cells(notebook)) == 1


# --- Cells ----------------------------------------------------------------------------------------


def test_the_first_code_cell_serves_colab_and_is_not_shown(chapter: Chapter) -> None:
    first = code_cells(chapter[1])[0]
    assert first.source.strip() == FIRST_CELL.strip()
    assert first.metadata.get("tags") == ["remove-cell"]


def test_the_cells_are_short(chapter: Chapter) -> None:
    long = {}
    for cell in code_cells(chapter[1]):
        hidden = "hide-input" in cell.metadata.get("tags", [])
        lines = len([line for line in cell.source.splitlines() if line.strip()])
        if lines > (HIDDEN_CELL_LINES if hidden else CELL_LINES):
            long[cell.id] = lines
    assert not long, f"cells with too many lines: {long}"


def test_the_cells_have_readable_names_of_their_own(chapter: Chapter) -> None:
    idents = [cell.id for cell in chapter[1].cells]
    assert len(set(idents)) == len(idents)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{2,63}", ident) for ident in idents), idents
    assert not [ident for ident in idents if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?", ident)]


def test_every_figure_is_described(chapter: Chapter) -> None:
    undescribed = []
    for cell in code_cells(chapter[1]):
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        makes_a_figure = FIGURE_CALLS.search(cell.source) and "def " not in cell.source
        if makes_a_figure and not INTERACTIVE_CALLS.search(cell.source) and len(alt) < 30:
            undescribed.append(cell.id)
    assert not undescribed


def test_every_interactive_figure_is_described(chapter: Chapter) -> None:
    for cell in code_cells(chapter[1]):
        if INTERACTIVE_CALLS.search(cell.source):
            assert "alt=" in cell.source, cell.id


def test_a_chapter_keeps_to_the_rules_of_the_code(chapter: Chapter) -> None:
    for cell in code_cells(chapter[1]):
        assert not re.search(r"import \*|^\s*global |simplefilter|filterwarnings", cell.source)
        assert "np.random.seed" not in cell.source, "the seeds come from helpers.settings"
        assert not re.search(r"default_rng\(\s*\d*\s*\)", cell.source), (
            "the seeds come from helpers.settings"
        )


def test_a_chapter_names_no_machine_and_no_verdict_of_its_own(chapter: Chapter) -> None:
    text = prose(chapter[1])
    assert not re.search(r"/(?:home|root|tmp|Users)/|C:\\", text)
    assert not re.search(r"^\s*#+ .*\b[CS]\d\d\b", text, re.MULTILINE), (
        "a heading says what it is about; the number of the claim stands on the card"
    )


def test_the_citations_and_links_of_a_chapter_lead_somewhere(chapter: Chapter) -> None:
    text = prose(chapter[1])
    bibliography = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{(\w+),", bibliography, re.MULTILINE))
    cited = {
        key.strip()
        for group in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
        for key in group.split(",")
    }
    assert cited <= keys
    for target in re.findall(r"\]\(([^)#\s]+\.(?:md|ipynb))", text):
        assert (ROOT / "notebooks" / target).exists(), target
