"""Run every notebook cell by cell with nbval, its folded solutions too, under other seeds.

The seeds are not those of the book, and both runs leave their evidence; so the script
``compare_evidence.py`` can tell what was measured from what was typed. nbval runs two notebooks at
a time, the longest first, and then those that compare times, alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import with_solutions
from compare_evidence import TESTS as EVIDENCE
from running import AT_ONCE, ONE_THREAD, ROOT, Run, in_order

from helpers.settings import LARGEST_COURSE_SEED, course_seed

OPTIONS = ["-q", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=300"]


def main() -> int:
    """Run pytest twice; return 1 when one of the runs failed, 130 when it was interrupted."""
    with_solutions.main()
    shutil.rmtree(EVIDENCE, ignore_errors=True)
    EVIDENCE.mkdir(parents=True)
    seed = (course_seed() + 1) % (LARGEST_COURSE_SEED + 1)
    variables = {"COURSE_SEED": str(seed), "COURSE_EVIDENCE": str(EVIDENCE)}
    runs = in_order(Run(path) for path in with_solutions.TESTED.glob("*.ipynb"))
    side_by_side = ["-n", str(AT_ONCE), "--dist", "loadfile", "--no-loadscope-reorder"]
    failed = False
    for options, alone in ((side_by_side, False), ([], True)):
        paths = [run.path for run in runs if run.alone is alone]
        if paths:
            command = [sys.executable, "-m", "pytest", *OPTIONS, *options, *paths]
            environment = {**os.environ, **ONE_THREAD, **variables}
            try:
                finished = subprocess.run(command, cwd=ROOT, env=environment)
            except KeyboardInterrupt:
                return 130
            failed = failed or finished.returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
