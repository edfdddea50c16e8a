"""Mend what extensions write into the pages: an id must stand for one place only.

Each exercise and each theorem wraps its text in a section, and all of these sections have the same
id; all proofs share one as well. A link to it would lead to the first of them, and a reader who
hears the page may be sent there.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

REPEATED = {"exercise-content", "solution-content", "proof-content"}
OF_PROOFS = {"proof"}  # which a heading may have too, once


def drop_repeated_ids(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Take the ids that every exercise and theorem repeats away from their text."""
    for node in doctree.findall(nodes.Element):
        repeated = OF_PROOFS if isinstance(node, nodes.admonition) else REPEATED
        node["ids"] = [each for each in node.get("ids", []) if each not in repeated]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.connect("doctree-resolved", drop_repeated_ids)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
