"""The line that folds: its sums, its border, keyboard, and a movement that can be stopped."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Page, expect
from samples import ONE_OUTPUT, SAMPLES, SLOPES
from visits import OpenFigure

from helpers.activations import get_activation

FIGURE = "line-to-relu"
PLAYED = 10_000  # milliseconds: far more than it takes


def right(slope: float) -> int:
    """How many points are right, by the helpers."""
    network = ONE_OUTPUT.copy()
    for layer in network.layers[:-1]:
        layer.activation = get_activation("leaky_relu", slope=slope)
    sample = SAMPLES[FIGURE]
    scores = network(np.array(sample["points"]))[:, 0]
    return int(((scores > 0) == np.array(sample["labels"])).sum())


def bends(page: Page) -> float:
    """How far the border is from one straight line, as a share of its length."""
    path = page.locator(".fold-border").get_attribute("d")
    places = np.array([[float(x), float(y)] for x, y in re.findall(r"([\d.]+) ([\d.]+)", path)])
    length, width = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    return width / length


def test_the_slope_moves_by_keyboard_and_the_sums_are_those_of_the_helpers(page: Page) -> None:
    slider = page.get_by_role("slider", name="Slope of the negative side")
    here = page.locator("#here")
    for key, slope in (("Home", 1.0), ("ArrowRight", 0.95), ("PageUp", None), ("End", 0.0)):
        slider.press(key)
        shown = SLOPES[int(slider.input_value())]
        assert slope in (None, shown)
        expect(here).to_have_attribute("data-right", str(right(shown)))
        expect(page.locator(".course-count")).to_have_text(f"{right(shown)} of 40")
    expect(slider).to_have_attribute("aria-valuetext", "0 (ReLU)")
    expect(page.get_by_role("status")).to_contain_text(f"{right(0)} of 40 points right")
    expect(page.get_by_role("img")).to_have_accessible_name(re.compile("Slope 0.00: .* folds"))


def test_without_a_bend_the_border_is_a_straight_line(page: Page) -> None:
    assert bends(page) < 1e-3
    page.get_by_role("slider").press("End")
    assert bends(page) > 0.02


def test_it_plays_once_by_itself_and_again_when_asked(open_figure: OpenFigure) -> None:
    page = open_figure(FIGURE, reduced_motion="no-preference")
    slider, button = page.get_by_role("slider"), page.get_by_role("button")
    expect(slider).to_have_value("0")
    expect(button).to_have_text("Pause")
    expect(slider).to_have_value(str(len(SLOPES) - 1), timeout=PLAYED)
    expect(button).to_have_text("Play")
    expect(page.get_by_role("status")).to_be_empty()  # nobody asked, so nothing is read out
    button.press("Enter")
    expect(button).to_have_text("Pause")
    expect(slider).not_to_have_value(str(len(SLOPES) - 1))
    expect(slider).to_have_value(str(len(SLOPES) - 1), timeout=PLAYED)


def test_a_touch_stops_it(open_figure: OpenFigure) -> None:
    for stop in ("before it began", "slider", "button"):
        page = open_figure(FIGURE, reduced_motion="no-preference")
        slider, button = page.get_by_role("slider"), page.get_by_role("button")
        if stop != "before it began":
            expect(button).to_have_text("Pause")
        if stop == "button":
            button.click()
        else:
            slider.press("ArrowRight")
        expect(button).to_have_text("Play")
        value = slider.input_value()
        page.wait_for_timeout(1500)
        expect(slider).to_have_value(value)


def test_who_asks_for_less_motion_sees_none(page: Page) -> None:
    page.wait_for_timeout(1500)
    expect(page.get_by_role("slider")).to_have_value("0")
    expect(page.get_by_role("button")).to_have_count(0)
