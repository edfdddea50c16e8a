"""Read ``book/claims.yml``, the ledger of everything that is on trial.

The file says what each field means. It is checked by ``tools/check_sources.py``, in the tests and
before the book is built; whoever reads it here may rely on that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from helpers.errors import LedgerError, UnknownNameError
from helpers.yaml_files import read_yaml

Judged = Literal["experiment", "proof", "definition", "source"]
Verdict = Literal["true", "conditional", "misleading", "false", "reproduced"]


@dataclass(frozen=True)
class Page:
    """One of the web pages on trial."""

    number: int
    file: str
    english: str
    kind: str
    title: str = ""


@dataclass(frozen=True)
class Chapter:
    """A chapter of the course; `planned` while its notebook is not written."""

    number: int
    slug: str
    title: str
    about: str
    planned: bool = False


@dataclass(frozen=True)
class Entry:
    """A claim or a program of the ledger.

    Attributes
    ----------
    text, why
        The claim as it is worded and the reason for the verdict; or what the program is and what a
        port of it has to show.
    phrase, pages
        The page's own key words, and the numbers of the pages that say so.
    judged, verdict
        By what means, and with which word.
    defence
        The strongest argument for the claim, in one sentence.
    quote
        What a source says, word for word, where a source decides.
    deterministic
        Whether an experiment gives the same numbers for every seed.
    waits
        What the second edition of the chapter will change about this entry.
    was
        The verdict before the second edition, where it has changed.
    """

    id: str
    text: str
    phrase: str
    pages: tuple[int, ...]
    judged: Judged
    verdict: Verdict
    why: str
    home: str
    defence: str = ""
    sources: tuple[str, ...] = ()
    quote: str = ""
    deterministic: bool = False
    waits: str = ""
    was: Verdict | Literal[""] = ""
    unsettled: bool = False
    name: str = ""
    bugs: tuple[str, ...] = ()

    @property
    def is_program(self) -> bool:
        """Whether the entry is a program (S01 ...) rather than a claim (C01 ...)."""
        return self.id.startswith("S")


@dataclass(frozen=True)
class Ledger:
    """Everything that ``claims.yml`` says."""

    entries: Mapping[str, Entry]
    chapters: Mapping[str, Chapter]
    pages: Mapping[int, Page]
    works: Mapping[str, str]

    def __getitem__(self, claim_id: str) -> Entry:
        """Return the entry of an id.

        Raises
        ------
        UnknownNameError
            If the ledger has no such entry; it names the nearest id.
        """
        if claim_id not in self.entries:
            raise UnknownNameError.among("claim", claim_id, self.entries)
        return self.entries[claim_id]

    @property
    def claims(self) -> list[Entry]:
        """The claims, in order."""
        return [entry for entry in self.entries.values() if not entry.is_program]

    @property
    def programs(self) -> list[Entry]:
        """The programs, in order."""
        return [entry for entry in self.entries.values() if entry.is_program]

    def of_chapter(self, slug: str) -> list[Entry]:
        """Return the claims and programs whose home is the chapter.

        Raises
        ------
        UnknownNameError
            If the ledger has no such chapter; it names the nearest one.
        """
        if slug not in self.chapters:
            raise UnknownNameError.among("chapter", slug, self.chapters)
        return [entry for entry in self.entries.values() if entry.home == slug]

    def is_settled(self, entry: Entry) -> bool:
        """Whether a finished chapter gives a verdict on the entry."""
        return not (self.chapters[entry.home].planned or entry.unsettled)

    def sources_of(self, entry: Entry) -> list[str]:
        """Return the entry's sources as a reader sees them: 'He et al. 2015', or the note."""
        return [self.works.get(source, source) for source in entry.sources]

    def pages_of(self, entry: Entry) -> list[str]:
        """Return the web pages that make the claim, by number and title."""
        return [f"page {number}, “{self.pages[number].english}”" for number in entry.pages]


def ledger_path() -> Path:
    """Return the ledger's file: in a regular install a copy beside this module, else the book's."""
    packaged = Path(__file__).with_name("claims.yml")
    in_repository = Path(__file__).parents[2] / "book" / "claims.yml"
    return packaged if packaged.exists() else in_repository


def ledger(path: str | Path | None = None) -> Ledger:
    """Read the ledger; a file that has not changed is read once.

    Raises
    ------
    LedgerError
        If the file is missing or damaged; it names the file and the fix.
    """
    path = ledger_path() if path is None else Path(path)
    return _read(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=4)
def _read(path: Path, modified: int) -> Ledger:
    """Read the file; `modified` makes the cache see a change."""
    content = read_yaml(path, LedgerError, "git checkout book/claims.yml")
    try:
        chapters = [Chapter(**row) for row in content["chapters"]]
        pages = [Page(**row) for row in content["pages"]]
        entries = [Entry(**_plain(row)) for row in content["claims"] + content["programs"]]
        return Ledger(
            {entry.id: entry for entry in entries},
            {chapter.slug: chapter for chapter in chapters},
            {page.number: page for page in pages},
            content["works"],
        )
    except (AttributeError, KeyError, TypeError) as problem:
        raise LedgerError(
            f"{path} is not a ledger of claims ({problem}). Run tools/check_sources.py, which says "
            "where and what, or restore it: git checkout book/claims.yml"
        ) from None


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return an entry's fields with YAML's lists as tuples and its true and false as words."""
    row = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    words = {name: str(row[name]).lower() for name in ("verdict", "was") if name in row}
    return {**row, **words}
