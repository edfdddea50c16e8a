"""Closed sections open for a link, for a word that was searched for, and for print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import headless
import pytest
from playwright.sync_api import Page, expect
from visits import ROOT, Open

PAGE = """\
# 01. A chapter

[to the heading](#going-deeper-how), [inside](#more), [other](#also-on-trial)

## Going deeper: how?

Closed, with the word perceptron.

### More

Inside.

## Also on trial

That.
"""


@pytest.fixture(scope="module")
def address(small_site: Callable[..., tuple[Path, str]]) -> Iterator[str]:
    static = [str(ROOT / "book" / "_static")]
    folder, warnings = small_site(
        {"index.md": PAGE}, ["deeper"], html_static_path=static, myst_heading_anchors=3
    )
    assert warnings == ""
    with headless.serve(folder) as server:
        yield f"{server}index.html"


@pytest.fixture
def visit(open_page: Open, address: str) -> Callable[..., Page]:
    return lambda suffix="", **options: open_page(address + suffix, settled=False, **options).page


def states(page: Page) -> list[bool]:
    return page.locator("details.deeper").evaluate_all("all => all.map((each) => each.open)")


def test_a_page_begins_with_its_sections_closed(visit: Callable[..., Page]):
    page = visit()
    assert states(page) == [False, False]
    expect(page.get_by_text("Inside.")).to_be_hidden()
    page.locator("summary").first.press("Enter")
    expect(page.get_by_text("Inside.")).to_be_visible()


@pytest.mark.parametrize("place", ["#going-deeper-how", "#more", "?highlight=perceptron"])
def test_an_address_opens_the_section_it_leads_to(visit: Callable[..., Page], place: str):
    page = visit(place)
    expect(page.get_by_text("Inside.")).to_be_visible()
    assert states(page) == [True, False]


def test_an_anchor_inside_needs_no_script(visit: Callable[..., Page]):
    page = visit("#more", java_script_enabled=False)
    expect(page.get_by_text("Inside.")).to_be_visible()


def test_a_link_opens_its_section_each_time(visit: Callable[..., Page]):
    page = visit()
    for name in ("to the heading", "inside"):
        for _ in range(2):
            page.get_by_role("link", name=name).click()
            expect(page.get_by_text("Inside.")).to_be_visible()
            page.locator("summary").first.click()
            expect(page.get_by_text("Inside.")).to_be_hidden()
    assert states(page) == [False, False]


def test_print_shows_everything_and_puts_it_back(visit: Callable[..., Page]):
    page = visit("#more")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert states(page) == [True, True]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert states(page) == [True, False]
