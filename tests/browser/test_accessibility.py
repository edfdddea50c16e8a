"""axe-core finds nothing to complain of, on any page, in both themes, on a desktop and a phone."""

from __future__ import annotations

from contextlib import suppress

import pytest
from headless import DESKTOP, PHONE, THEMES
from playwright.sync_api import Page, TimeoutError
from visits import ROOT, Open

# Whether everything that scrolls sideways can be reached by the keyboard.
SCROLLED_BY_KEYBOARD = """() => [...document.querySelectorAll(
    "pre, .cell_output, .cell_output > .output, .pst-scrollable-table-container, table, div.math"
  )].every((box) => box.scrollWidth <= box.clientWidth || box.tabIndex === 0)"""
AXE = ROOT / "build" / "vendor" / "axe.min.js"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        pytest.fail(f"{AXE.relative_to(ROOT)} is missing: run make book first.", pytrace=False)
    return AXE.read_text(encoding="utf-8")


AUDIT = "(selectors) => axe.run(document, { resultTypes: ['violations'], selectors })"


def violations(page: Page, where: bool = False) -> list[str]:
    """What axe-core complains of; to say where, it takes a fifth longer."""
    found = page.evaluate(AUDIT, where)["violations"]
    return [
        f"{rule['id']}: {node.get('target', '')} {node['html'][:120]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_no_violation(site, turn_to: Open, axe: str, page_name: str, theme: str):
    page = turn_to(page_name, theme, reduced_motion="reduce").page
    page.evaluate(axe)
    for screen in (DESKTOP, PHONE):
        page.set_viewport_size(screen)
        with suppress(TimeoutError):  # what stays, axe will name
            page.wait_for_function(SCROLLED_BY_KEYBOARD)
        found = violations(page)
        if found:  # the theme waits for the last of several changes, on a busy machine for long
            page.wait_for_timeout(2_000)
            found = violations(page, where=True)
        assert found == [], f"{screen['width']} px wide"


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
