"""One look for every figure of the course, and the figures that are used twice or more.

Call :func:`use_course_style` once in a notebook, start figures with :func:`new_figure`, and label
lines directly with :func:`label_line`; labels move apart by themselves where they would overlap.

Figures are 6 to 7 inches wide with type of 12 points, so that a picture scaled down to a phone
of 350 pixels can still be read. Their background is white; the site inverts them for its dark
theme. Colours are those of Okabe and Ito (2008), which readers with colour-vision deficiency can
tell apart, and they go with a meaning: ``colour("relu")`` is the same in every chapter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.colors as mpl_colors
import numpy as np
from matplotlib import patheffects
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Annotation, Text
from matplotlib.ticker import MaxNLocator

from helpers.errors import CourseError, ShapeError, UnknownNameError
from helpers.statistics import mean_interval

__all__ = [
    "OKABE_ITO",
    "PALETTE",
    "band",
    "colour",
    "confusion_matrix_figure",
    "decision_regions",
    "dot_intervals",
    "label_axes",
    "label_line",
    "loss_curves",
    "mark_level",
    "new_figure",
    "show_digits",
    "text_colour",
    "use_course_style",
    "weight_images",
]

OKABE_ITO = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
}
"""The eight colours of Okabe and Ito's palette by name."""

_GREY = "#767676"

PALETTE = {
    # activations
    "relu": OKABE_ITO["vermillion"],
    "linear": OKABE_ITO["blue"],
    "sigmoid": OKABE_ITO["green"],
    "tanh": OKABE_ITO["purple"],
    "leaky_relu": OKABE_ITO["orange"],
    "prelu": OKABE_ITO["purple"],
    "elu": OKABE_ITO["sky"],
    "selu": OKABE_ITO["blue"],
    "gelu": OKABE_ITO["green"],
    "silu": OKABE_ITO["black"],
    "softplus": OKABE_ITO["sky"],
    "step": OKABE_ITO["black"],
    # initialisations
    "he": OKABE_ITO["vermillion"],
    "xavier": OKABE_ITO["green"],
    "normal": OKABE_ITO["blue"],
    "orthogonal": OKABE_ITO["purple"],
    "identity": OKABE_ITO["sky"],
    "zeros": OKABE_ITO["black"],
    # roles
    "train": OKABE_ITO["sky"],
    "validation": OKABE_ITO["vermillion"],
    "test": OKABE_ITO["vermillion"],
    "theory": OKABE_ITO["black"],
    "before": _GREY,
    "after": OKABE_ITO["vermillion"],
    "wrong": OKABE_ITO["vermillion"],
    "right": OKABE_ITO["blue"],
    "neutral": _GREY,
    # classes of toy data: they differ in lightness too
    "class_0": OKABE_ITO["blue"],
    "class_1": OKABE_ITO["orange"],
    "class_2": OKABE_ITO["green"],
    "class_3": OKABE_ITO["purple"],
}
"""Colour by meaning; read it through :func:`colour`."""

_CLASS_MARKERS = ("o", "^", "s", "D")
_FONT_SIZE = 12
_WIDTH = 6.0  # inches; one panel
_WIDE = 7.0  # inches; two panels side by side
_LABEL_GID = "course-label"
_INK = "#222222"


# --------------------------------------------------------------------------------------- style


