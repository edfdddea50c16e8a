"""A keyboard shows where it is, and the theme can be changed.

What axe-core says of every page is in files of their own, which run side by side.
"""

from __future__ import annotations

from headless import THEMES
from visits import Open


def test_a_keyboard_shows_where_it_is(open_page: Open):
    page = open_page("book/intro.html").page
    for _ in range(5):
        page.keyboard.press("Tab")
        marked = page.evaluate(
            """() => { const style = getComputedStyle(document.activeElement);
                       return style.outlineStyle !== "none" || style.boxShadow !== "none"; }"""
        )
        assert marked, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_the_theme_switch_changes_the_theme(open_page: Open):
    page = open_page("book/intro.html").page
    themes = set()
    for _ in range(3):
        themes.add(page.evaluate("document.documentElement.dataset.theme"))
        page.locator(".theme-switch-button:visible").first.click()
    assert themes == set(THEMES)
