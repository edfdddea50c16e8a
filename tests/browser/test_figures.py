"""The figures answer to keyboard and mouse, in both themes, from a server and from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from headless import PHONE
from playwright.sync_api import Locator, Page, expect
from visits import Open

SLIDERS = 'figure.course-figure[data-module="frames"]'


def pages_with(site: Path, module: str) -> list[str]:
    """Return the pages that hold a figure of a module."""
    holds = f'data-module="{module}"'
    pages = sorted(site.rglob("*.html"))
    return [
        page.relative_to(site).as_posix()
        for page in pages
        if holds in page.read_text(encoding="utf-8")
    ]


def state(figure: Locator) -> tuple[str | None, ...]:
    """Return what a slider's figure shows: picture, description, the value that is read out."""
    picture = figure.locator("img.course-picture")
    slider = figure.locator("input[type=range]")
    shown = picture.get_attribute("src"), picture.get_attribute("alt")
    return *shown, slider.get_attribute("aria-valuetext")


@pytest.fixture(scope="module")
def slider_page(site: Path) -> str:
    pages = pages_with(site, "frames")
    assert pages, "no page has a figure with a slider"
    return pages[0]


@pytest.fixture(scope="module")
def playground_page(site: Path) -> str:
    pages = pages_with(site, "xor-playground")
    assert pages, "no page has the XOR playground"
    return pages[0]


def move_every_slider(page: Page) -> int:
    """Move each slider by keyboard and check that picture, description and value follow."""
    figures = page.locator(SLIDERS)
    for number in range(figures.count()):
        figure = figures.nth(number)
        slider = figure.locator("input[type=range]")
        assert slider.get_attribute("aria-label")
        slider.focus()
        slider.press("Home")
        first = state(figure)
        slider.press("ArrowRight")
        second = state(figure)
        slider.press("End")
        last = state(figure)
        for index, part in enumerate(("picture", "description", "value")):
            assert first[index] != last[index], f"figure {number}: its {part} stays"
        assert first[2] != second[2]
        picture = figure.locator("img.course-picture")
        picture.evaluate("image => image.decode()")
        assert picture.evaluate("image => image.naturalWidth") > 0
    return figures.count()


def test_every_slider_moves_its_figure(site: Path, turn_to: Open):
    pages = pages_with(site, "frames")
    assert pages
    for name in pages:
        visit = turn_to(name)
        assert move_every_slider(visit.page) > 0
        assert visit.errors == []


def test_a_slider_follows_the_mouse_and_a_finger(open_page: Open, slider_page: str):
    for options in ({}, {"screen": PHONE, "has_touch": True, "is_mobile": True}):
        page = open_page(slider_page, **options).page
        figure = page.locator(SLIDERS).first
        slider = figure.locator("input[type=range]")
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        middle = box["y"] + box["height"] / 2
        places = []
        for part in (0.05, 0.95):
            at = (box["x"] + part * box["width"], middle)
            page.touchscreen.tap(*at) if options else page.mouse.click(*at)
            places.append(state(figure))
        assert places[0] != places[1]
        page.context.close()


def test_no_value_beside_a_slider_breaks_on_a_phone(turn_to: Open, chapter: str):
    visit = turn_to(chapter, screen=PHONE)
    for end in ("Home", "End"):
        sliders = visit.page.locator("figure.course-figure input[type=range]")
        for number in range(sliders.count()):
            sliders.nth(number).press(end)
        broken = visit.page.evaluate(
            """() => [...document.querySelectorAll("figure.course-figure output")]
              .filter((output) => {
                const text = document.createRange();
                text.selectNodeContents(output);
                const tops = [...text.getClientRects()].map(({ top }) => Math.round(top));
                return new Set(tops).size > 1;
              })
              .map((output) => output.textContent)"""
        )
        assert broken == [], f"two lines for {broken} at {end}"


def test_play_moves_the_figure_until_it_is_paused_and_stops_at_the_end(
    open_page: Open, slider_page: str
):
    page = open_page(slider_page, reduced_motion="no-preference").page
    sliders = page.locator(f"{SLIDERS} input[type=range]")
    steps = [int(sliders.nth(k).get_attribute("max")) for k in range(sliders.count())]
    figure = page.locator(SLIDERS).nth(steps.index(max(steps)))
    slider, button = figure.locator("input[type=range]"), figure.locator(".course-play")
    page.clock.install()
    slider.press("Home")
    before = state(figure)
    expect(button).to_have_text("Play")
    button.click()
    expect(button).to_have_text("Pause")
    page.clock.run_for(1_000)
    expect(slider).not_to_have_attribute("aria-valuetext", before[2])
    button.click()
    expect(button).to_have_text("Play")
    stopped = state(figure)
    page.clock.run_for(5_000)
    assert state(figure) == stopped

    slider.press("End")
    slider.press("ArrowLeft")
    button.click()
    expect(button).to_have_text("Play")  # nothing is left to play
    assert slider.input_value() == slider.get_attribute("max")


def test_who_asks_for_less_motion_gets_no_play_button(open_page: Open, slider_page: str):
    page = open_page(slider_page, reduced_motion="reduce").page
    expect(page.locator(f"{SLIDERS} .course-play").first).to_be_hidden()


def test_without_javascript_a_picture_and_its_description_remain(
    site: Path, open_page: Open, slider_page: str, playground_page: str
):
    for name in {slider_page, playground_page}:
        page = open_page(name, java_script_enabled=False).page
        figures = page.locator("figure.course-figure")
        assert figures.count() > 0
        for number in range(figures.count()):
            still = figures.nth(number).locator(".course-still")
            expect(still).to_be_visible()
            pictures = still.locator("img")
            words = pictures.first.get_attribute("alt") if pictures.count() else still.inner_text()
            assert words.strip()
        page.context.close()


def test_figures_and_formulas_work_from_a_folder(site: Path, open_page: Open, slider_page: str):
    visit = open_page((site / slider_page).as_uri())
    assert move_every_slider(visit.page) > 0
    assert visit.page.locator(".math:not(:has(mjx-container))").count() == 0
    assert visit.outside == []
    # a browser may not fetch() from a folder; nothing else may fail
    assert [error for error in visit.errors if "fetch" not in error] == []


def test_pictures_follow_the_theme_and_print_on_white(open_page: Open, slider_page: str):
    page = open_page(slider_page, "dark").page
    look = "image => getComputedStyle(image).filter"
    pictures = page.locator(".cell_output img")
    assert {pictures.nth(k).evaluate(look) for k in range(pictures.count())} == {
        "invert(0.93) hue-rotate(180deg)"
    }
    page.emulate_media(media="print")
    assert {pictures.nth(k).evaluate(look) for k in range(pictures.count())} == {"none"}


def test_a_verdict_card_and_its_place_in_the_table_know_each_other(open_page: Open):
    page = open_page("book/all-verdicts.html").page
    link = page.locator('a[href*="#verdict-"]').first
    anchor = link.get_attribute("href").split("#")[1]
    link.click()
    page.wait_for_load_state()
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()


def test_a_quiz_answers_by_keyboard(site: Path, open_page: Open):
    pages = [
        path.relative_to(site).as_posix()
        for path in sorted(site.glob("notebooks/*.html"))
        if 'class="course-quiz"' in path.read_text(encoding="utf-8")
    ]
    assert pages, "no chapter has a quiz"
    page = open_page(pages[0]).page
    question = page.locator(".course-quiz fieldset").first
    choice = question.locator("input").first
    choice.focus()
    choice.press("Space")
    expect(question.locator(".course-quiz-feedback:visible")).to_have_count(1)
