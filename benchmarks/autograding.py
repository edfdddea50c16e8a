"""How much faster a class is graded than by plain nbgrader, and whether that grows with the class.

Both grade the same folder in the same run. Plain nbgrader takes one submission after the other and
runs student code without a sandbox; ours takes as many at a time as there are cores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ratios import Ratio, seconds, summary

ROOT = Path(__file__).resolve().parents[1]
for folder in (ROOT / "tools", ROOT / "tests" / "grading"):
    sys.path.insert(0, str(folder))

import course  # noqa: E402
import tiny  # noqa: E402

SIZES = (12, 50, 200)


def plain(folder: Path, *arguments: str) -> None:
    """Run plain nbgrader in a course, with the learner's environment as its kernel."""
    kernel = folder / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True, exist_ok=True)
    start = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    described = {"argv": start, "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(described))
    programs = course.GRADING_PYTHON.parent
    variables = {
        "JUPYTER_PATH": str(folder / "jupyter"),
        "PATH": f"{programs}:{os.environ['PATH']}",
    }
    subprocess.run(
        [programs / "nbgrader", *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
    )


def ours(folder: Path) -> None:
    """Grade a course with ``tools/grade.py``."""
    script = [course.GRADING_PYTHON, ROOT / "tools" / "grade.py", "--course", folder]
    subprocess.run([*script, "grade", tiny.ASSIGNMENT], check=True, stdout=subprocess.DEVNULL)


def make_class(folder: Path, size: int) -> None:
    """Release the tiny assignment of the tests, and let a class hand it in, half of it wrong."""
    folder.mkdir()
    tiny.make_course(folder, lambda *arguments: plain(folder, *arguments))
    path = folder / "release" / tiny.ASSIGNMENT / f"{tiny.ASSIGNMENT}.ipynb"
    release = json.loads(path.read_text(encoding="utf-8"))
    wrong = "def slope(x):\n    return x"
    for number in range(size):
        answers = {"slope": wrong} if number % 2 else {}
        tiny.hand_in(folder, f"student{number:03}", tiny.answered(release, **answers))


def compare(size: int) -> tuple[float, float]:
    """Return how many seconds plain nbgrader and ours take for a class."""
    with tempfile.TemporaryDirectory() as name:
        times = []
        for which, grade in {
            "plain": lambda folder: plain(folder, "autograde", tiny.ASSIGNMENT),
            "ours": ours,
        }.items():
            folder = Path(name) / which
            make_class(folder, size)
            times.append(seconds(lambda grade=grade, folder=folder: grade(folder)))
    print(
        f"   {size} submissions: plain nbgrader {times[0]:.1f} s, ours {times[1]:.1f} s", flush=True
    )
    return times[0], times[1]


def measure(sizes: tuple[int, ...] = SIZES) -> list[Ratio]:
    """Compare both for classes of several sizes."""
    course.ready_to_grade()
    note = "plain nbgrader autograde / make grade"
    ratios, each = [], {}
    for size in sizes:
        before, after = compare(size)
        each[size] = after / size
        ratios.append(summary(f"Grading {size} submissions", [before / after], note))
    most, fewest = max(sizes), min(sizes)
    if most > fewest:
        name = f"Grading a class of {most} against one of {fewest}"
        grows = each[most] / each[fewest]
        ratios.append(summary(name, [grows], "seconds for each submission / the same"))
    return ratios


if __name__ == "__main__":
    chosen = tuple(map(int, sys.argv[1:])) or SIZES
    for ratio in measure(chosen):
        print(ratio)
