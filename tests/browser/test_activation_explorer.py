"""The activation explorer shows the helpers' numbers, by keyboard, mouse and finger."""

from __future__ import annotations

import numpy as np
import pytest
from headless import DESKTOP
from playwright.sync_api import Page, expect
from samples import ACTIVATIONS
from visits import OpenFigure

from helpers.activations import Activation


@pytest.fixture(params=[{"viewport": DESKTOP, "has_touch": False}, {}], ids=["desktop", "phone"])
def explorer(open_figure: OpenFigure, request: pytest.FixtureRequest) -> Page:
    """Open the explorer alone on a page."""
    return open_figure("activation-explorer", **request.param)


def shown(page: Page, z: float) -> tuple[float, float]:
    """Wait until the point stands at z; return the value and the slope there."""
    here = page.locator("#here")
    expect(here).to_have_attribute("data-z", f"{z:.2f}")
    return float(here.get_attribute("data-value")), float(here.get_attribute("data-slope"))


def test_it_starts_where_it_is_told_and_moves_by_keyboard(explorer: Page) -> None:
    assert shown(explorer, 1.5) == (1.5, 1.0)
    slider = explorer.get_by_role("slider", name="Pre-activation z")
    slider.focus()
    slider.press("ArrowLeft")
    assert shown(explorer, 1.45) == (1.45, 1.0)
    assert slider.get_attribute("aria-valuetext") == "z = 1.45"
    slider.press("Home")
    assert shown(explorer, -5) == (0.0, 0.0)
    expect(explorer.get_by_role("status")).to_contain_text("No gradient gets through")


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda activation: activation.name)
def test_every_function_has_the_values_of_the_helpers(
    explorer: Page, activation: Activation
) -> None:
    explorer.get_by_role("combobox", name="Activation").select_option(activation.label)
    explorer.get_by_role("slider", name="Pre-activation z").press("End")
    expect(explorer.locator("#here")).to_have_attribute("data-activation", activation.label)
    value, slope = shown(explorer, 5)
    assert value == pytest.approx(float(activation(5.0)))
    assert slope == pytest.approx(float(activation.derivative(np.array(5.0))))
    expect(explorer.get_by_role("status")).to_contain_text(activation.label)


def test_it_says_where_a_corner_is(explorer: Page) -> None:
    explorer.get_by_role("slider", name="Pre-activation z").fill("100")
    assert shown(explorer, 0) == (0.0, 0.0)
    expect(explorer.get_by_role("status")).to_contain_text("corner")


def test_a_click_or_a_tap_moves_the_point(explorer: Page) -> None:
    plane = explorer.locator("svg.course-plot").first
    box = plane.bounding_box()
    at = {"x": 0.25 * box["width"], "y": 0.5 * box["height"]}
    touch = explorer.evaluate("navigator.maxTouchPoints > 0")
    (plane.tap if touch else plane.click)(position=at)
    explorer.wait_for_function("Number(document.getElementById('here').dataset.z) < -2")


def test_the_second_curve_is_there_when_asked_for(explorer: Page) -> None:
    explorer.get_by_role("combobox", name="Activation").select_option("Sigmoid")
    other = explorer.locator(".act-other").first
    expect(other).to_be_hidden()
    explorer.get_by_role("checkbox", name="ReLU behind it").check()
    expect(other).to_be_visible()
