"""The page of verdicts: every entry, its evidence from a run, and a usable form."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import folklore
import pytest
from bs4 import BeautifulSoup, Tag

from helpers.claims import Criterion, VerdictCard
from helpers.ledger import Ledger, ledger

ROOT = Path(__file__).resolve().parents[2]
CLAIMS_FILE = ROOT / "book" / "claims.yml"
SLUG = "02-linear-collapse"
CLAIMS = ("C14", "C19", "C34", "C35", "C36", "C37")


class Page:
    """A piece of HTML, and the text of each row of its table."""

    def __init__(self, html: str) -> None:
        self.soup = BeautifulSoup(html, "html.parser")
        self.text = self.soup.get_text()
        rows = self.soup.find_all(id=re.compile("^entry-"))
        self.rows = {row["id"].removeprefix("entry-"): row.get_text() for row in rows}

    def all(self, tag: str) -> list[Tag]:
        return self.soup.find_all(tag)


def link(page: str) -> str:
    return f"../{page}.html"


def leave(folder: Path, *claims: str, words: str = "5 < 7 &") -> None:
    """Leave evidence as a run of the chapter does."""
    folder.mkdir(parents=True, exist_ok=True)
    for claim in claims:
        criterion = Criterion(f"{words} {claim}", [1, 2], above=0)
        record = VerdictCard(ledger()[claim], (criterion,), "20 seeds").record()
        (folder / f"{claim}.json").write_text(json.dumps(record), encoding="utf-8")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a small book: a ledger with one finished chapter, and the evidence of its run."""
    source = tmp_path / "source"
    (source / "book").mkdir(parents=True)
    (source / "notebooks").mkdir()
    text = CLAIMS_FILE.read_text(encoding="utf-8")
    text = re.sub(r"    planned: true.*\n", "", text)
    text = re.sub(rf"    slug: (?!{SLUG}).*\n", r"\g<0>    planned: true\n", text)
    (source / "book" / "claims.yml").write_text(text, encoding="utf-8")
    (source / "book" / "all-verdicts.md").write_text(
        "# All verdicts\n\n```{folklore-summary}\n```\n\n```{folklore-pages}\n```\n\n"
        "```{folklore-table}\n```\n"
    )
    (source / "index.md").write_text(
        "# Index\n\n```{toctree}\nbook/all-verdicts\nnotebooks/02-linear-collapse\n```\n"
    )
    (source / "notebooks" / f"{SLUG}.md").write_text("# Linear collapse\n")
    leave(tmp_path / ".jupyter_cache" / "evidence", *CLAIMS)
    return source


@pytest.fixture
def evidence_folder(source: Path) -> Path:
    return source.parent / ".jupyter_cache" / "evidence"


@pytest.fixture
def small_ledger(source: Path) -> Ledger:
    return ledger(source / "book" / "claims.yml")


Build = Callable[[], tuple[str, str]]


@pytest.fixture
def build(source: Path, small_site: Callable[..., tuple[Path, str]]) -> Build:
    """Return a function that builds the small book and gives the page and the warnings."""

    def run() -> tuple[str, str]:
        static = [str(ROOT / "book" / "_static")]
        folder, warnings = small_site({}, ["folklore"], source.parent, html_static_path=static)
        page = (folder / "book" / "all-verdicts.html").read_text(encoding="utf-8")
        return page, warnings

    return run


# --- What has been measured -----------------------------------------------------------------------


def test_evidence_of_settled_entries_is_collected_and_what_is_missing_is_named(
    evidence_folder: Path, small_ledger: Ledger
) -> None:
    leave(evidence_folder, "C62")  # of a chapter that is only planned here
    found, missing = folklore.collect(small_ledger, evidence_folder)
    assert tuple(found) == CLAIMS
    assert missing == []
    (evidence_folder / "C37.json").unlink()
    found, missing = folklore.collect(small_ledger, evidence_folder)
    assert tuple(found) == CLAIMS[:-1]
    assert missing == [f"the chapter {SLUG} has left no evidence for C37"]


# --- The table ------------------------------------------------------------------------------------


