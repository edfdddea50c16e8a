"""The neuron that is moved by hand, in a browser: keyboard, mouse, words, a narrow page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

FIGURE = "neuron-line"


def wrong(page: Page) -> int:
    return int(page.locator("#here").get_attribute("data-wrong"))


def test_it_says_how_many_are_wrong_and_how_few_can_be(page: Page) -> None:
    assert wrong(page) == 2
    assert (
        page.get_by_role("status").inner_text()
        == "2 of 4 wrong. The line lies outside the picture: every point gets the same answer."
    )
    page.get_by_role("button", name="Show me").click()
    page.wait_for_function("document.querySelector('#here').dataset.wrong === '0'")
    assert "separates the two classes" in page.get_by_role("status").inner_text()
    page.get_by_label("Points").select_option("Either")
    page.get_by_role("button", name="Show me").click()
    page.wait_for_function("document.querySelector('#here').dataset.wrong === '1'")
    assert "No line does better" in page.get_by_role("status").inner_text()


def test_everything_can_be_set_from_the_keyboard(page: Page) -> None:
    page.get_by_label("bias b").focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    assert page.get_by_label("bias b").input_value() == "0"
    assert wrong(page) == 0

    turner = page.get_by_role("slider", name="Arrow of the two weights: turn it")
    turner.focus()
    for _ in range(6):
        page.keyboard.press("Shift+ArrowLeft")
    assert turner.get_attribute("aria-valuenow") == "90"
    assert turner.get_attribute("aria-valuetext").startswith("weights 0.00 and 0.50")

    mover = page.get_by_role("slider", name="Line: move it")
    before = float(mover.get_attribute("aria-valuenow"))
    mover.focus()
    page.keyboard.press("ArrowUp")
    assert float(mover.get_attribute("aria-valuenow")) < before


def test_the_line_follows_the_pointer(page: Page) -> None:
    page.get_by_role("button", name="Show me").click()
    page.wait_for_function("document.querySelector('#here').dataset.wrong === '0'")
    grip = page.get_by_role("slider", name="Line: move it").locator(".course-grip").bounding_box()
    plane = page.locator(".neuron-plane").bounding_box()
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(plane["x"] + plane["width"] * 5 / 6, plane["y"] + plane["height"] / 2)
    page.mouse.up()
    # the right end of the plane is 3, so five sixths of its width is at 2
    assert float(page.get_by_label("bias b").input_value()) == pytest.approx(-2, abs=0.1)
    assert wrong(page) == 2


def test_a_point_s_sum_is_worked_out(page: Page) -> None:
    page.get_by_role("button", name="Next point").click()
    words = page.locator(".neuron-formula").inner_text()
    assert (
        words
        == "z = 0.50 × (−1.00) + 0.00 × (−1.00) − 2.00 = −2.50, so it answers 0, “low”: right."
    )
