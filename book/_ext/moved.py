"""Old addresses lead on to the pages that have moved, and the bare address to the first page.

``moved_pages`` in ``_config.yml`` names them, old to new, without ending. At the old address stands
a page that leads on at once and keeps what follows the name: ``?verdict=false#the-table``. Where
scripts are off it leads to the top of the new page. Shared, it shows the new page's card.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
SHARED = re.compile(r'<meta (?:property="og:|name="(?:description|twitter:))[^>]*>')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Say which of the old and new pages are not as `moved_pages` has them."""
    for old, new in app.config.moved_pages.items():
        if new not in env.found_docs:
            LOGGER.warning("moved_pages: %s leads to %s, which is no page", old, new)
        if old in env.found_docs:
            LOGGER.warning("moved_pages: there is still a page at %s", old)


def leading_page(old: str, new: str, head: str, language: str) -> str:
    """Return the page at the old address.

    Parameters
    ----------
    old, new
        The addresses in the site, without ending.
    head
        The new page's head, whose title and card for sharing the old address keeps.
    """
    target = posixpath.relpath(f"{new}.html", posixpath.dirname(old) or ".")
    found = TITLE.search(head)
    title = found[1].strip() if found else html.escape(new)
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{language}">',
        "<head>",
        '<meta charset="utf-8">',
        f"<title>{title}</title>",
        f"<script>location.replace({json.dumps(target)} + location.search + location.hash);"
        "</script>",
        f'<noscript><meta http-equiv="refresh" content="0; url={target}"></noscript>',
        *SHARED.findall(head),
        "</head>",
        f'<body><main><h1>{title}</h1><p><a href="{target}">Read on</a></p></main></body>',
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def write(app: Sphinx, error: Exception | None) -> None:
    """Write a page at each old address."""
    if error is not None or app.builder.format != "html":
        return
    for old, new in {"index": app.config.root_doc, **app.config.moved_pages}.items():
        page = Path(app.outdir, f"{new}.html")
        if page.exists() and old != new:  # else `check` has complained, or needs no leading
            head = page.read_text(encoding="utf-8").split("</head>")[0]
            place = Path(app.outdir, f"{old}.html")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(leading_page(old, new, head, app.config.language), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the setting and what reads it with Sphinx."""
    app.add_config_value("moved_pages", {}, "env", [dict])
    app.connect("env-check-consistency", check)
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
