"""Every page in the browser: nothing from outside, no errors, formulas set, fits a phone."""

from __future__ import annotations

import pytest
from headless import PHONE
from visits import NO_SITE, Open, Visit

# Text that a reader sees, without what is meant to show signs: code, and the formulas themselves.
VISIBLE_TEXT = """() => {
  const skip = "pre, code, script, style, noscript, mjx-container, textarea, title, kbd";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest(skip)) texts.push(walker.currentNode.data);
  }
  return texts.join("\\n");
}"""

# What sticks out on the right and is not inside a box that scrolls by itself.
TOO_WIDE = """(width) => {
  const scrolls = (node) => {
    for (let box = node.parentElement; box && box !== document.body; box = box.parentElement) {
      if (getComputedStyle(box).overflowX !== "visible") return true;
    }
    return false;
  };
  return [...document.querySelectorAll(".bd-article *")]
    .filter((node) => node.getBoundingClientRect().right > width + 1)
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !scrolls(node))
    .map((node) => `${node.tagName} ${node.className}: ${node.textContent.slice(0, 60)}`);
}"""


@pytest.fixture(scope="module")
def visit(site, turn_to: Open, page_name: str) -> Visit:
    """Turn to one page; all tests of this file look at it."""
    return turn_to(page_name)


def test_no_request_leaves_loopback(visit):
    assert visit.outside == []


def test_no_errors(visit):
    assert visit.errors == []


def test_every_formula_is_set(visit):
    unset = visit.page.evaluate(
        """() => [...document.querySelectorAll(".math")]
          .filter((node) => !node.querySelector("mjx-container"))
          .map((node) => node.textContent.slice(0, 80))"""
    )
    assert unset == []
    # an unknown command is not an error to MathJax: it writes the name in red
    mistakes = visit.page.evaluate(
        """() => [...document.querySelectorAll(
            'mjx-merror, [data-mjx-error], mjx-container [style*="color: red"]')]
          .map((node) => node.getAttribute("data-mjx-error") || node.textContent)"""
    )
    assert mistakes == []
    text = visit.page.evaluate(VISIBLE_TEXT)
    for sign in ("$$", "\\(", "\\[", "\\begin{", "{cite}", "{term}", "{numref}", ":::"):
        at = text.find(sign)
        assert at < 0, f"raw {sign!r} in: ...{text[max(0, at - 60) : at + 60]}..."


def test_every_picture_is_there_and_described(visit):
    pictures = visit.page.evaluate(
        """() => [...document.images].map((image) => ({
          source: image.currentSrc.slice(0, 80), alt: image.alt.trim(),
          loaded: image.complete && image.naturalWidth > 0,
          hidden: image.closest("[aria-hidden=true]") !== null,
        }))"""
    )
    assert [image["source"] for image in pictures if not image["loaded"]] == []
    assert [each["source"] for each in pictures if not each["alt"] and not each["hidden"]] == []


def test_a_phone_need_not_scroll_sideways(visit):
    page = visit.page
    page.set_viewport_size(PHONE)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
    width = page.evaluate(
        "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
    )
    assert page.evaluate(TOO_WIDE, PHONE["width"]) == []
    assert width <= PHONE["width"]


def test_the_page_has_a_title_and_one_first_heading(visit):
    assert visit.page.title().strip() not in ("", NO_SITE)
    assert visit.page.locator("main h1:visible").count() == 1
