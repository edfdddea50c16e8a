"""The questions of a chapter: their file is checked, and everybody can answer them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
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
    path = tmp_path / "02-linear-collapse.yml"
    path.write_text(text, encoding="utf-8")
    return quiz.read_file(path)


class Page(HTMLParser):
    """Collects the tags and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


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


DAMAGE = {
    "no list": (GOOD, "just: a mapping", "line 1: not a list of questions"),
    "empty": (GOOD, "", "line 1: not a list of questions"),
    "no question": ("question: Which", "text: Which", "line 9: the field 'question' is missing"),
    "misspelt field": ("code: |", "kode: |", "line 9: unknown field 'kode' (did you mean 'code'?)"),
    "misspelt answer field": (
        "feedback: It is",
        "fedback: It is",
        "line 18: unknown field 'fedback' (did you mean 'feedback'?)",
    ),
    "no feedback": (
        '"x²"\n      correct: false\n      feedback: It is a parabola.',
        '"x²"\n      correct: false',
        "line 18: the wrong answer 'x²' has no feedback. Add 'feedback: ...'",
    ),
    "empty feedback": ("feedback: It is a parabola.", "feedback: ''", "'x²' has no feedback"),
    "no right answer": (
        "correct: true\n      feedback: Negative",
        "correct: false\n      feedback: Negative",
        "has 0 right answers. Mark exactly one answer",
    ),
    "correct is a word": (
        "correct: true\n      feedback",
        "correct: right\n      feedback",
        "line 3",
    ),
    "one answer": (
        '    - answer: "`2`"\n      correct: false\n'
        "      feedback: That is the **absolute** value.\n",
        "",
        "line 1: the question 'What is the output of $\\\\mathrm{ReLU}(-2)$?' does not have two",
    ),
    "the same answer twice": ('"3x"', '"2x"', "line 9: the question 'Which of these are linear?'"),
    "two right answers to one choice": (
        "  code: |",
        "  type: multiple_choice\n  code: |",
        "has 2 right answers. Mark exactly one answer",
    ),
    "unknown type": (
        "  code: |",
        "  type: numeric\n  code: |",
        "line 9: unknown type of question 'numeric'",
    ),
    "empty answer": ('"2x"', "''", "line 14: the field 'answer' is ''"),
    "an answer that YAML reads as a boolean": ('"2x"', "yes", "in quotes if YAML takes it"),
    "bad YAML": ('"`2`"', "`2`", "not valid YAML"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_quiz_is_refused_with_file_line_and_fix(tmp_path: Path, kind: str) -> None:
    old, new, message = DAMAGE[kind]
    assert GOOD.count(old) == 1
    with pytest.raises(CourseError) as caught:
        read(tmp_path, GOOD.replace(old, new))
    said = str(caught.value)
    assert said.startswith(str(tmp_path / "02-linear-collapse.yml"))
    assert message in said
    assert said.endswith(".")


def test_an_unknown_quiz_is_refused_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(tmp_path)
    monkeypatch.setattr(quiz, "quiz_folder", lambda: tmp_path)
    with pytest.raises(CourseError, match=r"did you mean '02-linear-collapse'\?.*Known: 02-"):
        quiz.show("02-linear-colapse")
    assert quiz.read("02-linear-collapse").slug == "02-linear-collapse"


# --- Showing --------------------------------------------------------------------------------------


def test_every_answer_has_a_label_a_group_and_its_own_feedback(tmp_path: Path) -> None:
    page = Page(read(tmp_path)._repr_html_())
    inputs = page.all("input")
    assert [each["type"] for each in inputs] == ["radio"] * 2 + ["checkbox"] * 3
    idents = [each["id"] for each in inputs]
    assert len(set(idents)) == len(idents)
    assert [label["for"] for label in page.all("label")] == idents
    assert len(page.all("fieldset")) == len(page.all("legend")) == 2
    assert sum(each.get("role") == "status" for each in page.all("div")) == 5
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
    texts = Page(read(tmp_path)._repr_html_()).texts
    assert "Question 1 of 2" in texts
    assert "Choose one answer." in texts
    assert "Choose all that are right." in texts


def test_it_needs_no_script_and_loads_nothing(tmp_path: Path) -> None:
    page = Page(read(tmp_path)._repr_html_())
    assert not page.all("script")
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "src"]
    assert "url(" not in "".join(page.texts)
    assert "http" not in "".join(page.texts)


def test_feedback_is_hidden_until_its_answer_is_chosen(tmp_path: Path) -> None:
    (style, *_) = [text for text in Page(read(tmp_path)._repr_html_()).texts if "{" in text]
    assert re.search(r"\.course-quiz-feedback \{\s*display: none", style)
    assert re.search(r"input:checked ~ .*\.course-quiz-feedback \{ display: block", style)


def test_two_quizzes_on_a_page_do_not_meet(tmp_path: Path) -> None:
    one = read(tmp_path)
    other = quiz.Quiz("14-mnist-tutorial", one.questions)
    idents = [each["id"] for each in Page(one._repr_html_() + other._repr_html_()).all("input")]
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
    read_quiz = quiz.read_file(path)
    assert len(read_quiz.questions) >= 4
    assert len({question.text for question in read_quiz.questions}) == len(read_quiz.questions)
    for question in read_quiz.questions:
        assert len(question.answers) >= 3, question.text
        for answer in question.answers:
            assert answer.correct or len(answer.feedback.split()) >= 4, answer.text
            # Feedback that only says "wrong" teaches nothing.
            assert answer.feedback.lower().strip(".! ") not in {"no", "wrong", "yes", "right"}
