"""The page *All verdicts*: every claim and every program with its verdict and its evidence.

The ledger says what is on trial, and the notebooks say what was measured: while the book is built,
each verdict leaves its evidence in a file. This extension puts both together:

- the directive ``{folklore-table}`` makes the table, which works without a script and becomes
  searchable with one (``_static/folklore.js``);
- the directive ``{folklore-summary}`` says what the verdicts mean and how many there are of each,
  with links to the table that show only those;
- the directive ``{folklore-cards} C10 ...`` shows the cards of some entries, in short;
- the directive ``{folklore-pages}`` lists the pages on trial by the numbers that the table uses.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from helpers.claims import card_html, phrase_html, verdict_anchor, verdict_badge
from helpers.errors import UnknownNameError
from helpers.ledger import Chapter, Entry, Ledger, Verdict
from helpers.ledger import ledger as read_ledger

CLAIMS_FILE = Path("book", "claims.yml")
NOTEBOOKS = "notebooks"
TABLE = "book/all-verdicts"
MEANING = {
    "true": "The claim holds as it is worded.",
    "conditional": "It holds under a condition that its page does not name, and that a reader "
    "needs.",
    "misleading": "It can be defended word by word, yet a reader who acts on it goes wrong.",
    "false": "It is contradicted as it is worded.",
    "reproduced": "Of a program: our version does today what it was meant to do.",
}
VERDICTS = Verdict.__args__
SHOWN = 2  # criteria in a row of the table, those that decide; the card has them all
LOGGER = logging.getLogger(__name__)


Evidence = Mapping[str, Any]  # what `helpers.claims.VerdictCard.record` gives


# --- What has been measured -----------------------------------------------------------------------


def collect(ledger: Ledger, folder: Path) -> tuple[dict[str, Evidence], list[str]]:
    """Return the evidence of all settled entries, and what is missing, in words.

    Parameters
    ----------
    ledger
        The ledger.
    folder
        Where the verdicts left their evidence, one file for each entry.
    """
    settled = [entry for entry in ledger.entries.values() if ledger.is_settled(entry)]
    files = {entry: folder / f"{entry.id}.json" for entry in settled}
    found = {
        entry.id: json.loads(path.read_text(encoding="utf-8"))
        for entry, path in files.items()
        if path.exists()
    }
    missing = [
        f"the chapter {entry.home} has left no evidence for {entry.id}"
        for entry in settled
        if entry.id not in found
    ]
    return found, missing


# --- HTML -----------------------------------------------------------------------------------------


def summary_html(ledger: Ledger, found: Mapping[str, Evidence], link: Callable[[str], str]) -> str:
    """Return how many entries have each verdict, how many of them have been tried, and a link."""
    entries = ledger.entries.values()
    numbers = Counter(entry.verdict for entry in entries)
    tried = Counter(entry.verdict for entry in entries if entry.id in found)
    longest = max(numbers.values())

    def item(word: str) -> str:
        whole, part = (100 * each[word] / longest for each in (numbers, tried))
        return (
            f'<li><a href="{link(TABLE)}?verdict={word}#the-table">{verdict_badge(word)} '
            f"<strong>{numbers[word]}</strong></a>"
            f'<span class="folklore-bar folklore-bar-{word}" aria-hidden="true" '
            f'style="--all:{whole:.1f}%;--tried:{part:.1f}%"></span>'
            f'<span class="folklore-meaning">{MEANING[word]}</span></li>'
        )

    waiting = len(ledger.entries) - len(found)
    rest = (
        f"; the pale part of a bar is the {waiting} that still wait for theirs" if waiting else ""
    )
    return (
        f'<ul class="folklore-summary">{"".join(map(item, VERDICTS))}</ul>\n<p>{len(found)} of the '
        f"{len(ledger.entries)} entries have been tried in a finished chapter{rest}.</p>"
    )


def cards_html(
    ledger: Ledger, found: Mapping[str, Evidence], link: Callable[[str], str], wanted: list[str]
) -> str:
    """Return the cards of some entries, each with what decided it and a link to its trial."""
    cards = ""
    for entry in map(ledger.__getitem__, wanted):
        chapter = ledger.chapters[entry.home]
        measured = ""
        for each in found.get(entry.id, {"criteria": ()})["criteria"][:1]:
            value = each["sentence"].removeprefix(f"{each['words']}: ").partition(", must be ")[0]
            measured = f"{escape(each['words'])}: <strong>{escape(value)}</strong>"
        cards += card_html(
            entry,
            f'<p class="course-verdict-criteria">{measured}</p>'
            f'<p class="folklore-trial">{_trial_html(entry, chapter, link)}</p>',
        )
    return f'<div class="folklore-cards">{cards}</div>'


def pages_html(ledger: Ledger) -> str:
    """Return the pages on trial with their numbers."""
    items = "".join(
        f'<li id="page-{page.number}"><strong>Page {page.number}.</strong> '
        f"{escape(page.english)} <small>({escape(page.kind)})</small></li>"
        for page in ledger.pages.values()
    )
    return f'<ul class="folklore-pages">{items}</ul>'


def table_html(ledger: Ledger, found: Mapping[str, Evidence], link: Callable[[str], str]) -> str:
    """Return the table with its search form.

    Parameters
    ----------
    ledger
        The ledger.
    found
        The evidence by claim.
    link
        Gives the address of a page, by its name in the book.
    """
    rows = "".join(
        row_html(entry, ledger, found.get(entry.id), link) for entry in ledger.entries.values()
    )
    # The roles say again what the elements say, because a phone shows the rows as cards, and
    # browsers forget what a table is when its style changes.
    return f"""<div class="folklore">
{form_html(ledger)}
<table class="folklore-table" role="table" aria-label="Claims and programs with their verdicts">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Verdict</th>
<th role="columnheader" scope="col">What the pages say, and why the verdict</th>
<th role="columnheader" scope="col">What was measured</th></tr></thead>
<tbody role="rowgroup">
{rows}</tbody></table>
<p class="folklore-nothing" hidden>Nothing matches. Try fewer words, or show everything again.</p>
</div>"""


def form_html(ledger: Ledger) -> str:
    """Return the search form; the page's script shows it, because without one it does nothing."""
    verdicts = [(word, word.capitalize()) for word in VERDICTS]
    chapters = [
        (each.slug, f"{each.number:02d} {each.title}" + (" (planned)" if each.planned else ""))
        for each in ledger.chapters.values()
        if ledger.of_chapter(each.slug)
    ]
    return f"""<form class="folklore-form" role="search" aria-label="Claims and programs" hidden>
<p class="folklore-words"><label for="folklore-text">Search</label>
<input type="search" id="folklore-text" autocomplete="off" spellcheck="false"
aria-describedby="folklore-hint">
<small id="folklore-hint">For example: gradient, C35, 稀疏</small></p>
<p><label for="folklore-verdict">Verdict</label>
{_select("folklore-verdict", "All verdicts", verdicts)}</p>
<p><label for="folklore-chapter">Chapter</label>
{_select("folklore-chapter", "All chapters", chapters)}</p>
<p class="folklore-tick"><input type="checkbox" id="folklore-measured">
<label for="folklore-measured">Only what has been measured</label></p>
<p class="folklore-state"><span role="status" id="folklore-status"></span>
<button type="reset">Show everything</button></p>
</form>"""


