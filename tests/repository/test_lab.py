"""`make lab` opens copies: a learner's own work survives an update of the course."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = "notebooks/01-a.ipynb"


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return importlib.import_module("lab")


def write(path: Path, source: str, **fields: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cell = {"cell_type": "code", "source": [source], **fields}
    path.write_text(json.dumps({"cells": [cell]}))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A course with one chapter and one page."""
    write(tmp_path / CHAPTER, "first")
    (tmp_path / "book").mkdir()
    (tmp_path / "book/glossary.md").write_text("first")
    return tmp_path


def refresh(lab: ModuleType, house: Path) -> list[str]:
    return lab.refresh(house, house / "my-course")


def test_an_untouched_copy_follows_the_course(lab: ModuleType, house: Path) -> None:
    copy = house / "my-course" / CHAPTER
    assert refresh(lab, house) == []
    assert (house / "my-course/book/glossary.md").read_text() == "first"  # as chapters link to it
    write(copy, "first", outputs=["a run is no change"])
    write(house / CHAPTER, "second")
    (house / "book/glossary.md").write_text("second")
    assert refresh(lab, house) == []
    assert "second" in copy.read_text()
    assert (house / "my-course/book/glossary.md").read_text() == "second"


def test_a_touched_copy_stays_and_a_newer_version_is_named(lab: ModuleType, house: Path) -> None:
    copy = house / "my-course" / CHAPTER
    refresh(lab, house)
    write(copy, "mine")
    assert refresh(lab, house) == [], "there is nothing newer yet"
    write(house / CHAPTER, "second")
    assert refresh(lab, house) == [CHAPTER]
    assert refresh(lab, house) == [CHAPTER], "it is said each time"
    assert "mine" in copy.read_text()
    copy.rename(copy.with_name("mine.ipynb"))
    assert refresh(lab, house) == []
    assert "second" in copy.read_text()
    assert "mine" in copy.with_name("mine.ipynb").read_text()


@pytest.mark.parametrize("left", ["not a notebook", '{"cells": 3}', "[]", "null"])
def test_a_copy_that_is_no_notebook_is_the_learner_s(
    lab: ModuleType, house: Path, left: str
) -> None:
    refresh(lab, house)
    copy = house / "my-course" / CHAPTER
    copy.write_text(left)
    write(house / CHAPTER, "second")
    assert refresh(lab, house) == [CHAPTER]
    assert copy.read_text() == left


def test_without_its_record_nothing_is_overwritten(lab: ModuleType, house: Path) -> None:
    refresh(lab, house)
    (house / "my-course/.copied.json").unlink()
    write(house / CHAPTER, "second")
    assert refresh(lab, house) == [CHAPTER]


def test_git_does_not_see_the_copies() -> None:
    assert "my-course/" in (ROOT / ".gitignore").read_text().splitlines()


def test_jupyterlab_opens_on_the_copies(
    lab: ModuleType, house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "ROOT", house)
    monkeypatch.setattr(lab, "MINE", house / "my-course")
    become: list[str] = []
    monkeypatch.setattr(lab.os, "execv", lambda program, command: become.extend(command))
    lab.main()
    assert f"--ServerApp.root_dir={house / 'my-course'}" in become
    assert (house / "my-course" / CHAPTER).exists()
