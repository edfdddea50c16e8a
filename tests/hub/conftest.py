"""The tests of the hub share the grader's sandbox and the settings of the course."""

from __future__ import annotations

import sys
from pathlib import Path

collect_ignore = ["attacks.py", "rehearsal.py"]  # scripts that run in the house, not here

HERE = Path(__file__).parent
for folder in (HERE, HERE.parents[1] / "tools"):
    sys.path.insert(0, str(folder))
