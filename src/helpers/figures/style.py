"""The course's look: sizes, type, lines."""

import matplotlib as mpl

from helpers.figures.colours import INK, OKABE_ITO, name_colours

FONT_SIZE = 12
WIDTH = 6.0  # inches; one panel
WIDE = 7.0  # inches; two panels side by side


def use_course_style() -> None:
    """Set the course's look for all figures of this notebook; calling it again changes nothing.

    From here on the names of `PALETTE` are colours: ``color="relu"``.

    In a notebook the pictures become PNG files of twice the screen's resolution.
    """
    cycle = [
        OKABE_ITO[name]
        for name in ("blue", "vermillion", "green", "orange", "purple", "sky", "black")
    ]
    name_colours()
    mpl.rcParams.update(
        {
            "figure.figsize": (WIDTH, 3.8),
            "figure.dpi": 100,
            "figure.facecolor": "white",
            "figure.constrained_layout.use": True,
            "savefig.facecolor": "white",
            "axes.facecolor": "white",
            "axes.edgecolor": "#444444",
            "axes.labelcolor": INK,
            "axes.titlecolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.titlelocation": "left",
            "axes.titlesize": FONT_SIZE + 1,
            "axes.titlepad": 8,
            "axes.labelsize": FONT_SIZE,
            "axes.prop_cycle": mpl.cycler(color=cycle),
            "axes.formatter.use_mathtext": True,
            "axes.formatter.limits": (-4, 5),
            "font.size": FONT_SIZE,
            "font.family": "DejaVu Sans",
            "grid.color": "#E3E3E3",
            "grid.linewidth": 0.8,
            "xtick.labelsize": FONT_SIZE - 1,
            "ytick.labelsize": FONT_SIZE - 1,
            "xtick.color": "#444444",
            "ytick.color": "#444444",
            "legend.frameon": False,
            "legend.fontsize": FONT_SIZE,
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
