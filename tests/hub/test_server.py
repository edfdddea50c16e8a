"""The server is not opened to students before it is closed to them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import server
from grading.sandbox import ROOT

FOLDER = ROOT / "deploy" / "jupyterhub"


@pytest.fixture(autouse=True)
def small_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A course with two folders that students must not read, and an exchange."""
    for name in ("assignments", "build"):
        (tmp_path / name).mkdir()
    private = [tmp_path / "assignments", tmp_path / "build", tmp_path / "not-there"]
    monkeypatch.setattr(server, "PRIVATE", private)
    monkeypatch.setattr(server, "FOLDERS", {tmp_path / "exchange": 0o1777})


def test_what_is_open_is_named_with_what_mends_it(tmp_path: Path) -> None:
    (tmp_path / "assignments").chmod(0o755)
    (tmp_path / "build").chmod(0o700)
    said = "\n".join(server.complaints())
    again = "run python3 deploy/jupyterhub/server.py prepare"
    assert f"{tmp_path / 'assignments'} can be read by students: {again}" in said
    assert f"{tmp_path / 'exchange'} is not there: {again}" in said
    assert f"{tmp_path / 'build'} " not in said
    with pytest.raises(server.ServerError, match="not ready for students"):
        server.refuse_if_open()


@pytest.mark.skipif(os.geteuid() != 0, reason="what belongs to root can only root make")
@pytest.mark.parametrize("mode", [0o777, 0o755, 0o1777])
def test_the_exchange_has_exactly_its_rights(tmp_path: Path, mode: int) -> None:
    """Without the sticky bit any student could move the exchange away."""
    (tmp_path / "exchange").mkdir()
    (tmp_path / "exchange").chmod(mode)
    begin = f"{tmp_path / 'exchange'} "
    wrong = [line for line in server.complaints() if line.startswith(begin)]
    assert bool(wrong) == (mode != 0o1777)


def test_preparing_is_root_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.os, "geteuid", lambda: 1000)
    with pytest.raises(server.ServerError, match="sudo"):
        server.prepare()


def test_the_exchange_of_nbgrader_is_the_one_that_is_checked() -> None:
    settings = (FOLDER / "nbgrader_config.py").read_text(encoding="utf-8")
    script = (FOLDER / "server.py").read_text(encoding="utf-8")
    [root] = re.findall(r'Exchange.root = "(.+)"', settings)
    [course] = re.findall(r'course_id = "(.+)"', settings)
    assert f'EXCHANGE = Path("{root}")' in script
    assert f'COURSE_ID = "{course}"' in script
