"""The first page: a figure that moves, and nothing that the ledger or a notebook does not say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import nbformat
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page, expect
from visits import ROOT, Open

from helpers.ledger import ledger

FRONT = "book/intro.html"
SMALL_PHONE = {"width": 390, "height": 844}
PLAYED = 15_000  # milliseconds: far more than it takes


@pytest.fixture(scope="module")
def front(parse: Callable[[str], BeautifulSoup]) -> BeautifulSoup:
    return parse(FRONT)


def points_right(page: Page) -> int:
    return int(page.locator("[data-right]").get_attribute("data-right"))


def test_the_figure_folds_by_itself_without_a_kernel(open_page: Open) -> None:
    visit = open_page(FRONT)
    page, slider = visit.page, visit.page.get_by_role("slider")
    before = points_right(page)
    expect(slider).to_have_attribute("aria-valuetext", "0 (ReLU)", timeout=PLAYED)
    assert points_right(page) > before
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "1 (a line)")
    assert points_right(page) == before
    assert visit.outside == visit.errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_s_first_screen_holds_the_figure_and_its_slider(
    open_page: Open, theme: str
) -> None:
    page = open_page(FRONT, theme, SMALL_PHONE, reduced_motion="reduce").page
    box = page.get_by_role("slider").bounding_box()
    assert box["y"] + box["height"] <= SMALL_PHONE["height"]


def test_without_javascript_there_is_a_picture_that_says_what_it_shows(
    front: BeautifulSoup,
) -> None:
    figure = front.select_one('figure[data-module="line-to-relu"]')
    line, relu = map(int, re.findall(r"(\d+) of \d+ points", figure.img["alt"]))
    assert line < relu
    assert figure["aria-label"] == figure.img["alt"]


def test_the_tally_is_the_ledger_s(front: BeautifulSoup) -> None:
    items = front.select(".folklore-summary li")
    shown = {
        re.search(r"\?verdict=(\w+)", item.a["href"])[1]: int(item.strong.string) for item in items
    }
    assert len(shown) == len(items)
    assert shown == Counter(entry.verdict for entry in ledger().entries.values())


@pytest.mark.parametrize("word", ["false", "reproduced"])
def test_a_word_of_the_tally_leads_to_its_verdicts(open_page: Open, word: str) -> None:
    page = open_page(FRONT, reduced_motion="reduce").page
    page.get_by_role("link", name=word.capitalize()).click()
    page.wait_for_url(f"**/all-verdicts.html?verdict={word}#the-table")
    rows = page.locator(".folklore-table tbody tr")
    wanted = sum(entry.verdict == word for entry in ledger().entries.values())
    expect(rows.locator("visible=true")).to_have_count(wanted)
    assert rows.count() == len(ledger().entries)


def test_three_cards_of_tried_entries_with_different_words(front: BeautifulSoup) -> None:
    cards = front.select(".folklore-cards .course-verdict")
    entries = [ledger()[re.search(r"[CS]\d\d", card["aria-label"])[0]] for card in cards]
    assert len({entry.verdict for entry in entries}) == len(entries) == 3
    for card, entry in zip(cards, entries, strict=True):
        assert ledger().is_settled(entry), entry.id
        assert not entry.waits, f"{entry.id} may still change"
        assert entry.text in card.get_text()
        assert card.strong.get_text(), "a card shows what was measured"
        assert card.a["href"] == f"../notebooks/{entry.home}.html#verdict-{entry.id}"


def test_every_chapter_stands_there_with_its_question_and_its_time(front: BeautifulSoup) -> None:
    items = front.select(".chapter-list > li")
    for item, (slug, chapter) in zip(items, ledger().chapters.items(), strict=True):
        text = item.get_text()
        assert chapter.title in text
        assert chapter.about in text
        assert chapter.about.endswith("?"), f"{slug}: {chapter.about!r} asks nothing"
        if chapter.planned:
            assert "planned" in text
            continue
        notebook = nbformat.read(ROOT / "notebooks" / f"{slug}.ipynb", as_version=4)
        [line] = [
            line for cell in notebook.cells for line in re.findall(r"\*\*Time:.*", cell.source)
        ]
        read, run = re.findall(r"\d+", line)
        assert f"{read} min to read, {run} to run" in text, slug


def test_the_three_doors_lead_somewhere(front: BeautifulSoup) -> None:
    doors = [link["href"] for link in front.select(".sd-card a.sd-stretched-link")]
    assert doors == ["../notebooks/01-one-neuron.html", "how-to-use.html", "instructors.html"]
