"""Starting a figure, and keeping its labels apart."""

from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from scipy.optimize import isotonic_regression

from helpers.errors import CourseError
from helpers.figures.style import WIDE, WIDTH

LABEL_GID = "course-label"  # marks the labels that may be moved apart


def new_figure(
    rows: int = 1,
    columns: int = 1,
    *,
    height: float | None = None,
    width: float | None = None,
    **options: Any,
) -> tuple[Figure, Any]:
    """Start a figure of the course's size with its layout.

    Parameters
    ----------
    rows, columns
        Number of panels; at most two side by side, or they cannot be read on a phone.
    height
        Height of the whole figure in inches; by default it follows from the number of rows.
    width
        Width in inches, at most 7; by default 6 for one column and 7 for two.
    **options
        Passed on to `matplotlib.pyplot.subplots`, for example ``sharey=True``.

    Returns
    -------
    figure, axes
        As `matplotlib.pyplot.subplots` gives them: the axes of one panel, or an array of axes.

    Raises
    ------
    CourseError
        If the figure would be too wide to be read on a phone.
    """
    if not 1 <= columns <= 2:
        raise CourseError(
            f"columns={columns}: a figure has 1 or 2 panels side by side, more cannot be read on"
            " a phone. Use more rows."
        )
    width = width or (WIDTH if columns == 1 else WIDE)
    if width > WIDE:
        raise CourseError(
            f"width={width} inches is too wide: type becomes too small on a phone."
            f" Use at most {WIDE:g}."
        )
    per_row = 3.8 if columns == 1 else 3.2
    figure, axes = plt.subplots(rows, columns, figsize=(width, height or per_row * rows), **options)
    figure.set_layout_engine(CourseLayout())
    return figure, axes


class CourseLayout(ConstrainedLayoutEngine):
    """Constrained layout that also moves direct labels apart before each drawing."""

    def execute(self, fig: Figure) -> dict:
        """Lay the figure out; a second time if labels were moved."""
        result = super().execute(fig)
        moved = [_spread_labels(ax) for ax in fig.axes]
        return super().execute(fig) if any(moved) else result


def _spread_labels(ax: Axes) -> bool:
    """Move the end labels of one panel apart; say whether there were any to move."""
    labels = [text for text in ax.texts if text.get_gid() == LABEL_GID]
    if len(labels) < 2:
        return False
    pixels_per_point = ax.figure.dpi / 72
    wanted = np.array([ax.transData.transform(label.xy)[1] for label in labels])
    # the text alone: an annotation's own extent would include its leader
    heights = np.array([Text.get_window_extent(label).height for label in labels])
    placed = spread(wanted, heights + 2 * pixels_per_point, ax.bbox.y0, ax.bbox.y1)
    for label, here, there in zip(labels, wanted, placed, strict=True):
        label.set_position((label.get_position()[0], (there - here) / pixels_per_point))
    return True


def spread(wanted: np.ndarray, heights: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return the centres nearest to `wanted` (least squares) such that no two labels overlap.

    Measured from where they would stand in one tight stack, the centres must rise: an isotonic
    regression. They stay between `low` and `high`, if there is room.
    """
    order = np.argsort(wanted, kind="stable")
    stacked = np.cumsum(heights[order]) - heights[order] / 2
    shifts = isotonic_regression(wanted[order] - stacked).x
    placed = np.empty(len(wanted))
    placed[order] = stacked + np.clip(shifts, low, max(high - heights.sum(), low))
    return placed
