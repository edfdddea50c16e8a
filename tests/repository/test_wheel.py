"""The wheel, which Colab installs: it brings its data, the claims and the quizzes along."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import course
import pytest

ROOT = Path(__file__).resolve().parents[2]
USE = """
import sys
sys.path.insert(0, sys.argv[1])
import helpers
assert helpers.__file__.startswith(sys.argv[1]), helpers.__file__
from helpers import data, guide, ledger, quiz, widgets
from helpers.claims import Criterion, verdict
digits = data.load_mnist(verbose=False)
print(len(digits.x_train), len(digits.x_test))
everything = ledger.ledger()
card = verdict("C30", Criterion("slope for negative inputs", [0.01, 0.2], above=0))
print(everything["C30"].text in card._repr_html_())
for slug, chapter in everything.chapters.items():
    if not chapter.planned:
        quiz.read(slug)
print(len(guide.read()) > 0)
print(widgets.browser_figure("xor-playground", {}, alt="Drag the lines.") is not None)
"""


def test_a_regular_install_works_outside_the_repository(tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    built = subprocess.run(
        [uv, "build", "--wheel", "--out-dir", tmp_path, ROOT],
        capture_output=True,
        text=True,
        env=course.uv_variables(),
    )
    away = re.search("Failed to fetch|network was disabled", built.stderr)
    if away and os.environ.get("CI") != "true":
        pytest.skip("hatchling, which builds the wheel, is not at hand and cannot be downloaded")
    assert built.returncode == 0, built.stderr
    [wheel] = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as content:
        content.extractall(installed)
    command = [sys.executable, "-I", "-c", USE, str(installed)]
    used = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert used.returncode == 0, used.stderr
    assert used.stdout.split() == ["8000", "2000", "True", "True", "True"]
