"""Open JupyterLab on the learner's own copies of the chapters, in the folder ``my-course``.

A copy that was not touched is renewed when its chapter changes; one that was is left alone, and a
deleted one comes back. A notebook counts as touched when a cell was changed, added or removed, not
when it was only run. The assignments come along, and the glossary, since the notebooks link to it.
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
COPIED = ("notebooks/*.ipynb", "book/assignments/*.ipynb", "book/glossary.md")


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


def recorded(record: Path) -> dict[str, str]:
    """Return the digest of each source as it was copied, or nothing if that cannot be read."""
    try:
        copied = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return {}
    return copied if isinstance(copied, dict) else {}


def refresh(root: Path, mine: Path) -> list[str]:
    """Copy what is missing or out of date and was not touched; return what to tell the learner."""
    record = mine / ".copied.json"
    copied = recorded(record)
    said = []
    sources = sorted(path for pattern in COPIED for path in root.glob(pattern))
    names = [source.relative_to(root).as_posix() for source in sources]
    gone = sorted(set(copied).difference(names))
    if gone:
        said.append(f"not copied any more, so yours to keep or delete: {', '.join(gone)}")
    copied = {name: copied[name] for name in names if name in copied}
    for name, source in zip(names, sources, strict=True):
        copy, new = mine / name, digest(source)
        old = digest(copy) if copy.exists() else None
        if old in (None, copied.get(name), new):
            if old != new:
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)  # not its mode: a learner must be able to save
            copied[name] = new
        elif new != copied.get(name):
            said.append(
                f"my-course/{name} is yours and stays as it is; there is a newer version of it: "
                "rename or delete yours, then make lab brings it"
            )
    written = record.with_suffix(".new")
    written.write_text(json.dumps(copied, indent=1))
    written.replace(record)
    return said


def main() -> int:
    """Refresh the copies, and become JupyterLab; return the exit status if that cannot be."""
    try:
        said = refresh(ROOT, MINE)
    except OSError as error:
        print(
            f"Your copies in my-course could not be written ({error}); see that you may write "
            "there and the disk is not full, then run make lab again",
            file=sys.stderr,
        )
        return 1
    for line in said:
        print(f"   {line}")
    command = [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={MINE}"]
    command += [f"--ServerApp.preferred_dir={MINE / 'notebooks'}"]
    command += ["--LabApp.news_url=None"]  # it would ask whether it may fetch its makers' news
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow greets with red lines
    os.execv(sys.executable, command)


if __name__ == "__main__":
    sys.exit(main())
