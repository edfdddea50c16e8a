"""What the tests of the built site share: its pages, a server on loopback, a headless browser.

They look at ``book/_build/html``, which `make test` has built before, or at the folder that the
variable SITE_FOLDER names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import addresses
import headless
import pytest
from bs4 import BeautifulSoup
from labs import Lab, run_lab
from playwright.sync_api import Browser, BrowserContext, Page
from samples import SAMPLES
from visits import (
    NO_SITE,
    PHONE,
    ROOT,
    SITE,
    Open,
    OpenFigure,
    Visit,
    Window,
    settle,
    watch,
)

from helpers.widgets import JAVASCRIPT, module_source

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the site, and what needs the browser."""
    for item in items:
        if HERE in item.path.parents:
            names = getattr(item, "fixturenames", ())
            item.add_marker(pytest.mark.site)
            if "browser" in names:
                item.add_marker(pytest.mark.browser)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `page_name` once for every page, `chapter` for every chapter."""
    for argument, prefix in (("page_name", ""), ("chapter", "notebooks/")):
        if argument in metafunc.fixturenames:
            pages = headless.pages_of(SITE) if SITE.exists() else []
            pages = [page for page in pages if page.startswith(prefix)]
            if {"open_page", "turn_to"}.intersection(metafunc.fixturenames):
                # what leads on at once is followed by test_getting_about.py
                pages = [page for page in pages if not leads_on(SITE / page)]
            # without a site one test remains, which fails and says what to do
            metafunc.parametrize(argument, pages or [NO_SITE], scope="module")


@cache
def leads_on(page: Path) -> bool:
    """Whether a page is nothing but the way to another one."""
    return 'http-equiv="refresh"' in page.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the site."""
    if not (SITE / "index.html").exists():
        pytest.fail(f"There is no site in {SITE}: {NO_SITE}.", pytrace=False)
    return SITE


@pytest.fixture(scope="session")
def base(site: Path) -> Iterator[str]:
    """Serve the site on loopback; give its address."""
    with headless.serve(site) as address:
        yield address


def new_context(
    browser: Browser, theme: str, screen: dict[str, int], **options: object
) -> BrowserContext:
    """Return what shares nothing with other pages, and shows the site in a theme."""
    context = browser.new_context(viewport=screen, color_scheme=theme, **options)
    context.add_init_script(headless.theme_script(theme))
    return context


@pytest.fixture(scope="module")
def open_page(browser: Browser, base: str) -> Iterator[Open]:
    """Return what opens a page of the site; pages are closed with the module, or by the test."""
    contexts = []

    def visit(
        name: str,
        theme: str = "light",
        screen: dict[str, int] = headless.DESKTOP,
        settled: bool = True,
        **options: object,
    ) -> Visit:
        context = new_context(browser, theme, screen, **options)
        contexts.append(context)
        seen = Visit(context.new_page())
        watch(seen.page, base, lambda: seen)
        address = name if "://" in name else base + name
        seen.page.goto(address, wait_until="load")
        if settled and options.get("java_script_enabled", True):
            settle(seen.page)
        return seen

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def turn_to(browser: Browser, base: str) -> Iterator[Open]:
    """Return what turns to a page of the site in a window that has shown others before.

    That is several times quicker than `open_page`, for tests that look at every page. The page
    before is gone, and its visit with it.
    """
    windows: dict[str, Window] = {}

    def visit(
        name: str,
        theme: str = "light",
        screen: dict[str, int] = headless.DESKTOP,
        **options: object,
    ) -> Visit:
        kind = repr((theme, options))
        if kind not in windows:
            page = new_context(browser, theme, screen, **options).new_page()
            windows[kind] = Window(page, base)
        return windows[kind].show(name, screen)

    yield visit
    for window in windows.values():
        window.page.context.close()


@pytest.fixture
def open_figure(browser: Browser) -> Iterator[OpenFigure]:
    """Return what opens a narrow page with nothing but one figure; it must report no error."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def visit(module: str, prepare: str = "", **options: object) -> Page:
        context = browser.new_context(**{**PHONE, "reduced_motion": "reduce", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        style = (JAVASCRIPT / "figures.css").read_text(encoding="utf-8")
        program = module_source(module).replace("export default { render };", "")
        page.set_content(
            f"<!doctype html><html lang='en'><title>{module}</title>"
            f"<style>{style} body {{ margin: 8px }}</style><body><div id='here'></div>"
            f"<script>{prepare}</script>"
            f"<script type='module'>{program}\nconst values = {json.dumps(SAMPLES[module])};"
            "render({ model: { get: (name) => values[name] }, "
            "el: document.querySelector('#here') });</script></body></html>"
        )
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def page(open_figure: OpenFigure, request: pytest.FixtureRequest) -> Page:
    """Open the figure that the test's module names, FIGURE, alone on a page."""
    return open_figure(request.module.FIGURE)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Start a real JupyterLab on loopback, with settings of its own."""
    pytest.importorskip("jupyterlab")
    with run_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@cache
def soup_of(path: Path) -> BeautifulSoup:
    """Parse a page of the site."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="session")
def parse(site: Path) -> Callable[[str], BeautifulSoup]:
    """Return what parses a page by its name."""
    return lambda name: soup_of(site / name)


@pytest.fixture(scope="session")
def repository() -> str:
    """Return the address of the repository if the site's buttons lead there, else nothing."""
    settings = (ROOT / "book" / "_config.yml").read_text(encoding="utf-8")
    written = re.search(r'^repository:\n\s+url: "(.*?)"', settings, re.MULTILINE)[1]
    address = addresses.repository(ROOT, written)
    return address if addresses.site(address) else ""
