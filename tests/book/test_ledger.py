"""The ledger is complete and consistent, and a damaged one is refused with line, entry and fix."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.errors import LedgerError, UnknownNameError
from helpers.ledger import Entry, Ledger, ledger

ROOT = Path(__file__).resolve().parents[2]
CLAIMS_FILE = ROOT / "book" / "claims.yml"

# Where each claim and each system is put on trial: the plan of the course.
HOMES = {
    "01-one-neuron": "S10 C42 C43 C74 C76",
    "02-linear-collapse": "C14 C19 C34-C37",
    "03-activations": "S11 S12 C08 C11 C18 C22 C25 C27 C30 C47 C48 C50 C57-C60",
    "04-biology": "C04-C07 C12",
    "05-backpropagation": "S08 S09 C03 C72 C73",
    "06-vanishing-gradients": "C02 C15 C17 C49 C51-C55 C63",
    "07-initialisation": "C45 C46 C56 C65 C66 C68",
    "08-sparsity": "C09 C10 C13 C61 C67",
    "09-dead-relus": "C16 C23 C24 C28",
    "10-beyond-relu": "C29 C32 C33",
    "11-what-it-costs": "C01 C31",
    "12-tensorflow-basics": "S05-S07 S13 C69-C71",
    "13-keras": "S02-S04 C20 C21 C38-C41 C44",
    "14-mnist-tutorial": "S01 C62 C75",
    "15-cnn-and-rnn": "C26 C64",
    "16-fact-or-folklore": "",
}


def ids(text: str) -> Iterator[str]:
    """Yield the ids of a list such as 'C01 C34-C37'."""
    for word in text.split():
        first, _, last = word.partition("-")
        for number in range(int(first[1:]), int((last or first)[1:]) + 1):
            yield f"{word[0]}{number:02d}"


def entries() -> list[Entry]:
    return list(ledger(CLAIMS_FILE).entries.values())


@pytest.fixture(scope="module")
def book() -> Ledger:
    return ledger(CLAIMS_FILE)


# --- The ledger of the course ---------------------------------------------------------------------


def test_it_lists_76_claims_and_13_systems_in_order(book: Ledger) -> None:
    assert [entry.id for entry in book.claims] == [f"C{number:02d}" for number in range(1, 77)]
    assert [entry.id for entry in book.systems] == [f"S{number:02d}" for number in range(1, 14)]


def test_every_entry_has_the_one_home_that_the_plan_gives_it(book: Ledger) -> None:
    planned = [ident for text in HOMES.values() for ident in ids(text)]
    assert len(planned) == len(set(planned)) == 89
    for slug, text in HOMES.items():
        assert {entry.id for entry in book.of_chapter(slug)} == set(ids(text)), slug


def test_the_chapters_are_numbered_from_1_to_16(book: Ledger) -> None:
    assert list(book.chapters) == list(HOMES)
    assert [chapter.number for chapter in book.chapters.values()] == list(range(1, 17))
    assert all(chapter.title and chapter.about for chapter in book.chapters.values())


def test_the_verdicts_are_of_the_known_kinds(book: Ledger) -> None:
    assert {entry.verdict for entry in book.claims} == {
        "true",
        "conditional",
        "misleading",
        "false",
    }
    assert {entry.verdict for entry in book.systems} == {"reproduced"}


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_every_entry_reads_well(entry: Entry) -> None:
    assert entry.text.endswith((".", ")."))
    assert entry.why.endswith(".")
    assert not re.search(r"\s\s|\s[.,;]|\n", entry.text + entry.why)
    assert entry.text[0].isupper() or entry.text.startswith("dynamic")
    # A reason is short, and the numbers come from the experiment each time it runs.
    assert len(entry.why) < 260
    if not entry.is_system and '"' not in entry.why:  # quoted numbers are somebody else's
        assert not re.search(r"\d\.\d|\d ?%", entry.why)
    assert entry.phrase
    assert len(entry.phrase) < 80
    assert bool(entry.name) == entry.is_system
    if entry.is_system:
        assert entry.bugs
        assert all(bug.endswith(".") for bug in entry.bugs)


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
def test_the_tone_is_neutral(entry: Entry) -> None:
    text = f"{entry.text} {entry.why} {' '.join(entry.bugs)}".lower()
    loaded = r"nonsense|myth|stupid|silly|ridiculous|obviously|clearly|simply|of course|blunder"
    assert not re.search(loaded, text)


def test_every_source_is_a_work_of_the_bibliography_or_a_note_in_words(book: Ledger) -> None:
    bibliography = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{(\w+),", bibliography, re.MULTILINE))
    assert set(book.works) <= keys
    used = {source for entry in book.entries.values() for source in entry.sources}
    notes = used - set(book.works)
    assert all(" " in note for note in notes), notes
    assert set(book.works) <= used, "a short name that no entry uses"
    # The year on a card is the year of the key, which is the year by which the work is known.
    for key, name in book.works.items():
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


def test_history_rests_on_sources(book: Ledger) -> None:
    for ident in ("C04", "C05", "C06", "C07", "C12", "C48", "C54", "C59"):
        assert book[ident].sources, ident


def test_a_card_says_which_pages_and_which_works(book: Ledger) -> None:
    assert book.sources_of(book["C15"]) == ["He et al. 2015", "Glorot & Bengio 2010"]
    assert book.pages_of(book["C14"])[0].startswith("page 1, “Model answer")
    assert len(book.pages_of(book["C14"])) == 3


@pytest.mark.parametrize(
    ("name", "near"), [("C77", "C7"), ("c35", "C35"), ("S14", "S1"), ("35", "C35"), ("", "C01")]
)
def test_an_unknown_entry_is_refused_with_the_nearest(book: Ledger, name: str, near: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        book[name]
    message = str(caught.value)
    assert repr(name) in message
    assert near in message
    assert "C01 to C76 and S01 to S13" in message


def test_an_unknown_chapter_is_refused(book: Ledger) -> None:
    with pytest.raises(UnknownNameError, match="02-linear-collapse"):
        book.of_chapter("02-linear-colapse")


# --- A damaged file -------------------------------------------------------------------------------


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


ENTRY = """  - id: C30
    claim: Leaky ReLU still has the problem that the gradient is zero for negative inputs.
    phrase: Leaky ReLU仍然存在
    seeds: [2]
    verdict: false
