"""The two lines that are moved by hand until XOR is solved, which takes a bend."""

from __future__ import annotations

from playwright.sync_api import Page, expect

FIGURE = "xor-playground"


def test_a_line_follows_the_keyboard_and_the_pointer(page: Page) -> None:
    handle = page.get_by_role("slider", name="Line 1, position")
    start = handle.get_attribute("aria-valuetext")
    handle.press("ArrowRight")
    expect(handle).not_to_have_attribute("aria-valuetext", start)
    by_key = handle.get_attribute("aria-valuetext")

    box = handle.locator(".course-grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 40, steps=5)
    page.mouse.up()
    expect(handle).not_to_have_attribute("aria-valuetext", by_key)

    angle = page.get_by_role("slider", name="Line 1, angle")
    turned = angle.get_attribute("aria-valuetext")
    angle.press("Shift+ArrowLeft")
    expect(angle).not_to_have_attribute("aria-valuetext", turned)

    page.get_by_role("button", name="Start again").click()
    expect(handle).to_have_attribute("aria-valuetext", start)


def test_it_is_solved_with_a_bend_and_not_without(page: Page) -> None:
    here = page.locator("#here")
    page.get_by_role("button", name="Show me").click()
    expect(here).to_have_attribute("data-right", "4")
    expect(here).to_have_attribute("data-slope", "0")
    expect(page.get_by_role("status")).to_contain_text("One straight line separates the classes")
    page.get_by_role("slider", name="Slope of the negative side").press("End")
    expect(here).to_have_attribute("data-slope", "1")
    handle = page.get_by_role("slider", name="Line 2, position")
    for key in ("ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"):
        for _ in range(4):
            handle.press(f"Shift+{key}")
            page.evaluate("new Promise(requestAnimationFrame)")
            assert int(here.get_attribute("data-right")) <= 3
