"""Make the site self-contained: no request leaves the server it is read from.

Jupyter Book and its theme ask for a few scripts on every page. This extension sees to it that
MathJax is loaded on every page that may need it, that the launcher for remote kernels is not, that
the course's own browser modules are bundled into one classic script (module scripts do not load
from ``file://``), and that the site's bare address leads to the first page and can be shared.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from bundle import bundle_modules
from sphinx.application import Sphinx

MODULES = Path("src", "helpers", "javascript")
BUNDLE = "course-figures.js"


def load_maths_everywhere(app: Sphinx) -> None:
    """Ask for MathJax on every page, because a quiz may hold the only formula of a page."""
    app.set_html_assets_policy("always")


def belongs_to_thebe(asset: Any) -> bool:
    """Whether a script or style sheet, from a file or written into the page, is sphinx-thebe's."""
    inline = getattr(asset, "attributes", {}).get("body") or ""
    return "thebe" in f"{getattr(asset, 'filename', asset)} {inline}".lower()


def without_remote_kernels(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object
) -> None:
    """Drop the scripts of sphinx-thebe, which load from outside and are emitted twice."""
    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context.get(kind, []) if not belongs_to_thebe(asset)]


def write_bundle(app: Sphinx, error: Exception | None) -> None:
    """Write the browser modules of the figures as one script of the site."""
    if error is None and app.builder.format == "html":
        script = bundle_modules(Path(app.srcdir) / MODULES)
        (Path(app.outdir) / "_static" / BUNDLE).write_text(script, encoding="utf-8")


def write_entrance(app: Sphinx, error: Exception | None) -> None:
    """Write ``index.html``: it leads to the first page, and is shared with that page's card."""
    if error is not None or app.builder.format != "html":
        return
    first = f"{app.config.root_doc}.html"
    head = (Path(app.outdir) / first).read_text(encoding="utf-8").split("</head>")[0]
    shared = re.findall(r'<meta (?:property="og:|name="(?:description|twitter:))[^>]*>', head)
    title = html.escape(app.config.html_title or app.config.project)
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{app.config.language}">',
        "<head>",
        '<meta charset="utf-8">',
        f"<title>{title}</title>",
        f'<meta http-equiv="refresh" content="0; url={first}">',
        f'<link rel="canonical" href="{app.config.ogp_site_url}{first}">',
        f'<link rel="icon" href="_static/{Path(app.config.html_favicon).name}">',
        *shared,
        "</head>",
        f'<body><main><h1>{title}</h1><p><a href="{first}">Begin here</a></p></main></body>',
        "</html>",
    ]
    (Path(app.outdir) / "index.html").write_text("\n".join(lines) + "\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("builder-inited", load_maths_everywhere)
    app.connect("html-page-context", without_remote_kernels, priority=900)
    app.connect("build-finished", write_bundle)
    app.connect("build-finished", write_entrance)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
