"""How much a second build of the book saves: cold against warm, in one run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def copy_sources(target: Path) -> None:
    """Copy what the book is built from, and the fetched scripts, but no finished result."""
    ignored = shutil.ignore_patterns("_build", "__pycache__", ".ipynb_checkpoints")
    for name in ("book", "notebooks", "src", "tools", "build/vendor"):
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for name in ("requirements.lock", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, target)


def seconds_to_build(folder: Path) -> float:
    """Return how long one build in `folder` takes."""
    start = time.perf_counter()
    script = folder / "tools" / "build_book.py"
    subprocess.run([sys.executable, script], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def cold_against_warm() -> dict[str, float]:
    """Compare a first build with one after a change of prose, and with one after no change.

    Returns
    -------
    dict of str to float
        Time of the first build divided by the time of the other one.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_sources(folder)
        cold = seconds_to_build(folder)
        unchanged = seconds_to_build(folder)
        with (folder / "book" / "intro.md").open("a") as page:
            page.write("\nOne more sentence.\n")
        edited = seconds_to_build(folder)
    return {
        "cold book / book after a change of prose": cold / edited,
        "cold book / unchanged book": cold / unchanged,
    }


if __name__ == "__main__":
    for name, ratio in cold_against_warm().items():
        print(f"{name}: {ratio:.1f}")