def use_course_style() -> None:
    """Set the course's look for all figures of this notebook; calling it again changes nothing.

    In a notebook the pictures become PNG files of twice the screen's resolution.
    """
    cycle = [
        OKABE_ITO[name]
        for name in ("blue", "vermillion", "green", "orange", "purple", "sky", "black")
    ]
    mpl.rcParams.update(
        {
            "figure.figsize": (_WIDTH, 3.8),
            "figure.dpi": 100,
            "figure.facecolor": "white",
            "figure.constrained_layout.use": True,
            "savefig.facecolor": "white",
            "axes.facecolor": "white",
            "axes.edgecolor": "#444444",
            "axes.labelcolor": _INK,
            "axes.titlecolor": _INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.titlelocation": "left",
            "axes.titlesize": _FONT_SIZE + 1,
            "axes.titlepad": 8,
            "axes.labelsize": _FONT_SIZE,
            "axes.prop_cycle": mpl.cycler(color=cycle),
            "axes.formatter.use_mathtext": True,
            "axes.formatter.limits": (-4, 5),
            "font.size": _FONT_SIZE,
            "font.family": "DejaVu Sans",
            "grid.color": "#E3E3E3",
            "grid.linewidth": 0.8,
            "xtick.labelsize": _FONT_SIZE - 1,
            "ytick.labelsize": _FONT_SIZE - 1,
            "xtick.color": "#444444",
            "ytick.color": "#444444",
            "legend.frameon": False,
            "legend.fontsize": _FONT_SIZE,
            "lines.linewidth": 2.2,
            "lines.markersize": 7,
            "lines.solid_capstyle": "round",
            "image.cmap": "gray_r",
            "svg.fonttype": "path",
        }
    )
    _use_sharp_inline_pictures()


def _use_sharp_inline_pictures() -> None:
    """Ask a notebook kernel for double-resolution PNG; outside a notebook do nothing."""
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ImportError:
        return
    shell = get_ipython()
    if shell is not None and hasattr(shell, "kernel"):
        # No cropping: the figure keeps the size it was drawn at, so the type keeps its size too.
        set_matplotlib_formats("retina", bbox_inches=None)


def colour(meaning: str) -> str:
    """Return the course's colour for a meaning such as ``"relu"`` or ``"test"``.

    Parameters
    ----------
    meaning : str
        A key of :data:`PALETTE`, or a name of :data:`OKABE_ITO` such as ``"sky"``.

    Returns
    -------
    str
        A colour as ``#RRGGBB``.

    Raises
    ------
    UnknownNameError
        If there is no such meaning; the message names the nearest ones.
    """
    known = {**OKABE_ITO, **PALETTE}
    if meaning not in known:
        raise UnknownNameError.among("colour", meaning, known)
    return known[meaning]


def text_colour(any_colour: str, contrast: float = 4.5) -> str:
    """Darken a colour until text in it can be read on white.

    Parameters
    ----------
    any_colour : str
        Any matplotlib colour.
    contrast : float
        The contrast ratio to reach, as WCAG 2.2 defines it (success criterion 1.4.3).

    Returns
    -------
    str
        A colour as ``#RRGGBB`` of the same hue.
    """
    rgb = np.array(mpl_colors.to_rgb(any_colour))
    while 1.05 / (_luminance(rgb) + 0.05) < contrast:
        rgb = rgb * 0.97
    return mpl_colors.to_hex(rgb)


def _luminance(rgb: np.ndarray) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


