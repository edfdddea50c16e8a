"""The questions of a chapter: their file is checked, and everybody can answer them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from IPython.core.formatters import DisplayFormatter

from helpers import quiz
from helpers.errors import CourseError

GOOD = """\
- question: What is the output of $\\mathrm{ReLU}(-2)$?
  answers:
    - answer: 0
      correct: true
      feedback: Negative inputs give zero.
    - answer: "`2`"
      correct: false
      feedback: That is the **absolute** value.
- question: Which of these are linear?
  code: |
    def f(x):
        return 2 * x < 3
  answers:
    - answer: "2x"
      correct: true
    - answer: "3x"
      correct: true
    - answer: "x²"
      correct: false
      feedback: It is a parabola.
"""


def read(tmp_path: Path, text: str = GOOD) -> quiz.Quiz:
    (tmp_path / "02-linear-collapse.yml").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quiz, "quiz_folder", lambda: tmp_path)
        return quiz.read("02-linear-collapse")


def page_of(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


# --- Reading --------------------------------------------------------------------------------------


def test_a_quiz_is_read(tmp_path: Path) -> None:
    read_quiz = read(tmp_path)
    assert read_quiz.slug == "02-linear-collapse"
    first, second = read_quiz.questions
    assert (first.right_answers, second.right_answers) == (1, 2)
    assert {answer.text for answer in first.answers} == {"0", "`2`"}
    assert second.code == "def f(x):\n    return 2 * x < 3"


def test_the_order_of_the_answers_is_mixed_but_fixed(tmp_path: Path) -> None:
    letters = "".join(
        f"\n    - answer: {letter}\n      correct: {str(letter == 'p').lower()}\n"
        f"      feedback: no {letter}"
        for letter in "pqrstuvw"
    )
    questions = [
        read(tmp_path, f"- question: Which {number}?\n  answers:{letters}\n").questions[0]
        for number in range(8)
    ]
    orders = ["".join(answer.text for answer in question.answers) for question in questions]
    assert len(set(orders)) > 4
    assert len({order.index("p") for order in orders}) > 2  # the right one is not always first
    again = read(tmp_path, f"- question: Which 7?\n  answers:{letters}\n").questions[0]
    assert again == questions[7]


def test_a_damaged_or_unknown_quiz_is_refused_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiz, "quiz_folder", lambda: tmp_path)
    for text in ("just: a mapping", "- question: Which?", "a: [", ""):
        with pytest.raises(CourseError, match=r"(?s)02-linear-collapse.yml .*git checkout"):
            read(tmp_path, text)
    with pytest.raises(CourseError, match="did you mean '02-linear-collapse'"):
        quiz.show("02-linear-colapse")


# --- Showing --------------------------------------------------------------------------------------


def test_every_answer_has_a_label_a_group_and_its_own_feedback(tmp_path: Path) -> None:
    page = page_of(read(tmp_path)._repr_html_())
    inputs = page.find_all("input")
    assert [each["type"] for each in inputs] == ["radio"] * 2 + ["checkbox"] * 3
    idents = [each["id"] for each in inputs]
    assert len(set(idents)) == len(idents)
    assert [label["for"] for label in page.find_all("label")] == idents
    assert len(page.find_all("fieldset")) == len(page.find_all("legend")) == 2
    assert sum(each.get("role") == "status" for each in page.find_all("div")) == 5
    # The radio buttons of a question exclude each other; tick boxes do not.
    names = [each["name"] for each in inputs]
    assert len(set(names[:2])) == 1
    assert len(set(names[2:])) == 3


def test_the_feedback_says_right_or_wrong_in_words(tmp_path: Path) -> None:
    html = read(tmp_path)._repr_html_()
    assert html.count("✓ Right.") == 3
    assert html.count("✗ Not this one.") == 2
    assert "That is the <strong>absolute</strong> value." in html


def test_the_reader_learns_where_they_are_and_how_many_to_choose(tmp_path: Path) -> None:
    texts = list(page_of(read(tmp_path)._repr_html_()).stripped_strings)
    assert "Question 1 of 2" in texts
    assert "Choose one answer." in texts
    assert "Choose all that are right." in texts


def test_it_needs_no_script_and_loads_nothing(tmp_path: Path) -> None:
    page = page_of(read(tmp_path)._repr_html_())
    assert not page.find_all("script")
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name == "src"]
    assert "url(" not in str(page)
    assert "http" not in str(page)


def test_feedback_is_hidden_until_its_answer_is_chosen(tmp_path: Path) -> None:
    style = page_of(read(tmp_path)._repr_html_()).style.string
    assert re.search(r"\.course-quiz-feedback \{\s*display: none", style)
    assert re.search(r"input:checked ~ .*\.course-quiz-feedback \{ display: block", style)


def test_two_quizzes_on_a_page_do_not_meet(tmp_path: Path) -> None:
    one = read(tmp_path)
    other = quiz.Quiz("14-mnist-tutorial", one.questions)
    idents = [
        each["id"] for each in page_of(one._repr_html_() + other._repr_html_()).find_all("input")
    ]
    assert len(set(idents)) == len(idents)


def test_code_maths_and_signs_are_shown_as_they_are(tmp_path: Path) -> None:
    html = read(tmp_path)._repr_html_()
    assert "<code>2</code>" in html
    assert "return 2 * x &lt; 3" in html
    assert '<span class="math notranslate nohighlight">\\(\\mathrm{ReLU}(-2)\\)</span>' in html
    assert quiz.markup("<b>&") == "&lt;b&gt;&amp;"
    assert quiz.markup("it costs $5 or $ 6") == "it costs $5 or $ 6"
    assert quiz.markup("a `$x$` b") == "a <code>$x$</code> b"


def test_the_text_form_does_not_give_the_answers_away(tmp_path: Path) -> None:
    text = repr(read(tmp_path))
    assert text.startswith("1. What is the output")
    assert "zero" not in text
    data, _ = DisplayFormatter().format(read(tmp_path))
    assert set(data) == {"text/plain", "text/html"}


# --- The questions of the course ------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(quiz.quiz_folder().glob("*")), ids=lambda path: path.name)
def test_the_questions_of_a_chapter_are_good_ones(path: Path) -> None:
    assert path.suffix == ".yml"
    read_quiz = quiz.read(path.stem)
    assert len(read_quiz.questions) >= 4
    assert len({question.text for question in read_quiz.questions}) == len(read_quiz.questions)
    for question in read_quiz.questions:
        assert len(question.answers) >= 3, question.text
        for answer in question.answers:
            assert answer.correct or len(answer.feedback.split()) >= 4, answer.text
            # Feedback that only says "wrong" teaches nothing.
            assert answer.feedback.lower().strip(".! ") not in {"no", "wrong", "yes", "right"}
