"""Sections *Going deeper: ...* and *Also on trial* are closed on the page.

The heading stays where it is, and in the contents; what stands below it becomes the inside of a
plain ``<details>``. A browser opens that for a search in the page and for a link to an anchor
inside; ``deeper.js`` does the rest: a link to the heading, the site's own search, and print.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

CLOSED = re.compile(r"(Going deeper: .+|Also on trial)")
OPEN = '<details class="deeper"><summary>Show this section</summary>'


def fold(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the body of each such section into a closed ``<details>``."""
    if app.builder.format != "html":
        return
    for section in list(doctree.findall(nodes.section)):
        title = section.next_node(nodes.title)
        if title is not None and title.parent is section and CLOSED.fullmatch(title.astext()):
            start = section.index(title) + 1
            section.insert(start, nodes.raw("", OPEN, format="html"))
            section.append(nodes.raw("", "</details>", format="html"))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.connect("doctree-resolved", fold)
    app.add_js_file("deeper.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
