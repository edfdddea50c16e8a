"""The page of verdicts: every entry, its evidence from the executed notebook, and a usable form."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from types import ModuleType, SimpleNamespace

import nbformat
import pytest
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbformat.v4 import new_code_cell, new_notebook, new_output
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from helpers.claims import VERDICT_MIME_TYPE, verdict
from helpers.ledger import Ledger, ledger

ROOT = Path(__file__).resolve().parents[2]
CLAIMS_FILE = ROOT / "book" / "claims.yml"
SLUG = "02-linear-collapse"
CLAIMS = ("C14", "C19", "C34", "C35", "C36", "C37")
VOID = {"input", "path", "circle", "br"}


class Page(HTMLParser):
    """Collects tags with their attributes, and the text of each row of the table."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: dict[str, str] = {}
        self.text = ""
        self.open: list[str] = []
        self.row = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag == "tr" and (attributes.get("id") or "").startswith("entry-"):
            self.row = attributes["id"].removeprefix("entry-")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "tr":
            self.row = ""

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.row:
            self.rows[self.row] = self.rows.get(self.row, "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def link(slug: str) -> str:
    return f"../notebooks/{slug}.html"


def executed_notebook(claims: tuple[str, ...] = CLAIMS) -> nbformat.NotebookNode:
    """Return a notebook as it is after a run: with a verdict in the output of each cell."""
    cells = [new_code_cell("1 + 1")]
    for claim in claims:
        card = verdict(claim, holds=True, measured=f"5 < 7 & {claim}", where="20 seeds")
        output = new_output("execute_result", card._repr_mimebundle_(), execution_count=1)
        cells.append(new_code_cell(f"verdict({claim!r})", outputs=[output], execution_count=1))
    return new_notebook(cells=cells)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a small book: a ledger with one finished chapter, its notebook and a cache."""
    (tmp_path / "book").mkdir()
    (tmp_path / "notebooks").mkdir()
    text = CLAIMS_FILE.read_text(encoding="utf-8")
    slugs = [slug for slug in ledger(CLAIMS_FILE).chapters if slug != SLUG]
    planned = "planned:\n" + "".join(f"  - {slug}\n" for slug in slugs)
    text = re.sub(r"^planned:.*\n(?:  - .*\n)*", planned, text, flags=re.MULTILINE)
    (tmp_path / "book" / "claims.yml").write_text(text, encoding="utf-8")
    (tmp_path / "book" / "fact-or-folklore.md").write_text(
        "# Fact or folklore\n\n```{folklore-summary}\n```\n\n```{folklore-pages}\n```\n\n"
        "```{folklore-table}\n```\n"
    )
    (tmp_path / "index.md").write_text(
        "# Index\n\n```{toctree}\nbook/fact-or-folklore\nnotebooks/02-linear-collapse\n```\n"
    )
    (tmp_path / "notebooks" / f"{SLUG}.md").write_text("# Linear collapse\n")
    write_notebook(tmp_path, executed_notebook())
    return tmp_path


def write_notebook(source: Path, notebook: nbformat.NotebookNode) -> None:
    """Put an executed notebook into the cache, and the same without outputs into its folder."""
    path = source / "notebooks" / f"{SLUG}.ipynb"
    cache = get_cache(str(source / ".jupyter_cache"))
    cache.cache_notebook_bundle(
        CacheBundleIn(notebook, str(path)), check_validity=False, overwrite=True
    )
    for cell in notebook.cells:
        cell.outputs = []
    nbformat.write(notebook, path)


@pytest.fixture
def small_ledger(source: Path) -> Ledger:
    return ledger(source / "book" / "claims.yml")


Build = Callable[[], tuple[str, str]]


@pytest.fixture
def build(source: Path, folklore: ModuleType) -> Build:
    """Return a function that builds the small book and gives the page and the warnings."""
    for name in ("folklore.css", "folklore.js"):
        (source / "static").mkdir(exist_ok=True)
        shutil.copy(ROOT / "book" / "_static" / name, source / "static")

    def run() -> tuple[str, str]:
        warnings = StringIO()
        settings = {
            "extensions": ["myst_parser", folklore.__name__],
            "exclude_patterns": [".jupyter_cache", "out", "**.ipynb"],
            "source_suffix": [".md"],
            "html_static_path": ["static"],
            "html_theme": "basic",
        }
        with patch_docutils(), docutils_namespace():
            app = Sphinx(
                source,
                None,
                source / "out",
                source / "out" / "doctrees",
                "html",
                confoverrides=settings,
                status=None,
                warning=warnings,
            )
            app.build()
        page = (source / "out" / "book" / "fact-or-folklore.html").read_text(encoding="utf-8")
        return page, warnings.getvalue()

    return run


# --- What has been measured -----------------------------------------------------------------------


def test_evidence_is_read_from_the_outputs(folklore: ModuleType) -> None:
    found = folklore.evidence_in(executed_notebook(("C35", "S01")))
    assert found == {
        "C35": folklore.Evidence("5 < 7 & C35", "20 seeds"),
        "S01": folklore.Evidence("5 < 7 & S01", "20 seeds"),
    }


def test_a_record_without_setting_is_read(folklore: ModuleType) -> None:
    record = {"id": "C35", "verdict": "true", "measured": "error 1", "holds": True}
    output = new_output("display_data", {VERDICT_MIME_TYPE: record})
    notebook = new_notebook(cells=[new_code_cell("verdict()", outputs=[output])])
    assert folklore.evidence_in(notebook) == {"C35": folklore.Evidence("error 1")}


def test_finished_chapters_are_collected_from_the_cache(
    folklore: ModuleType, source: Path, small_ledger: Ledger
) -> None:
    found, missing = folklore.collect(small_ledger, source, source / ".jupyter_cache")
    assert tuple(found) == CLAIMS
    assert missing == []


def test_a_verdict_that_is_missing_is_named(
    folklore: ModuleType, source: Path, small_ledger: Ledger
) -> None:
    write_notebook(source, executed_notebook(CLAIMS[:-1]))
    found, missing = folklore.collect(small_ledger, source, source / ".jupyter_cache")
    assert tuple(found) == CLAIMS[:-1]
    assert missing == [f"the chapter {SLUG} gives no verdict for C37"]


def test_a_verdict_of_another_chapter_does_not_count(
    folklore: ModuleType, source: Path, small_ledger: Ledger
) -> None:
    write_notebook(source, executed_notebook((*CLAIMS, "C62")))
    assert "C62" not in folklore.collect(small_ledger, source, source / ".jupyter_cache")[0]


def test_a_notebook_that_was_changed_after_its_run_does_not_count(
    folklore: ModuleType, source: Path, small_ledger: Ledger
) -> None:
    path = source / "notebooks" / f"{SLUG}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = "1 + 2"
    nbformat.write(notebook, path)
    found, missing = folklore.collect(small_ledger, source, source / ".jupyter_cache")
    assert found == {}
    assert missing == [f"the chapter {SLUG} has not been run"]
    assert folklore.executed(path, source / "no-cache") is None
    assert folklore.executed(source / "notebooks" / "none.ipynb", source / ".jupyter_cache") is None


# --- The table ------------------------------------------------------------------------------------


@pytest.fixture
def table(folklore: ModuleType, source: Path, small_ledger: Ledger) -> Page:
    found, _ = folklore.collect(small_ledger, source, source / ".jupyter_cache")
    return Page(folklore.table_html(small_ledger, found, link))


def test_the_table_holds_every_entry_in_order(table: Page, small_ledger: Ledger) -> None:
    assert list(table.rows) == list(small_ledger.entries)
    assert len(table.rows) == 89
    for ident, entry in small_ledger.entries.items():
        for part in (ident, entry.text, entry.phrase, entry.why, entry.verdict.capitalize()):
            assert part in table.rows[ident], ident
        for part in (*entry.bugs, *small_ledger.sources_of(entry)):
            assert part in table.rows[ident], ident


def test_a_measured_entry_shows_its_evidence_and_links_to_its_experiment(table: Page) -> None:
    links = {each["href"] for each in table.all("a")}
    assert links == {f"../notebooks/{SLUG}.html#verdict-{claim}" for claim in CLAIMS}
    for claim in CLAIMS:
        assert f"5 < 7 & {claim}" in table.rows[claim]
        assert "20 seeds" in table.rows[claim]
        assert "Planned" not in table.rows[claim]


def test_every_other_entry_is_planned_and_says_where(table: Page, small_ledger: Ledger) -> None:
    for ident in set(table.rows) - set(CLAIMS):
        chapter = small_ledger.chapters[small_ledger[ident].home]
        assert f"Planned. Chapter {chapter.number:02d}, {chapter.title}" in table.rows[ident]


def test_the_rows_carry_what_the_filters_need(table: Page, small_ledger: Ledger) -> None:
    rows = {each["id"][6:]: each for each in table.all("tr") if each.get("id")}
    for ident, entry in small_ledger.entries.items():
        assert rows[ident]["data-verdict"] == entry.verdict
        assert rows[ident]["data-chapter"] == entry.home
        assert ("data-measured" in rows[ident]) == (ident in CLAIMS)
    values = {each["value"] for each in table.all("option")}
    homes = {entry.home for entry in small_ledger.entries.values()}
    verdicts = {entry.verdict for entry in small_ledger.entries.values()}
    assert values == {"", *homes, *verdicts}


def test_without_a_script_the_table_is_whole_and_the_form_is_away(table: Page) -> None:
    (form,) = table.all("form")
    assert "hidden" in form
    assert not any("hidden" in each for each in table.all("tr"))


def test_every_control_has_a_label_and_the_count_is_announced(table: Page) -> None:
    controls = [*table.all("input"), *table.all("select")]
    labels = {each["for"] for each in table.all("label")}
    assert {each["id"] for each in controls} == labels
    assert len(controls) == 4
    (status,) = [each for each in table.all("span") if each.get("role") == "status"]
    assert status["id"] == "folklore-status"


def test_the_table_stays_a_table_for_a_screen_reader(table: Page) -> None:
    roles = {"table": "table", "tr": "row", "td": "cell"}
    for tag, role in roles.items():
        assert {each.get("role") for each in table.all(tag)} == {role}
    assert {each["role"] for each in table.all("th")} == {"rowheader", "columnheader"}
    for each in table.all("a"):
        assert re.match(r"The experiment on C\d\d: Chapter 02, Linear collapse", each["aria-label"])


def test_evidence_is_escaped(folklore: ModuleType, small_ledger: Ledger) -> None:
    bad = folklore.Evidence("<script>alert(1)</script>", "<b>")
    html = folklore.table_html(small_ledger, {"C35": bad}, link)
    assert "<script>" not in html
    assert bad.measured in Page(html).rows["C35"]


def test_the_summary_counts(folklore: ModuleType, small_ledger: Ledger) -> None:
    page = Page(folklore.summary_html(small_ledger, {"C35": folklore.Evidence("error 1")}))
    for word in ("true", "conditional", "misleading", "false", "reproduced"):
        number = sum(entry.verdict == word for entry in small_ledger.entries.values())
        assert f"{word.capitalize()} {number}" in page.text
    assert "1 of the 89 entries" in page.text


def test_the_pages_on_trial_are_listed(folklore: ModuleType, small_ledger: Ledger) -> None:
    text = Page(folklore.pages_html(small_ledger)).text
    for page in small_ledger.seeds.values():
        assert f"Page {page.number}. {page.english}" in text


# --- In a book ------------------------------------------------------------------------------------


def test_the_page_is_built_with_links_and_assets(build: Build, source: Path) -> None:
    html, warnings = build()
    assert warnings == ""
    assert html.count('id="entry-') == 89
    assert f'href="../notebooks/{SLUG}.html#verdict-C35"' in html
    assert "5 &lt; 7 &amp; C35" in html
    assert "folklore.css" in html
    assert "folklore.js" in html
    assert (source / "out" / "_static" / "folklore.js").exists()
    other = (source / "out" / "index.html").read_text(encoding="utf-8")
    assert "folklore.css" not in other
    assert "folklore.js" not in other


def test_the_page_is_found_by_the_search_of_the_book(build: Build, source: Path) -> None:
    build()
    index = (source / "out" / "searchindex.js").read_text(encoding="utf-8")
    assert '"lateralis":' in index  # the stem of a word that stands in one reason only


def test_the_cache_may_stand_elsewhere(folklore: ModuleType) -> None:
    app = SimpleNamespace(srcdir="/book", outdir="/book/_build/html", config=SimpleNamespace())
    assert folklore.cache_folder(app) == Path("/book/_build/.jupyter_cache")
    app.config.nb_execution_cache_path = "elsewhere"
    assert folklore.cache_folder(app) == Path("/book/elsewhere")


def test_a_missing_verdict_is_a_warning_of_the_build(build: Build, source: Path) -> None:
    write_notebook(source, executed_notebook(CLAIMS[1:]))
    html, warnings = build()
    assert f"folklore: the chapter {SLUG} gives no verdict for C14" in warnings
    assert html.count('id="entry-') == 89


def test_a_changed_ledger_or_notebook_renews_the_page(build: Build, source: Path) -> None:
    build()
    claims = source / "book" / "claims.yml"
    text = claims.read_text(encoding="utf-8")
    claims.write_text(text.replace("it needs no exponential", "it needs no magic"), "utf-8")
    later(claims)
    assert "it needs no magic" in build()[0]
    notebook = executed_notebook()
    notebook.cells[1].source += "  # again"
    record = notebook.cells[1].outputs[0].data[VERDICT_MIME_TYPE]
    record["measured"] = "measured again"
    write_notebook(source, notebook)
    later(source / "notebooks" / f"{SLUG}.ipynb")
    assert "measured again" in build()[0]


def later(path: Path) -> None:
    """Give a file a time of change that the next build notices."""
    stamp = path.stat().st_mtime + 60
    os.utime(path, (stamp, stamp))