# ------------------------------------------------------------------------------ figure and axes


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
    rows, columns : int
        Number of panels; at most two side by side, or they cannot be read on a phone.
    height : float, optional
        Height of the whole figure in inches; by default it follows from the number of rows.
    width : float, optional
        Width in inches, at most 7; by default 6 for one column and 7 for two.
    **options
        Passed on to :func:`matplotlib.pyplot.subplots`, for example ``sharey=True``.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes or numpy.ndarray of Axes
        One ``Axes``, or an array as :func:`matplotlib.pyplot.subplots` returns it.

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
    width = width or (_WIDTH if columns == 1 else _WIDE)
    if width > _WIDE:
        raise CourseError(
            f"width={width} inches is too wide: type becomes too small on a phone."
            f" Use at most {_WIDE:g}."
        )
    per_row = 3.8 if columns == 1 else 3.2
    figure, axes = plt.subplots(rows, columns, figsize=(width, height or per_row * rows), **options)
    figure.set_layout_engine(_CourseLayout())
    return figure, axes


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
    ax : Axes
    x, y : str
        What the axis shows, for example ``"training step"``; empty leaves the axis as it is.
    x_unit, y_unit : str
        The unit, added in parentheses, for example ``"nats"``.
    title : str
        A short title; the best title says what to see.

    Returns
    -------
    Axes
        The same axes.
    """
    if x:
        ax.set_xlabel(f"{x} ({x_unit})" if x_unit else x)
    if y:
        ax.set_ylabel(f"{y} ({y_unit})" if y_unit else y)
    if title:
        ax.set_title(title)
    return ax


class _CourseLayout(ConstrainedLayoutEngine):
    """Constrained layout that also moves direct labels apart before each drawing."""

    def execute(self, fig: Figure) -> dict:
        result = super().execute(fig)
        moved = [_spread_labels(ax) for ax in fig.axes]
        return super().execute(fig) if any(moved) else result


def label_line(
    ax: Axes,
    x: Any,
    y: Any,
    text: str,
    colour: str = _INK,
    *,
    at: float | None = None,
    offset: tuple[float, float] | None = None,
) -> Annotation:
    """Write a line's name beside the line, in its colour, instead of a legend.

    Labels at the ends of several lines move apart vertically, each with a thin leader back to its
    line, so that none covers another.

    Parameters
    ----------
    ax : Axes
    x, y : float or array_like, shape (points,)
        The line's coordinates (its last finite point is labelled), or one point.
    text : str
    colour : str
        The line's colour; pale colours are darkened until the text can be read.
    at : float, optional
        Label the line here, above it, instead of at its end.
    offset : (float, float), optional
        Distance of the label from its point, in points; by default 11 to the right of an end,
        or 9 above the line with ``at``.

    Returns
    -------
    matplotlib.text.Annotation

    Raises
    ------
    ShapeError
        If ``x`` and ``y`` do not fit together.
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
        path_effects=[patheffects.withStroke(linewidth=3, foreground="white")],
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
        label.set_gid(_LABEL_GID)
        if not isinstance(ax.figure.get_layout_engine(), _CourseLayout):
            ax.figure.set_layout_engine(_CourseLayout())
    return label


def _spread_labels(ax: Axes) -> bool:
    """Move the end labels of one panel apart; say whether there were any to move."""
    labels = [text for text in ax.texts if text.get_gid() == _LABEL_GID]
    if len(labels) < 2:
        return False
    pixels_per_point = ax.figure.dpi / 72
    wanted = np.array([ax.transData.transform(label.xy)[1] for label in labels])
    # the text alone: an annotation's own extent would include its leader
    heights = np.array([Text.get_window_extent(label).height for label in labels])
    bottom, top = ax.bbox.y0, ax.bbox.y1
    placed = _spread(wanted, heights + 2 * pixels_per_point, bottom, top)
    for label, here, there in zip(labels, wanted, placed, strict=True):
        label.set_position((label.get_position()[0], (there - here) / pixels_per_point))
    return True


def _spread(wanted: np.ndarray, heights: np.ndarray, low: float, high: float) -> np.ndarray:
    """Centres nearest to ``wanted`` (least squares) such that no two labels overlap.

    Neighbours that overlap are merged into one block, which sits at the mean of what its members
    want (pool adjacent violators), but always between ``low`` and ``high``.
    """

    def block_of(members: list[int]) -> tuple[float, float, list[int]]:
        height = heights[members].sum()
        # each member would move the block by what it wants less its place within the block
        inner = np.cumsum(heights[members]) - heights[members] / 2 - height / 2
        centre = float(np.mean(wanted[members] - inner))
        inside = min(max(centre, low + height / 2), max(high - height / 2, low + height / 2))
        return inside, height, members

    blocks: list[tuple[float, float, list[int]]] = []  # centre, height, members from below
    for index in np.argsort(wanted, kind="stable"):
        block = block_of([int(index)])
        while blocks and block[0] - blocks[-1][0] < (block[1] + blocks[-1][1]) / 2:
            block = block_of(blocks.pop()[2] + block[2])
        blocks.append(block)
    placed = np.empty(len(wanted))
    for centre, height, members in blocks:
        placed[members] = centre - height / 2 + np.cumsum(heights[members]) - heights[members] / 2
    return placed


def mark_level(
    ax: Axes, value: float, text: str, *, colour: str = _GREY, axis: str = "y", place: float = 0.02
) -> None:
    """Draw a dashed line at a reference value, such as chance level, and name it.

    Parameters
    ----------
    ax : Axes
    value : float
        Where the line stands, in data units.
    text : str
        The name, written along the line.
    colour : str
    axis : {"y", "x"}
        ``"y"`` draws a level line at that y, ``"x"`` an upright one at that x.
    place : float
        Where along the line the text starts, from 0 to 1.
    """
    style = {"color": colour, "linewidth": 1.2, "linestyle": (0, (4, 3)), "zorder": 1.5}
    shown = {
        "color": text_colour(colour),
        "fontsize": _FONT_SIZE - 1,
        "textcoords": "offset points",
        "path_effects": [patheffects.withStroke(linewidth=3, foreground="white")],
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


# ------------------------------------------------------------------------- comparing over seeds


def band(
    ax: Axes,
    x: Any,
    values: Any,
    *,
    colour: str = OKABE_ITO["blue"],
    label: str = "",
    axis: int = 0,
    confidence: float = 0.95,
    linestyle: str = "-",
    floor: float | None = None,
) -> np.ndarray:
    """Draw the mean over seeds as a line, and its interval as a band.

    Parameters
    ----------
    ax : Axes
    x : array_like, shape (points,)
    values : array_like, shape (runs, points)
        One row per seed, or with ``axis=1`` one column per seed. Seeds with a value that is not
        finite are left out of that point.
    colour : str
    label : str
        Written at the line's end (:func:`label_line`); empty writes nothing.
    axis : int
        The axis of ``values`` that holds the seeds.
    confidence : float
        Of the interval of the mean (Student's t).
    linestyle : str
    floor : float, optional
        The band's lower edge is not drawn below this; needed on a logarithmic axis.

    Returns
    -------
    numpy.ndarray, shape (points,)
        The mean line.

    Raises
    ------
    ShapeError
        If ``values`` is not two-dimensional, or has not one value per ``x``.
    """
    x, values = np.asarray(x, float), np.asarray(values, float)
    if values.ndim != 2 or x.ndim != 1 or values.shape[1 - axis % 2] != len(x):
        raise ShapeError(
            f"values has shape {values.shape} and x {x.shape}: values must be (runs, points)"
            " with one point per x (or the other way round, with axis=1)."
        )
    interval = mean_interval(values, axis=axis, confidence=confidence)
    low = interval.low if floor is None else np.maximum(interval.low, floor)
    ax.fill_between(x, low, interval.high, color=colour, alpha=0.22, linewidth=0)
    ax.plot(x, interval.mean, color=colour, linestyle=linestyle)
    if label:
        label_line(ax, x, interval.mean, label, colour)
    return np.asarray(interval.mean)


def loss_curves(
    ax: Axes,
    histories: Mapping[str, Any],
    *,
    quantity: str = "loss",
    x: Any = None,
    colours: Mapping[str, str] | None = None,
    log: bool | None = None,
) -> Axes:
    """Draw what trainings recorded, one labelled line with its band over seeds for each.

    Parameters
    ----------
    ax : Axes
    histories : mapping of name to History or array_like
        Results of :func:`helpers.training.train`, or arrays of shape (points,) or (points, runs).
    quantity : str
        The attribute of a history to draw, for example ``"loss"``.
    x : array_like, shape (points,), optional
        Positions along the x axis, shared by all; by default 1, 2, 3, ... (epochs).
    colours : mapping of name to colour, optional
        By default the course's colour for the name, where it has one.
    log : bool, optional
        Logarithmic y axis; by default yes for a loss and no for anything else.

    Returns
    -------
    Axes
        The same axes.

    Raises
    ------
    CourseError
        If a history has no such quantity.
    ShapeError
        If a record is not (points,) or (points, runs).
    """
    log = quantity.endswith("loss") if log is None else log
    if log:
        ax.set_yscale("log")
    cycle = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    for number, (name, history) in enumerate(histories.items()):
        record = getattr(history, quantity, None) if hasattr(history, "loss") else history
        if record is None:
            raise CourseError(f"history {name!r} has recorded no {quantity!r}.")
        record = np.asarray(record, float)
        if record.ndim not in (1, 2):
            raise ShapeError(
                f"{quantity} of {name!r} has shape {record.shape};"
                " give (points,) or (points, runs)."
            )
        shade = (colours or {}).get(name) or PALETTE.get(name, cycle[number % len(cycle)])
        places = np.arange(1, len(record) + 1) if x is None else np.asarray(x, float)
        if record.ndim == 2 and record.shape[1] > 1:
            floor = record[np.isfinite(record)].min(initial=np.inf) if log else None
            band(ax, places, record, colour=shade, label=name, axis=1, floor=floor)
        else:
            record = record.reshape(-1)
            ax.plot(places, record, color=shade)
            label_line(ax, places, record, name, shade)
    if x is None:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return label_axes(ax, "epoch" if x is None else "", quantity.replace("_", " "))


def dot_intervals(
    ax: Axes,
    groups: Mapping[str, Any],
    *,
    colours: Mapping[str, str] | None = None,
    confidence: float = 0.95,
    number: str | None = None,
) -> Axes:
    """Compare groups of runs: a faint dot per seed, and the mean with its interval.

    Parameters
    ----------
    ax : Axes
        Its x axis will carry the values, its y axis the names, the first one on top.
    groups : mapping of name to array_like, shape (runs,)
        For example the test accuracies of each contender, one per seed.
    colours : mapping of name to colour, optional
    confidence : float
        Of the interval of the mean (Student's t).
    number : str, optional
        A format such as ``".3f"``: writes the mean beside each interval.

    Returns
    -------
    Axes
        The same axes.

    Raises
    ------
    CourseError
        If there is no group, or a group has no finite value.
    """
    if not groups:
        raise CourseError("dot_intervals was given no groups to compare.")
    for row, (name, values) in enumerate(groups.items()):
        values = np.asarray(values, float).reshape(-1)
        values = values[np.isfinite(values)]
        if values.size == 0:
            raise CourseError(f"group {name!r} has no finite value to draw.")
        shade = (colours or {}).get(name) or PALETTE.get(name, OKABE_ITO["blue"])
        # a fixed zigzag keeps dots apart and the picture the same on every run
        spread = 0.13 * (np.arange(values.size) % 3 - 1)
        ax.plot(values, row + spread, "o", color=shade, alpha=0.3, markersize=5, markeredgewidth=0)
        interval = mean_interval(values, confidence=confidence)
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
                path_effects=[patheffects.withStroke(linewidth=3, foreground="white")],
            )
    ax.set_yticks(range(len(groups)), list(groups))
    ax.set_ylim(len(groups) - 0.45, -0.6)
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


