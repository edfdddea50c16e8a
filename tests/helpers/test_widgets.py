"""Interactive figures: a live face with a kernel, a plain one in the book, clear errors."""

from __future__ import annotations

import json
import re

import matplotlib as mpl

mpl.use("agg")

import ipywidgets
import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from helpers import figures, widgets
from helpers.errors import CourseError, UnknownNameError

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def book(monkeypatch):
    """The face that the book gets."""
    monkeypatch.setenv("COURSE_FACE", "static")


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def draw(slope):
    figure, ax = figures.new_figure(height=2)
    z = np.linspace(-3, 3, 20)
    ax.plot(z, np.where(z > 0, z, slope * z))
    ax.set_ylim(-3, 3)
    return figure


def alt(slope):
    return f'Bent at zero & called "{slope:.2f}"'


def slider(values=(0, 0.5, 1), **options):
    return widgets.slider_figure(draw, values, "slope", **{"alt": alt, **options})


def on_page(two_faced):
    """The parts of the book's face: the figure, and what its program starts from."""
    page = BeautifulSoup(two_faced.html, "html.parser")
    return page.figure, json.loads(page.figure.script.string)


def assembled(parameters, index):
    """A picture put together as frames.js does it."""
    run = parameters["runs"][index]
    pieces = parameters["pieces"]
    return "\n".join(
        piece
        for first, count in zip(run[::2], run[1::2], strict=True)
        for piece in pieces[first : first + count]
    )


# --------------------------------------------------------------------------------- the two faces


def test_with_a_kernel_the_figure_is_a_widget():
    shown = slider()
    bundle = shown._repr_mimebundle_()
    assert VIEW in bundle
    assert 'class="course-picture"' in bundle["text/html"]  # for viewers without widgets
    assert bundle["text/plain"] == alt(0)


def test_in_the_book_the_figure_is_plain_html(book):
    shown = slider()
    assert shown.widget is None
    assert set(shown._repr_mimebundle_()) == {"text/plain", "text/html"}
    figure, parameters = on_page(shown)
    assert figure["data-module"] == "frames"
    assert "http" not in re.sub(r"http://www\.w3\.org/\S+", "", shown.html)
    assert parameters["texts"] == ["0", "0.5", "1"]
    assert parameters["alts"] == [alt(value) for value in (0, 0.5, 1)]


def test_the_still_picture_is_the_first_one_with_its_description(book):
    figure, _ = on_page(slider(start=2))
    image = figure.select_one(".course-still img")
    assert image["alt"] == alt(1)
    assert image["src"].startswith("data:image/svg+xml")
    assert figure.noscript.get_text().startswith("slope: 1")


def test_every_frame_can_be_put_together_again(book):
    _, parameters = on_page(slider())
    pictures = [assembled(parameters, index) for index in range(3)]
    assert len(set(pictures)) == 3
    for picture in pictures:
        assert picture.startswith("<svg")
        assert picture.rstrip().endswith("</svg>")
        assert BeautifulSoup(picture, "html.parser").svg is not None


def test_the_same_cell_gives_the_same_html(book):
    assert slider().html == slider().html


def test_shared_parts_of_the_frames_are_stored_once(book):
    one, many = slider([0]), slider(np.linspace(0, 1, 20))
    assert len(many.html) < 3 * len(one.html)


def test_dense_pictures_are_webp(book):
    _, parameters = on_page(slider([0, 1], image_format="webp"))
    assert all(each.startswith("data:image/webp;base64,") for each in parameters["pictures"])


def test_values_are_written_with_their_unit(book):
    _, parameters = on_page(slider(np.array([1, 2]), unit="layers"))
    assert parameters["texts"] == ["1 layers", "2 layers"]


def test_one_description_serves_for_all_values(book):
    _, parameters = on_page(slider([0, 1], alt="A bent line."))
    assert parameters["alts"][1] == "A bent line. Here slope is 1."


