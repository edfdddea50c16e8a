"""A figure that depends on one value, with a slider for the value."""

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from helpers.errors import CourseError, UnknownNameError
from helpers.widgets.faces import TwoFaced, described, live, static_figure
from helpers.widgets.pictures import FORMATS, Picture, draw_picture, image, share_pieces


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
    UnknownNameError
        If there is no such image format.
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
    frames = _Frames(draw, label, unit, alt, image_format)
    if live():
        return _live_face(frames, values, start, live_range)
    return _printed_face(frames, values, start)


@dataclass(frozen=True)
class _Frames:
    """What a slider shows for a value: a text, a description and a picture."""

    draw: Callable[[Any], Figure]
    label: str
    unit: str
    alt: str | Callable[[Any], str]
    image_format: str

    def text(self, value: Any) -> str:
        number = f"{value:g}" if isinstance(value, float) else str(value)
        return f"{number} {self.unit}".strip()

    def words(self, value: Any) -> str:
        own = callable(self.alt)
        words = described(self.alt(value) if own else self.alt, f"slider {self.label!r}")
        return words if own else f"{words} Here {self.label} is {self.text(value)}."

    def picture(self, value: Any) -> Picture:
        owner = f"draw({value!r}) of slider {self.label!r}"
        return draw_picture(self.draw(value), self.image_format, owner)


def _printed_face(frames: _Frames, values: list[Any], start: int) -> TwoFaced:
    """Draw a picture for each value; the page's script shows one of them at a time."""
    pictures = [frames.picture(value) for value in values]
    sizes = {picture.size for picture in pictures}
    if len(sizes) > 1:
        raise CourseError(
            f"slider {frames.label!r}: its pictures have different sizes {sorted(sizes)} in pixels;"
            " draw every value at one figure size."
        )
    texts, words = ([of(value) for value in values] for of in (frames.text, frames.words))
    width, height = pictures[0].size
    parameters = {"label": frames.label, "texts": texts, "alts": words, "start": start}
    parameters |= {"width": width, "height": height, **share_pieces(pictures)}
    first = image(pictures[start], words[start])
    still = f"{first}<noscript><p>{html.escape(frames.label)}: {texts[start]}.</p></noscript>"
    page = static_figure("frames", parameters, still, f"slider {frames.label!r}")
    return TwoFaced(text=words[start], html=page)


def _live_face(
    frames: _Frames, values: list[Any], start: int, live_range: tuple[float, float, float] | None
) -> TwoFaced:
    """Make a slider of ipywidgets that draws on demand, each picture once."""
    slider = _live_slider(frames, values, start, live_range)
    shown, picture = ipywidgets.HTML(), cache(frames.picture)

    def show(value: Any) -> None:
        shown.value = image(picture(value), frames.words(value))

    slider.observe(lambda change: show(change["new"]), names="value")
    show(slider.value)
    return TwoFaced(
        text=frames.words(slider.value),
        html=shown.value,
        widget=ipywidgets.VBox([shown, slider]),
    )


def _live_slider(
    frames: _Frames, values: list[Any], start: int, live_range: tuple[float, float, float] | None
) -> ipywidgets.Widget:
    """Make the control: over the given values, or over a range of numbers."""
    look = {
        "description": frames.label,
        "style": {"description_width": "initial"},
        "layout": {"width": "min(100%, 40rem)"},
    }
    if live_range is None:
        options = [(frames.text(value), value) for value in values]
        return ipywidgets.SelectionSlider(options=options, value=values[start], **look)
    low, high, step = live_range
    if not low <= values[start] <= high or step <= 0:
        raise CourseError(
            f"slider {frames.label!r}: live_range={live_range} does not hold its start value"
            f" {values[start]!r}; give (low, high, step) around it, with a positive step."
        )
    given = {"value": values[start], "min": low, "max": high, "step": step}
    if all(float(each).is_integer() for each in live_range):
        whole = {name: int(number) for name, number in given.items()}
        return ipywidgets.IntSlider(**whole, **look)
    return ipywidgets.FloatSlider(**given, readout_format=f".{_decimals(step)}f", **look)


def _decimals(step: float) -> int:
    """Return how many decimals a step such as 0.05 needs."""
    return max(0, min(6, math.ceil(-math.log10(step) - 1e-9)))
