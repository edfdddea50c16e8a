"""The hand-written YAML files are in order, and a slip in them is named with its line."""

from __future__ import annotations

import re
from pathlib import Path

import check_sources
import pytest

ROOT = Path(__file__).resolve().parents[2]
CLAIMS_FILE = ROOT / "book" / "claims.yml"
QUIZ_FILE = ROOT / "notebooks" / "quizzes" / "02-linear-collapse.yml"


def test_the_files_of_the_course_are_in_order() -> None:
    assert check_sources.problems_of_all() == []


# What is replaced in the entry C30, by what, and what the check has to say.
SLIPS = {
    "an unknown verdict": ("verdict: false", "verdict: fasle", "Invalid enum value 'fasle'"),
    "a verdict for programs": ("verdict: false", "verdict: reproduced", "does not go with an id"),
    "no verdict": ("    verdict: false\n", "", "Invalid enum value ''"),
    "an unknown way of judging": (
        r"judged: \w+",
        "judged: mood",
        "Invalid enum value 'mood'",
    ),
    "a source without its words": (r"judged: \w+", "judged: source", "under quote"),
    "a misspelt field": ("phrase:", "phrse:", "unknown field `phrse`"),
    "an empty claim": (r"text: .*", "text: ' '", "at `$.text`"),
    "a claim that is a list": (r"text: .*", "text: [a, b]", "Expected `str`, got `array`"),
    "no defence": (r"    defence:(.|\n)*?(?=    \w+:)", "", "needs its defence"),
    "an id twice": ("C30", "C29", "is given once"),
    "an id of the wrong form": ("C30", "C3", "C and two digits"),
    "a field twice": ("    verdict: .*\n", r"\g<0>\g<0>", "'verdict' is given twice"),
    "an unknown page": (r"pages: \[2\]", "pages: [7]", "unknown page 7. Known: 0, 1, 2, 3, 4"),
    "no page": (r"pages: \[2\]", "pages: []", "at least one page"),
    "a page that is no number": (r"pages: \[2\]", "pages: [two]", "Expected `int`, got `str`"),
    "an unknown source": ("maas2013", "mass2013", "did you mean 'maas2013'"),
    "an unknown home": ("home: 03-activations", "home: 03-activation", "did you mean '03-activ"),
    "unsettled without a reason": (
        "    home:",
        "    unsettled: true\n    home:",
        "what it waits for",
    ),
    "a verdict that was the same": (
        "    verdict: false\n",
        "    verdict: false\n    was: false\n",
        "still is",
    ),
    "bad indentation": ("    phrase", "   phrase", "expected <block end>"),
}


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_in_an_entry_is_named_with_its_line(tmp_path: Path, kind: str) -> None:
    old, new, complaint = SLIPS[kind]
    text = CLAIMS_FILE.read_text(encoding="utf-8")
    [entry] = re.findall(r"^  - id: C30\n(?:    .*\n)+", text, re.M)
    entry_without = re.sub(r"    (?:waits|unsettled):(?:.|\n)*?(?=    \w+:|\Z)", "", entry)
    changed, count = re.subn(old, new, entry_without)
    assert count
    path = tmp_path / "claims.yml"
    path.write_text(text.replace(entry, changed), encoding="utf-8")
    found = check_sources.check_ledger(path)
    assert complaint in found[0], found
    assert str(path) in found[0]
    line = text[: text.index("  - id: C30")].count("\n") + 1
    numbers = [int(each) for each in re.findall(r"line (\d+)", found[0])]
    assert any(line <= each <= line + 25 for each in numbers), found


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "Expected `object`"),
        (b"- one\n- two\n", "got `array`"),
        (b"claims: []\n", "missing required field"),
        (b"\xff\xfe\x00", "can't decode byte"),
    ],
    ids=["empty", "list", "one section", "binary"],
)
def test_a_file_that_is_no_ledger_is_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "claims.yml"
    path.write_bytes(content)
    assert complaint in check_sources.check_ledger(path)[0]
    assert (
        "cannot" in check_sources.check_ledger(tmp_path / "none.yml")[0]
        or "No such file" in (check_sources.check_ledger(tmp_path / "none.yml")[0])
    )


GOOD = """\
- question: What is the output of $\\\\mathrm{ReLU}(-2)$?
  answers:
    - answer: 0
      correct: true
    - answer: "`2`"
      correct: false
      feedback: That is the absolute value.
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("question:", "text:", "line 1: Object contains unknown field `text`"),
        ("feedback:", "fedback:", "unknown field `fedback`"),
        ("      feedback: That is the absolute value.\n", "", "'`2`' has no feedback that says"),
        ("correct: true", "correct: false", "no answer is right"),
        ("correct: true", "correct: right", "Expected `bool`, got `str`"),
        ('"`2`"', "0", "the same answer stands there twice"),
        ('"`2`"', "yes", "at `$.answers[1].answer`"),
        ('"`2`"', "`2`", "cannot start any token"),
        (GOOD, "just: a mapping", "not a list of questions"),
        (GOOD, "", "not a list of questions"),
    ],
)
def test_a_slip_in_a_quiz_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = tmp_path / "quiz.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert check_sources.check_quiz(path) == []
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    found = check_sources.check_quiz(path)
    assert any(complaint in each for each in found), found
    assert str(path) in found[0]
