"""Run every chapter under other seeds and report each verdict that does not hold.

A verdict that stands for one set of seeds only is luck. Each chapter runs with ``COURSE_SEED`` from
1 to ``--shifts``; a chapter that raises is named together with the error.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

ROOT = Path(__file__).resolve().parents[1]


def verdicts_of(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the identifiers of the verdicts that an executed notebook shows."""
    kind = "application/vnd.relu-on-trial.verdict+json"
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.data[kind]["id"] for output in outputs if kind in output.get("data", {})]


def failure_under(path: Path, shift: int) -> tuple[list[str], str]:
    """Run the notebook at `path` under ``COURSE_SEED=shift``; return its verdicts and its error."""
    os.environ.update(COURSE_SEED=str(shift), COURSE_FACE="static")
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    try:
        NotebookClient(notebook, timeout=600, resources=resources).execute()
    except (CellExecutionError, CellTimeoutError) as error:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()
        return verdicts_of(notebook), plain[-1]
    return verdicts_of(notebook), ""


def main() -> int:
    """Sweep the shifts; return 1 when a verdict broke."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shifts", type=int, default=10, help="how many shifts (default: 10)")
    parser.add_argument("notebooks", nargs="*", type=Path, help="chapters (default: all)")
    options = parser.parse_args()
    broken = 0
    for path in options.notebooks or sorted((ROOT / "notebooks").glob("*.ipynb")):
        for shift in range(1, options.shifts + 1):
            start = time.perf_counter()
            verdicts, failure = failure_under(path, shift)
            broken += bool(failure)
            result = failure or f"{len(verdicts)} verdicts hold: {' '.join(verdicts)}"
            seconds = time.perf_counter() - start
            print(f"{path.stem}  COURSE_SEED={shift:<3} {seconds:5.0f} s  {result}", flush=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