@pytest.fixture
def table(evidence_folder: Path, small_ledger: Ledger) -> Page:
    found, _ = folklore.collect(small_ledger, evidence_folder)
    return Page(folklore.table_html(small_ledger, found, link))


def test_the_table_holds_every_entry_in_order(table: Page, small_ledger: Ledger) -> None:
    assert list(table.rows) == list(small_ledger.entries)
    for ident, entry in small_ledger.entries.items():
        said = (entry.text, entry.phrase, entry.why, entry.defence, entry.quote, entry.waits)
        for part in (ident, *said, entry.verdict.capitalize(), f"Judged by {entry.judged}."):
            assert part in table.rows[ident], ident
        for part in (*entry.bugs, *small_ledger.sources_of(entry)):
            assert part in table.rows[ident], ident


def test_a_measured_entry_shows_its_evidence_and_links_to_its_experiment(table: Page) -> None:
    links = {each["href"] for each in table.all("a")}
    assert links == {f"../notebooks/{SLUG}.html#verdict-{claim}" for claim in CLAIMS}
    for claim in CLAIMS:
        assert f"5 < 7 & {claim}: 1 (lowest of 2), must be above 0" in table.rows[claim]
        assert "Planned:" not in table.rows[claim]


def test_every_other_entry_is_planned_and_says_where(table: Page, small_ledger: Ledger) -> None:
    for ident in set(table.rows) - set(CLAIMS):
        chapter = small_ledger.chapters[small_ledger[ident].home]
        assert f"Planned: Chapter {chapter.number:02d}, {chapter.title}" in table.rows[ident]


def test_the_rows_carry_what_the_filters_need(table: Page, small_ledger: Ledger) -> None:
    rows = {each["id"][6:]: each for each in table.all("tr") if each.get("id")}
    for ident, entry in small_ledger.entries.items():
        assert rows[ident]["data-verdict"] == entry.verdict
        assert rows[ident]["data-chapter"] == entry.home
        assert rows[ident].has_attr("data-measured") == (ident in CLAIMS)
    values = {each["value"] for each in table.all("option")}
    homes = {entry.home for entry in small_ledger.entries.values()}
    verdicts = {entry.verdict for entry in small_ledger.entries.values()}
    assert values == {"", *homes, *verdicts}


def test_without_a_script_the_table_is_whole_and_the_form_is_away(table: Page) -> None:
    (form,) = table.all("form")
    assert form.has_attr("hidden")
    assert not any(each.has_attr("hidden") for each in table.all("tr"))


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
        assert re.match(r"The trial of C\d\d: Chapter 02, Linear collapse", each["aria-label"])


def test_evidence_is_escaped(small_ledger: Ledger, evidence_folder: Path) -> None:
    leave(evidence_folder, "C35", words="<script>alert(1)</script>")
    found, _ = folklore.collect(small_ledger, evidence_folder)
    html = folklore.table_html(small_ledger, found, link)
    assert "<script>" not in html
    assert "<script>alert(1)" in Page(html).rows["C35"]


def test_the_summary_counts(small_ledger: Ledger) -> None:
    page = Page(folklore.summary_html(small_ledger, {"C35": {}}, link))
    for word in ("true", "conditional", "misleading", "false", "reproduced"):
        number = sum(entry.verdict == word for entry in small_ledger.entries.values())
        assert f"{word.capitalize()} {number}" in page.text
        assert folklore.MEANING[word] in page.text
    assert f"1 of the {len(small_ledger.entries)} entries" in page.text
    assert f"the {len(small_ledger.entries) - 1} that still wait" in page.text
    everything = Page(folklore.summary_html(small_ledger, small_ledger.entries, link))
    assert "wait" not in everything.text


def test_a_bar_is_as_long_as_its_number_and_full_as_far_as_it_is_tried(
    small_ledger: Ledger,
) -> None:
    page = Page(folklore.summary_html(small_ledger, {"C35": {}}, link))
    longest = max(Counter(each.verdict for each in small_ledger.entries.values()).values())
    for item in page.all("li"):
        number = int(item.strong.string)
        lengths = re.findall(r"([\d.]+)%", item.find(class_="folklore-bar")["style"])
        tried = "?verdict=true#" in item.a["href"]  # C35 is true
        assert [float(each) for each in lengths] == pytest.approx(
            [100 * number / longest, 100 * tried / longest], abs=0.1
        )


