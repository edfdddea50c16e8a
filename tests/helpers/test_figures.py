"""The course's figures: one style, colours that everybody can tell apart, readable on a phone."""

from __future__ import annotations

from itertools import combinations, pairwise
from types import SimpleNamespace

import matplotlib as mpl

mpl.use("agg")

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import colors as mpl_colors
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from helpers import figures
from helpers.errors import CourseError, ShapeError


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        figures.use_course_style()
        yield
    plt.close("all")


def lines(count=40):
    x = np.linspace(0, 1, count)
    return x, x**2


# ------------------------------------------------------------------------------------- colours

# Deuteranopia and protanopia as Machado, Oliveira and Fernandes (2009) simulate them, in linear
# RGB, at full severity; table 1 of their paper.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}


def oklab(colour, deficiency):
    """A colour in Oklab (Ottosson 2020), where distance is about what an eye sees."""
    rgb = np.array(mpl_colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(DEFICIENCIES[deficiency] @ linear, 0, 1)
    cones = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ linear
    )
    return (
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ cones
    )


TOGETHER = [
    ("relu", "linear", "sigmoid", "tanh"),
    ("relu", "leaky_relu", "elu", "gelu", "silu"),
    ("he", "xavier", "normal", "orthogonal", "zeros"),
    ("train", "validation", "theory"),
    ("right", "wrong"),
    ("before", "after"),
    ("class_0", "class_1", "class_2", "class_3"),
]


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("meanings", TOGETHER, ids="-".join)
def test_colours_that_meet_can_be_told_apart(meanings, deficiency):
    for one, other in combinations(meanings, 2):
        seen = [oklab(each, deficiency) for each in (one, other)]
        # 0.02 is what can just be told apart side by side
        assert np.linalg.norm(seen[0] - seen[1]) > 0.06, f"{one} looks like {other}"


def test_every_meaning_has_a_colour_of_the_palette_or_grey():
    allowed = {*figures.OKABE_ITO.values(), "#767676"}
    assert set(figures.PALETTE.values()) <= allowed
    for name, colour in {**figures.OKABE_ITO, **figures.PALETTE}.items():
        assert mpl_colors.to_hex(name).upper() == colour  # "orange" is ours, not that of CSS


@given(rgb=st.tuples(*[st.floats(0, 1)] * 3))
def test_coloured_text_reaches_its_contrast_on_white(rgb):
    dark = np.array(mpl_colors.to_rgb(figures.text_colour(rgb)))
    linear = np.where(dark <= 0.04045, dark / 12.92, ((dark + 0.055) / 1.055) ** 2.4)
    contrast = 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)
    assert contrast > 4.45  # a hair of rounding to #RRGGBB


# --------------------------------------------------------------------------------------- style


def test_the_style_can_be_set_twice():
    before = dict(mpl.rcParams)
    figures.use_course_style()
    assert dict(mpl.rcParams) == before


def test_pictures_are_white_and_their_type_is_large():
    assert mpl.rcParams["figure.facecolor"] == mpl.rcParams["savefig.facecolor"] == "white"
    for name in ("font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize"):
        assert mpl.rcParams[name] >= 11


def test_in_a_notebook_pictures_are_sharp(monkeypatch):
    asked = []
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setattr(
        "matplotlib_inline.backend_inline.set_matplotlib_formats",
        lambda *formats, **options: asked.append((formats, options)),
    )
    figures.use_course_style()
    assert asked == [(("retina",), {"bbox_inches": None})]


# ------------------------------------------------------------------------------ figure and axes


def test_a_figure_fits_the_page():
    for columns in (1, 2):
        figure, axes = figures.new_figure(2, columns)
        assert figure.get_figwidth() <= 7
        assert np.size(axes) == 2 * columns


@pytest.mark.parametrize("columns", [0, 3])
def test_more_panels_side_by_side_than_a_phone_can_show_are_refused(columns):
    with pytest.raises(CourseError, match=rf"columns={columns}"):
        figures.new_figure(1, columns)


def test_a_figure_wider_than_the_page_is_refused():
    with pytest.raises(CourseError, match="width=9"):
        figures.new_figure(width=9)


def test_axes_are_named_with_their_units():
    _, ax = figures.new_figure()
    assert figures.label_axes(ax, "time", "loss", x_unit="s", y_unit="nats", title="Falls") is ax
    named = ax.get_xlabel(), ax.get_ylabel(), ax.get_title(loc="left")
    assert named == ("time (s)", "loss (nats)", "Falls")
    figures.label_axes(ax, y="accuracy")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time (s)", "accuracy")


# ---------------------------------------------------------------------------------- direct labels


