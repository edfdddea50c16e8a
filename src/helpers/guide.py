"""The decision guide of the last chapter: questions one after the other, and what to take.

Its content stands in one place, ``decision_guide.yml`` beside this module, whose head explains the
fields. The chapter's figure and its picture for print show it, and a cell can follow it:

>>> follow("The last layer", "one of k classes")["take"]
'a plain Dense(k); the softmax sits in the loss'
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from helpers.errors import CourseError, UnknownNameError
from helpers.yaml_files import read_yaml

GUIDE = Path(__file__).with_name("decision_guide.yml")


@lru_cache(maxsize=1)
def read() -> Mapping[str, Any]:
    """Return the first question with all its answers, which hold further questions or advice.

    Raises
    ------
    CourseError
        If the file is missing or damaged.
    """
    restore = "git checkout src/helpers/decision_guide.yml"
    question = read_yaml(GUIDE, CourseError, restore)
    if not isinstance(question, dict) or not {"ask", "answers"} <= set(question):
        raise CourseError(f"{GUIDE} does not begin with a question. To restore it: {restore}")
    return question


def follow(*answers: str) -> Mapping[str, Any]:
    """Return where a series of answers leads: to advice, or to a further question.

    Raises
    ------
    UnknownNameError
        If a question has no such answer; it names the nearest one.
    """
    here = read()
    for answer in answers:
        found = {each["answer"]: each for each in here.get("answers", ())}
        if answer not in found:
            raise UnknownNameError.among("answer", answer, found)
        here = found[answer]
    return here


def advice() -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield all advice of the guide, each with the answers that lead to it."""

    def below(place: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[Any, Any]]:
        if "answers" not in place:
            yield path, place
        for each in place.get("answers", ()):
            yield from below(each, (*path, each["answer"]))

    yield from below(read(), ())
