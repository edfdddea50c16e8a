"""A class of its own for each test, graded by the command that an instructor types."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parent
for folder in (HERE, HERE.parents[1] / "tools"):
    sys.path.insert(0, str(folder))

import tiny  # noqa: E402
from classes import Class  # noqa: E402


@pytest.fixture(scope="session")
def set_up() -> ModuleType:
    """The script tools/course.py, with the environment for grading set up."""
    course = importlib.import_module("course")
    course.ready_to_grade()
    return course


@pytest.fixture(scope="session")
def released(set_up: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class whose assignment is released, and in which nobody has handed anything in."""
    made = Class(tmp_path_factory.mktemp("released"), set_up.GRADING_PYTHON)
    tiny.make_course(made.root, made.nbgrader)
    return made.root


@pytest.fixture(scope="session")
def release(released: Path) -> tiny.Notebook:
    """The notebook that students get."""
    path = released / "release" / tiny.ASSIGNMENT / f"{tiny.ASSIGNMENT}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def course(released: Path, set_up: ModuleType, tmp_path: Path) -> Class:
    """A class of this test's own."""
    shutil.copytree(released, tmp_path / "class")
    return Class(tmp_path / "class", set_up.GRADING_PYTHON)