@settings(max_examples=20)
@given(heights=st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_labels_at_line_ends_never_cover_each_other(heights):
    figure, ax = figures.new_figure()
    labels = []
    for number, height in enumerate(heights):
        ax.plot([0, 1], [0, height])
        labels.append(figures.label_line(ax, [0, 1], [0, height], f"line {number}"))
    ax.set_ylim(0, 1)
    figure.canvas.draw()
    boxes = sorted(
        (mpl.text.Text.get_window_extent(label) for label in labels), key=lambda box: box.y0
    )
    plt.close(figure)
    for below, above in pairwise(boxes):
        assert above.y0 >= below.y1 - 0.5


def test_a_label_stands_at_the_last_finite_point():
    _, ax = figures.new_figure()
    label = figures.label_line(ax, [0, 1, 2], [0.0, 5.0, np.nan], "diverged")
    assert tuple(label.xy) == (1, 5)
    beside = figures.label_line(ax, *lines(), "curve", at=0.5)
    assert beside.xy[1] == pytest.approx(0.25, abs=1e-3)


def test_a_label_without_a_line_is_refused():
    _, ax = figures.new_figure()
    with pytest.raises(CourseError, match=r"'gone'.*no finite point"):
        figures.label_line(ax, [0, 1], [np.nan, np.inf], "gone")
    with pytest.raises(ShapeError, match=r"\(2,\).*\(3,\)"):
        figures.label_line(ax, [0, 1], [0, 1, 2], "odd")


@pytest.mark.parametrize("axis", ["x", "y"])
def test_a_level_is_named(axis):
    _, ax = figures.new_figure()
    figures.mark_level(ax, 0.1, "chance", axis=axis)
    assert [text.get_text() for text in ax.texts] == ["chance"]


# ----------------------------------------------------------------------------------------- bands


def test_a_band_is_the_mean_and_its_interval():
    _, ax = figures.new_figure()
    values = np.random.default_rng(0).normal(size=(7, 20))
    x = np.arange(7)
    mean = figures.band(ax, x, values, label="runs")
    np.testing.assert_allclose(mean, values.mean(axis=1))
    low, high = ax.collections[0].get_paths()[0].vertices[:, 1].min(), ax.dataLim.y1
    assert low < mean.min()
    assert high > mean.max()


def test_a_band_of_the_wrong_shape_is_refused():
    _, ax = figures.new_figure()
    with pytest.raises(ShapeError, match=r"\(20, 7\).*\(6,\)"):
        figures.band(ax, np.arange(6), np.zeros((20, 7)))
    with pytest.raises(ShapeError, match=r"Write values\.T"):
        figures.band(ax, np.arange(7), np.zeros((20, 7)))


def test_groups_are_compared_by_dots_and_intervals():
    _, ax = figures.new_figure()
    rng = np.random.default_rng(0)
    groups = {"he": rng.normal(0.95, 0.01, 10), "normal": rng.normal(0.88, 0.01, 10)}
    figures.dot_intervals(ax, groups, number=".2f")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["he", "normal"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first one is on top


# -------------------------------------------------------------------------------------- pictures


def test_digits_are_dark_on_white_in_a_grid():
    figure = figures.show_digits(np.zeros((5, 784)), list("abcde"), columns=3)
    assert isinstance(figure, Figure)
    assert figure.get_figwidth() <= 7
    assert sum(bool(ax.images) for ax in figure.axes) == 5
    assert figure.axes[0].images[0].get_cmap().name == "gray_r"
    assert [ax.get_title() for ax in figure.axes[:5]] == list("abcde")


def test_pictures_that_are_none_are_refused():
    with pytest.raises(ShapeError, match="783 values"):
        figures.show_digits(np.zeros((2, 783)))
    with pytest.raises(ShapeError, match=r"\(0, 784\)|\(0, 28, 28\)"):
        figures.show_digits(np.zeros((0, 784)))
    with pytest.raises(ShapeError, match="3 titles for 2 pictures"):
        figures.show_digits(np.zeros((2, 784)), ["a", "b", "c"])
    with pytest.raises(CourseError, match="columns=9"):
        figures.show_digits(np.zeros((2, 784)), columns=9)


def test_weights_share_one_scale_around_zero():
    weights = np.random.default_rng(0).normal(size=(784, 10))
    figure = figures.weight_images(weights)
    assert figure.get_figwidth() <= 7
    limits = {ax.images[0].get_clim() for ax in figure.axes if len(ax.images) == 1}
    top = np.abs(weights).max()
    assert (-top, top) in limits
    with pytest.raises(ShapeError, match=r"\(784,\)"):
        figures.weight_images(weights[:, 0])


def test_a_confusion_matrix_counts_and_shades_the_errors():
    figure = figures.confusion_matrix_figure([0, 1, 2, 2], [0, 1, 2, 1])
    ax = figure.axes[0]
    counts = {text.get_position(): text.get_text() for text in ax.texts}
    assert counts == {(0, 0): "1", (1, 1): "1", (2, 2): "1", (1, 2): "1"}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("the network says", "the truth is")
    assert figure.get_figwidth() <= 7
    np.testing.assert_array_equal(ax.images[0].get_array(), [[0, 0, 0], [0, 0, 0], [0, 1, 0]])


def test_decision_regions_show_what_the_network_says():
    _, ax = figures.new_figure()
    points = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])
    classes = lambda at: (at[:, 0] > 0.5).astype(int)  # noqa: E731
    outputs = lambda at: np.column_stack([0.5 - at[:, 0], at[:, 0] - 0.5])  # noqa: E731
    for number, network in enumerate((classes, outputs)):
        figures.decision_regions(ax, network, points, [0, 0, 1, 1])
        drawn = ax.collections[2 * number].get_array().reshape(200, 200)
        assert set(np.unique(drawn[:, :80])) == {0}
        assert set(np.unique(drawn[:, -80:])) == {1}
    assert {line.get_marker() for line in ax.lines} == {"o", "^"}  # not by colour alone


def test_decision_regions_refuse_what_they_cannot_draw():
    _, ax = figures.new_figure()
    square = (0.0, 1.0, 0.0, 1.0)
    with pytest.raises(CourseError, match="points or limits"):
        figures.decision_regions(ax, lambda at: np.zeros(len(at)))
    with pytest.raises(ShapeError, match=r"shape \(40000, 1\) for 40000 points"):
        figures.decision_regions(ax, lambda at: np.zeros((len(at), 1)), limits=square)
    with pytest.raises(CourseError, match="5 classes"):
        figures.decision_regions(ax, lambda at: np.full(len(at), 4), limits=square)
