"""Run notebooks two at a time, the longest first; those that compare times run alone, at the end.

A notebook that compares times says so in its metadata: ``course: {runs_alone: true}``. How long
each took is remembered for the next time; until then its number of code cells is the guess, or
what it says itself: ``course: {seconds: 150}``.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from kernels import LocalKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parents[1]
DURATIONS = ROOT / "build" / "durations.json"
AT_ONCE = 2
SECONDS_PER_CELL = 0.7  # what the finished chapters take on average
# Matrix products with several threads slow down many times over on a machine that is not idle.
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
ONE_THREAD |= {f"TF_NUM_{where}OP_THREADS": "1" for where in ("INTER", "INTRA")}
QUIET = {"COURSE_FACE": "static", "TF_CPP_MIN_LOG_LEVEL": "2"}  # progress is all there is to see


@dataclass
class Run:
    """One run of a notebook; after it, `notebook` holds the outputs and `error` what went wrong."""

    path: Path
    variables: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""

    def __post_init__(self) -> None:
        """Read the notebook."""
        self.notebook = nbformat.read(self.path, as_version=4)

    def __str__(self) -> str:
        """Name the notebook and its variables."""
        return " ".join([self.path.name, *(f"{k}={v}" for k, v in self.variables.items())])

    @property
    def course(self) -> dict[str, Any]:
        """What the notebook says to the tools."""
        return self.notebook.metadata.get("course", {})

    @property
    def alone(self) -> bool:
        """Whether the notebook wants the machine for itself."""
        return self.course.get("runs_alone", False)

    @property
    def expected(self) -> float:
        """Seconds that the run will take, by the last one or by a guess."""
        cells = sum(cell.cell_type == "code" for cell in self.notebook.cells)
        guess = self.course.get("seconds", SECONDS_PER_CELL * cells)
        return durations().get(self.path.stem, guess)

    async def execute(self) -> None:
        """Run the notebook in a kernel of its own, in its own folder."""
        client = NotebookClient(
            self.notebook,
            kernel_manager_class=LocalKernelManager,
            timeout=600,
            extra_arguments=["--log-level=ERROR"],
            record_timing=False,  # timings in the metadata would hide it from the execution cache
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(self.path.parent)}},
        )
        variables = {**os.environ, **ONE_THREAD, **QUIET, **self.variables}
        start = time.perf_counter()
        try:
            await client.async_execute(env=variables)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            if asyncio.current_task().cancelling():  # nbclient takes an interrupt for a dead kernel
                raise asyncio.CancelledError from None
            self.error = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
        self.seconds = time.perf_counter() - start


class _Loop(asyncio.SelectorEventLoop):
    """A loop that refuses nbclient's handlers of Ctrl-C, each of which ends one kernel only."""

    def add_signal_handler(self, *_: object) -> None:
        raise RuntimeError("an interrupt cancels all runs")


def evidence_in(notebook: nbformat.NotebookNode) -> dict[str, dict[str, Any]]:
    """Return the evidence that the verdicts of an executed notebook have left, by entry."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    records = [output.get("metadata", {}).get("evidence") for output in outputs]
    return {record["id"]: record for record in records if record}


def durations() -> dict[str, float]:
    """Return the seconds that each notebook took last time, as far as that is known."""
    try:
        return json.loads(DURATIONS.read_text())
    except (OSError, ValueError):
        return {}


def in_order(runs: Iterable[Run]) -> list[Run]:
    """Return the runs as they start: the longest first, and last those that run alone."""
    return sorted(runs, key=lambda run: (run.alone, -run.expected))


def run_all(runs: Iterable[Run], finished: Callable[[Run], None]) -> None:
    """Run notebooks; a failure does not stop the others, Ctrl-C ends all kernels.

    Parameters
    ----------
    finished
        Called after each run, to keep its results.
    """
    waiting = in_order(runs)
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(run: Run) -> None:
        async with slots:
            waiting.remove(run)
            print(f"   {run}: about {run.expected:.0f} s, {len(waiting)} more wait", flush=True)
            await run.execute()
            print(f"   {run}: {'FAILED, ' if run.error else ''}{run.seconds:.1f} s", flush=True)
            if not run.error:
                DURATIONS.parent.mkdir(parents=True, exist_ok=True)
                DURATIONS.write_text(json.dumps({**durations(), run.path.stem: run.seconds}))
            finished(run)

    async def everything() -> None:
        beside = [run for run in waiting if not run.alone]
        alone = [run for run in waiting if run.alone]
        async with asyncio.TaskGroup() as tasks:
            for run in beside:
                tasks.create_task(one(run))
        for run in alone:
            await one(run)

    with asyncio.Runner(loop_factory=_Loop) as runner:
        runner.run(everything())
