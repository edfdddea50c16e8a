"""What holds for every figure alone on a page: names, a phone's width, light and dark."""

from __future__ import annotations

import json
import re

import pytest
from headless import DESKTOP
from playwright.sync_api import Page, expect
from samples import SAMPLES
from visits import OpenFigure

from helpers.widgets import JAVASCRIPT

# How a page changes between light and dark, each in its own way.
COLOURS = """const put = (names, dark) => ["ink", "paper", "surface", "edge"].forEach((part, i) =>
  document.body.style.setProperty(names[i],
    { ink: ["#111", "#eee"], paper: ["#fefefe", "#101418"],
      surface: ["#ddd", "#333"], edge: ["#bbb", "#555"] }[part][dark ? 1 : 0]));
document.body.style.background = "var(--pst-color-background, var(--jp-layout-color1, Canvas))";"""
HOSTS = {
    "JupyterLab": f"""{COLOURS} window.turn = (dark) => {{
      put(["--jp-ui-font-color1", "--jp-layout-color1", "--jp-layout-color2", "--jp-border-color1"],
        dark);
      document.body.dataset.jpThemeLight = String(!dark);
      document.body.style.colorScheme = dark ? "dark" : "light"; }};""",
    "the book": f"""{COLOURS} window.turn = (dark) => {{
      put(["--pst-color-text-base", "--pst-color-background", "--pst-color-surface",
        "--pst-color-border"], dark);
      document.documentElement.dataset.theme = dark ? "dark" : "light"; }};""",
    "the system": f"""{COLOURS} window.turn = () => {{}};
      document.documentElement.style.colorScheme = "light dark";""",
}
PAINTED = "[...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL())"


def test_every_figure_has_a_sample() -> None:
    assert sorted(SAMPLES) == sorted(path.stem for path in JAVASCRIPT.glob("*.js"))


@pytest.mark.parametrize("figure", SAMPLES)
@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_controls_have_names_and_nothing_sticks_out(
    open_figure: OpenFigure, figure: str, screen: str
) -> None:
    page = open_figure(figure, **({"viewport": DESKTOP} if screen == "desktop" else {}))
    expect(page.get_by_role("status")).to_have_count(1)
    controls = page.locator("#here").aria_snapshot()
    assert re.findall(r'- (?:slider|button|combobox|checkbox)(?! ").*', controls) == []
    for slider in page.get_by_role("slider").all():
        assert slider.get_attribute("aria-valuetext")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


# JupyterLab may make a figure before it puts it into the page.
LATE = """const here = document.querySelector("#here");
const find = document.querySelector.bind(document);
here.remove();
document.querySelector = (name) => (name === "#here" ? here : find(name));
requestAnimationFrame(() => setTimeout(() => document.body.append(here), 100));"""


@pytest.mark.parametrize("figure", SAMPLES)
def test_a_figure_may_be_made_before_it_is_in_the_page(
    open_figure: OpenFigure, figure: str
) -> None:
    late, early = open_figure(figure, LATE), open_figure(figure)
    expect(late.get_by_role("status")).to_have_text(early.get_by_role("status").text_content())
    expect(late.locator("#here")).to_be_visible()
    late.wait_for_function(f"({PAINTED})[0] === {json.dumps(early.evaluate(PAINTED)[:1])}[0]")


def turn(page: Page, host: str, dark: bool) -> None:
    """Change the theme, and wait until what it changes has been drawn."""
    if host == "the system":
        page.emulate_media(color_scheme="dark" if dark else "light")
    page.evaluate("(dark) => window.turn(dark)", dark)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("figure", SAMPLES)
def test_a_change_of_theme_leaves_nothing_of_the_old_one(
    open_figure: OpenFigure, figure: str, host: str
) -> None:
    page = open_figure(figure, HOSTS[host])
    turn(page, host, dark=False)
    light, painted = page.screenshot(), page.evaluate(PAINTED)
    turn(page, host, dark=True)
    assert all(new != old for new, old in zip(page.evaluate(PAINTED), painted, strict=True))

    fresh = open_figure(figure, HOSTS[host] + "window.turn(true);", color_scheme="dark")
    turn(fresh, host, dark=True)
    assert page.evaluate(PAINTED) == fresh.evaluate(PAINTED)
    assert page.screenshot() == fresh.screenshot() != light