# -------------------------------------------------------------------------------------- pictures


def show_digits(
    images: Any,
    titles: Sequence[str] | None = None,
    *,
    columns: int = 6,
    colours: Sequence[str] | None = None,
) -> Figure:
    """Show digits in a grid, dark ink on white.

    Parameters
    ----------
    images : array_like, shape (count, 784) or (count, 28, 28)
    titles : sequence of str, optional
        A short line above each digit.
    columns : int
        Digits in a row, 1 to 8.
    colours : sequence of str, optional
        The colour of each title, for example to mark errors.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If ``images`` are not square pictures, or ``titles`` not one per picture.
    """
    pictures = _as_pictures(images)
    return _picture_grid(pictures, titles, colours, columns, cmap="gray_r")


def weight_images(
    weights: Any,
    titles: Sequence[str] | None = None,
    *,
    columns: int = 5,
    shape: tuple[int, int] | None = None,
) -> Figure:
    """Show each unit's incoming weights as a picture: red positive, blue negative, white zero.

    Parameters
    ----------
    weights : array_like, shape (n_in, units)
        A weight matrix of the course's convention ``x @ W``: one column per unit.
    titles : sequence of str, optional
        One per unit.
    columns : int
        Pictures in a row, 1 to 8.
    shape : (int, int), optional
        Rows and columns of one picture; by default a square of ``n_in`` pixels.

    Returns
    -------
    matplotlib.figure.Figure
        All pictures share one colour scale, shown beside them.

    Raises
    ------
    ShapeError
        If a column cannot be laid out as such a picture.
    """
    weights = np.asarray(weights, float)
    if weights.ndim != 2:
        raise ShapeError(f"weights has shape {weights.shape}; give a matrix (n_in, units).")
    pictures = _as_pictures(weights.T, shape)
    limit = float(np.abs(pictures[np.isfinite(pictures)]).max(initial=0)) or 1.0
    return _picture_grid(
        pictures, titles, None, columns, cmap="RdBu_r", vmin=-limit, vmax=limit, bar="weight"
    )


def _as_pictures(images: Any, shape: tuple[int, int] | None = None) -> np.ndarray:
    """Bring rows of pixels into pictures of shape (count, height, width)."""
    images = np.asarray(images)
    if images.ndim == 2:
        side = math.isqrt(images.shape[1])
        shape = shape or (side, side)
        if shape[0] * shape[1] != images.shape[1]:
            raise ShapeError(
                f"{images.shape[1]} values cannot be laid out as a picture of"
                f" {shape[0]} by {shape[1]} pixels."
            )
        images = images.reshape(len(images), *shape)
    if images.ndim != 3 or len(images) == 0:
        raise ShapeError(
            f"pictures have shape {images.shape}; give (count, pixels) or (count, height, width)."
        )
    return images


def _picture_grid(
    pictures: np.ndarray,
    titles: Sequence[str] | None,
    colours: Sequence[str] | None,
    columns: int,
    bar: str = "",
    **style: Any,
) -> Figure:
    """Lay pictures out in a grid without axes."""
    count = len(pictures)
    for what, given in (("titles", titles), ("colours", colours)):
        if given is not None and len(given) != count:
            raise ShapeError(f"{len(given)} {what} for {count} pictures; give one for each.")
    if not 1 <= columns <= 8:
        raise CourseError(f"columns={columns}: give 1 to 8 pictures in a row.")
    columns = min(columns, count)
    rows = -(-count // columns)
    cell = _WIDTH / max(columns, 4)
    title_height = 0.26 * (1 + max(title.count("\n") for title in titles)) if titles else 0.06
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(cell * columns + (0.9 if bar else 0), (cell + title_height) * rows),
        squeeze=False,
    )
    for ax in axes.flat:
        ax.axis("off")
    for index, (ax, picture) in enumerate(zip(axes.flat, pictures, strict=False)):
        drawn = ax.imshow(picture, interpolation="nearest", **style)
        if titles:
            shade = text_colour(colours[index]) if colours else _INK
            ax.set_title(titles[index], fontsize=_FONT_SIZE, color=shade, loc="center", pad=3)
    if bar:
        figure.colorbar(drawn, ax=axes, label=bar, shrink=min(1.0, 2.2 / rows), aspect=14)
    return figure


