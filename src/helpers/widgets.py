"""Interactive figures with two faces: one for a running kernel, one for the printed book.

With a kernel (JupyterLab, Binder, Colab) a figure is a live widget that computes whatever the
reader asks for. In the book, which is built with ``COURSE_FACE=static``, the same cell gives plain
HTML that needs neither a kernel nor any request: pictures drawn beforehand behind a slider
(:func:`slider_figure`), or a small program that computes in the reader's browser
(:func:`browser_figure`). Without JavaScript the reader still sees a picture and its description.

The programs lie in ``helpers/javascript/``, one module each, written once for both faces; what
several of them need lies in ``helpers/javascript/shared/``.
"""

from __future__ import annotations

import base64
import html
import io
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import matplotlib as mpl
import numpy as np
import traitlets
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from helpers.errors import CourseError, UnknownNameError
from helpers.settings import course_face

__all__ = ["MAX_BYTES", "TwoFaced", "browser_figure", "live", "slider_figure"]

JAVASCRIPT = Path(__file__).parent / "javascript"
"""The folder of the JavaScript modules and their style sheet."""

MAX_BYTES = 400_000
"""The most that one figure may add to a page of the book."""

_PIXELS_PER_INCH = 100
_FORMATS = ("svg", "webp")


def live() -> bool:
    """Say whether outputs have a kernel behind them: true, except while the book is built."""
    return course_face() == "live"


@dataclass(frozen=True)
class TwoFaced:
    """What an interactive figure shows; a notebook displays it as a cell's last expression.

    Attributes
    ----------
    text : str
        The description, for readers without pictures.
    html : str
        The printed book's face, or beside a widget a still picture for viewers without widgets.
    widget : ipywidgets.Widget or None
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


# --------------------------------------------------------------------------- a slider's figure


def slider_figure(
    draw: Callable[[Any], Figure],
    values: Sequence[Any],
    label: str,
    *,
    unit: str = "",
    start: int = 0,
    alt: str | Callable[[Any], str],
    describe: Callable[[Any], str] | None = None,
    image_format: str = "svg",
    live_range: tuple[float, float, float] | None = None,
) -> TwoFaced:
    """Show a figure that depends on one value, with a slider for the value.

    Parameters
    ----------
    draw : callable
        ``draw(value)`` returns a new matplotlib figure, always of the same size. Keep axis limits
        fixed, so that the reader sees the content move and not the axes.
    values : sequence of numbers or str
        The values that the book shows, one picture each; 10 to 25 are plenty.
    label : str
        What the slider sets, for example ``"hidden layers"``.
    unit : str
        Written after the value.
    start : int
        The index in ``values`` of the picture that is shown first.
    alt : str or callable
        What a picture shows, in words: ``alt(value)``, or one text to which the value is added.
    describe : callable, optional
        Writes a value as text; by default the number and its unit.
    image_format : {"svg", "webp"}
        ``"svg"`` for lines and bars; ``"webp"`` for dense pictures (images, thousands of points).
    live_range : (low, high, step), optional
        What the slider offers when a kernel is running; by default just ``values``. Whole numbers
        give whole values.

    Returns
    -------
    TwoFaced

    Raises
    ------
    CourseError
        If there are no values or ``start`` is none of them, if ``draw`` does not return a figure
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
    if image_format not in _FORMATS:
        raise UnknownNameError.among("image format", image_format, _FORMATS)

    def text_of(value: Any) -> str:
        if describe is not None:
            return str(describe(value))
        number = f"{value:g}" if isinstance(value, float) else str(value)
        return f"{number} {unit}".strip()

    def alt_of(value: Any) -> str:
        words = _described(alt(value) if callable(alt) else alt, f"slider {label!r}")
        return words if callable(alt) else f"{words} Here {label} is {text_of(value)}."

    def picture_of(value: Any) -> _Picture:
        return _picture(draw(value), image_format, f"draw({value!r}) of slider {label!r}")

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
        **_frames(pictures),
    }
    first = _image(pictures[start], parameters["alts"][start])
    still = (
        f"{first}<noscript><p>{html.escape(label)}: {parameters['texts'][start]}.</p></noscript>"
    )
    page = _static_figure("frames", parameters, still, f"slider {label!r}")
    return TwoFaced(text=parameters["alts"][start], html=page)


