"""How much a second build of the book saves: cold against warm, in one run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ratios import Ratio, seconds, summary

ROOT = Path(__file__).resolve().parents[1]
REPEATS = 3  # of the warm builds; the cold one takes minutes


def copy_sources(target: Path) -> None:
    """Copy what the book is built from, and the fetched scripts, but no finished result."""
    ignored = shutil.ignore_patterns("_build", "__pycache__", ".ipynb_checkpoints")
    for name in ("book", "notebooks", "src", "tools", "build/vendor"):
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for name in ("requirements.lock", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, target)


def build(folder: Path) -> None:
    """Build the book in `folder`."""
    script = folder / "tools" / "build_book.py"
    subprocess.run([sys.executable, script], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def measure() -> list[Ratio]:
    """Compare a first build with later ones, after no change and after a change of prose."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_sources(folder)
        cold = seconds(lambda: build(folder))
        unchanged, edited = [], []
        for _ in range(REPEATS):
            unchanged.append(cold / seconds(lambda: build(folder)))
            with (folder / "book" / "intro.md").open("a") as page:
                page.write("\nOne more sentence.\n")
            edited.append(cold / seconds(lambda: build(folder)))
    return [
        summary("Building the book again, unchanged", unchanged, "first build / second build"),
        summary(
            "Building the book again after a change of prose", edited, "first build / second build"
        ),
    ]


if __name__ == "__main__":
    for ratio in measure():
        print(ratio)
