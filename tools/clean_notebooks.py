"""Bring the notebooks into the form in which they are committed.

What a run leaves behind goes, so that a change shows only what was meant. A code cell tagged
``nbval-check-output`` keeps its text output, which the tests compare; every other cell loses its
outputs. With ``--execute`` the notebooks are run first, which renews those outputs. With
``--check`` nothing is written, and the exit status tells whether something would change.

What follows from the rest is written: the code of a verdict is folded (``hide-input``); what the
book folds or leaves out is folded in JupyterLab too, which does not know those tags; sections that
are closed on the page are closed there; and the box at the top says how long the chapter takes.
The book's pages of the assignments are made anew from their sources.
"""

from __future__ import annotations

import argparse
import copy
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from assignments import pages

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("notebooks", "assignments")
KEPT_TAG = "nbval-check-output"
KEPT_METADATA = ("course",)  # what a chapter says to the tools
CELL_METADATA = ("tags", "mystnb", "nbgrader", "course")
FOLDED_TAGS = {"hide-input", "remove-input", "remove-cell"}
CLOSED = re.compile(r"## (Going deeper: .+|Also on trial)$", re.M)  # as in book/_ext/deeper.py
TIME = re.compile(r"^\*\*Time:\*\*.*$", re.M)
WORDS_A_MINUTE = 150  # of a text that has to be thought about
MINUTES_TO_READ_A_CELL, MINUTES_TO_WORK_WITH_IT = 0.4, 1.2
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


def is_folded(cell: nbformat.NotebookNode) -> bool:
    """Whether the book folds a code cell, or leaves it out."""
    return not FOLDED_TAGS.isdisjoint(cell.metadata.get("tags", []))


def main_line(notebook: nbformat.NotebookNode) -> Iterator[nbformat.NotebookNode]:
    """Yield the cells that a reader meets: no closed section, no exercise, no folded code."""
    skipped = False
    for cell in notebook.cells:
        heading = re.match(r"##? .*", cell.source) if cell.cell_type == "markdown" else None
        if heading:
            skipped = bool(CLOSED.match(cell.source)) or "exercises" in heading[0].lower()
        if not skipped and not (cell.cell_type == "code" and is_folded(cell)):
            yield cell


def words(markdown: str) -> int:
    """Count the words of a text: no marks of directives, no addresses; a formula is one word."""
    text = re.sub(r"^(:{3,}|`{3,}|:\w+:).*$", "", markdown, flags=re.M)
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", "x", text, flags=re.S)
    return len(re.findall(r"\w[\w'’-]*", re.sub(r"\]\(\S*\)", "]", text)))


def size(notebook: nbformat.NotebookNode) -> tuple[int, int]:
    """Count the words and the code cells of a chapter's main line."""
    cells = list(main_line(notebook))
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    return sum(map(words, prose)), len(cells) - len(prose)


def time_line(notebook: nbformat.NotebookNode) -> str:
    """Say how long a chapter takes, in steps of five minutes."""
    count, cells = size(notebook)
    read = count / WORDS_A_MINUTE + cells * MINUTES_TO_READ_A_CELL
    read, work = (
        5 * round(minutes / 5) for minutes in (read, read + cells * MINUTES_TO_WORK_WITH_IT)
    )
    return f"**Time:** about {read} minutes to read, {work} to run and try. Exercises come on top."


def cleaned(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return a copy of `notebook` in the form in which it is committed."""
    notebook = copy.deepcopy(notebook)
    kept = {name: notebook.metadata[name] for name in KEPT_METADATA if name in notebook.metadata}
    notebook.metadata = nbformat.from_dict({**kept, **NOTEBOOK_METADATA})
    for cell in notebook.cells:
        cell.metadata = {
            name: cell.metadata[name] for name in CELL_METADATA if name in cell.metadata
        }
        if cell.cell_type == "code":
            clean_code(cell)
        elif CLOSED.match(cell.source):
            cell.metadata["jp-MarkdownHeadingCollapsed"] = True
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = TIME.sub(time_line(notebook), cell.source)
    return notebook


def clean_code(cell: nbformat.NotebookNode) -> None:
    """Fold what is to be folded, and drop the outputs that nothing compares."""
    if re.search(r"\bverdict\(", cell.source) and not is_folded(cell):
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
    if is_folded(cell):
        cell.metadata["jupyter"] = {"source_hidden": True}
    if keeps_output(cell):
        cell.outputs = [kept for kept in map(text_only, cell.outputs) if kept is not None]
    else:
        cell.outputs = []
        cell.execution_count = None


def notebooks() -> list[Path]:
    """Return the notebooks of the repository: chapters, and the sources of assignments."""
    found = sorted(path for top in SOURCES for path in (ROOT / top).rglob("*.ipynb"))
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
    if not options.paths:
        for slug in pages(write=not options.check):
            changed += 1
            print(f"{'would renew' if options.check else 'renewed'} the page of {slug}")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
