"""How one gets about: the bare address, an old one, and the search, offline."""

from __future__ import annotations

import pytest
from visits import Open

from helpers.ledger import ledger


@pytest.mark.parametrize("word", ["ReLU", "linear collapse", "XOR"])
def test_search_finds_pages(open_page: Open, word: str):
    visit = open_page(f"search.html?q={word}")
    results = visit.page.locator("#search-results li a")
    results.first.wait_for(timeout=10_000)
    assert results.count() >= 1
    assert visit.outside == []
    assert visit.errors == []
    results.first.click()
    visit.page.wait_for_load_state()
    assert visit.page.locator("main h1:visible").count() == 1


def test_search_says_when_there_is_nothing(open_page: Open):
    page = open_page("search.html?q=xylophonequark").page
    page.get_by_text("did not match any documents").wait_for(timeout=10_000)


def test_ctrl_k_opens_the_search(open_page: Open):
    page = open_page("book/intro.html").page
    page.keyboard.press("Control+k")
    field = page.locator("input[type=search]:focus")
    field.wait_for(timeout=5_000)
    field.fill("sigmoid")
    field.press("Enter")
    page.wait_for_url("**/search.html?q=sigmoid")
    page.locator("#search-results li a").first.wait_for(timeout=10_000)


def test_the_bare_address_leads_to_the_first_page(open_page: Open):
    visit = open_page("", settled=False)
    visit.page.wait_for_url("**/book/intro.html")
    assert visit.outside == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_old_address_of_the_table_leads_to_the_new_one(open_page: Open, scripts: bool):
    after = "?verdict=false#the-table"
    visit = open_page(
        f"book/fact-or-folklore.html{after}", settled=False, java_script_enabled=scripts
    )
    visit.page.wait_for_url(f"**/book/all-verdicts.html{after if scripts else ''}")
    assert visit.page.locator("main h1").first.inner_text().startswith("All verdicts")
    words = {entry.verdict for entry in ledger().entries.values()} if not scripts else {"false"}
    rows = visit.page.locator(".folklore-table tbody tr:visible")
    shown = rows.evaluate_all("all => all.map((row) => row.dataset.verdict)")
    assert set(shown) == words
    assert visit.outside == []
