"""The site in a headless browser: what `make screenshots` and the browser tests share."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright

SITE = Path(__file__).resolve().parents[1] / "book" / "_build" / "html"
THEMES = ("light", "dark")
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_MAC_APPS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# A browser that is only looked through asks nobody for updates, and may run in a container.
_OPTIONS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-sync",
    "--font-render-hinting=none",
    "--no-first-run",
)


def find_chromium(playwright: Playwright | None = None) -> str | None:
    """Return the path of Chromium or Chrome on this machine, or None where there is neither."""
    found = [shutil.which(name) for name in _NAMES] + [p for p in _MAC_APPS if os.path.exists(p)]
    if playwright is not None and os.path.exists(playwright.chromium.executable_path):
        found.append(playwright.chromium.executable_path)
    return next((path for path in found if path), None)


def launch(playwright: Playwright, path: str) -> Browser:
    """Start the browser without a window."""
    return playwright.chromium.launch(executable_path=path, args=list(_OPTIONS))


def pages_of(site: Path = SITE) -> list[str]:
    """Return the pages of the site as addresses relative to it, in a fixed order."""
    pages = [path.relative_to(site) for path in site.rglob("*.html")]
    return sorted(page.as_posix() for page in pages if not page.parts[0].startswith("_"))


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serve files without a line on stderr for each."""

    protocol_version = "HTTP/1.1"  # keeps connections open, which is much quicker

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: a browser that leaves a page drops its connections."""


@contextmanager
def serve(folder: Path = SITE) -> Iterator[str]:
    """Serve a folder on loopback, on any free port; give its address."""
    handler = functools.partial(_QuietHandler, directory=str(folder))
    with _QuietServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def theme_script(theme: str) -> str:
    """Return a script that makes a page of the book open in a theme."""
    return f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}');"
