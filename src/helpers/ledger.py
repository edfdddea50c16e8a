"""Read ``book/claims.yml``, the ledger of everything that is on trial.

The file says what each field means. Whatever is wrong in it is refused with its line and the fix.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from helpers.errors import LedgerError, UnknownNameError
from helpers.yaml_files import LINE, near, read_yaml, refuse

CLAIM_VERDICTS = ("true", "conditional", "misleading", "false")
SYSTEM_VERDICT = "reproduced"

_KEY = re.compile(r"[a-z]+\d{4}[a-z]*")


@dataclass(frozen=True)
class Seed:
    """One of the web pages on trial."""

    number: int
    file: str
    english: str
    kind: str
    title: str | None = None


@dataclass(frozen=True)
class Chapter:
    """A chapter of the course; `planned` while its notebook is not written."""

    number: int
    slug: str
    title: str
    about: str = ""
    planned: bool = False


@dataclass(frozen=True)
class Entry:
    """A claim or a system of the ledger.

    `text` is the claim, or what the program is; `why` is the reason for the verdict, or what a
    port has to reproduce. `line` is the entry's line in the file.
    """

    id: str
    text: str
    phrase: str
    seeds: tuple[int, ...]
    verdict: str
    why: str
    home: str
    line: int
    sources: tuple[str, ...] = ()
    name: str = ""
    bugs: tuple[str, ...] = ()

    @property
    def is_system(self) -> bool:
        """Whether the entry is a program (S01 ...) rather than a claim (C01 ...)."""
        return self.id.startswith("S")


@dataclass(frozen=True)
class Ledger:
    """Everything that ``claims.yml`` says, checked."""

    entries: Mapping[str, Entry]
    chapters: Mapping[str, Chapter]
    seeds: Mapping[int, Seed]
    works: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, claim_id: str) -> Entry:
        """Return the entry of an id.

        Raises
        ------
        UnknownNameError
            If the ledger has no such entry; it names the nearest ids.
        """
        if claim_id in self.entries:
            return self.entries[claim_id]
        known = (
            f"{ids[0]} to {ids[-1]}"
            for kind in "CS"
            if (ids := sorted(each for each in self.entries if each.startswith(kind)))
        )
        wanted = str(claim_id).upper()
        if short := re.fullmatch(r"([CS])0*(\d)", wanted):  # C3 or C003 for C03
            wanted = f"{short[1]}0{short[2]}"
        near = get_close_matches(wanted, self.entries, n=1 if wanted in self.entries else 3)
        question = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UnknownNameError(
            f"Unknown claim {claim_id!r}.{question} The ledger has {' and '.join(known)}: "
            "see book/claims.yml."
        )

    @property
    def claims(self) -> list[Entry]:
        """The claims, in order."""
        return [entry for entry in self.entries.values() if not entry.is_system]

    @property
    def systems(self) -> list[Entry]:
        """The programs, in order."""
        return [entry for entry in self.entries.values() if entry.is_system]

    def of_chapter(self, slug: str) -> list[Entry]:
        """Return the claims and systems whose home is the chapter."""
        if slug not in self.chapters:
            raise UnknownNameError.among("chapter", slug, self.chapters)
        return [entry for entry in self.entries.values() if entry.home == slug]

    def sources_of(self, entry: Entry) -> list[str]:
        """Return the entry's sources as a reader sees them: 'He et al. 2015', or the note."""
        return [self.works.get(source, source) for source in entry.sources]

    def pages_of(self, entry: Entry) -> list[str]:
        """Return the web pages that make the claim, by number and title."""
        return [f"page {number}, “{self.seeds[number].english}”" for number in entry.seeds]


def ledger_path() -> Path:
    """Return the ledger's file: in a regular install a copy beside this module, else the book's."""
    packaged = Path(__file__).with_name("claims.yml")
    in_repository = Path(__file__).parents[2] / "book" / "claims.yml"
    return packaged if packaged.exists() else in_repository


def ledger(path: str | Path | None = None) -> Ledger:
    """Read and check the ledger; a file that has not changed is read once.

    Raises
    ------
    LedgerError
        If the file is missing or damaged; it names the file, the line, the entry and the fix.
    """
    path = ledger_path() if path is None else Path(path)
    try:
        stamp = path.stat()
    except OSError:
        return _read(path, 0, 0)  # which says that it cannot be read
    return _read(path, stamp.st_mtime_ns, stamp.st_size)


