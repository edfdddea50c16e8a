"""What the tests of the book share: the repository, its tools and its Sphinx extensions."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the repository."""
    return ROOT


def _module(name: str, folder: Path) -> ModuleType:
    """Import a module that stands in a folder of scripts rather than in a package."""
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def sources() -> ModuleType:
    """Return the checker of the ledger and the quizzes."""
    return _module("check_sources", ROOT / "tools")


@pytest.fixture(scope="session")
def evidence() -> ModuleType:
    """Return what compares the evidence of two runs."""
    return _module("compare_evidence", ROOT / "tools")


@pytest.fixture(scope="session")
def folklore() -> Iterator[ModuleType]:
    """Return the Sphinx extension of the table of verdicts."""
    return _module("folklore", ROOT / "book" / "_ext")


@pytest.fixture(scope="session")
def folding_figure() -> ModuleType:
    """Return the Sphinx extension of the figure on the first page."""
    return _module("fold", ROOT / "book" / "_ext")


@pytest.fixture(scope="session")
def notebooks() -> dict[str, nbformat.NotebookNode]:
    """Return the notebooks of the chapters by slug."""
    return {
        path.stem: nbformat.read(path, as_version=4)
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    }
