"""The course's colours, by name and by meaning."""

import matplotlib.colors as mpl_colors
import numpy as np

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

INK = "#222222"

GREY = "#767676"

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
    "before": GREY,
    "after": OKABE_ITO["vermillion"],
    "wrong": OKABE_ITO["vermillion"],
    "right": OKABE_ITO["blue"],
    "neutral": GREY,
    # classes of toy data: they differ in lightness too
    "class_0": OKABE_ITO["blue"],
    "class_1": OKABE_ITO["orange"],
    "class_2": OKABE_ITO["green"],
    "class_3": OKABE_ITO["purple"],
}
"""The colours by meaning; `helpers.figures.use_course_style` makes each name a colour."""


TEXT_CONTRAST = 4.5  # what WCAG 2.2 asks for (success criterion 1.4.3)


def name_colours() -> None:
    """Make matplotlib know the names: ``color="relu"``, and ``"orange"`` as Okabe and Ito's."""
    known = mpl_colors.get_named_colors_mapping()
    for name, colour in {**OKABE_ITO, **PALETTE}.items():
        known[name] = colour


def text_colour(any_colour: str) -> str:
    """Darken a colour until text in it can be read on white.

    Parameters
    ----------
    any_colour
        Any matplotlib colour.

    Returns
    -------
    colour
        As ``#RRGGBB``, of the same hue.
    """
    rgb = np.array(mpl_colors.to_rgb(any_colour))
    while 1.05 / (_luminance(rgb) + 0.05) < TEXT_CONTRAST:
        rgb = rgb * 0.97
    return mpl_colors.to_hex(rgb)


def _luminance(rgb: np.ndarray) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))
