"""The plane as a network sees it."""

from collections.abc import Callable
from typing import Any

import matplotlib.colors as mpl_colors
import numpy as np
from matplotlib.axes import Axes

from helpers.errors import CourseError, ShapeError
from helpers.figures.colours import PALETTE

MARKERS = ("o", "^", "s", "D")  # of the classes
GRID_POINTS = 200  # along each side


def decision_regions(
    ax: Axes,
    network: Callable[[np.ndarray], np.ndarray],
    points: Any = None,
    labels: Any = None,
    *,
    limits: tuple[float, float, float, float] | None = None,
) -> Axes:
    """Colour the plane by the class a network gives each point, with the data on top.

    Parameters
    ----------
    ax
        Where to draw.
    network
        A network with two inputs, without runs; or any function that gives for points (count, 2)
        their outputs (count, classes), or their class numbers (count,).
    points
        (examples, 2).
    labels
        (examples,): the classes of `points`; each class has its own colour and marker.
    limits
        Left, right, bottom, top; by default around the points with some margin.

    Returns
    -------
    ax
        The same axes.

    Raises
    ------
    CourseError
        If neither points nor limits are given, or there are more than four classes.
    ShapeError
        If `network` does not give an answer for each point.
    """
    points = None if points is None else np.asarray(points, float)
    labels = None if labels is None else np.asarray(labels).reshape(-1).astype(int)
    if limits is None:
        if points is None:
            raise CourseError("decision_regions needs points or limits to know what to draw.")
        low, high = points.min(axis=0), points.max(axis=0)
        margin = 0.25 * np.maximum(high - low, 1e-9)
        limits = (low[0] - margin[0], high[0] + margin[0], low[1] - margin[1], high[1] + margin[1])
    across = np.linspace(limits[0], limits[1], GRID_POINTS)
    up = np.linspace(limits[2], limits[3], GRID_POINTS)
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    answer = np.asarray(network(grid))
    if answer.shape[:1] != (len(grid),) or answer.ndim > 2 or answer.shape[1:] == (1,):
        raise ShapeError(
            f"The answer has shape {answer.shape} for {len(grid)} points. There must be one class "
            "number for each, or one row of outputs; of a network with runs take one: networks[0]."
        )
    answer = answer.argmax(axis=1) if answer.ndim == 2 else answer.astype(int)
    answer = answer.reshape(GRID_POINTS, GRID_POINTS)
    classes = 1 + max(int(answer.max()), 1 if labels is None else int(labels.max()), 1)
    if classes > len(MARKERS):
        raise CourseError(f"{classes} classes: the course has colours for {len(MARKERS)} at most.")
    shades = [PALETTE[f"class_{k}"] for k in range(classes)]
    tints = [mpl_colors.to_hex(0.68 + 0.32 * np.array(mpl_colors.to_rgb(s))) for s in shades]
    ax.pcolormesh(
        across,
        up,
        answer,
        cmap=mpl_colors.ListedColormap(tints),
        vmin=-0.5,
        vmax=classes - 0.5,
        shading="nearest",
        rasterized=True,
    )
    for border in range(1, classes):
        ax.contour(across, up, answer >= border, levels=[0.5], colors="#555555", linewidths=1.2)
    if points is not None:
        kinds = np.zeros(len(points), int) if labels is None else labels
        size = 9 if len(points) <= 20 else 5
        for kind in np.unique(kinds):
            ax.plot(
                *points[kinds == kind].T,
                MARKERS[kind],
                color=shades[kind],
                markersize=size,
                markeredgecolor="white",
                markeredgewidth=1,
            )
    ax.set(xlim=limits[:2], ylim=limits[2:], aspect="equal")
    ax.grid(visible=False)
    return ax