def confusion_matrix_figure(
    labels: Any, predictions: Any, names: Sequence[str] | None = None
) -> Figure:
    """Show which class is taken for which: counts, with the errors shaded.

    Parameters
    ----------
    labels, predictions : array_like of int, shape (examples,)
        What each example is, and what the network says.
    names : sequence of str, optional
        The classes' names; by default 0, 1, 2, ...

    Returns
    -------
    matplotlib.figure.Figure
        Rows are the true classes. The diagonal (right answers) is left unshaded, so that the
        shading shows where the errors are.

    Raises
    ------
    ShapeError
        If the two are not lists of the same length.
    CourseError
        If a class has no name.
    """
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    if labels.shape != predictions.shape or labels.ndim != 1 or labels.size == 0:
        raise ShapeError(
            f"labels have shape {labels.shape} and predictions {predictions.shape};"
            " give two lists of the same length."
        )
    highest = int(max(labels.max(), predictions.max()))
    names = list(names) if names is not None else [str(k) for k in range(highest + 1)]
    lowest = int(min(labels.min(), predictions.min()))
    if lowest < 0 or highest >= len(names):
        wrong = lowest if lowest < 0 else highest
        raise CourseError(f"class {wrong} has no name: {len(names)} names were given.")
    counts = np.zeros((len(names), len(names)), int)
    np.add.at(counts, (labels.astype(int), predictions.astype(int)), 1)
    errors = counts * (1 - np.eye(len(names), dtype=int))
    side = min(_WIDTH, 2.2 + 0.5 * len(names))
    figure, ax = new_figure(width=side, height=side * 0.92)
    shading = mpl_colors.LinearSegmentedColormap.from_list("errors", ["#FFFFFF", "#F2A57C"])
    ax.imshow(errors, cmap=shading, vmin=0, vmax=max(1, errors.max()))
    for (row, column), count in np.ndenumerate(counts):
        if count:
            same = row == column
            ax.text(
                column,
                row,
                str(count),
                ha="center",
                va="center",
                fontsize=_FONT_SIZE - 1,
                color=text_colour(PALETTE["right"]) if same else _INK,
                fontweight="bold" if same else "normal",
            )
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    label_axes(ax, "the network says", "the truth is")
    return figure


def decision_regions(
    ax: Axes,
    predict: Callable[[np.ndarray], np.ndarray],
    points: Any = None,
    labels: Any = None,
    *,
    limits: tuple[float, float, float, float] | None = None,
    resolution: int = 200,
    classes: int | None = None,
) -> Axes:
    """Colour the plane by the class a network gives each point, with the data on top.

    Parameters
    ----------
    ax : Axes
    predict : callable
        Maps points of shape (count, 2) to class numbers of shape (count,).
    points : array_like, shape (examples, 2), optional
    labels : array_like of int, shape (examples,), optional
        The classes of ``points``; each class has its own colour and marker.
    limits : (left, right, bottom, top), optional
        By default around the points with some margin.
    resolution : int
        Grid points along each side.
    classes : int, optional
        The number of classes; by default as many as occur, and at least two.

    Returns
    -------
    Axes
        The same axes.

    Raises
    ------
    CourseError
        If neither points nor limits are given, or there are more than four classes.
    ShapeError
        If ``predict`` does not return one class per point.
    """
    points = None if points is None else np.asarray(points, float)
    labels = None if labels is None else np.asarray(labels).reshape(-1).astype(int)
    if limits is None:
        if points is None:
            raise CourseError("decision_regions needs points or limits to know what to draw.")
        low, high = points.min(axis=0), points.max(axis=0)
        margin = 0.25 * np.maximum(high - low, 1e-9)
        limits = (low[0] - margin[0], high[0] + margin[0], low[1] - margin[1], high[1] + margin[1])
    across = np.linspace(limits[0], limits[1], resolution)
    up = np.linspace(limits[2], limits[3], resolution)
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    answer = np.asarray(predict(grid))
    if answer.shape != (len(grid),):
        raise ShapeError(
            f"predict returned shape {answer.shape} for {len(grid)} points;"
            " it must return one class number per point."
        )
    answer = answer.astype(int).reshape(resolution, resolution)
    highest = max(int(answer.max()), 1 if labels is None else int(labels.max()), 1)
    classes = classes or highest + 1
    if classes > len(_CLASS_MARKERS):
        raise CourseError(
            f"{classes} classes: the course has colours for {len(_CLASS_MARKERS)} at most."
        )
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
                _CLASS_MARKERS[kind],
                color=shades[kind],
                markersize=size,
                markeredgecolor="white",
                markeredgewidth=1,
            )
    ax.set_xlim(limits[0], limits[1])
    ax.set_ylim(limits[2], limits[3])
    ax.set_aspect("equal")
    ax.grid(visible=False)
    return ax
