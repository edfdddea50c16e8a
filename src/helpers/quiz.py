"""The questions at the end of a chapter, shown as plain HTML.

The questions of a chapter stand in ``notebooks/quizzes/<slug>.yml``, a list of::

    - question: What is the output of $\\mathrm{ReLU}(-2)$?
      answers:
        - answer: "0"
          correct: true
          feedback: Negative inputs give zero.
        - answer: "2"
          correct: false
          feedback: That is the absolute value.

One right answer makes a question with radio buttons, several make one with tick boxes. Backticks
mark code, dollars mark maths and double asterisks mark bold. The order of the answers is mixed, the
same way each time, so the right one may stand first in the file.

The quiz needs no script: the feedback of an answer is shown by a style rule while the answer is
chosen. It works in JupyterLab, in the book, from a file and by keyboard, and loads nothing.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from IPython.display import display

from helpers.errors import CourseError, UnknownNameError
from helpers.yaml_files import read_yaml


@dataclass(frozen=True)
class Answer:
    """An answer to choose, and what a reader learns from choosing it."""

    text: str
    correct: bool
    feedback: str


@dataclass(frozen=True)
class Question:
    """A question with its answers, in the order in which they are shown."""

    text: str
    answers: tuple[Answer, ...]
    code: str = ""

    @property
    def right_answers(self) -> int:
        """How many of the answers are right."""
        return sum(answer.correct for answer in self.answers)


@dataclass(frozen=True)
class Quiz:
    """The questions of a chapter; a notebook shows them."""

    slug: str
    questions: tuple[Question, ...]

    def __repr__(self) -> str:
        """Return the questions as text, without the feedback."""
        lines = []
        for number, question in enumerate(self.questions, start=1):
            lines += [f"{number}. {question.text}", *(f"   - {a.text}" for a in question.answers)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the quiz as HTML with its style."""
        questions = "".join(
            _question_html(f"quiz-{self.slug}-{number}", number, len(self.questions), question)
            for number, question in enumerate(self.questions, start=1)
        )
        return f'<div class="course-quiz"><style>{_STYLE}</style>{questions}</div>'


def show(slug: str) -> None:
    """Show the questions of a chapter in the notebook.

    Parameters
    ----------
    slug
        The chapter, such as ``"02-linear-collapse"``; the errors are those of `read`.
    """
    display(read(slug))


def read(slug: str) -> Quiz:
    """Return the questions of a chapter.

    Raises
    ------
    UnknownNameError
        If the chapter has no questions.
    CourseError
        If its file is damaged.
    """
    path = quiz_folder() / f"{slug}.yml"
    if not path.exists():
        known = sorted(each.stem for each in path.parent.glob("*.yml"))
        raise UnknownNameError.among("quiz", slug, known)
    rows = read_yaml(path, CourseError, "git checkout notebooks/quizzes")
    try:
        return Quiz(slug, tuple(map(_question, rows)))
    except (AttributeError, KeyError, TypeError) as problem:
        raise CourseError(
            f"{path} is not a list of questions ({problem!r}). Run tools/check_sources.py, which "
            "says where and what, or restore it: git checkout notebooks/quizzes"
        ) from None


def quiz_folder() -> Path:
    """Return the folder of the questions: in a regular install a copy beside this module."""
    packaged = Path(__file__).with_name("quizzes")
    in_repository = Path(__file__).parents[2] / "notebooks" / "quizzes"
    return packaged if packaged.exists() else in_repository


def _question(row: dict[str, Any]) -> Question:
    """Return a question of the file, which ``tools/check_sources.py`` has checked."""
    text = row["question"]
    answers = [
        Answer(str(each["answer"]), each["correct"], each.get("feedback", ""))
        for each in row["answers"]
    ]
    # Mixed, but the same way each time: sorted by a fingerprint of the text.
    answers.sort(key=lambda answer: sha256((text + answer.text).encode()).digest())
    return Question(text, tuple(answers), row.get("code", "").strip("\n"))


# --- Showing --------------------------------------------------------------------------------------

_STYLE = """
.course-quiz fieldset {
  border: 1px solid rgba(128, 128, 128, .45); border-radius: .4em;
  margin: 1em 0; padding: .4em 1em 1em; min-width: 0; overflow-wrap: anywhere;
}
.course-quiz legend {
  float: none; width: auto; margin: 0; padding: 0 .4em; font-size: .9em; font-weight: 600;
}
.course-quiz p { margin: .3em 0 .6em; }
.course-quiz pre { overflow-x: auto; padding: .6em; margin: .3em 0 .6em; }
.course-quiz-answer {
  display: grid; grid-template-columns: 1.6em 1fr; align-items: start; padding: .25em 0;
}
.course-quiz-answer input { margin: .35em 0 0; width: 1.1em; height: 1.1em; }
.course-quiz-answer label { margin: 0; cursor: pointer; min-width: 0; }
.course-quiz-answer [role="status"] { grid-column: 2; min-width: 0; }
.course-quiz-feedback {
  display: none; margin: .3em 0 .2em; padding: .4em .7em;
  border-left: .3em solid; border-radius: .2em;
}
.course-quiz-right { border-color: #1a7f37; background: rgba(26, 127, 55, .13); }
.course-quiz-wrong { border-color: #b3261e; background: rgba(179, 38, 30, .11); }
.course-quiz-answer input:checked ~ [role="status"] .course-quiz-feedback { display: block; }
@media print { .course-quiz-feedback { display: none !important; } }
"""


def _question_html(name: str, number: int, total: int, question: Question) -> str:
    """Return one question; `name` makes its ids unique on the page."""
    several = question.right_answers > 1
    code = f"<pre><code>{escape(question.code)}</code></pre>" if question.code else ""
    hint = "Choose all that are right." if several else "Choose one answer."
    answers = "".join(
        _answer_html(f"{name}-{letter}", name, answer, several)
        for letter, answer in zip("abcdefghijklmnopqrstuvwxyz", question.answers, strict=False)
    )
    return (
        f"<fieldset><legend>Question {number} of {total}</legend>"
        f"<p>{markup(question.text)}</p>{code}"
        f"<p><small>{hint}</small></p>{answers}</fieldset>"
    )


def _answer_html(ident: str, group: str, answer: Answer, several: bool) -> str:
    kind, name = ("checkbox", ident) if several else ("radio", group)
    look, word = ("right", "✓ Right.") if answer.correct else ("wrong", "✗ Not this one.")
    return (
        '<div class="course-quiz-answer">'
        f'<input type="{kind}" name="{name}" id="{ident}" autocomplete="off">'
        f'<label for="{ident}">{markup(answer.text)}</label>'
        f'<div role="status"><div class="course-quiz-feedback course-quiz-{look}">'
        f"<strong>{word}</strong> {markup(answer.feedback)}</div></div></div>"
    )


def markup(text: str) -> str:
    """Return a text of the file as HTML: `code`, $maths$ and **bold**; the rest is plain.

    Examples
    --------
    >>> markup("`a < b` is **true**")
    '<code>a &lt; b</code> is <strong>true</strong>'
    """
    pieces = re.split(r"(`[^`]+`|\$[^$\s](?:[^$]*[^$\s])?\$)", text)
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: str) -> str:
    if len(piece) > 2 and piece[0] == piece[-1] == "`":
        return f"<code>{escape(piece[1:-1])}</code>"
    if len(piece) > 2 and piece[0] == piece[-1] == "$":
        # The class tells the book's MathJax to typeset it; JupyterLab looks at the delimiters.
        return f'<span class="math notranslate nohighlight">\\({escape(piece[1:-1])}\\)</span>'
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(piece))
