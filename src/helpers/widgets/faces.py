"""The two faces of a figure: a widget for a running kernel, plain HTML for the printed book."""

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ipywidgets

from helpers.errors import CourseError
from helpers.settings import course_face

MAX_BYTES = 400_000
"""The most that one figure may add to a page of the book."""


def live() -> bool:
    """Say whether outputs have a kernel behind them: true, except while the book is built."""
    return course_face() == "live"


@dataclass(frozen=True)
class TwoFaced:
    """What an interactive figure shows; a notebook displays it as a cell's last expression.

    Attributes
    ----------
    text
        The description, for readers without pictures.
    html
        The printed book's face, or beside a widget a still picture for viewers without widgets.
    widget
        The live face; none in the printed book.
    """

    text: str
    html: str = field(repr=False)
    widget: ipywidgets.Widget | None = field(default=None, repr=False)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Give Jupyter the faces to choose from (IPython's display protocol)."""
        bundle: dict[str, Any] = {"text/plain": self.text, "text/html": self.html}
        if self.widget is not None:
            shown = self.widget._repr_mimebundle_()
            shown = shown[0] if isinstance(shown, tuple) else shown
            bundle = {**shown, **bundle}
        return bundle


def static_figure(
    module: str, parameters: Mapping[str, Any], still: str, owner: str, name: str = ""
) -> str:
    """Write the printed book's face: a still picture, and what the module starts from.

    Raises
    ------
    CourseError
        If it weighs more than a page may carry.
    """
    data = json.dumps(parameters, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # inside a script element only these could end it, or open a comment
    data = data.replace("</", r"<\/").replace("<!--", r"\u003c!--")
    named = f' aria-label="{html.escape(name)}"' if name else ""
    page = (
        f'<figure class="course-figure" data-module="{module}"{named}>'
        f'<div class="course-still">{still}</div>'
        f'<script type="application/json">{data}</script></figure>'
    )
    weight = len(page.encode("utf-8"))
    if weight > MAX_BYTES:
        raise CourseError(
            f"{owner} would add {weight:,} bytes to the page; at most {MAX_BYTES:,} are allowed."
            " Use fewer values or simpler drawings, or image_format='webp' for dense pictures."
        )
    return page


def described(words: Any, owner: str) -> str:
    """Return a description without spaces around it.

    Raises
    ------
    CourseError
        If it says nothing.
    """
    if not isinstance(words, str) or not words.strip():
        raise CourseError(f"{owner}: alt={words!r}; say in a sentence what the picture shows.")
    return words.strip()
