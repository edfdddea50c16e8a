"""In a real JupyterLab the figures change with its theme."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from labs import Lab, run_notebook
from playwright.sync_api import Browser, Page, expect
from samples import SAMPLES

PAINTED = ("firing-units", "xor-playground")
CELLS = [
    f"""\
import json

from helpers import widgets

start = json.loads({json.dumps(SAMPLES[name])!r})
widgets.browser_figure({name!r}, start, alt="A painted plane.")"""
    for name in PAINTED
]
PIXELS = """() => [...document.querySelectorAll(".course-plane canvas")].map((canvas) =>
  canvas.toDataURL())"""


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: Lab) -> Iterator[Page]:
    """Open the figures that are painted on a canvas."""
    with run_notebook(browser, lab, "theme", CELLS) as page:
        yield page


@pytest.mark.slow
def test_painted_planes_follow_the_theme(notebook: Page) -> None:
    expect(notebook.locator(".course-plane canvas")).to_have_count(3, timeout=60_000)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        before = notebook.evaluate(PIXELS)
        change = "(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })"
        notebook.evaluate(change, theme)
        notebook.wait_for_function(
            f"(before) => ({PIXELS})().every((each, i) => each !== before[i])", arg=before
        )
