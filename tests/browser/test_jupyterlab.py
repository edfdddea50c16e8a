"""The same figures, live, in a real JupyterLab with a kernel behind them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from labs import Lab, run_notebook
from playwright.sync_api import Browser, Page, expect

CELLS = [
    """\
import numpy as np

from helpers import figures, widgets
from helpers.claims import Criterion, verdict

figures.use_course_style()


def draw(slope):
    figure, ax = figures.new_figure()
    z = np.linspace(-3, 3, 100)
    ax.plot(z, np.where(z > 0, z, slope * z))
    ax.set_ylim(-3, 3)
    return figure


widgets.slider_figure(
    draw,
    [0, 0.5, 1],
    "slope",
    alt=lambda slope: f"Bent, slope {slope:.2f}",
    live_range=(0, 1, 0.01),
)""",
    """\
widgets.browser_figure(
    "xor-playground",
    {"points": [[0, 0], [0, 1], [1, 0], [1, 1]], "labels": [0, 1, 1, 0]},
    alt="Drag the two lines until XOR is solved.",
)""",
    """\
verdict("C35", Criterion("largest gap", np.abs(np.float32(0.1) - 0.1), below=1e-6))""",
]


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[Page]:
    """Open the notebook in JupyterLab and run all of it."""
    with run_notebook(browser, lab, "live", CELLS) as page:
        page.locator(".course-verdict").wait_for()
        yield page


@pytest.mark.slow
def test_the_slider_draws_what_it_is_asked_for(notebook: Page):
    picture = notebook.locator(".jp-OutputArea img.course-picture")
    expect(picture).to_have_attribute("alt", "Bent, slope 0.00")
    source = picture.get_attribute("src")
    handle = notebook.locator(".widget-slider .noUi-handle")
    handle.focus()
    handle.press("ArrowRight")
    expect(picture).to_have_attribute("alt", "Bent, slope 0.01")  # no frame of the book
    assert picture.get_attribute("src") != source


@pytest.mark.slow
def test_the_playground_runs_beside_the_kernel(notebook: Page):
    figure = notebook.locator(".course-figure:has(.xor-panel)")
    figure.scroll_into_view_if_needed()
    handle = figure.get_by_role("slider", name="Line 1, position")
    before = handle.get_attribute("aria-valuetext")
    handle.focus()
    handle.press("ArrowRight")
    expect(handle).not_to_have_attribute("aria-valuetext", before)
    figure.get_by_role("button", name="Show me").click()
    expect(figure).to_have_attribute("data-right", "4")


@pytest.mark.slow
def test_the_verdict_card_is_shown(notebook: Page):
    card = notebook.locator(".course-verdict")
    expect(card).to_contain_text("Claim C35")
    expect(card).to_contain_text("largest gap")
