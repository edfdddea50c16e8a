"""A few jobs at a time, each in a process of its own that ends with the grader."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass
class Running(Generic[Job]):
    """A job at work."""

    job: Job
    process: multiprocessing.Process
    answers: Connection
    deadline: float


def end_with(parent: int) -> None:
    """Let this process end when its parent ends, even when that is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def at_work(parent: int, answers: Connection, do: Callable[[Job], Result], job: Job) -> None:
    """Do a job and send what came of it, in a process of its own."""
    end_with(parent)
    os.setpgid(0, 0)  # an interrupt from the keyboard is the grader's to handle
    answers.send(do(job))


def each(
    jobs: Sequence[Job],
    do: Callable[[Job], Result],
    *,
    seconds: Callable[[Job], float],
    workers: int | None = None,
) -> Iterator[tuple[Job, Result | None, str]]:
    """Do jobs side by side, and give each when it is done: its result, or in words why not.

    Parameters
    ----------
    do
        Runs in a process that is forked from this one.
    seconds
        How long a job may take; after that its process is killed.
    """
    context = multiprocessing.get_context("fork")
    waiting = list(reversed(jobs))
    running: list[Running] = []
    try:
        while waiting or running:
            while waiting and len(running) < (workers or cores()):
                job = waiting.pop()
                answers, theirs = context.Pipe(duplex=False)
                process = context.Process(target=at_work, args=(os.getpid(), theirs, do, job))
                process.start()
                theirs.close()
                running.append(Running(job, process, answers, time.monotonic() + seconds(job)))
            left = max(0.0, min(each.deadline for each in running) - time.monotonic())
            ready = wait([each.answers for each in running], timeout=left)
            for one in list(running):
                late = time.monotonic() > one.deadline
                if one.answers not in ready and not late:
                    continue
                result, trouble = None, ""
                try:
                    if one.answers in ready:
                        result = one.answers.recv()
                    else:
                        trouble = f"it did not end within {seconds(one.job):.0f} s"
                except EOFError:
                    one.process.join()
                    trouble = f"its process ended (status {one.process.exitcode})"
                end(one)
                running.remove(one)
                yield one.job, result, trouble
    finally:
        for one in running:
            end(one)


def end(one: Running) -> None:
    """See that the process of a job is gone, with all that it started."""
    one.answers.close()
    one.process.join(timeout=2)  # after its answer it ends by itself
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(one.process.pid, signal.SIGKILL)
    one.process.kill()
    one.process.join()
