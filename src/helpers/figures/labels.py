"""Names of axes, lines and levels, written where they belong."""

from typing import Any

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from helpers.errors import CourseError, ShapeError, UnknownNameError
from helpers.figures.colours import GREY, INK, text_colour
from helpers.figures.layout import LABEL_GID, CourseLayout
from helpers.figures.style import FONT_SIZE

HALO = [patheffects.withStroke(linewidth=3, foreground="white")]  # behind text that crosses a line


def label_axes(
    ax: Axes,
    x: str = "",
    y: str = "",
    *,
    x_unit: str = "",
    y_unit: str = "",
    title: str = "",
) -> Axes:
    """Name both axes with their units, and give the panel a title.

    Parameters
    ----------
    ax
        The panel.
    x, y
        What the axis shows, for example ``"training step"``; empty leaves the axis as it is.
    x_unit, y_unit
        The unit, added in parentheses, for example ``"nats"``.
    title
        A short title; the best title says what to see.

    Returns
    -------
    ax
        The same axes.
    """
    if x:
        ax.set_xlabel(f"{x} ({x_unit})" if x_unit else x)
    if y:
        ax.set_ylabel(f"{y} ({y_unit})" if y_unit else y)
    if title:
        ax.set_title(title)
    return ax


def label_line(
    ax: Axes,
    x: Any,
    y: Any,
    text: str,
    colour: str = INK,
    *,
    at: float | None = None,
    offset: tuple[float, float] | None = None,
) -> Annotation:
    """Write a line's name beside the line, in its colour, instead of a legend.

    Labels at the ends of several lines move apart vertically, each with a thin leader back to its
    line, so that none covers another.

    Parameters
    ----------
    ax
        Where to draw.
    x, y
        The line's coordinates (points,), of which the last finite ones are labelled; or one point.
    text
        The name.
    colour
        The line's colour; pale colours are darkened until the text can be read.
    at
        Label the line here, above it, instead of at its end.
    offset
        Distance of the label from its point, in points; by default 11 to the right of an end,
        or 9 above the line with `at`.

    Raises
    ------
    ShapeError
        If `x` and `y` do not fit together.
    CourseError
        If the line has no finite point.
    """
    x, y = np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float))
    if x.shape != y.shape or x.ndim != 1:
        raise ShapeError(
            f"label {text!r}: x has shape {x.shape} and y {y.shape};"
            " give two lists of the same length."
        )
    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.any():
        raise CourseError(f"label {text!r}: the line has no finite point to stand at.")
    x, y = x[finite], y[finite]
    if at is None:
        point, offset = (x[-1], y[-1]), offset or (11, 0)
    else:
        order = np.argsort(x)
        point, offset = (at, np.interp(at, x[order], y[order])), offset or (0, 9)
    strong = text_colour(colour)
    label = ax.annotate(
        text,
        point,
        xytext=offset,
        textcoords="offset points",
        color=strong,
        ha="left" if at is None else "center",
        va="center" if at is None else "bottom",
        annotation_clip=False,
        path_effects=HALO,
        arrowprops={
            "arrowstyle": "-",
            "color": strong,
            "lw": 0.8,
            "shrinkA": 1,
            "shrinkB": 2,
            "relpos": (0, 0.5),
        }
        if at is None
        else None,
        zorder=5,
    )
    if at is None:
        label.set_gid(LABEL_GID)
        if not isinstance(ax.figure.get_layout_engine(), CourseLayout):
            ax.figure.set_layout_engine(CourseLayout())
    return label


def mark_level(
    ax: Axes, value: float, text: str, *, colour: str = GREY, axis: str = "y", place: float = 0.02
) -> None:
    """Draw a dashed line at a reference value, such as chance level, and name it.

    Parameters
    ----------
    ax
        Where to draw.
    value
        Where the line stands, in data units.
    text
        The name, written along the line.
    colour
        Of the line and its name.
    axis
        ``"y"`` draws a level line at that y, ``"x"`` an upright one at that x.
    place
        Where along the line the text starts, from 0 to 1.

    Raises
    ------
    UnknownNameError
        If there is no such axis.
    """
    if axis not in ("x", "y"):
        raise UnknownNameError.among("axis", axis, ("x", "y"))
    style = {"color": colour, "linewidth": 1.2, "linestyle": (0, (4, 3)), "zorder": 1.5}
    shown = {
        "color": text_colour(colour),
        "fontsize": FONT_SIZE - 1,
        "textcoords": "offset points",
        "path_effects": HALO,
    }
    if axis == "y":
        ax.axhline(value, **style)
        ax.annotate(text, (place, value), xycoords=ax.get_yaxis_transform(), xytext=(0, 4), **shown)
    else:
        ax.axvline(value, **style)
        ax.annotate(
            text,
            (value, 1 - place),
            xycoords=ax.get_xaxis_transform(),
            xytext=(5, 0),
            va="top",
            **shown,
        )
