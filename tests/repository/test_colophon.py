"""The colophon shows the settings and the versions of the build, and nothing else."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from pathlib import Path

import colophon
import numpy as np
import pytest
from docutils.core import publish_doctree
from docutils.parsers.rst import directives

from helpers.errors import CourseError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", autouse=True)
def directive() -> Iterator[None]:
    directives.register_directive("colophon", colophon.Colophon)
    yield
    directives._directives.pop("colophon")


def test_it_echoes_the_switches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_SEED", "7")
    monkeypatch.setenv("COURSE_DATA", "full")
    rows = {name: (value, meaning) for name, value, meaning in colophon.setting_rows()}
    assert rows["COURSE_SEED"][0] == "7"
    assert "70000, 70001" in rows["COURSE_SEED"][1]
    assert rows["COURSE_DATA"] == ("full", "all 70,000 digits of MNIST")


def test_it_says_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COURSE_SEED", raising=False)
    monkeypatch.delenv("COURSE_DATA", raising=False)
    assert [row[1] for row in colophon.setting_rows()] == ["0", "embedded"]


@pytest.mark.parametrize(("switch", "value"), [("COURSE_SEED", "many"), ("COURSE_DATA", "half")])
def test_a_bad_switch_stops_the_build(
    monkeypatch: pytest.MonkeyPatch, switch: str, value: str
) -> None:
    monkeypatch.setenv(switch, value)
    with pytest.raises(CourseError, match=value):
        colophon.setting_rows()


def test_the_versions_are_those_that_are_installed() -> None:
    versions = {name: version for name, version, _ in colophon.version_rows()}
    assert versions["python"] == platform.python_version()
    assert versions["numpy"] == np.__version__
    assert {"relu-on-trial", "tensorflow", "keras", "jupyter-book"} <= set(versions)


def test_software_that_is_missing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colophon, "SOFTWARE", {"no-such-package-anywhere": "nothing"})
    assert [row[0] for row in colophon.version_rows()] == ["relu-on-trial", "python"]


def test_the_directive_makes_two_tables_and_names_no_machine() -> None:
    tree = publish_doctree(".. colophon::\n")
    assert not list(tree.findall(lambda node: node.tagname == "system_message"))
    tables = list(tree.findall(lambda node: node.tagname == "table"))
    assert len(tables) == 2
    text = tree.astext()
    assert "COURSE_SEED" in text
    assert re.search(r"Built on \w+ on \w+, \d+ cores?, with", text)
    assert platform.node() not in text.replace("\n", " ").split()
