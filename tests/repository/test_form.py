"""What the site makes of a chapter's links and of its closed sections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

SmallSite = Callable[..., tuple[Path, str]]
CHAPTER = """\
# 01. A chapter

:::{prf:theorem} A name
:label: thm-a

All is well.
:::

([He et al. 2015](https://doi.org/10.1109/ICCV.2015.123)) speak of the
[*bias*](glossary.md#f-i-curve), as [the theorem](#thm-a) does.
"""
GLOSSARY = "# Glossary\n\n## F\n\n### f-I curve\n\nA curve.\n"
BIBLIOGRAPHY = """\
@article{he2015, author = {He, Kaiming}, title = {Delving}, year = {2015},
  journal = {ICCV}, doi = {10.1109/ICCV.2015.123}}
@book{minsky1969, author = {Minsky, Marvin}, title = {Perceptrons}, publisher = {MIT},
  year = {1969}, isbn = {978-0-262-63022-1}}
"""


def build(small_site: SmallSite, chapter: str) -> tuple[BeautifulSoup, str]:
    pages = {
        "index.md": chapter,
        "glossary.md": f"---\norphan: true\n---\n{GLOSSARY}",
        "references.md": "---\norphan: true\n---\n# References\n\n```{bibliography}\n:all:\n```\n",
        "references.bib": BIBLIOGRAPHY,
    }
    folder, warnings = small_site(
        pages,
        ["sphinxcontrib.bibtex", "sphinx_proof", "links"],
        bibtex_bibfiles=["references.bib"],
        bibtex_cite_id="{key}",
        myst_heading_anchors=3,
        myst_enable_extensions=["colon_fence"],
    )
    references = (folder / "references.html").read_text(encoding="utf-8")
    assert 'id="he2015"' in references
    assert 'href="https://doi.org/10.1109/ICCV.2015.123"' in references
    return BeautifulSoup(
        (folder / "index.html").read_text(encoding="utf-8"), "html.parser"
    ), warnings


def test_citations_terms_and_theorems_lead_to_their_places(small_site: SmallSite) -> None:
    book = "[Minsky 1969](https://openlibrary.org/isbn/9780262630221)"
    page, warnings = build(small_site, f"{CHAPTER}\n{book}")
    assert warnings == ""
    links = {tag.text: tag["href"] for tag in page.find(role="main").find_all("a", href=True)}
    assert links["He et al. 2015"] == "references.html#he2015"
    assert links["Minsky 1969"] == "references.html#minsky1969"
    assert links["bias"] == "glossary.html#f-i-curve"
    assert page.find(id=links["the theorem"].removeprefix("#"))


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("ICCV.2015.123", "ICCV.2015.124", "references.bib lists no work at"),
        ("#f-i-curve", "#f-o-curve", "f-o-curve"),
        ("#thm-a", "#thm-b", "thm-b"),
    ],
)
def test_a_link_to_nowhere_is_reported(
    small_site: SmallSite, right: str, wrong: str, complaint: str
) -> None:
    _, warnings = build(small_site, CHAPTER.replace(right, wrong))
    assert complaint in warnings


def test_only_the_sections_behind_the_main_line_are_closed(small_site: SmallSite) -> None:
    text = (
        "# 01. A\n\n## Why?\n\nOpen.\n\n## Going deeper: how?\n\nClosed.\n\n### More\n\nInside.\n"
    )
    folder, warnings = small_site({"index.md": f"{text}\n## Also on trial\n\nThat.\n"}, ["deeper"])
    assert warnings == ""
    page = BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "html.parser")
    closed = [tag for tag in page.find_all("details", class_="deeper") if not tag.has_attr("open")]
    assert [tag.find_previous("h2").contents[0] for tag in closed] == [
        "Going deeper: how?",
        "Also on trial",
    ]
    assert closed[0].find(id="more")
    assert [tag.parent["id"] for tag in closed] == ["going-deeper-how", "also-on-trial"]
    assert all(not tag.find("h2") for tag in closed)
    assert "Open." not in "".join(tag.text for tag in closed)
