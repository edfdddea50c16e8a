"""The ledger is complete and consistent."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.errors import LedgerError, UnknownNameError
from helpers.ledger import Chapter, Entry, Ledger
from helpers.ledger import ledger as read_ledger

ROOT = Path(__file__).resolve().parents[2]
CLAIMS_FILE = ROOT / "book" / "claims.yml"


def entries() -> list[Entry]:
    return list(read_ledger(CLAIMS_FILE).entries.values())


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return read_ledger(CLAIMS_FILE)


# --- The ledger of the course ---------------------------------------------------------------------


def test_entries_and_chapters_are_numbered_without_gaps(ledger: Ledger) -> None:
    assert [entry.id for entry in ledger.claims] == [
        f"C{number:02}" for number in range(1, len(ledger.claims) + 1)
    ]
    assert [entry.id for entry in ledger.programs] == [
        f"S{number:02}" for number in range(1, len(ledger.programs) + 1)
    ]
    numbers = [chapter.number for chapter in ledger.chapters.values()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_an_entry_is_settled_when_its_chapter_is_written_and_it_does_not_wait() -> None:
    chapters = {"01-a": Chapter(1, "01-a", "A", ""), "02-b": Chapter(2, "02-b", "B", "", True)}
    entry = read_ledger(CLAIMS_FILE)["C30"]
    ledger = Ledger({}, chapters, {}, {})
    assert ledger.is_settled(replace(entry, home="01-a"))
    assert not ledger.is_settled(replace(entry, home="02-b"))
    assert not ledger.is_settled(replace(entry, home="01-a", unsettled=True))


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_every_entry_reads_well(entry: Entry) -> None:
    assert entry.text.endswith((".", ")."))
    assert entry.why.endswith(".")
    assert not re.search(r"\s\s|\s[.,;]|\n", entry.text + entry.why)
    assert entry.text[0].isupper() or entry.text.startswith("dynamic")
    # A reason is short, and the numbers come from the experiment each time it runs.
    assert len(entry.why) < 260
    if not entry.is_program and '"' not in entry.why:  # quoted numbers are somebody else's
        assert not re.search(r"\d\.\d|\d ?%", entry.why)
    assert entry.phrase
    assert len(entry.phrase) < 80
    assert bool(entry.name) == entry.is_program
    if entry.is_program:
        assert entry.bugs
        assert all(bug.endswith(".") for bug in entry.bugs)


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_the_tone_is_neutral(entry: Entry) -> None:
    text = f"{entry.text} {entry.why} {' '.join(entry.bugs)}".lower()
    loaded = r"nonsense|myth|stupid|silly|ridiculous|obviously|clearly|simply|of course|blunder"
    assert not re.search(loaded, text)


def test_every_source_is_a_work_of_the_bibliography_or_a_note_in_words(ledger: Ledger) -> None:
    bibliography = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{(\w+),", bibliography, re.MULTILINE))
    assert set(ledger.works) <= keys
    used = {source for entry in ledger.entries.values() for source in entry.sources}
    notes = used - set(ledger.works)
    assert all(" " in note for note in notes), notes
    assert set(ledger.works) <= used, "a short name that no entry uses"
    # The year on a card is the year of the key, which is the year by which the work is known.
    for key, name in ledger.works.items():
        assert re.search(r"\d{4}", key)[0] in name


def test_every_entry_of_the_bibliography_can_be_found() -> None:
    text = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    found = re.findall(r"^@\w+\{(\w+),\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    keys = [key for key, _ in found]
    assert keys == sorted(set(keys))
    for key, fields in found:
        assert re.search(r"^\s+(doi|eprint|url|isbn)\s*=", fields, re.MULTILINE), key
        for wanted in ("author", "title", "year"):
            assert re.search(rf"^\s+{wanted}\s*=", fields, re.MULTILINE), f"{key} lacks {wanted}"


def test_history_rests_on_sources(ledger: Ledger) -> None:
    for ident in ("C04", "C05", "C06", "C07", "C12", "C48", "C54", "C59"):
        assert ledger[ident].sources, ident


def test_a_card_says_which_pages_and_which_works(ledger: Ledger) -> None:
    assert ledger.sources_of(ledger["C15"]) == ["He et al. 2015", "Glorot & Bengio 2010"]
    assert ledger.pages_of(ledger["C14"])[0].startswith("page 1, “Model answer")
    assert len(ledger.pages_of(ledger["C14"])) == 3


def test_an_unknown_entry_is_refused_with_the_nearest(ledger: Ledger) -> None:
    with pytest.raises(UnknownNameError, match=r"Unknown claim 'c35'.*'C35'"):
        ledger["c35"]


def test_an_unknown_chapter_is_refused(ledger: Ledger) -> None:
    with pytest.raises(UnknownNameError, match="02-linear-collapse"):
        ledger.of_chapter("02-linear-colapse")


# --- Reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"- one", b"claims: []", b"\xff\xfe\x00", b"a: [", None])
def test_a_damaged_or_missing_file_is_refused_with_its_name_and_the_fix(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "claims.yml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LedgerError, match=r"(?s)claims.yml .*git checkout book/claims.yml"):
        read_ledger(path)


def test_a_changed_ledger_is_read_again(tmp_path: Path) -> None:
    text = CLAIMS_FILE.read_text(encoding="utf-8")
    path = tmp_path / "claims.yml"
    path.write_text(text, encoding="utf-8")
    assert read_ledger(path) is read_ledger(path)
    path.write_text(text.replace("Leaky ReLU still has", "Leaky ReLU never had"), "utf-8")
    stamp = path.stat().st_mtime_ns
    os.utime(path, ns=(stamp + 10**9, stamp + 10**9))
    assert "never had" in read_ledger(path)["C30"].text
