"""Each assignment under three variants: the solution, the untouched release, and wrong answers.

The wrong answers stand in ``answers/NN-slug.yml``, by the cell that they are written into::

    dead-units:
      - mistake: silent on some example
        points: 0
        says: silent on some example
        change: {".all(axis=0)": ".any(axis=0)"}

`points` are those of the tests that follow the cell, and `says` is part of what one of them must
say. The other tests must give what they give to the solution. The answer is the solution with a
`change`, or a `code` of its own; placeholders are filled in.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import assignment_forms as forms
import pytest
import yaml
from assignment_scores import Score, answered, score, total

from assignments import stubs

ANSWERS = Path(__file__).parent / "answers"
VARIANTS = (0, 7, 2_026)
CLASSES = (*range(1, 20), 123_456_789_012)
WITH_TENSORFLOW = ("12", "13", "14", "15")
WRONG_ANSWERS = 3  # of each task, at least
SLUGS = forms.slugs()

pytestmark = [pytest.mark.parametrize("slug", SLUGS), pytest.mark.slow]


@cache
def rendered(slug: str, variant: int) -> forms.Notebook:
    return forms.rendered(forms.source(slug), forms.values(slug, variant))


@cache
def solved(slug: str, variant: int) -> dict[str, Score]:
    """The scores of the solution."""
    return score(rendered(slug, variant))


def wrong_answers(slug: str) -> dict[str, list[dict[str, Any]]]:
    return yaml.safe_load((ANSWERS / f"{slug}.yml").read_text(encoding="utf-8"))


def checks_after(notebook: forms.Notebook, answer: str) -> list[str]:
    """The tests that stand between a cell to write into and the next one."""
    names: list[str] = []
    inside = False
    for cell in notebook.cells:
        if forms.is_solution(cell):
            inside = forms.name_of(cell) == answer
        elif inside and forms.is_test(cell):
            names.append(forms.name_of(cell))
    return names


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_solution_reaches_every_point(slug: str, variant: int) -> None:
    missed = {name: each.said for name, each in solved(slug, variant).items() if not each.points}
    assert missed == {}
    reached, most = total(solved(slug, variant))
    assert reached == most > 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_untouched_release_gets_nothing_and_hears_so(slug: str, variant: int) -> None:
    notebook = rendered(slug, variant)
    for name, each in score(answered(notebook, stubs(notebook))).items():
        assert each.points == 0, name
        assert "not attempted" in each.said, f"{name} says: {each.said}"


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_wrong_answer_gets_its_points_and_is_explained(slug: str, variant: int) -> None:
    complaints = [
        f"{answer}, {wrong['mistake']}: {complaint}"
        for answer, wrongs in wrong_answers(slug).items()
        for wrong in wrongs
        for complaint in complaints_about(slug, variant, answer, wrong)
    ]
    assert not complaints, "\n".join(complaints)


def text_of(
    wrong: dict[str, Any], notebook: forms.Notebook, answer: str, given: dict[str, Any]
) -> str:
    """What the learner wrote."""
    if "code" in wrong:
        return forms.filled(wrong["code"], given)
    text = forms.each_cell(forms.solved(notebook), forms.is_solution)[answer].source
    for old, new in wrong["change"].items():
        old = forms.filled(old, given)
        assert old in text, f"{answer}, {wrong['mistake']}: {old!r} is not in the solution"
        text = text.replace(old, forms.filled(new, given))
    return text


def complaints_about(slug: str, variant: int, answer: str, wrong: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the score of a wrong answer."""
    notebook, given = rendered(slug, variant), forms.values(slug, variant)
    scores = score(answered(notebook, {answer: text_of(wrong, notebook, answer, given)}))
    mine = {name: scores.pop(name) for name in checks_after(notebook, answer)}
    reached, most = total(mine)
    said = " ".join("\n".join(each.said for each in mine.values()).split())
    if reached != wrong["points"]:
        yield f"{reached:g} of {most:g} points, not {wrong['points']}: {said}"
    if forms.filled(wrong["says"], given) not in said:
        yield f"nobody says {wrong['says']!r}, but: {said}"
    for name, each in scores.items():
        if each != solved(slug, variant)[name] and each.points < each.most:
            yield f"{name} loses points: {each.said}"


def test_every_task_has_wrong_answers_that_lose_points(slug: str) -> None:
    notebook, wrongs = rendered(slug, 0), wrong_answers(slug)
    graded = {name for name in stubs(notebook) if checks_after(notebook, name)}
    assert set(wrongs) == graded
    for answer, given in wrongs.items():
        most = sum(solved(slug, 0)[name].most for name in checks_after(notebook, answer))
        texts = {str(wrong.get("code") or wrong["change"]) for wrong in given}
        assert len(texts) >= WRONG_ANSWERS, answer
        assert all(wrong["points"] < most for wrong in given), answer


def test_published_answers_lose_points_in_every_class(slug: str) -> None:
    published = {
        forms.name_of(cell): cell.source
        for cell in rendered(slug, 0).cells
        if forms.is_solution(cell) and cell.cell_type == "code"
    }
    for variant in CLASSES[: 2 if slug[:2] in WITH_TENSORFLOW else None]:
        notebook = forms.rendered(forms.source(slug), forms.values(slug, variant))
        scores = score(answered(notebook, published))
        reached, most = total(scores)
        assert reached < 0.4 * most, f"variant {variant}: {reached:g} of {most:g} points"
        for answer in set(published) - guesses(notebook):
            mine = total({name: scores[name] for name in checks_after(notebook, answer)})
            assert mine[0] < mine[1] or mine[1] == 0, f"variant {variant}: {answer}"


def guesses(notebook: forms.Notebook) -> set[str]:
    """The cells for predictions, which get their point whatever they say."""
    texts = {forms.name_of(cell): cell.source for cell in notebook.cells if forms.is_test(cell)}
    return {
        answer
        for answer in stubs(notebook)
        if any(".predicted(" in texts[name] for name in checks_after(notebook, answer))
    }