"""
AFTER = "sources: [maas2013]\n    home: 03-activations\n\n  - id: C31"

# What is replaced, by what, and what the error has to say. `{line}` is the line of C30.
DAMAGE = {
    "an unknown verdict": (
        ENTRY,
        ENTRY.replace("false", "fasle"),
        "line {line}: C30: unknown verdict 'fasle' (did you mean 'false'?).",
    ),
    "a verdict for systems": (ENTRY, ENTRY.replace("false", "reproduced"), "Use true or"),
    "no verdict": (
        ENTRY,
        ENTRY.replace("    verdict: false\n", ""),
        "line {line}: claims entry C30 lacks the field 'verdict'. Add it: a text.",
    ),
    "a misspelt field": (
        ENTRY,
        ENTRY.replace("phrase:", "phrse:"),
        "line {line}: claims entry C30 has an unknown field 'phrse' (did you mean 'phrase'?)",
    ),
    "an empty claim": (
        ENTRY,
        re.sub(r"claim: .*", "claim: ''", ENTRY),
        "line {line}: claims entry C30: the field 'claim' is ''. It has to be a text.",
    ),
    "a claim that is a list": (
        ENTRY,
        re.sub(r"claim: .*", "claim: [a, b]", ENTRY),
        "line {line}: claims entry C30: the field 'claim' is ['a', 'b']",
    ),
    "an id twice": (ENTRY, ENTRY.replace("C30", "C29"), "the id C29 is given twice, first in line"),
    "an id of the wrong form": (
        ENTRY,
        ENTRY.replace("C30", "C3"),
        "line {line}: claims entry with the id 'C3'. An id here is C and two digits.",
    ),
    "a field twice": (
        ENTRY,
        ENTRY + "    seeds: [3]\n",
        "not valid YAML: the field 'seeds' is given twice",
    ),
    "an unknown page": (
        ENTRY,
        ENTRY.replace("[2]", "[7]"),
        "line {line}: C30: unknown seed page 7. Use 0, 1, 2, 3, 4.",
    ),
    "no page": (ENTRY, ENTRY.replace("[2]", "[]"), "It has to be a list of page numbers."),
    "a page that is no number": (ENTRY, ENTRY.replace("[2]", "[two]"), "a list of page numbers"),
    "an unknown source": (
        AFTER,
        AFTER.replace("maas2013", "mass2013"),
        "line {line}: C30: unknown source 'mass2013' (did you mean 'maas2013'?)",
    ),
    "an unknown home": (
        AFTER,
        AFTER.replace("03-activations", "03-activation"),
        "line {line}: C30: unknown home '03-activation' (did you mean '03-activations'?)",
    ),
    "no home": (AFTER, AFTER.replace("home: 03-activations", "home:"), "line {line}:"),
    "bad indentation": (ENTRY, ENTRY.replace("    phrase", "   phrase"), "not valid YAML"),
    "a colon without quotes": (
        ENTRY,
        ENTRY.replace("claim: Leaky", "claim: Note: Leaky"),
        "not valid YAML: mapping values are not allowed here",
    ),
    "an open quote": (ENTRY, ENTRY.replace("claim: ", 'claim: "'), "not valid YAML"),
    "a tab": (ENTRY, ENTRY.replace("    seeds", "\tseeds"), "not valid YAML"),
    "an unknown planned chapter": (
        "  - 15-cnn-and-rnn\n",
        "  - 15-cnn-and-rn\n",
        "'planned' names an unknown chapter '15-cnn-and-rn' (did you mean '15-cnn-and-rnn'?)",
    ),
    "planned is no list": ("planned:\n", "planned: none\nother:\n", "unknown section 'other'"),
    "a chapter with the wrong number": (
        "  - number: 3\n    slug",
        "  - number: 30\n    slug",
        "chapter '03-activations' does not fit number 30",
    ),
    "a work without a name": (
        "  he2015: He et al. 2015\n",
        "  he2015:\n",
        "entry 'he2015'",
    ),
    "a work with a bad key": ("  he2015:", "  He15:", "A key is an author and a year"),
    "a misspelt section": (
        "\nsystems:\n",
        "\nsytems:\n",
        "the section 'systems' is missing. Restore it: git checkout book/claims.yml",
    ),
}


def damaged(tmp_path: Path, old: str, new: str) -> tuple[Path, str]:
    """Write a copy of the ledger in which one part is replaced."""
    text = CLAIMS_FILE.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the ledger"
    path = tmp_path / "claims.yml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path, text


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_ledger_is_refused_with_file_line_entry_and_fix(
    tmp_path: Path, kind: str
) -> None:
    old, new, message = DAMAGE[kind]
    path, text = damaged(tmp_path, old, new)
    with pytest.raises(LedgerError) as caught:
        ledger(path)
    said = str(caught.value)
    assert said.startswith(str(path))
    assert message.format(line=line_of(text, "  - id: C30")) in said
    if "not valid YAML" in message:
        lines = [int(number) for number in re.findall(r"line (\d+)", said)]
        start = line_of(text, "  - id: C30")
        assert any(start <= line <= start + 8 for line in lines), said
        assert "Look at these lines and the one above" in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1: no sections in the file. Restore it: git checkout book/claims.yml"),
        (b"- one\n- two\n", "no sections in the file"),
        (b"just a text", "no sections in the file"),
        (b"claims: []\n", "the section 'chapters' is missing"),
        (b"\xff\xfe\x00", "not UTF-8 text at byte 0. Restore it"),
        (b"a: \x00\n", "not valid YAML"),
        (b"claims: 2015-99-99\n", "not valid YAML: month must be in 1..12"),
    ],
    ids=["empty", "list", "text", "one section", "binary", "control character", "no date"],
)
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "claims.yml"
    path.write_bytes(content)
    with pytest.raises(LedgerError) as caught:
        ledger(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


@pytest.mark.parametrize("section", ["claims", "systems", "chapters", "seeds", "works", "planned"])
def test_a_section_of_the_wrong_kind_is_refused(tmp_path: Path, section: str) -> None:
    text = CLAIMS_FILE.read_text(encoding="utf-8")
    path = tmp_path / "claims.yml"
    changed, count = re.subn(
        rf"^{section}:\n(?:[ #].*\n|\n)*", f"{section}: wrong\n", text, flags=re.MULTILINE
    )
    assert count == 1
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(LedgerError, match=rf"'{section}' is not a"):
        ledger(path)


def test_a_truncated_ledger_is_refused(tmp_path: Path) -> None:
    content = CLAIMS_FILE.read_bytes()
    path = tmp_path / "claims.yml"
    for share in (0.2, 0.5, 0.8):
        path.write_bytes(content[: int(len(content) * share)])
        with pytest.raises(LedgerError, match=re.escape(str(path))):
            ledger(path)


def test_a_missing_ledger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"cannot be read \(No such file.*git checkout"):
        ledger(tmp_path / "claims.yml")


def test_a_changed_ledger_is_read_again(tmp_path: Path) -> None:
    path, text = damaged(tmp_path, ENTRY, ENTRY.replace("false", "misleading"))
    assert ledger(path)["C30"].verdict == "misleading"
    assert ledger(path) is ledger(path)
    stamp = path.stat().st_mtime_ns
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(stamp + 10**9, stamp + 10**9))
    assert ledger(path)["C30"].verdict == "false"
