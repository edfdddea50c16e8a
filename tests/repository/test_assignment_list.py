"""The list of the assignments says what their pages say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

PAGE = """---
orphan: true
---
# Assignment 05
"""
TOP = "# Assignment 05. Backpropagation\n\n**Time and points:** about 80 minutes, 9 points. More."
TASKS = "## Task 1. Forward and back (6 points)\n\nWords.\n\n## Task 2. Why? (3 points)\n"

Site = Callable[..., tuple[Path, str]]


def built(small_site: Site, *cells: str) -> tuple[str, str]:
    """Build a page with the list; return it and the warnings."""
    notebook = {"cells": [{"cell_type": "markdown", "source": [text]} for text in cells]}
    pages = {
        "index.md": "# Home\n\n```{assignment-list}\n```\n",
        "book/assignments/05-backpropagation.md": PAGE,
        "book/assignments/05-backpropagation.ipynb": json.dumps(notebook),
    }
    folder, warnings = small_site(pages, ["assignment_list"])
    return (folder / "index.html").read_text(encoding="utf-8"), warnings


def test_it_gives_time_points_and_tasks(small_site: Site) -> None:
    page, warnings = built(small_site, TOP, TASKS)
    assert warnings == ""
    assert 'href="book/assignments/05-backpropagation.html"' in page
    assert "80 minutes, 9 points" in page
    assert "Forward and back · Why?" in page


def test_a_page_without_its_line_of_time_stops_the_strict_build(small_site: Site) -> None:
    warnings = built(small_site, "# Assignment 05. Backpropagation", TASKS)[1]
    assert "05-backpropagation.ipynb needs the heading" in warnings
