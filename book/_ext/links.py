"""Links in the notebooks that can be read, and followed, wherever a notebook is opened.

- A citation is a link to the work itself, ``[He et al. 2015](https://doi.org/...)``. In the site it
  leads to the entry of the bibliography, and a link to a paper that ``references.bib`` does not
  list stops the strict build.
- A theorem is linked as ``[the theorem](#thm-label)``, which sphinx-proof does not resolve by
  itself. A theorem that is not there stops the build as well: MyST says so.

A term is a link to its heading in the glossary, ``[bias](../book/glossary.md#bias)``. MyST resolves
and checks it like any other link to a heading.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from docutils import nodes
from pybtex.database import Entry
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

LOGGER = logging.getLogger(__name__)
PAPERS = re.compile(r"https?://((dx\.)?doi\.org|(www\.)?arxiv\.org)/")
ADDRESSES: dict[str, Callable[[str], str]] = {  # the first that an entry has is its address
    "doi": "https://doi.org/{}".format,
    "eprint": "https://arxiv.org/abs/{}".format,
    "url": str,
    "isbn": lambda number: f"https://openlibrary.org/isbn/{number.replace('-', '')}",
}


def address(entry: Entry) -> str:
    """Return where a work is found."""
    return next(
        make(entry.fields[name]) for name, make in ADDRESSES.items() if name in entry.fields
    )


class CitationLinks(SphinxPostTransform):
    """Let the links to cited works lead to the bibliography."""

    default_priority = 5

    def run(self, **options: Any) -> None:
        """Change the links of one page."""
        listed = {address(each.entry): each for each in self.env.get_domain("cite").citations}
        for link in list(self.document.findall(nodes.reference)):
            target = link.get("refuri", "")
            if target in listed:
                work = listed[target]
                page, text = work.bibliography_key.docname, nodes.inline("", "", *link.children)
                here = self.env.docname
                if page != here:  # the bibliography itself leads to the works
                    link.replace_self(
                        make_refnode(self.app.builder, here, page, work.citation_id, text)
                    )
            elif PAPERS.match(target):
                LOGGER.warning("references.bib lists no work at %s", target, location=link)


class TheoremLinks(SphinxPostTransform):
    """Resolve the links to theorems and their like, before MyST looks for them."""

    default_priority = 5

    def run(self, **options: Any) -> None:
        """Change the links of one page."""
        theorems = getattr(self.env, "proof_list", {})
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link["reftype"] == "myst" and link["reftarget"] in theorems:
                found = theorems[link["reftarget"]]
                text = nodes.inline("", "", *link.children)
                here = self.env.docname
                link.replace_self(
                    make_refnode(self.app.builder, here, found["docname"], found["ids"][0], text)
                )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.add_post_transform(CitationLinks)
    app.add_post_transform(TheoremLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
