"""Reading what a student handed in, whatever it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode

LARGEST = 50 * 2**20  # bytes of a notebook, outputs included
PAPERS = ("timestamp.txt", "submission_secret.txt")  # nbgrader's own, beside what was handed in

# What an answer needs to look into the memory of its test, or at the shell that runs both.
PEEKING = re.compile(
    r"\b(?:_getframe|_current_frames|currentframe|getouterframes|inspect\.(?:stack|trace)"
    r"|walk_stack|f_back|f_locals|f_globals|tb_frame|__traceback__|settrace|setprofile"
    r"|get_referrers|get_referents|get_objects|get_ipython|linecache|_ih)\b|\bIn\["
)


class UngradedError(Exception):
    """A submission cannot be graded; the message says why, in words that follow "because"."""


def notebook_file(folder: Path, assignment: str) -> Path:
    """Return the notebook in a folder of what was handed in.

    Raises
    ------
    UngradedError
        If there is none, or more than one that could be meant.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    notebooks = [path for path in files if path.suffix.lower() == ".ipynb"]
    named = [path for path in notebooks if path.stem == assignment]
    if named or len(notebooks) == 1:
        return (named or notebooks)[0]
    names = ", ".join(path.name for path in (notebooks or files) if path.name not in PAPERS)
    if notebooks:
        raise UngradedError(f"several notebooks were handed in ({names}) and none is {assignment}")
    raise UngradedError(f"no notebook was handed in ({names or 'the folder is empty'})")


def parsed(text: str, name: str) -> dict[str, Any]:
    """Return the JSON of a notebook.

    Raises
    ------
    UngradedError
        If it is none.
    """
    if not text.strip():
        raise UngradedError(f"the file {name} is empty")
    try:
        content = json.loads(text)
    except RecursionError:
        raise UngradedError(f"the file {name} is nested too deeply to be a notebook") from None
    except ValueError as error:
        raise UngradedError(f"the file {name} is no notebook: it is not JSON ({error})") from None
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise UngradedError(f"the file {name} is JSON but no notebook: it names no format")
    return content


def read_notebook(path: Path) -> NotebookNode:
    """Return a notebook in the current format, without outputs; an older one is converted.

    Raises
    ------
    UngradedError
        If the file is no notebook.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise UngradedError(f"the file {path.name} has {size / 2**20:.0f} MB; 50 are allowed")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UngradedError(f"the file {path.name} is no notebook: it is not text") from None
    content = parsed(text, path.name)
    if content["nbformat"] > nbformat.current_nbformat:
        raise UngradedError(
            f"the file {path.name} is in the notebook format {content['nbformat']}, newer than any "
            "that exists"
        )
    for cell in content["cells"] if isinstance(content.get("cells"), list) else []:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            cell["outputs"] = []  # nobody reads them, and they may break the format
    try:
        notebook = nbformat.from_dict(content)
        if notebook.nbformat < nbformat.current_nbformat:
            notebook = nbformat.convert(notebook, nbformat.current_nbformat)
        if notebook.nbformat_minor < 5:
            notebook = nbformat.v4.upgrade(notebook, notebook.nbformat, notebook.nbformat_minor)
        _, notebook = nbformat.validator.normalize(notebook, strip_invalid_metadata=True)
        nbformat.validate(notebook)
    except Exception as error:  # of whatever kind: the content is a stranger's
        line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UngradedError(f"the file {path.name} is no valid notebook ({line[:200]})") from None
    return notebook


def given_out_ids(notebook: NotebookNode) -> set[str]:
    """Return which given-out cells a notebook holds."""
    found = (cell.metadata.get("nbgrader") for cell in notebook.cells)
    return {str(each.get("grade_id")) for each in found if isinstance(each, dict)}


def peeking(notebook: NotebookNode, given_out: Iterable[str]) -> str:
    """Return, parted by commas, what in a submission's code asks for a look at it.

    An answer has little use for these words, and an honest one may hold them all the same: they
    cost no points. What was given out with them is left out.
    """
    code = ["".join(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    known = set(PEEKING.findall("\n".join(given_out)))
    return ", ".join(
        word for word in dict.fromkeys(PEEKING.findall("\n".join(code))) if word not in known
    )
