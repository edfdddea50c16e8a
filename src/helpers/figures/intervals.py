"""Comparing over seeds: means with their intervals."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from helpers.errors import CourseError, ShapeError
from helpers.figures.colours import OKABE_ITO, PALETTE, text_colour
from helpers.figures.labels import HALO, label_line
from helpers.statistics import mean_interval


def band(
    ax: Axes,
    x: Any,
    values: Any,
    *,
    colour: str = OKABE_ITO["blue"],
    label: str = "",
    linestyle: str = "-",
    floor: float | None = None,
) -> np.ndarray:
    """Draw the mean over seeds as a line, and its interval (`mean_interval`) as a band.

    Parameters
    ----------
    ax
        Where to draw.
    x
        (points,).
    values
        (points, runs): for each point one value of each seed.
    colour, linestyle
        Of the line; the band is a pale shade of the same colour.
    label
        Written at the line's end (see `label_line`); empty writes nothing.
    floor
        The band's lower edge is not drawn below this; needed on a logarithmic axis.

    Returns
    -------
    mean
        The mean line: (points,).

    Raises
    ------
    ShapeError
        If `values` is not (points, runs), with one point for each `x`.
    """
    x, values = np.asarray(x, float), np.asarray(values, float)
    if values.ndim != 2 or x.shape != values.shape[:1]:
        swapped = " Write values.T." if values.ndim == 2 and x.shape == values.shape[1:] else ""
        raise ShapeError(
            f"values has shape {values.shape} and x {x.shape}: values must be (points, runs), with "
            f"one point for each x.{swapped}"
        )
    interval = mean_interval(values)
    low = interval.low if floor is None else np.maximum(interval.low, floor)
    ax.fill_between(x, low, interval.high, color=colour, alpha=0.22, linewidth=0)
    ax.plot(x, interval.mean, color=colour, linestyle=linestyle)
    if label:
        label_line(ax, x, interval.mean, label, colour)
    return np.asarray(interval.mean)


def dot_intervals(
    ax: Axes,
    groups: Mapping[str, Any],
    *,
    colours: Mapping[str, str] | None = None,
    number: str | None = None,
) -> Axes:
    """Compare groups of runs: a faint dot per seed, and the mean with its interval.

    Parameters
    ----------
    ax
        Its x axis will carry the values, its y axis the names, the first one on top.
    groups
        By name the values (runs,), such as the test accuracies of a contender, one for each seed.
    colours
        By name; for others the colour that the name has in the course, or blue.
    number
        A format such as ``".3f"``: writes the mean beside each interval.

    Returns
    -------
    ax
        The same axes.

    Raises
    ------
    CourseError
        If there is no group, or a group has fewer than 2 finite values.
    """
    if not groups:
        raise CourseError("dot_intervals was given no groups to compare.")
    for row, (name, values) in enumerate(groups.items()):
        values = np.asarray(values, float).reshape(-1)
        values = values[np.isfinite(values)]
        if values.size < 2:
            raise CourseError(
                f"group {name!r} has {values.size} finite values. An interval needs 2 or more, one "
                "for each seed."
            )
        shade = (colours or {}).get(name) or PALETTE.get(name, OKABE_ITO["blue"])
        # a fixed zigzag keeps dots apart and the picture the same on every run
        spread = 0.13 * (np.arange(values.size) % 3 - 1)
        ax.plot(values, row + spread, "o", color=shade, alpha=0.3, markersize=5, markeredgewidth=0)
        interval = mean_interval(values)
        ax.plot([interval.low, interval.high], [row, row], color=shade, linewidth=3)
        ax.plot(interval.mean, row, "o", color=shade, markeredgecolor="white", markersize=9)
        if number:
            ax.annotate(
                format(float(interval.mean), number),
                (interval.mean, row),
                xytext=(0, 11),
                textcoords="offset points",
                ha="center",
                color=text_colour(shade),
                path_effects=HALO,
            )
    ax.set_yticks(range(len(groups)), list(groups))
    ax.set_ylim(len(groups) - 0.45, -0.6)
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax
