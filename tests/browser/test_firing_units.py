"""The network whose units one can watch, in a browser: its sums, keyboard, mouse, a narrow page."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page
from samples import FIRING

from helpers.network import forward

FIGURE = "firing-units"


def counts(network: str, at: tuple[float, float]) -> list[int]:
    """How many units of each hidden layer fire, by the helpers."""
    hidden = forward(FIRING[network], np.array([at])).activations[:-1]
    return [int((h > 0).sum()) for h in hidden]


def shown(page: Page) -> tuple[int, int]:
    """What the figure says: how many units fire, and how many paths are active."""
    here = page.locator("#here")
    return int(here.get_attribute("data-active")), int(here.get_attribute("data-paths"))


def test_it_counts_units_and_paths_as_the_helpers_do(page: Page) -> None:
    first, second = counts("first", (0, 0))
    assert shown(page) == (first + second, first * second)
    assert f"{first} of 6 fire" in page.locator("#here").inner_text()
    page.get_by_label("Network").select_option("second")
    first, second = counts("second", (0, 0))
    assert shown(page) == (first + second, first * second)


def test_the_input_moves_by_keyboard(page: Page) -> None:
    page.get_by_label("input x₁").focus()
    page.keyboard.press("End")
    page.get_by_label("input x₂").focus()
    page.keyboard.press("Home")
    first, second = counts("first", (1, -1))
    assert shown(page) == (first + second, first * second)
    status = page.get_by_role("status").inner_text()
    assert f"{first + second} of 11 units fire" in status
    assert f"{first * second} of 30 paths" in status


def test_the_input_moves_by_pointer(page: Page) -> None:
    box = page.locator(".firing-plane").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.up()
    first, second = counts("first", (0.8, 0.6))
    assert shown(page) == (first + second, first * second)


def test_a_unit_can_be_chosen_and_let_go(page: Page) -> None:
    unit = page.get_by_role("button", name="Layer 2, unit 3:")
    unit.focus()
    page.keyboard.press("Enter")
    assert unit.get_attribute("aria-pressed") == "true"
    assert "where unit 3 of layer 2 fires" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Show all units").click()
    assert unit.get_attribute("aria-pressed") == "false"
