"""What our grading adds to nbgrader's own steps; `grading.settings` puts them in their place."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook, Notebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from grading.canary import is_canary, with_canaries, without_canaries
from grading.kernels import SandboxedKernelManager
from grading.sandbox import limits_for

LONGEST_OUTPUT = 100_000  # characters of all outputs of a cell, its pictures aside
LONGEST_PICTURES = 1_000_000  # characters of all its pictures; one figure may have over 100,000
FLOOD = 4_000_000  # characters; a cell that prints more is interrupted
CUT = (
    f"\n... output cut off: this cell printed more than {LONGEST_OUTPUT:,} characters, or drew "
    f"pictures of more than {LONGEST_PICTURES:,} ...\n"
)

Resources = dict[str, Any]


class StoppedError(Exception):
    """The submission could not run to its end; the message says why, in words."""


# --- Before the run: the cells as they were given out ---------------------------------------------


def settings_of(notebook: Notebook) -> dict[str, dict[str, Any]]:
    """Return nbgrader's metadata of each cell that was given out, in its order."""
    graded = {cell.name: cell for cell in [*notebook.grade_cells, *notebook.task_cells]}
    graders = {cell.name for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    tasks = {cell.name for cell in notebook.task_cells}
    found = {}
    for cell in notebook.source_cells:
        settings = {
            "grade_id": cell.name,
            "schema_version": 3,
            "grade": cell.name in graders,
            "solution": cell.name in solutions,
            "task": cell.name in tasks,
            "locked": bool(cell.locked),
            "cell_type": cell.cell_type,
            "checksum": cell.checksum,
        }
        if cell.name in graded:
            settings["points"] = graded[cell.name].max_score
        found[cell.name] = settings
    return found


def given_out(source: str, settings: dict[str, Any]) -> NotebookNode:
    """Return a cell as it was given out."""
    make = new_code_cell if settings["cell_type"] == "code" else new_markdown_cell
    return make(source, metadata={"nbgrader": dict(settings)})


def groups(cells: Iterable[NotebookNode], known: set[str]) -> dict[str, list[NotebookNode]]:
    """Return cells by the given-out cell that they are or follow; those before any under "".

    Of a cell that is there several times the last one counts, as in nbgrader; the others are run as
    cells of the student's own.
    """
    cells = list(cells)
    ids = [cell.metadata.pop("nbgrader", None) for cell in cells]
    names = [found.get("grade_id") if isinstance(found, dict) else None for found in ids]
    last = {name: place for place, name in enumerate(names) if name in known}
    found: dict[str, list[NotebookNode]] = {"": []}
    current = ""
    for place, (name, cell) in enumerate(zip(names, cells, strict=True)):
        if last.get(name) == place:
            current = name
            found[current] = [cell]
        else:
            found[current].append(cell)
    return found


class RestoreCells(NbGraderPreprocessor):
    """Puts the cells that were given out back: in their order, with their settings, all of them.

    What a student deleted, duplicated, reordered or changed in the settings of cells does no harm.
    A test comes back as it was given out, an answer stays as it is. The student's own cells keep
    their place behind the cell that they follow.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Restore the cells from the gradebook."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(names["notebook"], names["assignment"])
            settings = settings_of(notebook)
            sources = {cell.name: cell.source or "" for cell in notebook.source_cells}
        for cell in nb.cells:
            for ours in ("canary", "mark"):
                cell.metadata.pop(ours, None)
        found = groups(nb.cells, set(settings))
        cells = found[""]
        for name, setting in settings.items():
            original = given_out(sources[name], setting)
            answer, *following = found.get(name, [original])
            may_change = setting["solution"] or not (setting["locked"] or setting["grade"])
            if may_change and answer.cell_type == setting["cell_type"]:
                answer.metadata["nbgrader"] = dict(setting)
            elif may_change:  # a code cell turned into text, say: what was written counts
                answer = given_out(answer.source, setting)
            else:
                answer = original
            cells += [answer, *following]
        nb.cells = cells
        return nb, resources


# --- The run --------------------------------------------------------------------------------------


def characters(content: dict[str, Any]) -> tuple[int, int]:
    """Return the lengths of the text and of the pictures that a message of a kernel would show."""
    data = content.get("data")
    shown = data if isinstance(data, dict) else {"text/plain": content.get("text", "")}
    lengths = {kind: len(str(value)) for kind, value in shown.items()}
    pictures = sum(length for kind, length in lengths.items() if str(kind).startswith("image/"))
    lines = content.get("traceback")
    text = len("".join(lines if isinstance(lines, list) else []))
    return sum(lengths.values()) - pictures + text, pictures


class SandboxedExecute(Execute):
    """Runs the cells in a sandboxed kernel, within bounds, and tries the canaries.

    Output is capped as it arrives, so that a notebook cannot grow without end; nbgrader's own cap
    counts lines, after the run. Warnings that a test prints to stderr cost no points: nbgrader
    would take them for errors.
    """

    def create_kernel_manager(self) -> SandboxedKernelManager:
        """Make the manager of the submission's kernel; nbgrader's class asks no setting for it."""
        self.manager = SandboxedKernelManager(config=self.config, assignment=self.assignment)
        self.km = self.manager
        return self.manager

    def seconds_left(self, cell: NotebookNode) -> int:
        """Return how long a cell may run."""
        left = self.began + self.limits.total_seconds - time.monotonic()
        return max(1, min(self.limits.cell_seconds, int(left)))

    def preprocess(
        self, nb: NotebookNode, resources: Resources, km: SandboxedKernelManager | None = None
    ) -> tuple[NotebookNode, Resources]:
        """Run the notebook.

        Raises
        ------
        StoppedError
            If it did not come to its end.
        AlteredChecksError
            If a comparison that must fail did not, or a test did not run.
        """
        self.assignment = resources["nbgrader"]["assignment"]
        self.limits = limits_for(self.assignment)
        self.timeout_func = self.seconds_left
        # what was printed before an interrupt comes late
        self.iopub_timeout = max(3, self.limits.cell_seconds * 2 // 3)
        self.began = time.monotonic()
        self.running = 0  # the number of the current cell; ours do not count
        self.printed = self.pictured = 0
        nb.cells = with_canaries(nb.cells)
        try:
            nb, resources = super().preprocess(nb, resources, km)
        except (DeadKernelError, CellTimeoutError, RuntimeError) as error:
            raise StoppedError(self.why(error)) from error
        nb.cells = without_canaries(nb.cells)
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("grade") and "outputs" in cell:
                for output in cell.outputs:
                    if output.output_type == "stream":
                        output.name = "stdout"
        return nb, resources

    def why(self, error: Exception) -> str:
        """Return in words why the run did not come to its end."""
        where = f"code cell {self.running}"
        watchdog = self.manager.watchdog
        if watchdog and watchdog.reason:
            return f"{where} was stopped: {watchdog.reason}"
        if isinstance(error, CellTimeoutError):
            if self.floods():
                return f"{where} printed without end and could not be interrupted"
            seconds = self.limits.cell_seconds
            return f"{where} ran for more than {seconds} s and could not be interrupted"
        if isinstance(error, DeadKernelError):
            return f"{where} ended the Python that it ran in (an exit, or too much memory or time)"
        return f"its kernel did not start or did not answer ({error})"

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, index: int
    ) -> tuple[NotebookNode, Resources]:
        """Run a cell."""
        if cell.cell_type == "code" and not is_canary(cell):
            self.running += 1
        self.printed = self.pictured = 0
        if time.monotonic() > self.began + self.limits.total_seconds:
            seconds = self.limits.total_seconds
            raise StoppedError(f"its cells together ran for more than {seconds} s")
        return super().preprocess_cell(cell, resources, index)

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Take a message of the kernel, unless the cell has shown enough."""
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data"):
            printed, flooded, enough = self.printed, self.floods(), self.has_enough()
            text, pictures = characters(msg["content"])
            self.printed += text
            self.pictured += pictures
            if self.floods() and not flooded:
                self.interrupt()
            if self.has_enough():
                if enough:
                    return None
                kept = str(msg["content"].get("text", ""))[: LONGEST_OUTPUT - printed]
                msg = {
                    **msg,
                    "msg_type": "stream",
                    "header": {**msg["header"], "msg_type": "stream"},
                    "content": {"name": "stdout", "text": kept + CUT},
                }
        return super().process_message(msg, cell, cell_index)

    def has_enough(self) -> bool:
        """Whether the current cell has shown as much as a page may hold."""
        return self.printed > LONGEST_OUTPUT or self.pictured > LONGEST_PICTURES

    def floods(self) -> bool:
        """Whether it has shown so much that it should be stopped."""
        return self.printed + self.pictured > FLOOD

    def interrupt(self) -> None:
        """Interrupt the current cell, as the stop button does."""
        self.stopping = asyncio.ensure_future(self.manager.interrupt_kernel())
