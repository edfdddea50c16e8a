"""Forward and backward, number by number, in a browser: right numbers, keyboard, a narrow page."""

from __future__ import annotations

import json
import re

import numpy as np
from playwright.sync_api import Page
from samples import SAMPLES

from helpers.activations import get_activation
from helpers.data import xor
from helpers.network import Layer, Network, backward, forward
from helpers.training import Sgd, squared_error

FIGURE = "backprop-steps"
START = SAMPLES[FIGURE]


def answers_after(steps: int) -> np.ndarray:
    """What the course's own network answers after so many steps, one example at a time."""
    net = Network(
        [
            Layer(np.array(START["hidden"]), np.array(START["biases"]), get_activation("relu")),
            Layer(np.array([[1.0], [1.0]]), np.array([0.0]), get_activation("linear")),
        ]
    )
    (points, labels), optimiser = xor(), Sgd(START["rate"])
    for step in range(steps):
        row = [START["order"][step % 4]]
        trace = forward(net, points[row])
        _, gradient = squared_error(trace.outputs, labels[row][:, None])
        optimiser.step(net, backward(net, trace, gradient))
    return net(points)[:, 0]


def shown_answers(page: Page) -> np.ndarray:
    return np.array(json.loads(page.locator("#here").get_attribute("data-answers")))


def test_its_steps_are_those_of_the_course_s_network(page: Page) -> None:
    np.testing.assert_allclose(shown_answers(page), answers_after(0), atol=1e-12)
    for steps in (1, 2):
        for _ in range(10 if steps == 1 else 11):
            page.get_by_role("button", name=re.compile("^Next")).click()
        np.testing.assert_allclose(shown_answers(page), answers_after(steps), atol=1e-12)
    page.get_by_role("button", name="Start again").click()
    page.get_by_role("button", name="10 rounds").click()
    np.testing.assert_allclose(shown_answers(page), answers_after(40), atol=1e-12)
    assert np.abs(shown_answers(page) - [0, 1, 1, 0]).max() < 0.05


def test_it_says_what_it_computes(page: Page) -> None:
    status, onward = page.get_by_role("status"), page.get_by_role("button", name="Next", exact=True)
    assert "The inputs are 1 and 1. The answer should be 0." in status.inner_text()
    onward.click()
    assert "z₁ = 1 × 2.00 + 1 × (−1.50) + 0.50 = 1.00" in status.inner_text()
    for _ in range(7):
        onward.click()
    assert "unit 2 is off, slope 0: δ₂ = 2.00 × 0 = 0.00" in status.inner_text()
    page.get_by_label("Example").select_option("1")
    assert "The inputs are 0 and 1" in status.inner_text()


def test_back_undoes_a_step_and_the_keyboard_is_enough(page: Page) -> None:
    onward = page.get_by_role("button", name="Next", exact=True)
    onward.focus()
    for _ in range(10):
        page.keyboard.press("Enter")
    assert "the answer is now 0.12 (before: 1.00)" in page.get_by_role("status").inner_text()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    np.testing.assert_allclose(shown_answers(page), answers_after(0), atol=1e-12)
    assert page.locator("#here").get_attribute("data-phase") == "9"


def test_it_stays_within_a_phone_and_the_picture_is_described(page: Page) -> None:
    for _ in range(9):
        page.get_by_role("button", name=re.compile("^Next")).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 350
    picture = page.get_by_role("img")
    assert picture.get_attribute("aria-label").startswith("Network with two inputs")
    assert page.get_by_role("columnheader", name="answer").count() == 1
