"""Check the hand-written YAML files: the ledger of claims, and the quizzes.

The build runs it before the first notebook, and so do the tests; the notebooks only read. Every
problem is named with its file, its line and the entry, and says what is wanted.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import msgspec
import yaml

from helpers.errors import near
from helpers.ledger import Chapter, Entry, Page

ROOT = Path(__file__).resolve().parents[1]
CLAIMS_FILE = ROOT / "book" / "claims.yml"
QUIZZES = ROOT / "notebooks" / "quizzes"
LINE = "line"  # under which each row carries the line it begins on

Text = Annotated[str, msgspec.Meta(pattern=r"\S")]
Year = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+\d{4}[a-z]*$")]


class _LineLoader(yaml.SafeLoader):
    """A YAML reader whose mappings know their line and refuse a field given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, Any]:
        names = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if names.count(key.value) > 1:
                raise yaml.MarkedYAMLError(
                    problem=f"the field {key.value!r} is given twice", problem_mark=key.start_mark
                )
        return {**super().construct_mapping(node, deep=deep), LINE: node.start_mark.line + 1}


def schema_of(row: type) -> type[msgspec.Struct]:
    """Return what a row of the file must be: the fields of the class that holds it, and no other.

    Texts must not be empty.
    """
    hints = get_type_hints(row)
    fields: list[Any] = []
    for field in dataclasses.fields(row):
        hint = Text if hints[field.name] is str else hints[field.name]
        optional = field.default is not dataclasses.MISSING
        fields.append((field.name, hint, field.default) if optional else (field.name, hint))
    return msgspec.defstruct(row.__name__, fields, forbid_unknown_fields=True)


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    answer: Text | int | float
    correct: bool
    feedback: str = ""


class _Question(msgspec.Struct, forbid_unknown_fields=True):
    question: Text
    answers: Annotated[list[_Answer], msgspec.Meta(min_length=2)]
    code: str = ""


class _Ledger(msgspec.Struct, forbid_unknown_fields=True):
    pages: list[dict[str, Any]]
    chapters: list[dict[str, Any]]
    works: dict[Year, Text]
    claims: list[dict[str, Any]]
    programs: list[dict[str, Any]]


def content_of(path: Path) -> tuple[Any, list[str]]:
    """Return what a YAML file holds, and the problem if it is none."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LineLoader), []
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as problem:
        return None, [f"{path}: {problem}"]


def without_lines(content: Any) -> Any:
    """Return the content of a file as it was written."""
    if isinstance(content, dict):
        return {name: without_lines(value) for name, value in content.items() if name != LINE}
    return [without_lines(each) for each in content] if isinstance(content, list) else content


def misfit(content: Any, schema: Any) -> Iterator[str]:
    """Yield why `content` is not what `schema` wants, if it is not."""
    try:
        msgspec.convert(without_lines(content), schema)
    except msgspec.ValidationError as problem:
        yield str(problem)


def among(what: str, name: object, known: Iterable[object]) -> Iterator[str]:
    """Yield that a name is unknown, if it is."""
    known = list(known)
    if name not in known:
        yield f"unknown {what} {name!r}{near(name, known)}. Known: {', '.join(map(str, known))}"


def check_ledger(path: Path = CLAIMS_FILE) -> list[str]:
    """Return what is wrong with the ledger of claims."""
    content, problems = content_of(path)
    if problems := problems or [f"{path}: {each}" for each in misfit(content, _Ledger)]:
        return problems

    def add(row: dict[str, Any], found: Iterable[str]) -> None:
        name = row.get("id", row.get("slug", row.get("file", "an entry")))
        problems.extend(f"{path}, line {row[LINE]}, {name}: {each}" for each in found)

    for section, row_class in (("pages", Page), ("chapters", Chapter)):
        for row in content[section]:
            add(row, misfit(row, schema_of(row_class)))
    if problems:
        return problems
    known = {
        "home": [row["slug"] for row in content["chapters"]],
        "page": [row["number"] for row in content["pages"]],
        "source": [name for name in content["works"] if name != LINE],
    }
    schema = schema_of(Entry)
    seen: set[str] = set()
    for section, letter in (("claims", "C"), ("programs", "S")):
        for row in content[section]:
            row["verdict"] = str(row.get("verdict", "")).lower()  # YAML reads true as a boolean
            row["was"] = str(row.get("was", "")).lower()
            found = list(misfit(row, schema))
            add(row, found or list(_slips(row, letter, known, seen)))
            seen.add(row.get("id", ""))
    for row in content["chapters"]:
        if not row["slug"].startswith(f"{row['number']:02}-"):
            add(row, [f"a slug begins with the chapter's number, {row['number']:02}"])
    return problems


def _slips(
    row: dict[str, Any], letter: str, known: dict[str, list[Any]], seen: set[str]
) -> Iterator[str]:
    """Yield what is wrong with an entry that has all its fields."""
    if not re.fullmatch(rf"{letter}\d\d", row["id"]) or row["id"] in seen:
        yield f"an id here is {letter} and two digits, and is given once"
    if (row["verdict"] == "reproduced") != (letter == "S"):
        yield f"the verdict {row['verdict']!r} does not go with an id in {letter}"
    if letter == "S" and not (row.get("name") and row.get("bugs")):
        yield "a program needs a name and its bugs"
    if letter == "C" and not row.get("defence"):
        yield "a claim needs its defence, the strongest argument for it in one sentence"
    if row["judged"] == "source" and not (row.get("quote") and row.get("sources")):
        yield "what a source decides needs the source and its words, under quote"
    if row["was"] == row["verdict"]:
        yield f"it was {row['was']!r} before and still is; leave out `was`"
    if row.get("unsettled") and not row.get("waits"):
        yield "an unsettled entry says under waits what it waits for"
    if not row["pages"]:
        yield "an entry stands on at least one page"
    yield from among("home", row["home"], known["home"])
    for number in row["pages"]:
        yield from among("page", number, known["page"])
    for source in row.get("sources", ()):
        if " " not in source:  # else it is a note in words
            yield from among("source", source, known["source"])


def check_quiz(path: Path) -> list[str]:
    """Return what is wrong with the questions of a chapter."""
    rows, problems = content_of(path)
    if not problems and not (isinstance(rows, list) and rows and all(map(_is_row, rows))):
        problems = [f"{path}: not a list of questions; begin each with '- question: ...'"]
    if problems:
        return problems
    for row in rows:
        found = list(misfit(row, _Question)) or list(_slips_of_question(row))
        problems.extend(f"{path}, line {row[LINE]}: {each}" for each in found)
    return problems


def _is_row(row: object) -> bool:
    return isinstance(row, dict)


def _slips_of_question(row: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a question that has all its fields."""
    answers = row["answers"]
    if not any(each["correct"] for each in answers):
        yield "no answer is right; mark one with 'correct: true'"
    if len({str(each["answer"]) for each in answers}) < len(answers):
        yield "the same answer stands there twice"
    for each in answers:
        if not each["correct"] and not each.get("feedback"):
            yield f"the wrong answer {each['answer']!r} has no feedback that says why it is wrong"


def problems_of_all() -> list[str]:
    """Return what is wrong with the ledger and the quizzes of the course."""
    return sum(map(check_quiz, sorted(QUIZZES.glob("*.yml"))), start=check_ledger())


def main() -> int:
    """Print what is wrong; return the exit status."""
    problems = problems_of_all()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
