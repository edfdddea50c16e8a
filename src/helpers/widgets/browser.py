"""A program that computes in the reader's browser, with and without a kernel."""

import html
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from matplotlib.figure import Figure

from helpers.errors import CourseError, UnknownNameError
from helpers.widgets.faces import TwoFaced, described, live, static_figure
from helpers.widgets.pictures import draw_picture, image

JAVASCRIPT = Path(__file__).parents[1] / "javascript"
"""The folder of the JavaScript modules and their style sheet."""


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
    module
        A file of ``helpers/javascript`` without its ending, for example ``"xor-playground"``. It
        ends in ``export default { render };`` and reads its parameters by ``model.get(name)``.
    parameters
        What the program starts from: JSON values and numpy arrays. A live widget
        makes each of them a trait of the same name.
    alt
        What the figure shows and what the reader can do with it, in words.
    fallback
        A picture for readers without JavaScript.

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
    words = described(alt, owner)
    sent = {name: _sendable(value, f"{owner}: {name}") for name, value in parameters.items()}
    for name in sent:
        if not name.isidentifier() or name.startswith("_") or hasattr(anywidget.AnyWidget, name):
            raise CourseError(
                f"{owner}: a parameter cannot be called {name!r}; choose a plain name that"
                " widgets do not use themselves."
            )
    still = f'<p class="course-alt">{html.escape(words)}</p>'
    if fallback is not None:
        still = image(draw_picture(fallback, "webp", f"the fallback of {owner}"), words)
    if not live():
        return TwoFaced(text=words, html=static_figure(module, sent, still, owner, words))
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
