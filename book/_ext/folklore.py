"""The page *Fact or folklore*: every claim and every program with its verdict and its evidence.

The ledger says what is on trial, and the executed notebooks say what was measured: each verdict
leaves a small record in the output of its cell, and the execution cache keeps it. This extension
puts both together, when all notebooks have been run:

- the directive ``{folklore-table}`` makes the table, which works without a script and becomes
  searchable with one (``_static/folklore.js``);
- the directive ``{folklore-summary}`` says how many entries there are of each verdict;
- the directive ``{folklore-pages}`` lists the pages on trial by the numbers that the table uses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from helpers.claims import VERDICT_MIME_TYPE, phrase_html, verdict_anchor, verdict_badge
from helpers.ledger import CLAIM_VERDICTS, SYSTEM_VERDICT, Chapter, Entry, Ledger, ledger

CLAIMS_FILE = Path("book", "claims.yml")
NOTEBOOKS = "notebooks"
VERDICTS = (*CLAIM_VERDICTS, SYSTEM_VERDICT)
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Evidence:
    """What an experiment measured, in the words of its verdict."""

    measured: str
    where: str = ""


# --- What has been measured -----------------------------------------------------------------------


def evidence_in(notebook: nbformat.NotebookNode) -> dict[str, Evidence]:
    """Return the evidence that an executed notebook shows, by claim."""
    records = [
        output.data[VERDICT_MIME_TYPE]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if VERDICT_MIME_TYPE in output.get("data", {})
    ]
    return {
        record["id"]: Evidence(record["measured"], record.get("where", "")) for record in records
    }


def executed(notebook: Path, cache_folder: Path) -> nbformat.NotebookNode | None:
    """Return a notebook with its outputs from the execution cache, or None if it is not there."""
    if not notebook.exists() or not cache_folder.exists():
        return None
    cache = get_cache(str(cache_folder))
    try:
        record = cache.match_cache_notebook(nbformat.read(notebook, as_version=4))
        return cache.get_cache_bundle(record.pk).nb
    except KeyError:
        return None


def collect(
    book: Ledger, source: Path, cache_folder: Path
) -> tuple[dict[str, Evidence], list[str]]:
    """Return the evidence of all finished chapters, and what is missing, in words.

    Parameters
    ----------
    book
        The ledger.
    source
        The folder that holds ``notebooks``.
    cache_folder
        The execution cache.
    """
    found: dict[str, Evidence] = {}
    missing = []
    for chapter in book.chapters.values():
        if chapter.planned:
            continue
        notebook = executed(source / NOTEBOOKS / f"{chapter.slug}.ipynb", cache_folder)
        if notebook is None:
            missing.append(f"the chapter {chapter.slug} has not been run")
            continue
        shown = evidence_in(notebook)
        for entry in book.of_chapter(chapter.slug):
            if entry.id in shown:
                found[entry.id] = shown[entry.id]
            else:
                missing.append(f"the chapter {chapter.slug} gives no verdict for {entry.id}")
    return found, missing


# --- HTML -----------------------------------------------------------------------------------------


def summary_html(book: Ledger, found: Mapping[str, Evidence]) -> str:
    """Return how many entries have each verdict, and how many have been measured."""
    numbers = Counter(entry.verdict for entry in book.entries.values())
    items = "".join(f"<li>{verdict_badge(word)} {numbers[word]}</li>" for word in VERDICTS)
    return (
        f'<ul class="folklore-summary">{items}</ul>\n<p>{len(found)} of the {len(book.entries)} '
        "entries have their experiment in a finished chapter.</p>"
    )


def pages_html(book: Ledger) -> str:
    """Return the pages on trial with their numbers."""
    items = "".join(
        f'<li id="page-{page.number}"><strong>Page {page.number}.</strong> '
        f"{escape(page.english)} <small>({escape(page.kind)})</small></li>"
        for page in book.seeds.values()
    )
    return f'<ul class="folklore-pages">{items}</ul>'


def table_html(book: Ledger, found: Mapping[str, Evidence], link: Callable[[str], str]) -> str:
    """Return the table with its search form.

    Parameters
    ----------
    book
        The ledger.
    found
        The evidence by claim.
    link
        Gives the address of a chapter's page, by its slug.
    """
    rows = "".join(
        row_html(entry, book, found.get(entry.id), link) for entry in book.entries.values()
    )
    # The roles say again what the elements say, because a phone shows the rows as cards, and
    # browsers forget what a table is when its style changes.
    return f"""<div class="folklore">
{form_html(book)}
<table class="folklore-table" role="table" aria-label="Claims and programs with their verdicts">
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Verdict</th>
<th role="columnheader" scope="col">What the pages say, and why the verdict</th>
<th role="columnheader" scope="col">What was measured</th></tr></thead>
<tbody role="rowgroup">
{rows}</tbody></table>
<p class="folklore-nothing" hidden>Nothing matches. Try fewer words, or show everything again.</p>
</div>"""


def form_html(book: Ledger) -> str:
    """Return the search form; the page's script shows it, because without one it does nothing."""
    verdicts = [(word, word.capitalize()) for word in VERDICTS]
    chapters = [
        (each.slug, f"{each.number:02d} {each.title}" + (" (planned)" if each.planned else ""))
        for each in book.chapters.values()
        if book.of_chapter(each.slug)
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
    entry: Entry, book: Ledger, evidence: Evidence | None, link: Callable[[str], str]
) -> str:
    """Return one row: the verdict, the claim with its reason, and the experiment."""
    chapter = book.chapters[entry.home]
    name = f"<strong>{escape(entry.name)}.</strong> " if entry.name else ""
    measured = " data-measured" if evidence else ""
    notes = "".join(f'<p class="folklore-note">{note}</p>' for note in _notes(entry, book))
    return f"""<tr role="row" id="entry-{entry.id}" data-verdict="{entry.verdict}"
data-chapter="{chapter.slug}"{measured}>
<th role="rowheader" scope="row"><span class="folklore-id">{entry.id}</span>
{verdict_badge(entry.verdict)}</th>
<td role="cell"><p>{name}{escape(entry.text)} {phrase_html(entry.phrase)}</p>
{notes}</td>
<td role="cell">{_experiment_html(entry, chapter, evidence, link)}</td></tr>
"""


