"""Pictures: digits, weights, and which class is taken for which."""

import math
from collections.abc import Sequence
from typing import Any

import matplotlib.colors as mpl_colors
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from helpers.errors import CourseError, ShapeError
from helpers.figures.colours import INK, PALETTE, text_colour
from helpers.figures.labels import label_axes
from helpers.figures.layout import new_figure
from helpers.figures.style import FONT_SIZE, WIDTH


def show_digits(
    images: Any,
    titles: Sequence[str] | None = None,
    *,
    columns: int = 6,
) -> Figure:
    """Show digits in a grid, dark ink on white.

    Parameters
    ----------
    images
        (count, 784) or (count, 28, 28).
    titles
        A short line above each digit.
    columns
        Digits in a row, 1 to 8.

    Raises
    ------
    ShapeError
        If `images` are not square pictures, or `titles` not one per picture.
    """
    return _picture_grid(_as_pictures(images), titles, columns, cmap="gray_r")


def weight_images(
    weights: Any,
    titles: Sequence[str] | None = None,
    *,
    columns: int = 5,
) -> Figure:
    """Show each unit's incoming weights as a picture: red positive, blue negative, white zero.

    Parameters
    ----------
    weights
        (n_in, units): a weight matrix of the course's convention ``x @ W``.
    titles
        One per unit.
    columns
        Pictures in a row, 1 to 8.

    Returns
    -------
    figure
        All pictures share one colour scale, shown beside them.

    Raises
    ------
    ShapeError
        If a column cannot be laid out as a square.
    """
    weights = np.asarray(weights, float)
    if weights.ndim != 2:
        raise ShapeError(f"weights has shape {weights.shape}; give a matrix (n_in, units).")
    pictures = _as_pictures(weights.T)
    limit = float(np.abs(pictures[np.isfinite(pictures)]).max(initial=0)) or 1.0
    return _picture_grid(
        pictures, titles, columns, cmap="RdBu_r", vmin=-limit, vmax=limit, bar="weight"
    )


def _as_pictures(images: Any) -> np.ndarray:
    """Bring rows of pixels into square pictures of shape (count, height, width)."""
    images = np.asarray(images)
    if images.ndim == 2:
        side = math.isqrt(images.shape[1])
        if side * side != images.shape[1]:
            raise ShapeError(f"{images.shape[1]} values cannot be laid out as a square picture.")
        images = images.reshape(len(images), side, side)
    if images.ndim != 3 or len(images) == 0:
        raise ShapeError(
            f"pictures have shape {images.shape}; give (count, pixels) or (count, height, width)."
        )
    return images


def _picture_grid(
    pictures: np.ndarray,
    titles: Sequence[str] | None,
    columns: int,
    bar: str = "",
    **style: Any,
) -> Figure:
    """Lay pictures out in a grid without axes."""
    count = len(pictures)
    if titles is not None and len(titles) != count:
        raise ShapeError(f"{len(titles)} titles for {count} pictures; give one for each.")
    if not 1 <= columns <= 8:
        raise CourseError(f"columns={columns}: give 1 to 8 pictures in a row.")
    columns = min(columns, count)
    rows = -(-count // columns)
    cell = WIDTH / max(columns, 4)
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
            ax.set_title(titles[index], fontsize=FONT_SIZE, color=INK, loc="center", pad=3)
    if bar:
        scale = figure.colorbar(drawn, ax=axes, shrink=min(1.0, 2.2 / rows), aspect=14)
        scale.ax.set_title(bar, fontsize=FONT_SIZE, color=INK, loc="left", pad=8)
    return figure


def confusion_matrix_figure(labels: Any, predictions: Any) -> Figure:
    """Show which class is taken for which: counts, with the errors shaded.

    scikit-learn's own display shades the right answers as well; beside their hundreds no error can
    be seen.

    Parameters
    ----------
    labels, predictions
        (examples,): what each example is, and what the network says.

    Returns
    -------
    figure
        Rows are the true classes.

    Raises
    ------
    ShapeError
        If there is not one prediction for each label.
    """
    shapes = np.shape(labels), np.shape(predictions)
    if len(shapes[0]) != 1 or shapes[0] != shapes[1]:
        raise ShapeError(
            f"The labels are {shapes[0]} and the predictions {shapes[1]}. Give one class of each "
            "for every example; of a network's outputs take outputs.argmax(axis=-1)."
        )
    from sklearn.metrics import confusion_matrix  # takes a second to import

    names = np.union1d(labels, predictions)
    counts = confusion_matrix(labels, predictions)
    errors = counts * (1 - np.eye(len(names), dtype=int))
    side = min(WIDTH, 2.2 + 0.5 * len(names))
    figure, ax = new_figure(width=side, height=side * 0.92)
    shading = mpl_colors.LinearSegmentedColormap.from_list("errors", ["#FFFFFF", "#F2A57C"])
    ax.imshow(errors, cmap=shading, vmin=0, vmax=max(1, errors.max()))
    look = {"ha": "center", "va": "center", "fontsize": FONT_SIZE - 1, "color": INK}
    right = look | {"color": text_colour(PALETTE["right"]), "fontweight": "bold"}
    for row, column in np.argwhere(counts):
        ax.text(column, row, counts[row, column], **(right if row == column else look))
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    label_axes(ax, "the network says", "the truth is")
    return figure