def test_a_card_shows_what_decided_it_and_leads_to_its_trial(
    evidence_folder: Path, small_ledger: Ledger
) -> None:
    leave(evidence_folder, "C35", words="a: gap, must be")
    found, _ = folklore.collect(small_ledger, evidence_folder)
    page = Page(folklore.cards_html(small_ledger, found, link, ["C36", "C35"]))
    first, second = page.soup.find_all(class_="course-verdict")
    assert first["aria-label"] == "Claim C36: false"
    assert small_ledger["C36"].text in first.get_text()
    assert not page.soup.find_all(id=True)  # the page of the chapter has the card itself
    assert second.a["href"] == f"../notebooks/{SLUG}.html#verdict-C35"
    assert second.find(class_="course-verdict-criteria").get_text() == (
        "a: gap, must be C35: 1 (lowest of 2)"
    )


def test_the_pages_on_trial_are_listed(small_ledger: Ledger) -> None:
    text = Page(folklore.pages_html(small_ledger)).text
    for page in small_ledger.pages.values():
        assert f"Page {page.number}. {page.english}" in text


# --- In a book ------------------------------------------------------------------------------------


def test_the_page_is_built_with_links_and_assets(build: Build, source: Path) -> None:
    html, warnings = build()
    assert warnings == ""
    assert html.count('id="entry-') == len(ledger(CLAIMS_FILE).entries)
    assert f'href="../notebooks/{SLUG}.html#verdict-C35"' in html
    assert "5 &lt; 7 &amp; C35" in html
    assert "folklore.css" in html
    assert "folklore.js" in html
    assert (source.parent / "site" / "_static" / "folklore.js").exists()
    other = (source.parent / "site" / "index.html").read_text(encoding="utf-8")
    assert "folklore.css" not in other
    assert "folklore.js" not in other


def test_the_page_is_found_by_the_search_of_the_book(build: Build, source: Path) -> None:
    build()
    index = (source.parent / "site" / "searchindex.js").read_text(encoding="utf-8")
    assert '"lateralis":' in index  # the stem of a word that stands in one reason only


def test_the_cache_may_stand_elsewhere() -> None:
    app = SimpleNamespace(srcdir="/book", outdir="/book/_build/html", config=SimpleNamespace())
    assert folklore.evidence_folder(app) == Path("/book/_build/.jupyter_cache/evidence")
    app.config.nb_execution_cache_path = "elsewhere"
    assert folklore.evidence_folder(app) == Path("/book/elsewhere/evidence")


def test_missing_evidence_is_a_warning_of_the_build(build: Build, evidence_folder: Path) -> None:
    (evidence_folder / "C14.json").unlink()
    _, warnings = build()
    assert f"folklore: the chapter {SLUG} has left no evidence for C14" in warnings


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        ("C35 C62", "the card of C62 has no evidence"),  # of a chapter that is only planned here
        ("C99", "C99"),
    ],
)
def test_a_card_without_a_trial_is_a_warning_of_the_build(
    build: Build, source: Path, entries: str, complaint: str
) -> None:
    page = source / "book" / "all-verdicts.md"
    page.write_text(f"{page.read_text()}\n```{{folklore-cards}} {entries}\n```\n")
    html, warnings = build()
    assert complaint in warnings
    assert ("folklore-cards" in html) is ("C62" in entries)


def test_a_changed_ledger_renews_the_page(build: Build, source: Path) -> None:
    build()
    claims = source / "book" / "claims.yml"
    text = claims.read_text(encoding="utf-8")
    claims.write_text(text.replace("lateralised functions", "lateralised magic"), "utf-8")
    later(claims)
    assert "lateralised magic" in build()[0]


def later(path: Path) -> None:
    """Give a file a time of change that the next build notices."""
    stamp = path.stat().st_mtime + 60
    os.utime(path, (stamp, stamp))