def _notes(entry: Entry, book: Ledger) -> Iterator[str]:
    """Yield the small print of an entry, one HTML text for each paragraph."""

    def note(term: str, text: str) -> str:
        return f"<span>{term}:</span> {escape(text)}"

    yield note("Must show" if entry.is_system else "Why", entry.why)
    if entry.bugs:
        yield note("Wrong in print", " ".join(entry.bugs))
    found = note("Found on", ", ".join(f"page {number}" for number in sorted(entry.seeds)))
    works = note("Sources", "; ".join(book.sources_of(entry)))
    yield f"{found} · {works}" if entry.sources else found


def _experiment_html(
    entry: Entry, chapter: Chapter, evidence: Evidence | None, link: Callable[[str], str]
) -> str:
    """Return what was measured and the link to the experiment, or where it is planned."""
    name = f"Chapter {chapter.number:02d}, {escape(chapter.title)}"
    if chapter.planned or evidence is None:
        return f'<p class="folklore-planned"><strong>Planned.</strong> {name}</p>'
    where = f'<p class="folklore-note">{escape(evidence.where)}</p>' if evidence.where else ""
    address = escape(f"{link(chapter.slug)}#{verdict_anchor(entry.id)}")
    return (
        f"<p>{escape(evidence.measured)}</p>{where}"
        f'<p><a href="{address}" aria-label="The experiment on {entry.id}: {name}">{name}</a></p>'
    )


# --- Sphinx ---------------------------------------------------------------------------------------


class folklore_part(nodes.General, nodes.Element):  # noqa: N801 - docutils' way
    """Stands for a part of the page until all notebooks have been run."""


class _Part(SphinxDirective):
    """Leaves a place for a part of the page."""

    def run(self) -> list[nodes.Node]:
        """Return the placeholder, and note that it changes with the ledger and the notebooks."""
        self.env.note_dependency(str(CLAIMS_FILE))
        for notebook in sorted(Path(self.env.srcdir, NOTEBOOKS).glob("*.ipynb")):
            self.env.note_dependency(str(notebook.relative_to(self.env.srcdir)))
        return [folklore_part(kind=self.name.removeprefix("folklore-"))]


def cache_folder(app: Sphinx) -> Path:
    """Return the execution cache, where the notebooks' extension has it."""
    configured = getattr(app.config, "nb_execution_cache_path", "")
    return Path(app.srcdir, configured or Path(app.outdir).parent / ".jupyter_cache")


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the content into the places that the directives have left."""
    places = list(doctree.findall(folklore_part))
    if not places:
        return
    book = ledger(Path(app.srcdir, CLAIMS_FILE))
    found, missing = collect(book, Path(app.srcdir), cache_folder(app))
    for what in missing:
        LOGGER.warning("folklore: %s", what, location=docname, type="folklore")

    def link(slug: str) -> str:
        return app.builder.get_relative_uri(docname, f"{NOTEBOOKS}/{slug}")

    for place in places:
        make = {
            "pages": lambda: pages_html(book),
            "summary": lambda: summary_html(book, found),
            "table": lambda: table_html(book, found, link),
        }[place["kind"]]
        place.replace_self(nodes.raw("", make(), format="html", classes=["folklore-part"]))


def keep_quiet_about_records(app: Sphinx, config: Config) -> None:
    """Let no warning say that a page cannot show the records: they are for this table only."""
    config.suppress_warnings.append("mystnb.unknown_mime_type")


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
    for kind in ("pages", "summary", "table"):
        app.add_directive(f"folklore-{kind}", _Part)
    app.connect("config-inited", keep_quiet_about_records)
    app.connect("doctree-resolved", fill)
    app.connect("html-page-context", add_assets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
