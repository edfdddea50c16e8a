"""The same figures, live, in a real JupyterLab with a kernel behind them."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start JupyterLab on loopback, with settings of its own; give the notebook's address."""
    pytest.importorskip("jupyterlab")
    work = tmp_path_factory.mktemp("lab")
    notebook = new_notebook(
        cells=[new_code_cell(source) for source in CELLS],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    nbformat.write(notebook, work / "live.ipynb")
    port, token = free_port(), secrets.token_hex(16)
    folders = {
        name: str(work / "settings" / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    environment = {**os.environ, **folders, "JUPYTERLAB_SETTINGS_DIR": str(work / "user")}
    environment["JUPYTERLAB_WORKSPACES_DIR"] = str(work / "workspaces")
    environment.pop("COURSE_FACE", None)
    log = work / "lab.log"
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--expose-app-in-browser"]
    command += ["--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={work}", "--LabApp.news_url="]
    with log.open("w") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=work)
    try:
        wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, log)
        yield f"http://127.0.0.1:{port}/lab/tree/live.ipynb?token={token}"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    """Wait until the server answers; ask it directly, whatever proxy the environment names."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    failure: OSError | None = None
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            with direct.open(address, timeout=5):
                return
        except OSError as error:
            failure = error
            time.sleep(0.25)
    written = log.read_text()[-2000:]
    pytest.fail(f"JupyterLab did not start ({failure}):\n{written}", pytrace=False)


@pytest.fixture(scope="module")
def notebook(browser: Browser, lab: str) -> Iterator[Page]:
    """Open the notebook in JupyterLab and run all of it."""
    context = browser.new_context(viewport={"width": 1280, "height": 1400}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(60_000)
    outside: list[str] = []
    inside = (lab.split("/lab/")[0], lab.split("/lab/")[0].replace("http", "ws"), "data:", "blob:")
    page.on(
        "request", lambda request: request.url.startswith(inside) or outside.append(request.url)
    )
    page.goto(lab)
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.isReady")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.locator(".course-verdict").wait_for()
    yield page
    context.close()
    assert outside == [], "JupyterLab shows the figures without asking anybody else"


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
