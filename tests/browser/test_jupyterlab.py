"""Every chapter in a real JupyterLab, and the figures live, with a kernel behind them."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import pytest
from lab import refresh
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Browser, Page, expect
from visits import ROOT

pytestmark = pytest.mark.slow

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


CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SMALL = [
    new_markdown_cell("# 01. A chapter"),
    new_markdown_cell(
        "## Going deeper: how?\n\nWhy is it so?", metadata={"jp-MarkdownHeadingCollapsed": True}
    ),
    new_markdown_cell("Because of this."),
    new_markdown_cell("## What is next"),
]
BROKEN = [
    ("{cite}`he2015`", "Citation Not Found"),
    (":::{nothing} here\n:::", "Unknown Directive"),
    ("{term}`bias`", "term-bias"),
    ("See :::{admonition} A", ":::"),
    ("[x](#nowhere)", "nowhere"),
    ("[x](../book/glossary.md#no-term)", "glossary.md?"),
    ("[x](../book/no-page.md)", "no-page"),
    (":::{dropdown} Answer\n:open:\n\nYes.\n:::", "an answer is open"),
]

# What a cell of text shows, without programs and formulas, which may hold any sign.
READ_CELLS = """() => jupyterapp.shell.currentWidget.content.widgets.map((cell) => {
    const shown = cell.node.querySelector(".myst");
    const copy = shown?.cloneNode(true);
    copy?.querySelectorAll("pre, code, .katex").forEach((each) => each.remove());
    return {
        id: cell.model.id,
        text: copy?.textContent ?? "",
        warnings: [...shown?.querySelectorAll(".text-yellow-600, .text-red-600") ?? []].map(
            (each) => each.title || each.parentElement.textContent),
        links: [...shown?.querySelectorAll("a[href]") ?? []].map(
            (each) => each.getAttribute("href")),
        anchors: [...shown?.querySelectorAll("[id]") ?? []].map((each) => each.id),
        open: shown?.querySelectorAll("details[open]").length ?? 0,
        folded: cell.inputHidden ?? false,
        tags: cell.model.getMetadata("tags") ?? [],
    };
})"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def store(folder: Path, name: str, cells: list[Any]) -> None:
    """Write a notebook."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / name)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start JupyterLab on loopback over a copy of the course, with settings of its own."""
    pytest.importorskip("jupyterlab")
    work = tmp_path_factory.mktemp("lab")
    course = work / "course"
    course.mkdir()
    refresh(ROOT, course)  # as `make lab` does
    store(course, "live.ipynb", [new_code_cell(source) for source in CELLS])
    store(course / "notebooks", "small.ipynb", SMALL)
    store(course / "notebooks", "broken.ipynb", [new_markdown_cell(source) for source, _ in BROKEN])
    # what is out of sight is not drawn otherwise
    settings = work / "user" / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"windowingMode": "none"}))
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
    command += [f"--ServerApp.root_dir={course}", "--LabApp.news_url="]
    with log.open("w") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=work)
    try:
        wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, log)
        yield f"http://127.0.0.1:{port}/lab?token={token}"
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
def page(browser: Browser, lab: str) -> Iterator[Page]:
    """Open JupyterLab; at the end, nobody outside may have been asked for anything."""
    context = browser.new_context(viewport={"width": 1280, "height": 1400}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(60_000)
    outside: list[str] = []
    address = lab.split("/lab?")[0]
    inside = (address, address.replace("http", "ws"), "data:", "blob:")
    page.on(
        "request", lambda request: request.url.startswith(inside) or outside.append(request.url)
    )
    page.goto(lab)
    page.wait_for_function("window.jupyterapp?.commands.hasCommand('docmanager:open')")
    page.evaluate("jupyterapp.restored.then(() => null)")
    yield page
    context.close()
    assert outside == [], "JupyterLab shows the chapters without asking anybody else"


def show(page: Page, path: str) -> list[dict[str, Any]]:
    """Open a notebook, wait until its text is drawn, end its kernel, and read its cells."""
    page.evaluate(
        "(path) => jupyterapp.commands.execute('docmanager:open', { path }).then(() => null)", path
    )
    page.wait_for_function(
        """(path) => {
            const shown = jupyterapp.shell.currentWidget;
            return shown?.context?.path === path && shown.context.isReady &&
                shown.content.widgets.every((cell) => cell.model.type !== "markdown" ||
                    cell.node.querySelector(".myst")?.childElementCount);
        }""",
        arg=path,
    )
    return page.evaluate(READ_CELLS)


def problems_of(page: Page, path: str) -> list[str]:
    """Open a notebook and say what a reader would stumble over."""
    logged: list[str] = []
    listen = lambda message: message.type == "error" and logged.append(message.text)  # noqa: E731
    page.on("console", listen)
    cells = show(page, path)
    page.remove_listener("console", listen)
    anchors = {anchor for cell in cells for anchor in cell["anchors"]}
    found = [f"reported: {line}" for text in logged for line in text.splitlines()]
    for cell in cells:
        raw = re.findall(
            r":{3,}.*|`{3,}.*|\{[\w:-]+\}`.*|\{(?:admonition|dropdown).*", cell["text"]
        )
        found += [f"{cell['id']}: raw: {text}" for text in [*raw, *cell["warnings"]]]
        found += [
            f"{cell['id']}: leads nowhere: {link}"
            for link in cell["links"]
            if not leads_somewhere(link, anchors)
        ]
        if cell["open"]:
            found.append(f"{cell['id']}: an answer is open")
        hidden = {"hide-input", "remove-input", "remove-cell"} & set(cell["tags"])
        if bool(hidden) != cell["folded"]:
            found.append(f"{cell['id']}: folded in one place only")
    return found


def leads_somewhere(link: str, anchors: set[str]) -> bool:
    """Whether a link leads outside, into its notebook, or to a place in the course."""
    if link.startswith("#"):
        return link[1:] in anchors
    parts = urlsplit(link)
    if "/files/" not in parts.path:
        return parts.scheme == "https"
    target = ROOT / parts.path.split("/files/")[1]
    if not target.exists() or not parts.fragment:
        return target.exists()
    headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M)
    return parts.fragment in {
        re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_looks_like_a_chapter(page: Page, path: Path):
    assert problems_of(page, f"notebooks/{path.name}") == []


def test_what_does_not_is_found(page: Page):
    found = problems_of(page, "notebooks/broken.ipynb")
    missed = [what for _, what in BROKEN if not any(what in problem for problem in found)]
    assert missed == [], found


def test_answers_and_solutions_are_hidden_until_asked_for(page: Page):
    show(page, f"notebooks/{CHAPTERS[0].name}")
    shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .myst")
    for title in ("Answer", "Solution to"):
        answer = shown.locator("details", has_text=title).first
        expect(answer.locator("p").last).to_be_hidden()
        answer.locator("summary").click()
        expect(answer.locator("p").last).to_be_visible()


def test_a_term_leads_to_its_place_in_the_glossary_and_a_citation_to_the_work(page: Page):
    show(page, f"notebooks/{CHAPTERS[0].name}")
    shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .myst")
    work = shown.locator("a[href^='https://doi.org/']").first
    assert re.search(r"\w+ \d{4}$", work.inner_text().strip())
    assert work.get_attribute("target") == "_blank"
    term = shown.locator("a[href$='#weight']").first
    term.click()
    # jupyterlab-myst 2.7 shows the page from its top: it has the place, but does not go there
    expect(page.locator(".jp-MarkdownViewer h3#weight")).to_be_attached(timeout=60_000)


def test_what_goes_deeper_is_closed_after_its_question(page: Page):
    show(page, "notebooks/small.ipynb")
    shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    text = shown.locator(".myst")
    expect(text.get_by_text("Why is it so?")).to_be_visible()
    expect(text.get_by_text("What is next")).to_be_visible()
    expect(text.get_by_text("Because of this.")).to_be_hidden()
    shown.get_by_text("1 cell hidden").click()
    expect(text.get_by_text("Because of this.")).to_be_visible()


@pytest.fixture(scope="module")
def notebook(page: Page) -> Page:
    """Run all cells of the notebook with figures."""
    page.evaluate(
        "jupyterapp.commands.execute('docmanager:open', { path: 'live.ipynb' }).then(() => null)"
    )
    page.wait_for_function("jupyterapp.shell.currentWidget?.sessionContext?.isReady")
    page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    page.locator(".course-verdict").wait_for()
    return page


def test_the_slider_draws_what_it_is_asked_for(notebook: Page):
    picture = notebook.locator(".jp-OutputArea img.course-picture")
    expect(picture).to_have_attribute("alt", "Bent, slope 0.00")
    source = picture.get_attribute("src")
    handle = notebook.locator(".widget-slider .noUi-handle")
    handle.focus()
    handle.press("ArrowRight")
    expect(picture).to_have_attribute("alt", "Bent, slope 0.01")  # no frame of the book
    assert picture.get_attribute("src") != source


def test_the_playground_runs_beside_the_kernel(notebook: Page):
    figure = notebook.locator(".course-figure:has(.xor-plane)")
    figure.scroll_into_view_if_needed()
    handle = figure.get_by_role("slider", name="Line 1, position")
    before = handle.get_attribute("aria-valuetext")
    handle.focus()
    handle.press("ArrowRight")
    expect(handle).not_to_have_attribute("aria-valuetext", before)
    figure.get_by_role("button", name="Show me").click()
    expect(figure).to_have_attribute("data-right", "4")


def test_the_verdict_card_is_shown(notebook: Page):
    card = notebook.locator(".course-verdict")
    expect(card).to_contain_text("Claim C35")
    expect(card).to_contain_text("largest gap")
