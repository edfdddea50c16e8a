"""Strip from the notebooks what a run leaves behind, so that a change shows only what was meant.

A code cell tagged ``nbval-check-output`` keeps its text output, which the tests compare; every
other cell loses its outputs. With ``--execute`` the notebooks are run first, which renews those
outputs. With ``--check`` nothing is written, and the exit status tells whether something would
change.
"""

from __future__ import annotations

import argparse
import copy
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
KEPT_TAG = "nbval-check-output"
KEPT_METADATA = ("course",)  # what a chapter says to the tools: runs_alone
CELL_METADATA = ("tags", "mystnb", "nbgrader")
NOTEBOOK_METADATA: dict[str, Any] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def keeps_output(cell: nbformat.NotebookNode) -> bool:
    """Whether the tests compare the output of `cell`."""
    return KEPT_TAG in cell.metadata.get("tags", [])


def text_only(output: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
    """Return `output` reduced to its text, or None when it has none worth comparing."""
    if output.output_type == "stream":
        return output if output.name == "stdout" else None
    if output.output_type == "error" or "text/plain" not in output.data:
        return None
    output = copy.deepcopy(output)
    output.data = {"text/plain": output.data["text/plain"]}
    output.metadata = {}
    return output


def cleaned(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy of `notebook` without the traces of a run."""
    notebook = copy.deepcopy(notebook)
    kept = {name: notebook.metadata[name] for name in KEPT_METADATA if name in notebook.metadata}
    notebook.metadata = nbformat.from_dict({**kept, **NOTEBOOK_METADATA})
    for cell in notebook.cells:
        cell.metadata = {
            name: cell.metadata[name] for name in CELL_METADATA if name in cell.metadata
        }
        if cell.cell_type != "code":
            continue
        if keeps_output(cell):
            kept = [text_only(output) for output in cell.outputs]
            cell.outputs = [output for output in kept if output is not None]
        else:
            cell.outputs = []
            cell.execution_count = None
    return notebook


def notebooks() -> list[Path]:
    """Return the notebooks of the repository."""
    found = sorted((ROOT / "notebooks").rglob("*.ipynb"))
    return [path for path in found if ".ipynb_checkpoints" not in path.parts]


def main() -> int:
    """Clean (or check) the notebooks; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing, report what would change"
    )
    parser.add_argument("--execute", action="store_true", help="run the notebooks first")
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks (default: all)")
    options = parser.parse_args()
    changed = 0
    for path in options.paths or notebooks():
        before = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(before, as_version=4)
        if options.execute:
            NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}}).execute()
        after = nbformat.writes(cleaned(notebook)) + "\n"
        if before != after:
            changed += 1
            print(f"{'would change' if options.check else 'cleaned'}: {path}")
            if not options.check:
                path.write_text(after, encoding="utf-8")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