def _live_slider(
    values: list[Any],
    label: str,
    start: int,
    text_of: Callable[[Any], str],
    alt_of: Callable[[Any], str],
    picture_of: Callable[[Any], _Picture],
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
        shown.value = _image(picture_of(value), alt_of(value))

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


# ------------------------------------------------------------- a program in the reader's browser


def browser_figure(
    module: str,
    parameters: Mapping[str, Any],
    *,
    alt: str,
    fallback: Figure | None = None,
) -> TwoFaced:
    """Show a figure that computes in the reader's browser, with and without a kernel.

    Parameters
    ----------
    module : str
        A file of ``helpers/javascript`` without its ending, for example ``"xor-playground"``. It
        ends in ``export default { render };`` and reads its parameters by ``model.get(name)``.
    parameters : mapping of str to JSON value or numpy array
        What the program starts from. A live widget makes each of them a trait of the same name.
    alt : str
        What the figure shows and what the reader can do with it, in words.
    fallback : matplotlib.figure.Figure, optional
        A picture for readers without JavaScript.

    Returns
    -------
    TwoFaced

    Raises
    ------
    UnknownNameError
        If there is no such module; the message names the nearest ones.
    CourseError
        If a parameter cannot be sent to a browser, or has a name that widgets use themselves.
    """
    known = sorted(path.stem for path in JAVASCRIPT.glob("*.js"))
    if module not in known:
        raise UnknownNameError.among("browser figure", module, known)
    owner = f"browser figure {module!r}"
    words = _described(alt, owner)
    sent = {name: _sendable(value, f"{owner}: {name}") for name, value in parameters.items()}
    for name in sent:
        if not name.isidentifier() or name.startswith("_") or hasattr(anywidget.AnyWidget, name):
            raise CourseError(
                f"{owner}: a parameter cannot be called {name!r}; choose a plain name that"
                " widgets do not use themselves."
            )
    still = f'<p class="course-alt">{html.escape(words)}</p>'
    if fallback is not None:
        still = _image(_picture(fallback, "webp", f"the fallback of {owner}"), words)
    if not live():
        return TwoFaced(text=words, html=_static_figure(module, sent, still, owner, words))
    return TwoFaced(text=words, html=still, widget=_live_module(module)(**sent))


def module_source(module: str) -> str:
    """Return a figure's JavaScript module, behind the functions that all figures share.

    Parameters
    ----------
    module
        A file of ``helpers/javascript`` without its ending.

    Returns
    -------
    str
        The text of one module: no imports, one export.
    """
    files = [*sorted(JAVASCRIPT.glob("shared/*.js")), JAVASCRIPT / f"{module}.js"]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def _live_module(module: str) -> Callable[..., anywidget.AnyWidget]:
    """Return a maker of live widgets that run a JavaScript module."""
    program = module_source(module)
    look = (JAVASCRIPT / "figures.css").read_text(encoding="utf-8")

    def make(**parameters: Any) -> anywidget.AnyWidget:
        traits = {name: traitlets.Any().tag(sync=True) for name in parameters}
        kind = type(
            "BrowserFigure", (anywidget.AnyWidget,), {"_esm": program, "_css": look, **traits}
        )
        return kind(**parameters)

    return make


def _sendable(value: Any, name: str) -> Any:
    """Turn a parameter into plain JSON values, or say why it cannot be."""
    try:
        plain = json.loads(json.dumps(value, default=_plain, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise CourseError(
            f"{name} cannot be sent to a browser ({error}); give finite numbers, text, lists,"
            " dictionaries or arrays of them."
        ) from error
    return plain


def _plain(value: Any) -> Any:
    """Turn numpy values into lists and numbers, for ``json.dumps``."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not a JSON type")


# --------------------------------------------------------------------------------- pictures


@dataclass(frozen=True)
class _Picture:
    """A drawn figure: its SVG text or the bytes of its WebP, and its size in CSS pixels."""

    svg: str
    webp: bytes
    size: tuple[int, int]

    @property
    def address(self) -> str:
        """The picture as a ``data:`` address."""
        if self.svg:
            # the few characters that end an address or an attribute; the rest stays readable
            encoded = re.sub('[%#"&<>\n]', lambda found: f"%{ord(found[0]):02X}", self.svg)
            return f"data:image/svg+xml;charset=utf-8,{encoded}"
        return "data:image/webp;base64," + base64.b64encode(self.webp).decode("ascii")


def _picture(figure: Any, image_format: str, owner: str) -> _Picture:
    """Draw a figure into memory and close it."""
    if not isinstance(figure, Figure):
        raise CourseError(
            f"{owner} gave {type(figure).__name__}, not a matplotlib figure;"
            " end it with `return figure`."
        )
    memory = io.BytesIO()
    width, height = figure.get_size_inches()
    with mpl.rc_context({"svg.hashsalt": "relu-on-trial", "svg.fonttype": "path"}):
        if image_format == "svg":
            nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
            figure.savefig(memory, format="svg", metadata=nothing)
        else:
            figure.savefig(memory, format="webp", dpi=150, pil_kwargs={"quality": 82, "method": 6})
    plt.close(figure)
    return _Picture(
        svg=_slim_svg(memory.getvalue().decode("utf-8")) if image_format == "svg" else "",
        webp=b"" if image_format == "svg" else memory.getvalue(),
        size=(round(width * _PIXELS_PER_INCH), round(height * _PIXELS_PER_INCH)),
    )


def _slim_svg(svg: str) -> str:
    """Drop what a browser does not need: prologue, comments, group names, needless digits."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    svg = re.sub(r' (?:d|x|y|width|height)="[^"]*"', _slim_numbers, svg)
    svg = svg.replace('"', "'") if "'" not in svg else svg
    return re.sub(r"\s*\n\s*", "\n", svg).strip()


def _slim_numbers(attribute: re.Match[str]) -> str:
    """Round coordinates to hundredths of a point and join lines."""
    flat = re.sub(r"\s+", " ", attribute[0].rstrip('"').rstrip()) + '"'
    return re.sub(r"-?\d+\.\d+", lambda number: f"{round(float(number[0]), 2) + 0.0:g}", flat)


def _frames(pictures: list[_Picture]) -> dict[str, Any]:
    """Store a series of pictures; parts of SVG that they share are stored once.

    Axes, ticks and letters are the same in most pictures of a series, so 20 of them weigh little
    more than one. ``frames.js`` puts them together again.
    """
    if pictures[0].webp:
        return {"pictures": [picture.address for picture in pictures]}
    number: dict[tuple[str, int], int] = {}
    runs = []
    for picture in pictures:
        run: list[int] = []
        met: Counter[str] = Counter()
        for line in picture.svg.split("\n"):
            # the third "</g>" of one picture is the third of the next: runs stay long
            piece = number.setdefault((line, met[line]), len(number))
            met[line] += 1
            if run and piece == run[-2] + run[-1]:
                run[-1] += 1
            else:
                run += [piece, 1]
        runs.append(run)
    return {"pieces": [line for line, _ in number], "runs": runs}


def _image(picture: _Picture, alt: str) -> str:
    """Write a picture as an HTML image."""
    width, height = picture.size
    return (
        f'<img class="course-picture" src="{picture.address}" alt="{html.escape(alt)}"'
        f' width="{width}" height="{height}" style="max-width: 100%; height: auto">'
    )


def _static_figure(
    module: str, parameters: Mapping[str, Any], still: str, owner: str, name: str = ""
) -> str:
    """Write the printed book's face: a still picture, and what the module starts from."""
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


def _described(words: Any, owner: str) -> str:
    """Check that a description says something."""
    if not isinstance(words, str) or not words.strip():
        raise CourseError(f"{owner}: alt={words!r}; say in a sentence what the picture shows.")
    return words.strip()
