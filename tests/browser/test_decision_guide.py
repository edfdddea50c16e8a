"""The decision guide in a browser: question by question, by keyboard, as a whole, and in print."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from visits import Open, OpenFigure

from helpers import guide

FIGURE = "decision-guide"


def questions(page: Page) -> list[str]:
    return page.locator("fieldset legend").all_inner_texts()


def test_it_asks_one_question_after_the_other(page: Page) -> None:
    assert questions(page) == ["Which layer?"]
    page.get_by_role("button", name="hidden").click()
    assert questions(page) == ["Which layer?", "Which network?"]
    page.get_by_role("button", name="shallow").click()
    status = page.get_by_role("status")
    expect(status).to_contain_text("ReLU")
    expect(status).to_contain_text("He")
    expect(status).to_contain_text("It is plain.")
    expect(status).to_contain_text("chapter 10, Beyond ReLU")


def test_an_earlier_answer_can_be_changed(page: Page) -> None:
    for answer in ("hidden", "shallow", "last"):
        page.get_by_role("button", name=answer).click()
    assert questions(page) == ["Which layer?"]
    expect(page.get_by_role("status")).to_contain_text("softmax")
    expect(page.get_by_role("button", name="last")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="hidden")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Start again").click()
    expect(page.locator("#here")).to_have_attribute("data-take", "")


def test_it_works_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="hidden")).to_be_focused()
    for key in ("Tab", "Tab", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="shallow")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("ReLU")


def test_the_whole_guide_can_be_shown(page: Page) -> None:
    whole = page.locator(".guide-whole")
    expect(whole).to_be_hidden()
    button = page.get_by_role("button", name="Show the whole guide")
    button.click()
    expect(whole).to_be_visible()
    for words in ("ReLU", "softmax", "It is bounded."):
        expect(whole).to_contain_text(words)
    page.get_by_role("button", name="Hide the whole guide").click()
    expect(whole).to_be_hidden()


def test_print_shows_the_whole_guide_and_no_buttons(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.locator(".guide-whole")).to_be_visible()
    expect(page.get_by_role("button", name="hidden")).to_be_hidden()


def test_where_there_are_no_pages_a_chapter_is_named_and_not_linked(
    open_figure: OpenFigure,
) -> None:
    page = open_figure(FIGURE)
    page.get_by_role("button", name="last").click()
    assert page.get_by_role("link").count() == 0


def test_in_the_book_all_advice_leads_to_its_chapter(open_page: Open) -> None:
    page = open_page("notebooks/16-fact-or-folklore.html").page
    figure = page.locator('figure[data-module="decision-guide"]')
    figure.get_by_role("button", name="Show the whole guide").click()
    links = figure.locator(".guide-whole a").evaluate_all(
        "all => all.map((link) => link.getAttribute('href'))"
    )
    assert links == [f"{advice['chapter']}.html" for _, advice in guide.advice()]
    figure.get_by_role("button", name="The last layer").click()
    figure.get_by_role("button", name="one of k classes").click()
    figure.get_by_role("status").get_by_role("link").click()
    page.wait_for_url(re.compile(r"/notebooks/13-keras\.html$"))
