"""Open JupyterLab on the learner's own copies of the chapters, in the folder ``my-course``.

A copy that was not touched is renewed when its chapter changes; one that was is left alone, and a
deleted one comes back. A notebook counts as touched when a cell was changed, added or removed, not
when it was only run. The pages of the book stand beside the notebooks, since these link to them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MINE = ROOT / "my-course"
COPIED = ("notebooks/*.ipynb", "book/*.md")


def digest(path: Path) -> str:
    """Digest what a learner would change: the cells of a notebook, the text of a page."""
    content = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            cells = json.loads(content)["cells"]
            texts = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
            content = json.dumps(texts).encode()
        except (ValueError, KeyError, TypeError):
            pass  # a damaged notebook is the learner's own, too
    return hashlib.sha256(content).hexdigest()


def refresh(root: Path, mine: Path) -> list[str]:
    """Copy what is missing or out of date and was not touched; return the names of the others."""
    record = mine / ".copied.json"
    copied = json.loads(record.read_text()) if record.exists() else {}
    left = []
    for source in sorted(path for pattern in COPIED for path in root.glob(pattern)):
        name = source.relative_to(root).as_posix()
        copy, new = mine / name, digest(source)
        old = digest(copy) if copy.exists() else None
        if old in (None, copied.get(name), new):
            if old != new:
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, copy)
            copied[name] = new
        elif new != copied.get(name):
            left.append(name)
    record.write_text(json.dumps(copied, indent=1))
    return left


def main() -> None:
    """Refresh the copies, and become JupyterLab."""
    for name in refresh(ROOT, MINE):
        print(
            f"   my-course/{name} is yours and stays as it is; there is a newer version of it: "
            "rename or delete yours, then make lab brings it"
        )
    command = [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={MINE}"]
    command += [f"--ServerApp.preferred_dir={MINE / 'notebooks'}"]
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow greets with red lines
    os.execv(sys.executable, command)


if __name__ == "__main__":
    main()