# --- Checking the file ------------------------------------------------------------------------

_TEXT = "a text"
_LIST = "a list"
_NUMBERS = "a list of page numbers"

_SECTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "seeds": {"number": "a number", "file": _TEXT, "english": _TEXT, "kind": _TEXT},
        "chapters": {"number": "a number", "slug": _TEXT, "title": _TEXT},
        "claims": {
            "id": _TEXT,
            "claim": _TEXT,
            "phrase": _TEXT,
            "seeds": _NUMBERS,
            "verdict": _TEXT,
            "why": _TEXT,
            "sources": _LIST,
            "home": _TEXT,
        },
        "systems": {
            "id": _TEXT,
            "name": _TEXT,
            "what": _TEXT,
            "phrase": _TEXT,
            "seeds": _NUMBERS,
            "bugs": _LIST,
            "reproduces": _TEXT,
            "verdict": _TEXT,
            "home": _TEXT,
        },
    }
)
_RESTORE = "Restore it: git checkout book/claims.yml, or install the course again."
_OPTIONAL = MappingProxyType({"seeds": ("title",), "chapters": ("about",)})


@lru_cache(maxsize=4)
def _read(path: Path, modified: int, size: int) -> Ledger:
    """Read the file; the stamp makes the cache see a change."""
    return _Checker(path).ledger(read_yaml(path, LedgerError, _RESTORE))


