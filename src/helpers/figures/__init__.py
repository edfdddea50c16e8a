"""One look for every figure of the course, and the figures that are used twice or more.

Call `use_course_style` once in a notebook, start figures with `new_figure`, and label lines
directly with `label_line`; labels move apart by themselves where they would overlap.

Figures are 6 to 7 inches wide with type of 12 points, so that a picture scaled down to a phone of
350 pixels can still be read. Their background is white; the site inverts them for its dark theme.
Colours are those of Okabe and Ito (2008), which readers with colour-vision deficiency can tell
apart, and they go with a meaning: ``ax.plot(x, y, color="relu")`` is the same colour in every
chapter.
"""

from helpers.figures.colours import OKABE_ITO, PALETTE, text_colour
from helpers.figures.images import confusion_matrix_figure, show_digits, weight_images
from helpers.figures.intervals import band, dot_intervals
from helpers.figures.labels import label_axes, label_line, mark_level
from helpers.figures.layout import new_figure
from helpers.figures.regions import decision_regions
from helpers.figures.style import use_course_style

__all__ = [
    "OKABE_ITO",
    "PALETTE",
    "band",
    "confusion_matrix_figure",
    "decision_regions",
    "dot_intervals",
    "label_axes",
    "label_line",
    "mark_level",
    "new_figure",
    "show_digits",
    "text_colour",
    "use_course_style",
    "weight_images",
]
