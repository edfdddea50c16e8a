"""The forms of an assignment: what a source must have, and what is made of it."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import assignment_forms as forms
import matplotlib.pyplot as plt
import nbformat
import pytest
from assignment_forms import AssignmentError
from assignment_scores import answered, score, score_in_kernel, total
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import assignments
from helpers.errors import UnknownNameError
from helpers.ledger import ledger

ROOT = Path(__file__).resolve().parents[2]
SLUGS = forms.slugs()
KINDS = {"implement", "predict", "bug", "figure", "words"}
TASKS = range(3, 7)
TRANSFERS = 2  # tasks that carry an idea where the chapter did not go
WRONG_SAMPLES = 3  # sample answers to a task in words that lose points, at least
WITH_TENSORFLOW = ("12", "13", "14", "15")


# --- The sources ----------------------------------------------------------------------------------


def tasks(notebook: forms.Notebook) -> list[tuple[forms.Cell, list[forms.Cell]]]:
    """The cells that begin a task, each with those that follow it."""
    found: list[tuple[forms.Cell, list[forms.Cell]]] = []
    for cell in notebook.cells:
        if "course" in cell.metadata:
            found.append((cell, []))
        elif found:
            found[-1][1].append(cell)
    return found


def complaints(slug: str, notebook: forms.Notebook) -> Iterator[str]:
    """What an assignment lacks."""
    found = tasks(notebook)
    about = [cell.metadata["course"] for cell, _ in found]
    chapter, claims = notebook.metadata["course"]["chapter"], ledger().entries
    if not slug.startswith(chapter[:2]):
        yield f"{slug} belongs to chapter {chapter}"
    if len(found) not in TASKS:
        yield f"{len(found)} tasks, not {TASKS.start} to {TASKS.stop - 1}"
    if missing := KINDS - {task["kind"] for task in about}:
        yield f"no task of the kind {', '.join(sorted(missing))}"
    if sum(task["transfer"] for task in about) < TRANSFERS:
        yield f"fewer than {TRANSFERS} tasks transfer the idea"
    yield from complaints_about_points(notebook)
    for cell, body in found:
        name, task = cell.id, cell.metadata["course"]
        if not re.search(r"^\*Trains: .+\*$", cell.source, re.M):
            yield f"{name} does not say what it trains"
        for claim in task["trains"]:
            if claim not in claims or claims[claim].home != chapter:
                yield f"{name} trains {claim}, which is not at home in chapter {chapter}"
        if not any(forms.is_explanation(each) for each in body):
            yield f"{name} has no explanation"
        if task["kind"] == "words":
            rubric = "\n\n".join(each.source for each in body if forms.is_explanation(each))
            yield from complaints_about_samples(rubric, task["points"])
    for cell in notebook.cells:
        if forms.marks(cell) and forms.name_of(cell) != cell.id:
            yield f"{cell.id} is called {forms.name_of(cell)} by nbgrader"
        if re.search(r"tensorflow|keras", cell.source) and slug[:2] not in WITH_TENSORFLOW:
            yield f"{cell.id} needs more than numpy"


def complaints_about_points(notebook: forms.Notebook) -> Iterator[str]:
    """What does not add up."""
    text = "\n".join(cell.source for cell in notebook.cells)
    said = re.search(r"\*\*Time and points:\*\* about (\d+) minutes, (\d+) points", text)
    whole = sum(map(forms.points_of, notebook.cells))
    minutes = notebook.metadata["course"]["minutes"]
    if not said or (int(said[1]), int(said[2])) != (minutes, whole):
        yield f"it should say: **Time and points:** about {minutes} minutes, {whole:g} points"
    for cell, body in tasks(notebook):
        points = sum(map(forms.points_of, body))
        if cell.metadata["course"]["points"] != points or f"({points:g} points)" not in cell.source:
            yield f"{cell.id} has {points:g} points, and says something else"
    tests = [cell for cell in notebook.cells if forms.is_test(cell)]
    hidden = sum(forms.points_of(cell) for cell in tests if "HIDDEN TESTS" in cell.source)
    if hidden <= 0.5 * sum(map(forms.points_of, tests)):
        yield "most of the points should come from hidden tests"


def complaints_about_samples(rubric: str, most: int) -> Iterator[str]:
    """What the sample answers lack, which show how to grade a task in words."""
    criteria = re.findall(r"^\d\. \*(.+?)\*:", rubric, re.M)
    samples = re.findall(r"^> (.+)\n\n\*\*(\d) of (\d):\*\* (.+)$", rubric, re.M)
    if len(samples) != len(re.findall(r"^>", rubric, re.M)):
        yield "a sample answer has no line of points"
    for answer, reached, of, line in samples:
        given = re.findall(r"\*([^*]+)\* ([01])\b", line)
        if [name for name, _ in given] != criteria:
            yield f"{answer[:40]!r} does not name the criteria {', '.join(criteria)}, in this order"
        if (sum(int(each) for _, each in given), most) != (int(reached), int(of)):
            yield f"{answer[:40]!r} says {reached} of {of}, which is not the sum of its points"
    wrong = [int(reached) for _, reached, _, _ in samples if int(reached) < most]
    if len(wrong) == len(samples) or len(wrong) < WRONG_SAMPLES or not 0 == min(wrong) < max(wrong):
        yield (
            f"sample answers: one that is right, and {WRONG_SAMPLES} that lose points, among them "
            "one that keeps some and one that gets none"
        )


@pytest.mark.parametrize("slug", SLUGS)
def test_an_assignment_has_what_it_needs(slug: str) -> None:
    assert list(complaints(slug, forms.source(slug))) == []


@pytest.mark.parametrize("slug", SLUGS)
def test_figures_draw_and_hints_help(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    made = re.findall(
        r"^(task_\w+) = Task\(", "\n".join(c.source for c in forms.source(slug).cells), re.M
    )
    assert len(made) == len(set(made)) >= 3
    namespace: dict[str, object] = {}
    notebook = forms.rendered(forms.source(slug), forms.values(slug, 0))
    score(notebook, namespace, figures=True)
    hinted = [name for name in made if len(namespace[name].hints) >= 2]
    assert len(hinted) >= 3, "tasks with code have two hints or more"
    plt.close("all")


def test_a_source_that_lacks_something_is_refused() -> None:
    slug = SLUGS[0]

    def without(wanted: str) -> list[str]:
        notebook = forms.source(slug)
        for cell in notebook.cells:
            cell.source = cell.source.replace(wanted, "nothing")
        return list(complaints(slug, notebook))

    assert any("should say: **Time and points" in each for each in without("Time and points"))
    assert any("says something else" in each for each in without(" points)"))
    assert any("what it trains" in each for each in without("*Trains: "))
    assert any("most of the points" in each for each in without("HIDDEN TESTS"))
    assert any("has no line of points" in each for each in without("**4 of 4:**"))
    assert any("which is not the sum" in each for each in without("*Cannot* 1 (one"))
    assert any("does not name the criteria Cannot" in each for each in without("*Test* 1."))
    short = forms.source(slug)
    short.cells = [cell for cell in short.cells if "course" not in cell.metadata]
    assert any("0 tasks" in each for each in complaints(slug, short))


@pytest.mark.parametrize(
    ("points", "good"),
    [
        (["11", "10", "01", "00"], True),
        (["11", "10", "00"], False),  # two that lose points
        (["10", "01", "00", "00"], False),  # none is right
        (["11", "10", "10", "01"], False),  # none is wrong
        (["11", "00", "00", "00"], False),  # none is half right
        ([], False),
    ],
)
def test_sample_answers_are_right_half_right_and_wrong(points: list[str], good: bool) -> None:
    rubric = "1. *A*: that.\n2. *B*: this."
    for a, b in points:
        rubric += f"\n\n> So.\n\n**{int(a) + int(b)} of 2:** *A* {a}, *B* {b} (why)."
    complaints = list(complaints_about_samples(rubric, 2))
    assert not complaints if good else "one that is right, and 3 that lose" in complaints[0]


# --- Rendering ------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_a_variant_fills_every_placeholder_with_a_program_that_is_clean(
    slug: str, tmp_path: Path
) -> None:
    for variant in (0, 1, 2):
        notebook = forms.rendered(forms.source(slug), forms.values(slug, variant))
        assert "{{" not in "".join(cell.source for cell in notebook.cells if forms.marks(cell))
        nbformat.write(forms.solved(notebook), tmp_path / f"variant-{variant}.ipynb")
    # F are names that are not there or not used, B are likely bugs
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,B", "-q", tmp_path],
        capture_output=True,
        text=True,
    )
    assert checked.stdout + checked.stderr == ""


@pytest.mark.parametrize("slug", SLUGS)
def test_a_variant_is_always_the_same_and_differs_from_others(slug: str) -> None:
    texts = [json.dumps(forms.values(slug, n), default=sorted) for n in (0, 0, 1, 2, 10**12)]
    assert texts[0] == texts[1]
    assert len(set(texts)) == 4


@pytest.mark.parametrize("slug", SLUGS)
def test_no_class_repeats_what_specifies_a_published_task(slug: str) -> None:
    names = runpy.run_path(str(forms.ASSIGNMENTS / slug / "variants.py"))["SPECIFIES"]
    published = forms.values(slug, 0)
    for variant in (1, 2, 10**12):
        given = forms.values(slug, variant)
        assert [name for name in names if given[name] == published[name]] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_hidden_tests_have_a_seed_of_their_own(slug: str) -> None:
    source = forms.source(slug)
    assert sum("{{hidden_seed}}" in cell.source for cell in source.cells) >= 3
    assert "{{hidden_seed}}" not in nbformat.writes(forms.released(source))
    for cell in source.cells:
        assert "{{seed}}" not in "\n".join(forms.secrets_of(cell)), cell.id
    for variant in (0, 123_456_789_012):
        given = forms.values(slug, variant)
        release = forms.released(forms.rendered(source, given))
        assert str(given["hidden_seed"]) not in nbformat.writes(release)
    assert forms.hidden_seed(slug, 1) != forms.hidden_seed(slug, 2)


@pytest.mark.parametrize("variant", [-1, 1.5, True, "7"])
def test_what_is_no_variant_is_refused(variant: object) -> None:
    with pytest.raises(AssignmentError, match="an integer from 0 on"):
        forms.values(SLUGS[0], variant)


def test_placeholders_and_values_belong_together() -> None:
    notebook = new_notebook(cells=[new_code_cell("x = {{cap}} + {{lid}}", id="a")])
    filled = forms.rendered(notebook, {"cap": 3, "lid": "y"})
    assert filled.cells[0].source == "x = 3 + y"
    with pytest.raises(AssignmentError, match=r"\{\{lid\}\} has no value; .* gives cap"):
        forms.rendered(notebook, {"cap": 3})
    with pytest.raises(AssignmentError, match="gives floor, which stands nowhere"):
        forms.rendered(notebook, {"cap": 3, "lid": 1, "floor": 0})


def test_an_unknown_assignment_is_named() -> None:
    with pytest.raises(UnknownNameError, match="Unknown assignment '09-dead-relu'"):
        forms.source("09-dead-relu")


# --- Release and solution -------------------------------------------------------------------------


def small(*sources: str, **marks: object) -> forms.Notebook:
    """A notebook of one kind of cell, called a, b and so on."""
    cells = []
    for name, source in zip("abc", sources, strict=False):
        mark = {"grade": False, "solution": False, "schema_version": 3, "grade_id": name, **marks}
        cells.append(new_code_cell(source, metadata={"nbgrader": mark}, id=name))
    return new_notebook(cells=cells)


def test_a_release_holds_stubs_and_no_hidden_test() -> None:
    source = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\nf()"
    [cell] = forms.released(small(source, solution=True)).cells
    assert cell.source == ("def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()\nf()")
    [cell] = forms.released(small("return 1", solution=True)).cells
    assert cell.source == forms.CODE_STUB
    source = "# A\n### BEGIN HIDDEN TESTS\nassert f() == 1\n### END HIDDEN TESTS\n# B"
    [cell] = forms.released(small(source, grade=True, points=1)).cells
    assert cell.source == "# A\n# B"
    notebook = new_notebook(
        cells=[new_markdown_cell("Why", metadata={"tags": ["explanation"]}, id="why")]
    )
    assert forms.released(notebook).cells == []
    assert [cell.source for cell in forms.solved(notebook).cells] == ["Why"]


def test_hidden_tests_leave_the_names_of_a_learner_alone() -> None:
    source = "# A\n### BEGIN HIDDEN TESTS\nnet = 2\n\nassert f() == net + 1\n### END HIDDEN TESTS"
    notebook = forms.rendered(small(source, grade=True, points=1), {})
    namespace = {"net": 3, "f": lambda: namespace["net"]}
    assert score(notebook, namespace)["a"].points == 1
    assert namespace["net"] == 3
    notebook = forms.rendered(small(source.replace("+ 1", "+ 2"), grade=True, points=1), {})
    assert score(notebook, namespace)["a"].points == 0


@pytest.mark.parametrize("slug", SLUGS)
def test_what_hidden_tests_share_is_named_so(slug: str) -> None:
    for cell in filter(forms.is_test, forms.source(slug).cells):
        for shared in re.findall(r"^\s*global (.+)$", cell.source, re.M):
            assert all(name.startswith("hidden_") for name in shared.split(", ")), cell.id


def test_a_solution_has_no_marks() -> None:
    source = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
    assert forms.solved(small(source, solution=True)).cells[0].source == "x = 1"


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\nx",
        "x\n### END SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
    ],
)
def test_a_mark_without_its_partner_is_refused(source: str) -> None:
    with pytest.raises(AssignmentError, match="has no partner"):
        forms.released(small(source, solution=True))


def test_the_pages_of_the_book_are_made_of_the_sources_of_today() -> None:
    assert assignments.pages(write=False) == [], "run `make clean-notebooks`"


def test_every_page_is_in_the_contents_of_the_book() -> None:
    contents = (ROOT / "book" / "_toc.yml").read_text(encoding="utf-8")
    assert re.findall(r"file: book/assignments/(\S+)", contents) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_can_be_done_by_whoever_downloads_it(slug: str) -> None:
    page = nbformat.read(forms.PAGES / f"{slug}.ipynb", as_version=4)
    cells = forms.each_cell(page, forms.is_test)
    for name, each in score(page).items():
        hidden = "hidden test" in cells[name].source.lower()
        assert hidden or "not attempted" in each.said, name


@pytest.mark.parametrize("slug", SLUGS)
def test_sources_are_stored_as_make_clean_notebooks_leaves_them(slug: str) -> None:
    spec = importlib.util.spec_from_file_location("clean", ROOT / "tools" / "clean_notebooks.py")
    clean = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(clean)
    text = (forms.ASSIGNMENTS / slug / f"{slug}.ipynb").read_text(encoding="utf-8")
    assert nbformat.writes(clean.cleaned(nbformat.reads(text, as_version=4))) + "\n" == text


# --- In a kernel, and with nbgrader ---------------------------------------------------------------


def test_both_ways_to_count_points_agree(tmp_path: Path) -> None:
    slug = SLUGS[0]
    notebook = forms.rendered(forms.source(slug), forms.values(slug, 3))
    half = answered(notebook, dict(list(assignments.stubs(notebook).items())[::2]))
    quick = {name: each.points for name, each in score(half).items()}
    in_kernel, _ = score_in_kernel(half, str(tmp_path))
    assert {name: each.points for name, each in in_kernel.items()} == quick
    assert 0 < sum(quick.values()) < total(in_kernel)[1]


def test_a_word_on_stderr_costs_the_points(tmp_path: Path) -> None:
    notebook = small("import sys; print(file=sys.stderr)", "1", grade=True, points=1)
    for scores in (score(notebook), score_in_kernel(notebook, str(tmp_path))[0]):
        assert [each.points for each in scores.values()] == [0, 1]


def test_a_source_that_gives_points_for_nothing_is_refused(tmp_path: Path) -> None:
    given = small("x = 1", grade=True, points=1)
    with pytest.raises(AssignmentError, match=r"Without an answer these give points(.|\n)*: a"):
        assignments.prove(given, tmp_path)
    missed = small("assert False, 'no'", grade=True, points=1)
    with pytest.raises(AssignmentError, match=r"The solution misses points:\na: "):
        assignments.prove(missed, tmp_path)


def test_a_class_keeps_its_variant(tmp_path: Path) -> None:
    assert assignments.remembered(tmp_path) == 0
    assert assignments.chosen(tmp_path, 7) == 7
    assert assignments.chosen(tmp_path, None) == 7
    assert assignments.chosen(tmp_path, 8) == 8
    handed_in = tmp_path / "submitted" / "anna" / SLUGS[0] / f"{SLUGS[0]}.ipynb"
    handed_in.parent.mkdir(parents=True)
    handed_in.touch()
    assert assignments.chosen(tmp_path, 8) == 8
    with pytest.raises(AssignmentError, match="has variant 8, and students have handed in"):
        assignments.chosen(tmp_path, 7)
    (tmp_path / "variant").write_text("seven")
    with pytest.raises(AssignmentError, match="holds 'seven'"):
        assignments.remembered(tmp_path)


def test_a_new_variant_is_long_remembered_and_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask("render", SLUGS[0], "--variant", "new", "--to", tmp_path) == 0
    variant = assignments.remembered(tmp_path)
    assert len(str(variant)) == assignments.DIGITS
    assert capsys.readouterr().out.count(f"The variant of this class is {variant}. ") == 1
    assert ask("render", SLUGS[0], "--to", tmp_path) == 0
    assert assignments.remembered(tmp_path) == variant
    assert str(variant) not in capsys.readouterr().out
    assert assignments.wanted("new") != variant


def test_a_variant_that_keeps_no_secret_is_warned_of() -> None:
    assert "Variant 0 is the published one" in assignments.warning(0)
    assert "can find it by trying" in assignments.warning(99_999_999)
    assert assignments.warning(100_000_000) == assignments.warning(10**11) == ""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of variant 7, released by nbgrader."""
    if not assignments.NBGRADER.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("nbgrader is not there; make test sets it up", pytrace=False)
        pytest.skip("nbgrader is not there; make release sets it up")
    folder = tmp_path_factory.mktemp("class")
    assert ask("release", SLUGS[0], "--variant", "7", "--to", folder) == 0
    return folder


