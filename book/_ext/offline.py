"""Make the site self-contained: no request leaves the server it is read from.

Jupyter Book and its theme ask for a few scripts on every page. This extension sees to it that
MathJax is loaded on every page that may need it, that the launcher for remote kernels is not, and
that the course's own browser modules are bundled into one classic script (module scripts do not
load from ``file://``).
"""

from __future__ import annotations

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


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("builder-inited", load_maths_everywhere)
    app.connect("html-page-context", without_remote_kernels, priority=900)
    app.connect("build-finished", write_bundle)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
