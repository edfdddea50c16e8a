"""The course's contents on the page: ``{chapter-list}`` and ``{count}``, read from ``claims.yml``.

A page that says "two of the sixteen chapters are finished" goes stale in silence. These two read
the ledger while the book is built, so that it is enough to say there what is planned.

- The directive ``{chapter-list}`` lists the chapters: finished ones as links, planned ones in grey,
  each with its question, the claims and programs that it puts on trial, and the time it takes.
  ``{chapter-list} finished`` lists only the finished ones.
- The role ``{count}`` gives a number, for example ``{count}`claims```. Numbers up to twenty are
  spelt out, with a capital if the name has one: ``{count}`Finished``` begins a sentence.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from helpers.errors import CourseError, UnknownNameError
from helpers.ledger import Chapter, Ledger, ledger_path
from helpers.ledger import ledger as read_ledger

STYLE_SHEET = "pages.css"
TIME = re.compile(r"^\*\*Time:\*\* about (\d+) minutes to read, (\d+) to run and try", re.M)
# fmt: off
WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
)
# fmt: on


def counts(ledger: Ledger) -> Mapping[str, int]:
    """Return what can be counted in the ledger, by name; a verdict's name counts claims."""
    planned = sum(chapter.planned for chapter in ledger.chapters.values())
    return {
        "claims": len(ledger.claims),
        "programs": len(ledger.programs),
        "pages": len(ledger.pages),
        "chapters": len(ledger.chapters),
        "finished": len(ledger.chapters) - planned,
        "planned": planned,
        **Counter(entry.verdict for entry in ledger.claims),
    }


def in_words(number: int) -> str:
    """Return `number` as prose gives it: a word up to twenty, digits beyond."""
    return WORDS[number] if number < len(WORDS) else f"{number:,}"


def count(name: str, ledger: Ledger) -> str:
    """Return the number called `name`; a capital in the name asks for a capital.

    Raises
    ------
    UnknownNameError
        If the ledger has no such number.
    """
    known = counts(ledger)
    if name.lower() not in known:
        raise UnknownNameError.among("count", name, known)
    text = in_words(known[name.lower()])
    return text.capitalize() if name[0].isupper() else text


def on_trial(chapter: Chapter, ledger: Ledger) -> str:
    """Say how much a chapter puts on trial, for example '6 claims and 1 program'."""
    entries = ledger.of_chapter(chapter.slug)
    programs = sum(entry.is_program for entry in entries)
    amounts = [(len(entries) - programs, "claim"), (programs, "program")]
    parts = [f"{amount} {noun}{'s' if amount > 1 else ''}" for amount, noun in amounts if amount]
    return " and ".join(parts) or "all verdicts"


def time_of(notebook: Path) -> str:
    """Return how long a chapter takes, as the line **Time:** at its top says.

    Raises
    ------
    CourseError
        If there is no such line.
    """
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if found := TIME.search("".join(cell["source"])):
            return f"{found[1]} min to read, {found[2]} to run"
    raise CourseError(
        f"{notebook.name} does not say how long it takes: write the line **Time:** into the box at "
        "its top, and make clean-notebooks computes it."
    )


def plain(text: str, *classes: str) -> nodes.inline:
    """Return `text` with style classes."""
    return nodes.inline(text, text, classes=list(classes))


def page_link(here: str, page: str, title: str) -> addnodes.pending_xref:
    """Return the link of a list to a page of the site, which Sphinx checks."""
    options = {"refdomain": "std", "reftype": "doc", "refexplicit": True, "refwarn": True}
    text = plain(title, "chapter-title")
    return addnodes.pending_xref("", text, reftarget=f"/{page}", refdoc=here, **options)


class Count(SphinxRole):
    """A number from the ledger, in the middle of a sentence."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number as text, or a message that the strict build stops at."""
        self.env.note_dependency(str(ledger_path()))
        try:
            return [nodes.Text(count(self.text, read_ledger()))], []
        except UnknownNameError as error:
            return refused(self.inliner, self.rawtext, str(error), self.lineno)


def refused(
    inliner: Inliner, rawtext: str, why: str, line: int
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Return what a role shows in place of a result, and the message."""
    message = inliner.reporter.error(why, line=line)
    return [inliner.problematic(rawtext, rawtext, message)], [message]


class ChapterList(SphinxDirective):
    """The chapters of the course, or only the finished ones."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        which = self.arguments[0] if self.arguments else "all"
        if which not in ("all", "finished"):
            raise self.error(f"chapter-list shows 'all' (the default) or 'finished', not {which!r}")
        self.env.note_dependency(str(ledger_path()))
        ledger = read_ledger()
        shown = [
            chapter for chapter in ledger.chapters.values() if which == "all" or not chapter.planned
        ]
        try:
            items = [self.item(chapter, ledger) for chapter in shown]
        except CourseError as error:
            raise self.error(str(error)) from None
        return [nodes.bullet_list("", *items, classes=["chapter-list"])]

    def item(self, chapter: Chapter, ledger: Ledger) -> nodes.list_item:
        """Return the entry of one chapter."""
        number = plain(f"{chapter.number:02}", "chapter-number")
        last = "planned" if chapter.planned else self.time(chapter)
        details = (plain(on_trial(chapter, ledger)), nodes.Text(", "), plain(last))
        parts: Sequence[nodes.Node] = [
            number,
            nodes.Text(" "),
            plain(chapter.title, "chapter-title")
            if chapter.planned
            else page_link(self.env.docname, f"notebooks/{chapter.slug}", chapter.title),
            nodes.Text(" "),
            plain(chapter.about, "chapter-about"),
            nodes.Text(" "),
            nodes.inline("", "", *details, classes=["chapter-detail"]),
        ]
        state = "planned" if chapter.planned else "finished"
        return nodes.list_item("", nodes.paragraph("", "", *parts), classes=[state])

    def time(self, chapter: Chapter) -> str:
        """Return how long a finished chapter takes, and note that this may change."""
        notebook = Path("notebooks", f"{chapter.slug}.ipynb")
        self.env.note_dependency(str(notebook))
        return time_of(Path(self.env.srcdir, notebook))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, the role and their style sheet with Sphinx."""
    app.add_directive("chapter-list", ChapterList)
    app.add_role("count", Count())
    app.add_css_file(STYLE_SHEET)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
