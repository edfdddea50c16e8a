"""Drawn figures as SVG or WebP, small enough for a page."""

import base64
import html
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from helpers.errors import CourseError

PIXELS_PER_INCH = 100
FORMATS = ("svg", "webp")
WEBP = ({"quality": 82}, {"lossless": True})  # the second is smaller for text and thin lines


@dataclass(frozen=True)
class Picture:
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


def draw_picture(figure: Any, image_format: str, owner: str) -> Picture:
    """Draw a figure into memory and close it.

    Raises
    ------
    CourseError
        If it is no matplotlib figure.
    """
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
            memory = min(
                (_webp(figure, options) for options in WEBP), key=lambda m: len(m.getvalue())
            )
    plt.close(figure)
    return Picture(
        svg=_slim_svg(memory.getvalue().decode("utf-8")) if image_format == "svg" else "",
        webp=b"" if image_format == "svg" else memory.getvalue(),
        size=(round(width * PIXELS_PER_INCH), round(height * PIXELS_PER_INCH)),
    )


def _webp(figure: Figure, options: dict[str, Any]) -> io.BytesIO:
    """Draw a figure as WebP with these options of Pillow."""
    memory = io.BytesIO()
    figure.savefig(memory, format="webp", dpi=150, pil_kwargs={"method": 6, **options})
    return memory


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


def share_pieces(pictures: list[Picture]) -> dict[str, Any]:
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


def image(picture: Picture, alt: str) -> str:
    """Write a picture as an HTML image."""
    width, height = picture.size
    return (
        f'<img class="course-picture" src="{picture.address}" alt="{html.escape(alt)}"'
        f' width="{width}" height="{height}" style="max-width: 100%; height: auto">'
    )
