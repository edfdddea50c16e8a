"""A figure that depends on one value, with a slider for the value."""

import html
import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from helpers.errors import CourseError, UnknownNameError
from helpers.widgets.faces import TwoFaced, described, live, static_figure
from helpers.widgets.pictures import FORMATS, Picture, draw_picture, frames, image


def slider_figure(
    draw: Callable[[Any], Figure],
    values: Sequence[Any],
    label: str,
    *,
    unit: str = "",
    start: int = 0,
    alt: str | Callable[[Any], str],
    image_format: str = "svg",
    live_range: tuple[float, float, float] | None = None,
) -> TwoFaced:
    """Show a figure that depends on one value, with a slider for the value.

    Parameters
    ----------
    draw
        ``draw(value)`` returns a new matplotlib figure, always of the same size. Keep axis limits
        fixed, so that the reader sees the content move and not the axes.
    values
        The numbers or words that the book shows, one picture each; 10 to 25 are plenty.
    label
        What the slider sets, for example ``"hidden layers"``.
    unit
        Written after the value.
    start
        The index in `values` of the picture that is shown first.
    alt
        What a picture shows, in words: ``alt(value)``, or one text to which the value is added.
    image_format
        ``"svg"`` for lines and bars; ``"webp"`` for dense pictures (images, thousands of points).
    live_range
        Lowest, highest value and step that the slider offers when a kernel is running; by default
        just `values`. Whole numbers give whole values.

    Raises
    ------
    CourseError
        If there are no values or `start` is none of them, if `draw` does not return a figure
        or changes its size, or if the pictures weigh more than 400 kB together.
    """
    values = [each.item() if isinstance(each, np.generic) else each for each in values]
    if not values:
        raise CourseError(f"slider {label!r} has no values; give at least one to draw.")
    if not 0 <= start < len(values):
        raise CourseError(
            f"slider {label!r}: start={start} is not an index of its {len(values)} values;"
            f" use 0 to {len(values) - 1}."
        )
    if image_format not in FORMATS:
        raise UnknownNameError.among("image format", image_format, FORMATS)

    def text_of(value: Any) -> str:
        number = f"{value:g}" if isinstance(value, float) else str(value)
        return f"{number} {unit}".strip()

    def alt_of(value: Any) -> str:
        words = described(alt(value) if callable(alt) else alt, f"slider {label!r}")
        return words if callable(alt) else f"{words} Here {label} is {text_of(value)}."

    def picture_of(value: Any) -> Picture:
        return draw_picture(draw(value), image_format, f"draw({value!r}) of slider {label!r}")

    if live():
        return _live_slider(values, label, start, text_of, alt_of, cache(picture_of), live_range)

    pictures = [picture_of(value) for value in values]
    sizes = {picture.size for picture in pictures}
    if len(sizes) > 1:
        raise CourseError(
            f"slider {label!r}: its pictures have different sizes {sorted(sizes)} in pixels;"
            " draw every value at one figure size."
        )
    parameters = {
        "label": label,
        "texts": [text_of(value) for value in values],
        "alts": [alt_of(value) for value in values],
        "start": start,
        "width": pictures[0].size[0],
        "height": pictures[0].size[1],
        **frames(pictures),
    }
    first = image(pictures[start], parameters["alts"][start])
    still = (
        f"{first}<noscript><p>{html.escape(label)}: {parameters['texts'][start]}.</p></noscript>"
    )
    page = static_figure("frames", parameters, still, f"slider {label!r}")
    return TwoFaced(text=parameters["alts"][start], html=page)


def _live_slider(
    values: list[Any],
    label: str,
    start: int,
    text_of: Callable[[Any], str],
    alt_of: Callable[[Any], str],
    picture_of: Callable[[Any], Picture],
    live_range: tuple[float, float, float] | None,
) -> TwoFaced:
    """Build the live face: an ipywidgets slider that draws on demand."""
    look = {
        "description": label,
        "style": {"description_width": "initial"},
        "layout": {"width": "min(100%, 40rem)"},
    }
    if live_range is None:
        slider = ipywidgets.SelectionSlider(
            options=[(text_of(value), value) for value in values], value=values[start], **look
        )
    else:
        low, high, step = live_range
        if not low <= values[start] <= high or step <= 0:
            raise CourseError(
                f"slider {label!r}: live_range={live_range} does not hold its start value"
                f" {values[start]!r}; give (low, high, step) around it, with a positive step."
            )
        whole = all(float(each).is_integer() for each in live_range)
        kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
        number = int if whole else float
        slider = kind(
            value=number(values[start]),
            min=number(low),
            max=number(high),
            step=number(step),
            **look,
            **({} if whole else {"readout_format": f".{_decimals(step)}f"}),
        )
    shown = ipywidgets.HTML()

    def show(value: Any) -> None:
        shown.value = image(picture_of(value), alt_of(value))

    slider.observe(lambda change: show(change["new"]), names="value")
    show(slider.value)
    return TwoFaced(
        text=alt_of(slider.value),
        html=shown.value,
        widget=ipywidgets.VBox([shown, slider]),
    )


def _decimals(step: float) -> int:
    """Return how many decimals a step such as 0.05 needs."""
    return max(0, min(6, math.ceil(-math.log10(step) - 1e-9)))
