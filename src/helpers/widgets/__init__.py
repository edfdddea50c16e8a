"""Interactive figures with two faces: one for a running kernel, one for the printed book.

With a kernel (JupyterLab, Binder, Colab) a figure is a live widget that computes whatever the
reader asks for. In the book, which is built with ``COURSE_FACE=static``, the same cell gives plain
HTML that needs neither a kernel nor any request: pictures drawn beforehand behind a slider
(`slider_figure`), or a small program that computes in the reader's browser
(`browser_figure`). Without JavaScript the reader still sees a picture and its description.

The programs lie in ``helpers/javascript/``, one module each, written once for both faces; what
several of them need lies in ``helpers/javascript/shared/``.
"""

from helpers.widgets.browser import JAVASCRIPT, browser_figure, module_source
from helpers.widgets.faces import MAX_BYTES, TwoFaced, live
from helpers.widgets.slider import slider_figure

__all__ = [
    "JAVASCRIPT",
    "MAX_BYTES",
    "TwoFaced",
    "browser_figure",
    "live",
    "module_source",
    "slider_figure",
]
