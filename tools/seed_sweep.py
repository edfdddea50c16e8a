"""Run every chapter under other seeds and report each verdict that does not hold.

A verdict that stands for one set of seeds only is luck. Each chapter runs with ``COURSE_SEED`` from
1 to ``--shifts``; a chapter that raises is named together with the error.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from running import ROOT, Run, evidence_in, run_all


def report(run: Run) -> None:
    """Say which verdicts hold, or what went wrong."""
    verdicts = evidence_in(run.notebook)
    found = f"{len(verdicts)} verdicts hold: {' '.join(verdicts)}"
    print(f"   {run}: {run.error.splitlines()[-1] if run.error else found}", flush=True)


def main() -> int:
    """Sweep the shifts; return 1 when a verdict broke."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shifts", type=int, default=10, help="how many shifts (default: 10)")
    parser.add_argument("notebooks", nargs="*", type=Path, help="chapters (default: all)")
    options = parser.parse_args()
    runs = [
        Run(path, {"COURSE_SEED": str(shift)})
        for path in options.notebooks or sorted((ROOT / "notebooks").glob("*.ipynb"))
        for shift in range(1, options.shifts + 1)
    ]
    try:
        run_all(runs, report)
    except KeyboardInterrupt:
        return 130
    broken = [str(run) for run in runs if run.error]
    print("\n".join(["", "Broken:", *broken] if broken else ["", "Every verdict holds."]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