def _select(ident: str, everything: str, options: list[tuple[str, str]]) -> str:
    made = "".join(
        f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in options
    )
    return f'<select id="{ident}"><option value="">{everything}</option>{made}</select>'


def row_html(
    entry: Entry, ledger: Ledger, evidence: Evidence | None, link: Callable[[str], str]
) -> str:
    """Return one row: the verdict, the claim with its reason, and the experiment."""
    chapter = ledger.chapters[entry.home]
    name = f"<strong>{escape(entry.name)}.</strong> " if entry.name else ""
    measured = " data-measured" if evidence else ""
    notes = "".join(f'<p class="folklore-note">{note}</p>' for note in _notes(entry, ledger))
    return f"""<tr role="row" id="entry-{entry.id}" data-verdict="{entry.verdict}"
data-chapter="{chapter.slug}"{measured}>
<th role="rowheader" scope="row"><span class="folklore-id">{entry.id}</span>
{verdict_badge(entry.verdict)}</th>
<td role="cell"><p>{name}{escape(entry.text)} {phrase_html(entry.phrase)}</p>
{notes}</td>
<td role="cell">{_experiment_html(entry, chapter, evidence, link)}</td></tr>
"""


def _notes(entry: Entry, ledger: Ledger) -> Iterator[str]:
    """Yield the small print of an entry, one HTML text for each paragraph."""

    def note(term: str, text: str) -> str:
        return f"<span>{term}:</span> {escape(text)}"

    yield note("Must show" if entry.is_program else "Why", entry.why)
    if entry.defence:
        yield note("For the claim", entry.defence)
    if entry.bugs:
        yield note("Wrong in print", " ".join(entry.bugs))
    if entry.waits:
        yield note("Waits", entry.waits)
    found = note("Found on", ", ".join(f"page {number}" for number in sorted(entry.pages)))
    works = note("Sources", "; ".join(ledger.sources_of(entry)))
    yield f"{found} · {works}" if entry.sources else found


