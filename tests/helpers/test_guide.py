"""The decision guide: every way through it ends in advice with a reason and a chapter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from helpers import guide
from helpers.errors import CourseError, UnknownNameError
from helpers.ledger import ledger

QUESTION = {"ask", "answers"}
ADVICE = {"take", "why", "chapter"}
MORE = {"start", "loss"}
ALL = list(guide.advice())


@pytest.mark.parametrize(("way", "advice"), ALL, ids=[" / ".join(way) for way, _ in ALL])
def test_advice_has_a_reason_and_a_chapter(way: tuple[str, ...], advice: Mapping[str, Any]) -> None:
    assert set(advice) - MORE == {"answer", *ADVICE}
    assert re.fullmatch(r"[A-Z].{30,}\.", advice["why"]), "the reason is a sentence"
    assert not re.search(r"\. [A-Z]", advice["why"]), "and only one"
    chapters = ledger().chapters
    assert advice["chapter"] in chapters
    assert not chapters[advice["chapter"]].planned
    assert guide.follow(*way) == advice


def test_every_question_is_one_and_has_answers_to_choose_from() -> None:
    def check(place: Mapping[str, Any]) -> None:
        assert place["ask"].endswith("?")
        answers = [each["answer"] for each in place["answers"]]
        assert len(set(answers)) == len(answers) > 1
        for each in place["answers"]:
            if "ask" in each:
                assert set(each) == {"answer", *QUESTION}
                check(each)

    assert set(guide.read()) == QUESTION
    check(guide.read())


def test_an_unknown_answer_names_the_near_one() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'The last layer'"):
        guide.follow("the last layer")


def test_a_damaged_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guide, "GUIDE", tmp_path / "guide.yml")
    read = guide.read.__wrapped__
    with pytest.raises(CourseError, match=r"guide\.yml cannot be read"):
        read()
    (tmp_path / "guide.yml").write_text("- ask: nothing\n")
    with pytest.raises(CourseError, match="does not begin with a question"):
        read()