@settings(max_examples=15)
@given(text=st.text(min_size=1, max_size=30).filter(str.strip))
def test_no_description_can_break_out_of_the_page(text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_FACE", "static")
        hard = f"{text}</script><!--<b>\"'"
        shown = widgets.browser_figure("xor-playground", {"words": hard}, alt=hard)
    figure, parameters = on_page(shown)
    assert parameters == {"words": hard}
    assert figure.b is None
    assert shown.html.count("</script") == 1


# ------------------------------------------------------------------------------ the live slider


def test_a_live_slider_draws_what_it_is_set_to():
    shown = slider(live_range=(0.0, 1.0, 0.05))
    picture, control = shown.widget.children
    assert isinstance(control, ipywidgets.FloatSlider)
    assert control.readout_format == ".2f"
    before = picture.value
    control.value = 0.35  # no frame of the book
    assert picture.value != before
    assert "0.35" in picture.value


def test_whole_numbers_give_whole_values():
    control = slider([1, 2], live_range=(1, 9, 1)).widget.children[1]
    assert isinstance(control, ipywidgets.IntSlider)


def test_without_a_range_the_live_slider_offers_the_books_values():
    control = slider(start=1).widget.children[1]
    assert isinstance(control, ipywidgets.SelectionSlider)
    assert control.value == 0.5
    assert [name for name, _ in control.options] == ["0", "0.5", "1"]


def test_a_picture_is_drawn_once():
    drawn = []

    def counted(value):
        drawn.append(value)
        return draw(value)

    control = widgets.slider_figure(counted, [0, 1], "slope", alt=alt).widget.children[1]
    for value in (1, 0, 1):
        control.value = value
    assert drawn == [0, 1]


def test_figures_do_not_pile_up(book):
    slider()
    assert plt.get_fignums() == []


# ---------------------------------------------------------------------- programs in the browser


def test_a_program_gets_its_parameters(book):
    start = np.array([[0, 1], [1, 0]])
    shown = widgets.browser_figure("xor-playground", {"points": start}, alt="Drag the lines.")
    figure, parameters = on_page(shown)
    assert parameters == {"points": [[0, 1], [1, 0]]}
    assert figure["aria-label"] == "Drag the lines."
    assert figure.select_one(".course-still").get_text() == "Drag the lines."


def test_a_program_can_have_a_picture_to_fall_back_on(book):
    shown = widgets.browser_figure("xor-playground", {}, alt="Two lines.", fallback=draw(0))
    image = on_page(shown)[0].select_one(".course-still img")
    assert image["alt"] == "Two lines."
    assert image["src"].startswith("data:image/webp")


def test_with_a_kernel_the_same_program_runs():
    shown = widgets.browser_figure("xor-playground", {"slope": 0.5}, alt="Drag the lines.")
    assert shown.widget.slope == 0.5
    program = (widgets.JAVASCRIPT / "xor-playground.js").read_text(encoding="utf-8")
    assert shown.widget._esm.endswith(program)
    assert "function element(" in shown.widget._esm  # what all figures share stands before it
    assert VIEW in shown._repr_mimebundle_()


# ------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("face", ["live", "static"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": []}, "'slope' has no values"),
        ({"start": 3}, "start=3 is not an index of its 3 values"),
        ({"start": -1}, "start=-1"),
        ({"alt": "  "}, "say in a sentence what the picture shows"),
        ({"alt": lambda value: ""}, "say in a sentence what the picture shows"),
        ({"alt": lambda value: None}, "say in a sentence what the picture shows"),
    ],
)
def test_a_bad_slider_is_refused(monkeypatch, face, options, message):
    monkeypatch.setenv("COURSE_FACE", face)
    with pytest.raises(CourseError, match=re.escape(message)):
        slider(**options)


def test_an_unknown_picture_format_is_refused(book):
    with pytest.raises(UnknownNameError, match=r"'svgs'.*svg"):
        slider(image_format="svgs")


def test_a_live_range_without_the_start_is_refused():
    with pytest.raises(CourseError, match=r"live_range=\(2, 3, 1\).*start value 0"):
        slider(live_range=(2, 3, 1))
    with pytest.raises(CourseError, match="positive step"):
        slider(live_range=(0, 1, 0))


def test_what_is_no_figure_is_refused(book):
    with pytest.raises(CourseError, match=r"draw\(0\).*gave NoneType.*return figure"):
        widgets.slider_figure(lambda value: None, [0, 1], "slope", alt="A line.")


def test_frames_of_different_sizes_are_refused(book):
    def growing(value):
        return figures.new_figure(height=2 + value)[0]

    with pytest.raises(CourseError, match="different sizes"):
        widgets.slider_figure(growing, [0, 1], "slope", alt="A line.")


def test_a_figure_that_is_too_heavy_is_refused(book, monkeypatch):
    monkeypatch.setattr("helpers.widgets.faces.MAX_BYTES", 1_000)
    with pytest.raises(CourseError, match=r"at most 1,000 are allowed.*fewer values"):
        slider()


def test_an_unknown_program_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"'xor-playgruond'.*xor-playground"):
        widgets.browser_figure("xor-playgruond", {}, alt="Lines.")


@pytest.mark.parametrize("value", [float("nan"), np.array([np.inf]), object()])
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises(CourseError, match="start cannot be sent to a browser"):
        widgets.browser_figure("xor-playground", {"start": value}, alt="Lines.")


@pytest.mark.parametrize("name", ["layout", "_esm", "two words", "comm"])
def test_names_that_widgets_use_are_refused(name):
    with pytest.raises(CourseError, match=f"cannot be called '{name}'"):
        widgets.browser_figure("xor-playground", {name: 1}, alt="Lines.")


def test_a_program_must_be_described():
    with pytest.raises(CourseError, match="alt=''"):
        widgets.browser_figure("xor-playground", {}, alt="")