def _experiment_html(
    entry: Entry, chapter: Chapter, evidence: Evidence | None, link: Callable[[str], str]
) -> str:
    """Return how the entry was judged with what result, and the link to its card."""
    name = f"Chapter {chapter.number:02d}, {escape(chapter.title)}"
    judged = f'<p class="folklore-note">Judged by {entry.judged}.</p>'
    quote = f"<p><q>{escape(entry.quote)}</q></p>" if entry.quote else ""
    if evidence is None:
        state = "Waits for the second edition of" if not chapter.planned else "Planned:"
        return f'{judged}{quote}<p class="folklore-planned"><strong>{state}</strong> {name}</p>'
    sentences = [each["sentence"] for each in evidence["criteria"]]
    if more := sentences[SHOWN:]:
        sentences[SHOWN:] = [f"{len(more)} more on the card"]
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    measured = f'<ul class="folklore-measured">{items}</ul>' if items else ""
    return f"{judged}{quote}{measured}<p>{_trial_html(entry, chapter, link)}</p>"


def _trial_html(entry: Entry, chapter: Chapter, link: Callable[[str], str]) -> str:
    """Return the link to the full card of an entry, in its chapter."""
    name = f"Chapter {chapter.number:02d}, {escape(chapter.title)}"
    address = escape(f"{link(f'{NOTEBOOKS}/{chapter.slug}')}#{verdict_anchor(entry.id)}")
    return f'<a href="{address}" aria-label="The trial of {entry.id}: {name}">{name}</a>'


# --- Sphinx ---------------------------------------------------------------------------------------


class folklore_part(nodes.General, nodes.Element):  # noqa: N801 - docutils' way
    """Stands for a part of the page until all notebooks have been run."""


class _Part(SphinxDirective):
    """Leaves a place for a part of the page."""

    optional_arguments = 9

    def run(self) -> list[nodes.Node]:
        """Return the placeholder, and note that it changes with the ledger and the notebooks."""
        self.env.note_dependency(str(CLAIMS_FILE))
        for notebook in sorted(Path(self.env.srcdir, NOTEBOOKS).glob("*.ipynb")):
            self.env.note_dependency(str(notebook.relative_to(self.env.srcdir)))
        try:
            wanted = [read_ledger()[ident].id for ident in self.arguments]
        except UnknownNameError as error:
            raise self.error(str(error)) from None
        return [folklore_part(kind=self.name.removeprefix("folklore-"), wanted=wanted)]


def evidence_folder(app: Sphinx) -> Path:
    """Return where the verdicts left their evidence: in the notebooks' execution cache."""
    configured = getattr(app.config, "nb_execution_cache_path", "")
    return Path(app.srcdir, configured or Path(app.outdir).parent / ".jupyter_cache", "evidence")


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the content into the places that the directives have left."""
    places = list(doctree.findall(folklore_part))
    if not places:
        return
    ledger = read_ledger(Path(app.srcdir, CLAIMS_FILE))
    found, missing = collect(ledger, evidence_folder(app))
    missing += [
        f"the card of {ident} has no evidence: choose an entry of a finished chapter"
        for place in places
        for ident in place["wanted"]
        if ident not in found
    ]
    for what in missing:
        LOGGER.warning("folklore: %s", what, location=docname, type="folklore")

    def link(page: str) -> str:
        return app.builder.get_relative_uri(docname, page).removeprefix("#")

    for place in places:
        make = {
            "pages": lambda: pages_html(ledger),
            "summary": lambda: summary_html(ledger, found, link),
            "cards": lambda wanted=place["wanted"]: cards_html(ledger, found, link, wanted),
            "table": lambda: table_html(ledger, found, link),
        }[place["kind"]]
        place.replace_self(nodes.raw("", make(), format="html", classes=["folklore-part"]))


def add_assets(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give style and script to the pages that hold a part of the table, and to no other."""
    if doctree is not None and any(
        "folklore-part" in raw["classes"] for raw in doctree.findall(nodes.raw)
    ):
        app.add_css_file("folklore.css")
        app.add_js_file("folklore.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.add_node(folklore_part)
    for kind in ("cards", "pages", "summary", "table"):
        app.add_directive(f"folklore-{kind}", _Part)
    app.connect("doctree-resolved", fill)
    app.connect("html-page-context", add_assets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
