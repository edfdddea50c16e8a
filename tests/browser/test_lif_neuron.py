"""The spiking neuron with its knobs, in a browser: words, keyboard, mouse, a narrow page."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page

from helpers.neurons import LeakyNeuron, firing_rate, simulate

FIGURE = "lif-neuron"


def rate(page: Page) -> float:
    return float(page.locator("#here").get_attribute("data-rate"))


def slide(page: Page, label: str, value: float) -> None:
    page.get_by_label(label, exact=False).first.fill(str(value))


def test_it_says_what_the_helper_computes(page: Page) -> None:
    assert rate(page) == pytest.approx(firing_rate(LeakyNeuron(), 2.0), abs=1e-3)
    words = page.get_by_role("status").inner_text()
    assert words.startswith("36 spikes a second. One every 27.7 ms")
    slide(page, "Input current", 3.4)
    slide(page, "Resistance", 14)
    slide(page, "Threshold", -50)
    slide(page, "Refractory time", 5)
    cell = LeakyNeuron(resistance=14.0, threshold=-50.0, refractory=5.0)
    assert rate(page) == pytest.approx(firing_rate(cell, 3.4), abs=1e-3)
    drawn = int(page.locator("#here").get_attribute("data-spikes"))
    assert drawn == np.count_nonzero(simulate(cell, 3.4, 200.0, 0.01).spikes)
    assert "never more than 200 Hz" in page.get_by_role("status").inner_text()


def test_too_little_current_is_silence(page: Page) -> None:
    slide(page, "Input current", 1.4)
    assert rate(page) == 0
    words = page.get_by_role("status").inner_text()
    assert words.startswith("Silent. The voltage settles at −56.0 mV")
    assert "more than 1.50 nA" in words
    slide(page, "Input current", -1)
    assert rate(page) == 0


def test_everything_can_be_set_from_the_keyboard(page: Page) -> None:
    slider = page.get_by_label("Input current")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "3.00 nA"
    assert rate(page) == pytest.approx(firing_rate(LeakyNeuron(), 3.0), abs=1e-3)
    page.get_by_label("show a rectified line").focus()
    page.keyboard.press("Space")
    assert page.locator(".lif-straight").is_visible()
    page.get_by_role("button", name="Start again").press("Enter")
    assert slider.get_attribute("aria-valuetext") == "2.00 nA"


def test_the_dot_follows_the_pointer(page: Page) -> None:
    box = page.locator(".lif-drag").bounding_box()
    before = rate(page)
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    page.mouse.up()
    current = float(page.get_by_label("Input current").input_value())
    assert 3 < current < 4.5
    assert rate(page) > before
