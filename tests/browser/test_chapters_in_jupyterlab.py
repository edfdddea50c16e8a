"""Every chapter in a real JupyterLab: it looks like a chapter there, too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lab import refresh
from labs import Lab, open_lab, write_notebook
from nbformat.v4 import new_markdown_cell
from playwright.sync_api import Browser, Page, expect
from visits import ROOT

pytestmark = pytest.mark.slow

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


@pytest.fixture(scope="module")
def page(browser: Browser, lab: Lab) -> Iterator[Page]:
    """Open JupyterLab on the copies of the chapters that `make lab` makes."""
    refresh(ROOT, lab.folder)
    write_notebook(lab, "notebooks/small.ipynb", SMALL)
    write_notebook(lab, "notebooks/broken.ipynb", [new_markdown_cell(text) for text, _ in BROKEN])
    with open_lab(browser, lab) as opened:
        yield opened


def show(page: Page, path: str) -> None:
    """Open a notebook and wait until its text is drawn."""
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


def problems_of(page: Page, path: str, patience: int = 60) -> list[str]:
    """Open a notebook and say what a reader would stumble over."""
    logged: list[str] = []
    listen = lambda message: message.type == "error" and logged.append(message.text)  # noqa: E731
    page.on("console", listen)
    show(page, path)
    for _ in range(patience):  # a cell is drawn more than once; its links are resolved last
        found = [f"reported: {line}" for text in logged for line in text.splitlines()]
        found += complaints(page.evaluate(READ_CELLS))
        if not found:
            break
        page.wait_for_timeout(500)
    page.remove_listener("console", listen)
    return found


def complaints(cells: list[dict[str, Any]]) -> list[str]:
    """Say what is wrong with the cells of a notebook as they are shown."""
    anchors = {anchor for cell in cells for anchor in cell["anchors"]}
    found = []
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
    found = problems_of(page, "notebooks/broken.ipynb", patience=4)
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