class _Checker:
    """Turns the content of the file into a `Ledger`, or says what is wrong with it and where."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _refuse(self, line: int | None, what: str, fix: str) -> NoReturn:
        refuse(LedgerError, self.path, line, what, fix)

    def ledger(self, content: Any) -> Ledger:
        """Check all sections and what they say of each other."""
        if not isinstance(content, dict):
            self._refuse(1, "no sections in the file", _RESTORE)
        wanted = {*_SECTIONS, "planned", "works"}
        for missing in sorted(wanted - content.keys()):
            self._refuse(None, f"the section {missing!r} is missing", _RESTORE)
        self._names(content, wanted, "section", 1, "the file")
        for section in _SECTIONS:
            self._section(section, content[section])
        works = self._works(content["works"])
        seeds = {
            each["number"]: Seed(
                each["number"], each["file"], each["english"], each["kind"], each.get("title")
            )
            for each in content["seeds"]
        }
        chapters = self._chapters(content["chapters"], content["planned"])
        entries: dict[str, Entry] = {}
        for section in ("claims", "systems"):
            for each in content[section]:
                entry = self._entry(section, each, seeds, chapters, works)
                if entry.id in entries:
                    self._refuse(
                        entry.line,
                        f"the id {entry.id} is given twice, first in line {entries[entry.id].line}",
                        "Give each entry an id of its own.",
                    )
                entries[entry.id] = entry
        return Ledger(
            MappingProxyType(entries),
            MappingProxyType(chapters),
            MappingProxyType(seeds),
            MappingProxyType(works),
        )

    def _section(self, section: str, rows: Any) -> None:
        """Check that a section is a list of entries with the right fields."""
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._refuse(
                None,
                f"the section {section!r} is not a list of entries",
                "Begin each entry with a dash.",
            )
        fields = _SECTIONS[section]
        for row in rows:
            line = row[LINE]
            who = f"{section} entry {row.get('id', row.get('slug', row.get('file', '?')))}"
            self._names(row, {*fields, *_OPTIONAL.get(section, ())}, "field", line, who)
            for name, kind in fields.items():
                if name not in row:
                    self._refuse(
                        line,
                        f"{who} lacks the field {name!r}",
                        f"Add it: {kind}.",
                    )
                if name == "verdict" and isinstance(row[name], bool):
                    row[name] = str(row[name]).lower()  # YAML reads true and false as booleans
                if not _is(kind, row[name]):
                    self._refuse(
                        line,
                        f"{who}: the field {name!r} is {row[name]!r}",
                        f"It has to be {kind}.",
                    )

    def _works(self, rows: Any) -> dict[str, str]:
        """Return the short names of the sources by key."""
        if not isinstance(rows, dict):
            self._refuse(None, "'works' is not a table of keys and names", _RESTORE)
        works = {key: text for key, text in rows.items() if key != LINE}
        for key, text in works.items():
            if not _KEY.fullmatch(str(key)) or not _is(_TEXT, text):
                self._refuse(
                    rows[LINE],
                    f"'works' has the entry {key!r}: {text!r}",
                    "A key is an author and a year, such as he2015; its value is a short name.",
                )
        return works

    def _chapters(self, rows: list[dict[str, Any]], planned: Any) -> dict[str, Chapter]:
        """Return the chapters by slug."""
        slugs = [row["slug"] for row in rows]
        if not isinstance(planned, list):
            self._refuse(None, "'planned' is not a list", "Write planned: [] if all is done.")
        for slug in planned:
            if slug not in slugs:
                self._refuse(
                    None,
                    f"'planned' names an unknown chapter {slug!r}{near(slug, slugs)}",
                    "Use a slug of the section 'chapters'.",
                )
        for row in rows:
            if not row["slug"].startswith(f"{row['number']:02d}-") or slugs.count(row["slug"]) > 1:
                self._refuse(
                    row[LINE],
                    f"chapter {row['slug']!r} does not fit number {row['number']}, or comes twice",
                    "A slug begins with the chapter's number in two digits.",
                )
        return {
            row["slug"]: Chapter(
                row["number"],
                row["slug"],
                row["title"],
                row.get("about", ""),
                row["slug"] in planned,
            )
            for row in rows
        }

    def _entry(
        self,
        section: str,
        row: dict[str, Any],
        seeds: Mapping[int, Seed],
        chapters: Mapping[str, Chapter],
        works: Mapping[str, str],
    ) -> Entry:
        """Return one claim or system."""
        line, name = row[LINE], row["id"]
        letter, allowed = ("C", CLAIM_VERDICTS) if section == "claims" else ("S", (SYSTEM_VERDICT,))
        if not re.fullmatch(letter + r"\d\d", name):
            self._refuse(
                line,
                f"{section} entry with the id {name!r}",
                f"An id here is {letter} and two digits.",
            )
        if row["verdict"] not in allowed:
            self._refuse(
                line,
                f"{name}: unknown verdict {row['verdict']!r}{near(row['verdict'], allowed)}",
                f"Use {' or '.join(allowed)}.",
            )
        if row["home"] not in chapters:
            self._refuse(
                line,
                f"{name}: unknown home {row['home']!r}{near(row['home'], chapters)}",
                "Use a slug of the section 'chapters'.",
            )
        for number in row["seeds"]:
            if number not in seeds:
                self._refuse(
                    line,
                    f"{name}: unknown seed page {number}",
                    f"Use {_listed(seeds)}.",
                )
        for source in row.get("sources", ()):
            if _KEY.fullmatch(str(source)) and source not in works:
                self._refuse(
                    line,
                    f"{name}: unknown source {source!r}{near(source, works)}",
                    "Add it to 'works' and to book/references.bib, or write a note in words.",
                )
        return Entry(
            id=name,
            text=row["claim"] if section == "claims" else row["what"],
            phrase=row["phrase"],
            seeds=tuple(row["seeds"]),
            verdict=row["verdict"],
            why=row["why"] if section == "claims" else row["reproduces"],
            home=row["home"],
            line=line,
            sources=tuple(row.get("sources", ())),
            name=row.get("name", ""),
            bugs=tuple(row.get("bugs", ())),
        )

    def _names(self, row: dict, wanted: set[str], what: str, line: int, who: str) -> None:
        """Refuse a field or section that does not exist: most often a spelling mistake."""
        for name in row:
            if name not in wanted and name != LINE:
                self._refuse(
                    line,
                    f"{who} has an unknown {what} {name!r}{near(name, wanted)}",
                    f"Known: {', '.join(sorted(wanted))}.",
                )


def _is(kind: str, value: Any) -> bool:
    """Return whether a value of the file is of a kind."""
    if kind == _TEXT:
        return isinstance(value, str) and bool(value.strip())
    if kind == _LIST:
        return isinstance(value, list) and all(_is(_TEXT, each) for each in value)
    if kind == _NUMBERS:
        return isinstance(value, list) and bool(value) and all(type(each) is int for each in value)
    return type(value) is int


def _listed(values: Iterable[object]) -> str:
    return ", ".join(str(value) for value in values)
