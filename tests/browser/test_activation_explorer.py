"""The activation explorer shows the helpers' numbers, by keyboard, mouse and finger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from helpers.activations import get_activation

JAVASCRIPT = Path(__file__).resolve().parents[2] / "src" / "helpers" / "javascript"
GRID = np.round(np.arange(-5, 5.01, 0.05), 2)
NAMES = ("relu", "gelu", "sigmoid")
PHONE = {"width": 350, "height": 800}


def standalone() -> str:
    """Return a page that holds nothing but the explorer."""
    program = (JAVASCRIPT / "activation-explorer.js").read_text(encoding="utf-8")
    style = (JAVASCRIPT / "figures.css").read_text(encoding="utf-8")
    functions = [
        {
            "label": get_activation(name).label,
            "note": get_activation(name).note,
            "range": "somewhere",
            "values": get_activation(name)(GRID).tolist(),
            "slopes": get_activation(name).derivative(GRID).tolist(),
        }
        for name in NAMES
    ]
    sent = {"functions": functions, "low": -5, "step": 0.05, "which": 0, "z": 1.5}
    program = program.replace("export default { render };", "")
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorer</title>
<style>{style} body {{ margin: 8px; font-family: sans-serif }}</style><div id="host"></div>
<script type="module">{program}
const sent = {json.dumps(sent)};
render({{ model: {{ get: (name) => sent[name] }}, el: document.getElementById("host") }});
</script></html>"""


@pytest.fixture(params=["desktop", "phone"])
def explorer(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open the explorer alone on a page; it must not report any error."""
    phone = request.param == "phone"
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True} if phone else {}
    context = browser.new_context(**options)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(standalone())
    expect(page.locator("#host")).to_have_attribute("data-activation", "ReLU")
    yield page
    assert errors == []
    context.close()


def shown(page: Page, z: float) -> tuple[float, float]:
    """Wait until the point stands at z; return the value and the slope there."""
    host = page.locator("#host")
    expect(host).to_have_attribute("data-z", f"{z:.2f}")
    return float(host.get_attribute("data-value")), float(host.get_attribute("data-slope"))


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


@pytest.mark.parametrize("name", NAMES)
def test_every_function_has_the_values_of_the_helpers(explorer: Page, name: str) -> None:
    activation = get_activation(name)
    explorer.get_by_role("combobox", name="Activation").select_option(activation.label)
    explorer.get_by_role("slider", name="Pre-activation z").press("End")
    expect(explorer.locator("#host")).to_have_attribute("data-activation", activation.label)
    value, slope = shown(explorer, 5)
    assert value == pytest.approx(float(activation(5.0)))
    assert slope == pytest.approx(float(activation.derivative(np.array(5.0))))
    expect(explorer.get_by_role("status")).to_contain_text(activation.label)


def test_it_says_where_a_corner_is(explorer: Page) -> None:
    explorer.get_by_role("slider", name="Pre-activation z").fill("100")
    assert shown(explorer, 0) == (0.0, 0.0)
    expect(explorer.get_by_role("status")).to_contain_text("corner")


def test_a_click_or_a_tap_moves_the_point(explorer: Page) -> None:
    plane = explorer.locator("svg.act-plane").first
    box = plane.bounding_box()
    at = {"x": 0.25 * box["width"], "y": 0.5 * box["height"]}
    touch = explorer.evaluate("navigator.maxTouchPoints > 0")
    (plane.tap if touch else plane.click)(position=at)
    explorer.wait_for_function("Number(document.getElementById('host').dataset.z) < -2")


def test_the_second_curve_is_there_when_asked_for(explorer: Page) -> None:
    explorer.get_by_role("combobox", name="Activation").select_option("Sigmoid")
    other = explorer.locator(".act-other").first
    expect(other).to_be_hidden()
    explorer.get_by_role("checkbox", name="ReLU behind it").check()
    expect(other).to_be_visible()


def test_it_is_not_wider_than_its_page(explorer: Page) -> None:
    assert explorer.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
