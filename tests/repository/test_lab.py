"""`make lab` opens copies: a learner's own work survives an update of the course."""

from __future__ import annotations

import json
import re
from pathlib import Path

import lab
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = "notebooks/01-a.ipynb"


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


def refresh(house: Path) -> list[str]:
    return lab.refresh(house, house / "my-course")


def only(said: list[str], words: str) -> bool:
    """Whether the learner is told one thing, and these words are in it."""
    return len(said) == 1 and words in said[0]


def test_an_untouched_copy_follows_the_course(house: Path) -> None:
    copy = house / "my-course" / CHAPTER
    assert refresh(house) == []
    assert (house / "my-course/book/glossary.md").read_text() == "first"  # as chapters link to it
    write(copy, "first", outputs=["a run is no change"])
    write(house / CHAPTER, "second")
    (house / "book/glossary.md").write_text("second")
    assert refresh(house) == []
    assert "second" in copy.read_text()
    assert (house / "my-course/book/glossary.md").read_text() == "second"


def test_a_touched_copy_stays_and_a_newer_version_is_named(house: Path) -> None:
    copy = house / "my-course" / CHAPTER
    refresh(house)
    write(copy, "mine")
    assert refresh(house) == [], "there is nothing newer yet"
    write(house / CHAPTER, "second")
    assert only(refresh(house), CHAPTER)
    assert only(refresh(house), CHAPTER), "it is said each time"
    assert "mine" in copy.read_text()
    copy.rename(copy.with_name("mine.ipynb"))
    assert refresh(house) == []
    assert "second" in copy.read_text()
    assert "mine" in copy.with_name("mine.ipynb").read_text()


@pytest.mark.parametrize("left", ["not a notebook", '{"cells": 3}', "[]", "null"])
def test_a_copy_that_is_no_notebook_is_the_learner_s(house: Path, left: str) -> None:
    refresh(house)
    copy = house / "my-course" / CHAPTER
    copy.write_text(left)
    write(house / CHAPTER, "second")
    assert only(refresh(house), CHAPTER)
    assert copy.read_text() == left


def test_without_its_record_nothing_is_overwritten(house: Path) -> None:
    refresh(house)
    (house / "my-course/.copied.json").unlink()
    write(house / CHAPTER, "second")
    assert only(refresh(house), CHAPTER)


@pytest.mark.parametrize("left", ["", '{"notebooks/01-a', "[]", "null"])
def test_a_record_that_cannot_be_read_counts_as_none(house: Path, left: str) -> None:
    refresh(house)
    record = house / "my-course/.copied.json"
    record.write_text(left)
    assert refresh(house) == []
    assert CHAPTER in json.loads(record.read_text())
    record.write_text(left)
    write(house / CHAPTER, "second")
    assert only(refresh(house), CHAPTER), "what may be the learner's is not overwritten"


def test_a_chapter_that_the_course_drops_is_named_once(house: Path) -> None:
    refresh(house)
    (house / CHAPTER).rename(house / "notebooks/02-b.ipynb")
    assert only(refresh(house), f"not copied any more, so yours to keep or delete: {CHAPTER}")
    assert refresh(house) == []
    assert (house / "my-course" / CHAPTER).exists()


def test_a_copy_can_be_saved_where_the_course_is_read_only(house: Path) -> None:
    (house / CHAPTER).chmod(0o444)
    refresh(house)
    assert (house / "my-course" / CHAPTER).stat().st_mode & 0o200


def test_where_nothing_can_be_written_one_sentence_says_so(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(lab, "ROOT", house)
    monkeypatch.setattr(lab, "MINE", house / "my-course")
    (house / "my-course").write_text("a file is in the way")
    assert lab.main() == 1
    [said] = capsys.readouterr().err.splitlines()
    assert said.startswith("Your copies in my-course could not be written")


def test_a_chapter_links_only_to_what_is_copied(tmp_path: Path) -> None:
    lab.refresh(ROOT, tmp_path)
    broken = []
    for chapter in sorted((tmp_path / "notebooks").glob("*.ipynb")):
        cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
            if not (chapter.parent / link).exists():
                broken.append(f"{chapter.name}: {link}")
    assert broken == []


def test_jupyterlab_opens_on_the_copies(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "ROOT", house)
    monkeypatch.setattr(lab, "MINE", house / "my-course")
    become: list[str] = []
    monkeypatch.setattr(lab.os, "execv", lambda program, command: become.extend(command))
    lab.main()
    assert f"--ServerApp.root_dir={house / 'my-course'}" in become
    assert "--LabApp.news_url=None" in become
    assert (house / "my-course" / CHAPTER).exists()