def ask(*arguments: object) -> int:
    """Ask tools/assignments.py for something; return its exit status."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["assignments", *map(str, arguments)])
        return assignments.main()


@pytest.mark.slow
def test_our_release_is_that_of_nbgrader(course: Path) -> None:
    slug = SLUGS[0]
    theirs = nbformat.read(course / "release" / slug / f"{slug}.ipynb", as_version=4)
    rendered = forms.rendered(forms.source(slug), forms.values(slug, 7))
    ours = forms.released(forms.for_nbgrader(rendered))
    assert [cell.source for cell in theirs.cells] == [cell.source for cell in ours.cells]
    assert all(
        forms.points_of(a) == forms.points_of(b)
        for a, b in zip(theirs.cells, ours.cells, strict=True)
    )
    assert (course / "gradebook.db").exists()
    assert (course / "variant").read_text() == "7\n"
    assert "grading.settings" in (course / "nbgrader_config.py").read_text()


def test_release_and_solution_of_a_class_have_the_same_numbers(course: Path) -> None:
    slug = SLUGS[0]
    assert ask("solution", slug, "--to", course) == 0
    release, solution = (
        nbformat.read(course / stage / slug / f"{slug}.ipynb", as_version=4)
        for stage in ("release", "solution")
    )
    given = {cell.id: cell.source for cell in solution.cells}
    locked = [cell for cell in release.cells if not forms.is_solution(cell)]
    markdown = [cell for cell in locked if cell.cell_type == "markdown"]
    assert sum(re.sub(r"\]\(\S+\)|\[", "", given[cell.id]) == cell.source for cell in markdown) > 4
    texts = "\n".join(given.values())
    assert "**Why.**" in texts
    assert "SOLUTION" not in texts
    assert all(
        cell.outputs or "print" not in cell.source for cell in solution.cells if forms.is_test(cell)
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["99-nothing"], "Unknown assignment '99-nothing'"),
        (["--variant", "-3"], "The variant is -3"),
        (["--variant", "seven"], "The variant is 'seven'"),
    ],
)
def test_a_wrong_request_is_one_sentence(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask("render", *arguments, "--to", tmp_path) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_source_that_changed_after_submissions_is_explained(tmp_path: Path) -> None:
    said = "[ERROR] Cannot add or remove cells, because there are submissions associated with it\n"
    assert f"does not mix both in {tmp_path}" in assignments.refusal(SLUGS[0], tmp_path, said)
    assert (
        assignments.refusal(SLUGS[0], tmp_path, "no disk")
        == f"nbgrader refused {SLUGS[0]}:\nno disk"
    )
