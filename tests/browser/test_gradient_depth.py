"""The network whose gradients are watched layer by layer, in a browser: knobs, words, theory."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

FIGURE = "gradient-depth"


def left(page: Page) -> float:
    """What share of the last layer's delta reaches the first."""
    return float(page.locator("#here").get_attribute("data-left"))


def factor(page: Page) -> float:
    return left(page) ** (1 / 19)


def test_each_rule_gives_the_factor_of_the_theory(page: Page) -> None:
    assert factor(page) == pytest.approx(0.5**0.5, rel=0.05)  # Xavier, to begin with
    page.get_by_role("button", name="He").click()
    assert factor(page) == pytest.approx(1, rel=0.08)
    page.get_by_role("button", name="N(0, 0.01²)").click()
    assert factor(page) == pytest.approx(0.08 / 2**0.5, rel=0.05)
    assert "It vanishes." in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="N(0, 1)", exact=True).click()
    assert factor(page) == pytest.approx(8 / 2**0.5, rel=0.05)
    assert "It explodes." in page.get_by_role("status").inner_text()


def test_sigmoid_vanishes_with_xavier_and_not_with_large_weights(page: Page) -> None:
    page.get_by_label("Activation").select_option("sigmoid")
    assert factor(page) == pytest.approx(0.234, rel=0.05)
    page.get_by_role("button", name="N(0, 1)", exact=True).click()
    assert 0.7 < factor(page) < 1.1


def test_the_weight_gradients_of_relu_hide_it_and_those_of_sigmoid_do_not(page: Page) -> None:
    page.get_by_role("button", name="N(0, 0.01²)").click()
    assert 0.2 < float(page.locator("#here").get_attribute("data-weights")) < 5
    page.get_by_label("Activation").select_option("sigmoid")
    assert float(page.locator("#here").get_attribute("data-weights")) < 1e-20


def test_the_knobs_work_from_the_keyboard(page: Page) -> None:
    layers = page.get_by_role("slider", name="Layers")
    layers.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert layers.input_value() == "25"
    assert "25 layers" in page.get_by_role("status").inner_text()
    gain = page.get_by_role("slider", name="Gain")
    gain.focus()
    page.keyboard.press("ArrowRight")
    assert gain.get_attribute("aria-valuetext") == "1.1"


def test_two_layers_and_forty_layers_can_be_drawn(page: Page) -> None:
    layers = page.get_by_role("slider", name="Layers")
    for key in ("Home", "End"):
        layers.focus()
        page.keyboard.press(key)
        for activation in ("sigmoid", "tanh", "relu", "linear"):
            page.get_by_label("Activation").select_option(activation)
            assert "NaN" not in page.locator("svg.depth-picture").evaluate("e => e.outerHTML")


def test_new_weights_change_the_network_and_not_the_theory(page: Page) -> None:
    before, words = left(page), page.get_by_role("status").inner_text()
    page.get_by_role("button", name="New weights").click()
    after = page.get_by_role("status").inner_text()
    assert left(page) != before
    theory = re.compile(r"theorem: [^)]*")
    assert theory.search(words)[0] == theory.search(after)[0]


def test_the_picture_says_what_it_shows(page: Page) -> None:
    picture = page.get_by_role("img")
    assert "the first layer gets" in picture.get_attribute("aria-label")
