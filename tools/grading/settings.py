"""nbgrader's settings for this course, in one place."""

from __future__ import annotations

import os

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from traitlets.config import Config

from grading.exchange import CollectFromOwners
from grading.preprocessors import RestoreCells, SandboxedExecute


def configuration(root: str, *, unsafe: bool = False, workers: int = 1) -> Config:
    """Return nbgrader's settings for a class.

    Parameters
    ----------
    root
        The folder of the class.
    unsafe
        Whether student code runs without the sandbox; GRADING_UNSAFE=1 says so to plain nbgrader.
    workers
        How many submissions run at a time, and share the machine's memory.
    """
    c = Config()
    c.CourseDirectory.root = root
    c.ExchangeFactory.collect = CollectFromOwners
    # What differs from nbgrader's own steps is RestoreCells and SandboxedExecute.
    c.Autograde.sanitize_preprocessors = [
        ClearOutput,
        RestoreCells,
        DeduplicateIds,
        OverwriteKernelspec,
        OverwriteCells,
        CheckCellMetadata,
    ]
    c.Autograde.autograde_preprocessors = [
        SandboxedExecute,
        IgnorePattern,
        ClearMetadataPreprocessor,
        LimitOutput,
        SaveAutoGrades,
        CheckCellMetadata,
    ]
    c.SandboxedExecute.shutdown_kernel = "immediate"  # it has nothing to save
    c.SandboxedKernelManager.workers = workers
    c.SandboxedKernelManager.unsafe = unsafe or os.environ.get("GRADING_UNSAFE") == "1"
    # A submission's page must not run in our browser. The first line is nbconvert's own; nbgrader's
    # pages for answers in words pass it by.
    c.HTMLExporter.sanitize_html = True
    c.HTMLExporter.filters = {"markdown2html": "grading.pages.safe_markdown"}
    return c
