"""A visit to a page of the site: what opened, and what went wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import headless
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("SITE_FOLDER") or headless.SITE)
NO_SITE = "run make book first"
PHONE = {"viewport": {"width": 350, "height": 1000}, "has_touch": True}


@dataclass
class Visit:
    """A page in the browser, and what went wrong while it was open."""

    page: Page
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


Open = Callable[..., Visit]
OpenFigure = Callable[..., Page]


def watch(page: Page, base: str, visit: Callable[[], Visit]) -> None:
    """Write down, for the visit of the moment, requests that leave loopback, and errors."""
    inside = (base, "data:", "blob:", "about:", "file:")

    def on_request(url: str) -> None:
        if not url.startswith(inside):
            visit().outside.append(url)

    def on_error(what: str) -> None:
        visit().errors.append(what)

    page.on("request", lambda request: on_request(request.url))
    page.on("websocket", lambda socket: visit().outside.append(socket.url))
    page.on("pageerror", lambda error: on_error(str(error)))
    page.on("requestfailed", lambda request: on_error(f"{request.url}: not loaded"))
    page.on("console", lambda message: on_error(message.text) if message.type == "error" else None)


class Window:
    """A window in which one page follows another, so that it has the site's scripts already."""

    def __init__(self, page: Page, base: str) -> None:
        """Take a page of a browser that shows nothing yet."""
        self.page, self.base, self.visit = page, base, Visit(page)
        watch(page, base, lambda: self.visit)

    def show(self, name: str, screen: dict[str, int]) -> Visit:
        """Open a page of the site."""
        self.page.goto("about:blank")  # what the page before still reports belongs to that one
        self.page.set_viewport_size(screen)
        self.visit = Visit(self.page)
        self.page.goto(self.base + name, wait_until="load")
        settle(self.page)
        return self.visit


def settle(page: Page) -> None:
    """Wait until formulas are set and figures have started."""
    page.evaluate(
        """async () => {
          if (window.MathJax?.startup?.promise) await window.MathJax.startup.promise;
          await document.fonts.ready;
        }"""
    )
    page.wait_for_function(
        "document.querySelectorAll('figure[data-module]:not([data-running])').length === 0"
    )
