"""The contents on the page come from the ledger: the list of chapters, and the numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import chapters
import pytest

from helpers.errors import CourseError, UnknownNameError
from helpers.ledger import Entry, Ledger, ledger

Build = Callable[[str], tuple[str, str]]


def time(read: int, run: int) -> str:
    return f"**Time:** about {read} minutes to read, {run} to run and try. Exercises come on top."


def notebook(box: str) -> str:
    """The source of a notebook that is not run: a title and the box at its top."""
    cells = [{"source": ["# A chapter\n"]}, {"source": [":::{note}\n", f"{box}\n", ":::"]}]
    return json.dumps({"cells": cells})


@pytest.fixture
def build(small_site: Callable[..., tuple[Path, str]]) -> Build:
    """A small site with the finished chapters; returns its first page and the warnings."""
    pages = {}
    for slug, chapter in ledger().chapters.items():
        if not chapter.planned:
            title = f"---\norphan: true\n---\n# {chapter.title}\n"
            pages[f"notebooks/{slug}.md"] = title
            pages[f"notebooks/{slug}.ipynb"] = notebook(time(20 + chapter.number, 45))

    def run(page: str) -> tuple[str, str]:
        folder, warnings = small_site({"index.md": page, **pages}, ["chapters"])
        return (folder / "index.html").read_text(encoding="utf-8"), warnings

    return run


def test_the_list_links_finished_chapters_and_greys_planned_ones(
    build: Build,
) -> None:
    page, warnings = build("# Home\n\n```{chapter-list}\n```\n")
    assert warnings == ""
    assert 'class="chapter-list' in page
    for slug, chapter in ledger().chapters.items():
        assert f"{chapter.number:02}" in page
        assert chapter.title in page
        assert (f'href="notebooks/{slug}.html"' in page) is not chapter.planned
    planned = sum(chapter.planned for chapter in ledger().chapters.values())
    assert page.count('<li class="planned">') == planned
    assert page.count("<span>planned</span>") == planned
    for slug, chapter in ledger().chapters.items():
        minutes = f"{20 + chapter.number} min to read, 45 to run"
        assert (minutes in page) is not chapter.planned, slug
    assert "pages.css" in page


def test_the_list_can_show_the_finished_chapters_only(
    build: Build,
) -> None:
    page, warnings = build("# Home\n\n```{chapter-list} finished\n```\n")
    assert warnings == ""
    assert "planned" not in page


def test_a_chapter_says_how_long_it_takes(tmp_path: Path) -> None:
    path = tmp_path / "01-one.ipynb"
    path.write_text(notebook(time(30, 55)), encoding="utf-8")
    assert chapters.time_of(path) == "30 min to read, 55 to run"
    path.write_text(notebook("**Time:** an hour"), encoding="utf-8")
    with pytest.raises(CourseError, match=r"01-one\.ipynb does not say how long it takes"):
        chapters.time_of(path)


def test_numbers_stand_in_the_sentence(build: Build) -> None:
    page, warnings = build("# Home\n\nIn all {count}`claims`, {count}`programs`.\n")
    assert warnings == ""
    claims, programs = len(ledger().claims), len(ledger().programs)
    assert f"In all {claims}, {chapters.in_words(programs)}." in page


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{count}`clams`", "claims"),
        ("```{chapter-list} some\n```", "'all' (the default) or 'finished', not 'some'"),
    ],
)
def test_a_slip_of_the_pen_is_a_warning_so_the_strict_build_stops(
    build: Build, text: str, complaint: str
) -> None:
    warnings = build(f"# Home\n\n{text}\n")[1]
    assert complaint in warnings


def test_counting() -> None:
    counted = chapters.counts(ledger())
    assert counted["finished"] + counted["planned"] == counted["chapters"]
    assert counted["claims"] + counted["programs"] == len(ledger().entries)
    words = {entry.verdict for entry in ledger().claims}
    assert sum(counted[word] for word in words) == counted["claims"]


def test_numbers_up_to_twenty_are_words() -> None:
    assert [chapters.in_words(n) for n in (0, 16, 20, 21, 7001)] == [
        "no", "sixteen", "twenty", "21", "7,001",
    ]  # fmt: skip
    word = chapters.count("pages", ledger())
    assert chapters.count("Pages", ledger()) == word.capitalize() != word


def test_an_unknown_number_names_the_near_one() -> None:
    with pytest.raises(UnknownNameError, match="claims"):
        chapters.count("clams", ledger())


def test_what_a_chapter_puts_on_trial() -> None:
    home = ledger().chapters["03-activations"]
    row = ledger()["C30"]
    claims = {f"C{n}": replace(row, id=f"C{n}", home=home.slug) for n in (1, 2)}
    program = {"S1": replace(row, id="S1", home=home.slug)}

    def detail(entries: dict[str, Entry]) -> str:
        return chapters.on_trial(home, Ledger(entries, {home.slug: home}, {}, {}))

    assert detail(claims) == "2 claims"
    assert detail({**claims, **program}) == "2 claims and 1 program"
    assert detail({}) == "all verdicts"
