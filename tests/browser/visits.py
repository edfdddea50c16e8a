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


def watch(seen: Visit, base: str) -> None:
    """Write down requests that leave loopback, and errors."""
    inside = (base, "data:", "blob:", "about:", "file:")

    def on_request(url: str) -> None:
        if not url.startswith(inside):
            seen.outside.append(url)

    page = seen.page
    page.on("request", lambda request: on_request(request.url))
    page.on("websocket", lambda socket: seen.outside.append(socket.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("requestfailed", lambda request: seen.errors.append(f"{request.url}: not loaded"))
    page.on(
        "console",
        lambda message: seen.errors.append(message.text) if message.type == "error" else None,
    )


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
