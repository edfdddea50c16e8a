"""The form of a chapter: what every notebook of the course has, and what none may have.

A rule is a function from a chapter to its complaints. Each rule is tried on every chapter, and on a
chapter that was damaged so that it must complain.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import clean_notebooks
import nbformat
import pytest
from myst_parser.mdit_to_docutils.base import default_slugify

from helpers import figures, quiz
from helpers.ledger import ledger

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# Chapters from before the present form, which are too long for it; empty when they are rewritten.
FIRST_EDITION = {
    "01-one-neuron",
    "02-linear-collapse",
    "03-activations",
    "04-biology",
    "05-backpropagation",
    "06-vanishing-gradients",
    "07-initialisation",
    "08-sparsity",
}
FOR_COLAB = """\
# Google Colab only: fetch the course's helpers.
import sys

REPOSITORY = ""  # the https address of the course's repository
if "google.colab" in sys.modules:
    assert REPOSITORY, "Write the address of the repository between the quotes in this cell."
    %pip install -q "git+{REPOSITORY}"
"""
KEPT, IN_KERAS = "nbval-check-output", "in-keras"
TAGS = {KEPT, IN_KERAS, "remove-cell", "hide-input", "hide-output", "remove-input", "nbval-skip"}
# What JupyterLab, with jupyterlab-myst, is known to show.
DIRECTIVES = r"admonition|dropdown|exercise|solution|prf:\w+|tab-set|tab-item"
WORDS, CELLS, LINES = 3_200, 25, 12  # of the main line
FOLDED_LINES = 50
PREDICTIONS, EXERCISES, QUESTIONS = 3, 2, 4
PARTS = ("check yourself", "takeaways", "exercises", "next")


@dataclass(frozen=True)
class Chapter:
    """A notebook under the rules."""

    name: str
    text: str

    @cached_property
    def notebook(self) -> nbformat.NotebookNode:
        return nbformat.reads(self.text, as_version=4)

    @property
    def slug(self) -> str:
        return self.name.removesuffix(".ipynb")

    def cells(self, kind: str) -> list[nbformat.NotebookNode]:
        return [cell for cell in self.notebook.cells if cell.cell_type == kind]

    @property
    def prose(self) -> str:
        return "\n\n".join(cell.source for cell in self.cells("markdown"))

    @property
    def prose_without_code(self) -> str:
        """The prose without program text and formulas."""
        text = re.sub(r"^(`{3,})(?!\{)[^\n]*\n.*?^\1`*$", "", self.prose, flags=re.M | re.S)
        text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.S)
        return re.sub(r"(?<!\})(`+)[^`].*?\1|\$[^$\n]+\$", "", text)


def tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def lines_of(cell: nbformat.NotebookNode) -> int:
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def anchors(markdown: str) -> set[str]:
    """The places that a link can lead to: headings, as GitHub names them, and labels."""
    slugs = set(map(default_slugify, re.findall(r"^#+ (.+)$", markdown, re.M)))
    return slugs | set(re.findall(r"^:label: (\S+)", markdown, re.M))


def parsed(cell: nbformat.NotebookNode) -> ast.Module:
    """The program of a cell, without the lines that only IPython understands."""
    return ast.parse(re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.M))


def executed_at_once(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a program that run when the cell runs: not the inside of functions."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield node
            yield from executed_at_once(node)


def called(node: ast.AST) -> str:
    """The last part of the name of what is called, or nothing."""
    function = node.func if isinstance(node, ast.Call) else None
    return getattr(function, "attr", None) or getattr(function, "id", None) or ""


@cache
def makers_of_figures() -> frozenset[str]:
    """The functions of helpers.figures that make a new figure."""
    functions = dict(inspect.getmembers(figures, inspect.isfunction))
    results = {name: inspect.signature(made).return_annotation for name, made in functions.items()}
    return frozenset(name for name, result in results.items() if "Figure" in str(result))


# --- The rules ------------------------------------------------------------------------------------


def it_is_stored_as_make_clean_notebooks_leaves_it(chapter: Chapter) -> Iterator[str]:
    cleaned = clean_notebooks.cleaned(chapter.notebook)
    if nbformat.writes(cleaned) + "\n" != chapter.text:
        yield "run `make clean-notebooks`"


def it_keeps_outputs_only_where_they_are_compared(chapter: Chapter) -> Iterator[str]:
    for cell in chapter.cells("code"):
        if KEPT not in tags(cell):
            continue
        if not cell.outputs or not isinstance(cell.execution_count, int):
            yield f"{cell.id}: nothing to compare; run `tools/clean_notebooks.py --execute`"
        if "verdict(" in cell.source:
            yield f"{cell.id}: the numbers of a verdict change with the seed; do not compare them"
        if any(output.output_type == "error" for output in cell.outputs):
            yield f"{cell.id}: keeps an error"


def its_cells_have_readable_names(chapter: Chapter) -> Iterator[str]:
    names = [cell["id"] for cell in json.loads(chapter.text)["cells"]]  # nbformat would mend them
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name}: two cells have this id"
    for name in names:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or len(name) > 60:
            yield f"{name}: an id is words in small letters, joined by hyphens"
        elif re.fullmatch(r"(?=.*\d)[0-9a-f-]{8,}", name):
            yield f"{name}: an id says what the cell is about"


def its_tags_are_known(chapter: Chapter) -> Iterator[str]:
    for cell in chapter.notebook.cells:
        for name in set(tags(cell)) - TAGS:
            yield f"{cell.id}: unknown tag {name}"


def it_is_named_in_the_ledger(chapter: Chapter) -> Iterator[str]:
    known = ledger().chapters.get(chapter.slug)
    if known is None:
        yield "book/claims.yml has no such chapter (NN-slug.ipynb, with hyphens)"
    title = re.match(r"# (.*)", chapter.prose)
    if not title or not title[1].startswith(f"{chapter.name[:2]}. "):
        yield f"its title does not begin with its number, {chapter.name[:2]}."
    elif known is not None and known.title not in title[1]:
        yield f"its title is not {known.title!r}"


def it_begins_with_the_cell_for_colab(chapter: Chapter) -> Iterator[str]:
    first = chapter.cells("code")[:1]
    source = re.sub(r'(REPOSITORY = ")[^"]*', r"\1", first[0].source) if first else ""
    if source.strip() != FOR_COLAB.strip():
        yield "the first code cell must fetch the helpers in Colab, exactly as in other chapters"
    elif tags(first[0]) != ["remove-cell"]:
        yield "the first code cell needs the tag remove-cell"


def its_headings_form_a_tree(chapter: Chapter) -> Iterator[str]:
    text = re.sub(r"^(`{3,}).*?^\1`*$", "", chapter.prose, flags=re.M | re.S)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.M)]
    if levels.count(1) != 1 or levels[:1] != [1]:
        yield "a chapter begins with its title, the only heading of the first level"
    for above, below in itertools.pairwise(levels):
        if below > above + 1:
            yield f"a heading of level {below} follows one of level {above}"
    for found in re.findall(r"^#+ .*\b[CS]\d\d\b.*", text, re.M):
        yield f"{found}: say what it is about; the number of the claim stands on the card"


def its_closed_sections_can_be_closed(chapter: Chapter) -> Iterator[str]:
    for cell in chapter.cells("markdown"):
        for heading in re.finditer(
            r"^#+ .*\b(going deeper|also on trial)\b.*$", cell.source, re.I | re.M
        ):
            if heading.start() or not clean_notebooks.CLOSED.match(cell.source):
                yield (
                    f"{cell.id}: '## Going deeper: ...' or '## Also on trial' begins a cell, which "
                    "holds nothing but the question besides: the rest is closed in JupyterLab"
                )


def it_has_the_rhythm(chapter: Chapter) -> Iterator[str]:
    prose = chapter.prose
    predictions = re.findall(
        r"^(:{3,})\{admonition\} +Predict before you run$(.*?)^\1$", prose, re.M | re.S
    )
    if len(predictions) < PREDICTIONS:
        yield f"{len(predictions)} predictions; a chapter has at least {PREDICTIONS}"
    parts = [
        part
        for title in re.findall(r"^## (.*)", prose, re.M)
        for part in PARTS
        if part in title.lower()
    ]
    if parts != list(PARTS) or not re.search(r"^## .*next.*\Z", prose, re.M | re.S | re.I):
        yield f"the parts {PARTS} each have a heading, in this order; found {parts}"
    box = re.search(r"^:{3,}\{admonition\}.*?^:{3,}$", prose, re.M | re.S)
    said = box[0].lower() if box else ""
    wanted = {
        "objectives": "objectives|you will",
        "its time, in a line that begins with **Time:**": r"^\*\*time:",
        "prerequisites": "prerequisite|you need|before you",
    }
    for name, pattern in wanted.items():
        if not re.search(pattern, said, re.M):
            yield f"the box at the top does not say {name}"


def it_asks_its_own_quiz(chapter: Chapter) -> Iterator[str]:
    shown = sum(f'quiz.show("{chapter.slug}")' in cell.source for cell in chapter.cells("code"))
    if shown != 1:
        yield f'{shown} cells with quiz.show("{chapter.slug}")'
    if not (quiz.quiz_folder() / f"{chapter.slug}.yml").exists():
        yield f"notebooks/quizzes/{chapter.slug}.yml is missing"
    elif len(quiz.read(chapter.slug).questions) < QUESTIONS:
        yield f"its quiz has fewer than {QUESTIONS} questions"


def every_exercise_has_a_solution(chapter: Chapter) -> Iterator[str]:
    labels = re.findall(r"\{exercise(?:-start)?\}[^\n]*\n:label: (\S+)", chapter.prose)
    solved = re.findall(r"\{solution(?:-start)?\} (\S+)\n((?::\w.*\n)*)", chapter.prose)
    exercises = re.findall(r"\{exercise(?:-start)?\}", chapter.prose)
    if len(labels) < EXERCISES or len(labels) != len(exercises):
        yield f"a chapter has at least {EXERCISES} exercises, each with a :label:"
    for label in set(labels) ^ {label for label, _ in solved}:
        yield f"{label}: exercise and solution do not match"
    for label, options in solved:
        if ":class: dropdown" not in options:
            yield f"{label}: a solution stays folded until it is opened (:class: dropdown)"


def its_prose_reads_everywhere(chapter: Chapter) -> Iterator[str]:
    text = chapter.prose_without_code
    for name in re.findall(r"\{[\w:-]+\}`[^`]*`", text):
        yield f"{name}: a role; citations, terms and theorems are links (see CONTRIBUTING.md)"
    for fence, name in re.findall(r"^([`:]{3,}) *\{([^}]+)\}", text, re.M):
        if fence[0] == "`":
            yield f"{fence}{{{name}}}: write it with colons, so that its text can be read on GitHub"
        if not re.fullmatch(DIRECTIVES, name):
            yield f"{{{name}}} is not known to work in JupyterLab"
    for found in re.findall(r"</?[a-z][a-z0-9]*(?:\s[^>]*)?/?>", text):
        yield f"{found}: HTML in the prose"
    if re.search(r"^\.\. \w+::", chapter.prose, re.M):
        yield "reStructuredText in the prose"


def its_links_lead_to_places(chapter: Chapter) -> Iterator[str]:
    here = anchors(chapter.prose)
    for path, place in re.findall(
        r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", chapter.prose_without_code
    ):
        target = ROOT / "notebooks" / path
        if not target.exists():
            yield f"{path}: there is no such file"
        elif place and place not in (anchors(target.read_text(encoding="utf-8")) if path else here):
            yield f"{path}#{place}: there is no such place"


def it_reads_in_one_sitting(chapter: Chapter) -> Iterator[str]:
    if chapter.slug in FIRST_EDITION:
        return
    words, cells = clean_notebooks.size(chapter.notebook)
    if words > WORDS or cells > CELLS:
        yield f"{words} words and {cells} cells in its main line, more than {WORDS} and {CELLS}"
    for cell in chapter.cells("code"):
        most = FOLDED_LINES if clean_notebooks.is_folded(cell) else LINES
        if lines_of(cell) > most:
            yield f"{cell.id}: {lines_of(cell)} lines of code, more than {most}"


def its_boxes_for_keras_stand_alone(chapter: Chapter) -> Iterator[str]:
    for before, cell in itertools.pairwise(chapter.notebook.cells):
        if IN_KERAS not in tags(cell):
            continue
        if lines_of(cell) > LINES or "helpers" in cell.source:
            yield f"{cell.id}: a box for Keras has at most {LINES} lines and needs no helpers"
        if not re.search(r"^\*\*In Keras\.\*\*[^\n]*\Z", before.source, re.M):
            yield f"{cell.id}: the text above ends with a line that begins with **In Keras.**"


def every_figure_says_what_it_shows(chapter: Chapter) -> Iterator[str]:
    for cell in chapter.cells("code"):
        drawn = {called(node) for node in executed_at_once(parsed(cell))} & makers_of_figures()
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if drawn and not alt:
            yield f"{cell.id}: no alternative text in its metadata (mystnb: image: alt)"
        if alt and (len(alt) < 30 or re.match(r"(?i)(an? |the )?(figure|image|picture)\b", alt)):
            yield f"{cell.id}: the alternative text should state the finding, not {alt!r}"
        for node in ast.walk(parsed(cell)):
            interactive = called(node) in ("slider_figure", "browser_figure")
            if interactive and "alt" not in [keyword.arg for keyword in node.keywords]:
                yield f"{cell.id}: an interactive figure says what it shows itself (alt=...)"


def its_code_has_manners(chapter: Chapter) -> Iterator[str]:
    for cell in chapter.cells("code"):
        for node in ast.walk(parsed(cell)):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                yield f"{cell.id}: wildcard import"
            if isinstance(node, ast.Global):
                yield f"{cell.id}: global"
            filters = called(node) in ("filterwarnings", "simplefilter")
            if filters and len(node.args) + len(node.keywords) == 1:
                yield f"{cell.id}: a filter for all warnings"
            typed = called(node) == "default_rng" and all(
                isinstance(argument, ast.Constant) for argument in node.args
            )
            if typed or called(node) in ("chdir", "seed") or ast.unparse(node) == "sys.path":
                yield f"{cell.id}: {ast.unparse(node)} (seeds come from helpers.settings)"


def its_verdicts_do_not_read_a_clock(chapter: Chapter) -> Iterator[str]:
    clocks = {"perf_counter", "process_time", "monotonic", "time", "perf_counter_ns"}
    for cell in chapter.cells("code"):
        for node in ast.walk(parsed(cell)):
            if called(node) == "Criterion" and clocks & set(map(called, ast.walk(node))):
                yield f"{cell.id}: a time changes with every run and decides nothing; use a ratio"


def it_names_no_place_on_a_disk(chapter: Chapter) -> Iterator[str]:
    for found in re.findall(r"(?<![\w.}])/(?:home|root|Users|mnt|tmp)/\w+|file://", chapter.text):
        yield f"{found}: a path that exists on one computer only"


# --- The rules on the chapters of the course, and on damaged ones ---------------------------------

Rule = Callable[[Chapter], Iterator[str]]
Damage = Callable[[nbformat.NotebookNode], None]


def code(source: str, *tags: str, above: str = "**In Keras.** Two lines.") -> Damage:
    """Return what adds a cell of code after a text."""

    def apply(notebook: nbformat.NotebookNode) -> None:
        text = nbformat.v4.new_markdown_cell(above, id="above")
        cell = nbformat.v4.new_code_cell(source, id="added", metadata={"tags": list(tags)})
        notebook.cells += [text, cell]

    return apply


def text(source: str) -> Damage:
    """Return what adds a text."""
    return code("1 + 1", above=source)


def replace(old: str, new: str) -> Damage:
    """Return what changes the text everywhere."""

    def apply(notebook: nbformat.NotebookNode) -> None:
        assert any(old in cell.source for cell in notebook.cells), old
        for cell in notebook.cells:
            cell.source = cell.source.replace(old, new)

    return apply


def with_alt(alt: str) -> Damage:
    """Return what gives every figure this alternative text."""

    def apply(notebook: nbformat.NotebookNode) -> None:
        for cell in notebook.cells:
            if "mystnb" in cell.metadata:
                cell.metadata["mystnb"] = {"image": {"alt": alt}}

    return apply


def first_code(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return next(cell for cell in notebook.cells if cell.cell_type == "code")


def cell_named(name: str) -> Damage:
    def apply(notebook: nbformat.NotebookNode) -> None:
        notebook.cells[3]["id"] = name

    return apply


BROKEN: list[tuple[Rule, list[Damage]]] = [
    (
        it_is_stored_as_make_clean_notebooks_leaves_it,
        [
            replace("**Time:** about", "**Time:** nearly"),
            lambda notebook: first_code(notebook).metadata.update(collapsed=True),
            lambda notebook: first_code(notebook).metadata.pop("jupyter"),
            lambda notebook: first_code(notebook).update(execution_count=1),
            text("## Going deeper: how?"),
            code('verdict("C01")'),
        ],
    ),
    (
        it_keeps_outputs_only_where_they_are_compared,
        [code("1 + 1", KEPT), replace("print(", "verdict(")],
    ),
    (its_cells_have_readable_names, [cell_named("A_Sum"), cell_named("ab12cd34")]),
    (its_tags_are_known, [code("1 + 1", "hide_input")]),
    (it_is_named_in_the_ledger, [replace("# 02. ", "# "), replace("Linear collapse", "Ruin")]),
    (
        it_begins_with_the_cell_for_colab,
        [replace("%pip", "!pip"), lambda notebook: first_code(notebook).metadata.pop("tags")],
    ),
    (its_headings_form_a_tree, [text("# Once more"), text("#### Deep"), text("## Claim C35")]),
    (
        its_closed_sections_can_be_closed,
        [text("Text\n\n## Going deeper: how?"), text("## Going deeper"), text("# Also on trial")],
    ),
    (
        it_has_the_rhythm,
        [
            replace("Predict before you run", "Guess"),
            replace("## Takeaways", "## Summary"),
            replace("## What is next", "## The end"),
            replace("## Check yourself", "## What is next"),
            replace("**Time:** about", "It takes"),
        ],
    ),
    (it_asks_its_own_quiz, [replace("quiz.show(", "quiz.read(")]),
    (
        every_exercise_has_a_solution,
        [
            replace("{solution} ex-collapse-skip", "{solution} other"),
            replace(":label: ex-collapse-skip\n", ""),
            replace(":class: dropdown\n", ""),
        ],
    ),
    (
        its_prose_reads_everywhere,
        [
            text("A {term}`bias`."),
            text("```{admonition} A\nB\n```"),
            text(":::{eval-rst}\n:::"),
            text("<b>bold</b>"),
            text(".. note::"),
        ],
    ),
    (
        its_links_lead_to_places,
        [
            text("[x](03-nothing.ipynb)"),
            text("[x](../book/glossary.md#nothing)"),
            text("[x](#nothing)"),
        ],
    ),
    (
        its_boxes_for_keras_stand_alone,
        [
            code("x = 1\n" * 13, IN_KERAS),
            code("from helpers import figures", IN_KERAS),
            code("1 + 1", IN_KERAS, above="In Keras."),
        ],
    ),
    (
        every_figure_says_what_it_shows,
        [
            code("figure, ax = figures.new_figure()"),
            code("slider_figure(draw, [1], 'x')"),
            with_alt("Figure of the losses over time, in five colours"),
            with_alt("Losses"),
        ],
    ),
    (
        its_code_has_manners,
        [
            code("from numpy import *"),
            code("def f():\n    global x\n    x = 1"),
            code("warnings.filterwarnings('ignore')"),
            code("np.random.seed(3)"),
            code("rng = np.random.default_rng(3)"),
            code("rng = np.random.default_rng()"),
            code("sys.path.append('..')"),
        ],
    ),
    (
        its_verdicts_do_not_read_a_clock,
        [code("verdict('C03', Criterion('s', time.perf_counter(), above=0))")],
    ),
    (it_names_no_place_on_a_disk, [code("open('file://x')")]),
    (it_reads_in_one_sitting, []),
]
RULES = [rule for rule, _ in BROKEN]


def read(path: Path) -> Chapter:
    return Chapter(path.name, path.read_text(encoding="utf-8"))


def damaged(damage: Damage) -> Chapter:
    """Chapter 02 after some damage."""
    notebook = read(ROOT / "notebooks" / "02-linear-collapse.ipynb").notebook
    damage(notebook)
    return Chapter("02-linear-collapse.ipynb", nbformat.writes(notebook) + "\n")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter(path: Path) -> None:
    chapter = read(path)
    assert {rule.__name__: found for rule in RULES if (found := list(rule(chapter)))} == {}


@pytest.mark.parametrize(("rule", "damages"), BROKEN, ids=[rule.__name__ for rule in RULES])
def test_a_broken_chapter_is_refused(rule: Rule, damages: list[Damage]) -> None:
    for number, damage in enumerate(damages):
        assert list(rule(damaged(damage))), f"damage {number} goes unseen"


def test_a_chapter_of_today_is_short() -> None:
    long = damaged(lambda notebook: None)
    assert list(it_reads_in_one_sitting(long)) == []
    [sizes, *cells] = it_reads_in_one_sitting(Chapter("09-dead-relus.ipynb", long.text))
    assert "main line" in sizes
    assert cells


def test_what_stands_behind_the_main_line_is_not_counted() -> None:
    notebook = nbformat.v4.new_notebook()
    for heading in ("# A", "## Going deeper: how?", "## B", "## Also on trial", "## Exercises"):
        code("1 + 1", above=f"{heading}\n\n[One](x.md) $x$.")(notebook)
    code("2 + 2", "hide-input", above="# C")(notebook)
    assert clean_notebooks.size(notebook) == (3 + 3 + 1, 2)


def test_two_cells_of_one_name_are_refused() -> None:
    text = damaged(code("1 + 1")).text.replace('"id": "added"', '"id": "above"')
    [complaint] = its_cells_have_readable_names(Chapter("02-linear-collapse.ipynb", text))
    assert "above" in complaint


@pytest.mark.parametrize("name", ["02_linear_collapse.ipynb", "99-nothing.ipynb", "Untitled.ipynb"])
def test_a_chapter_with_another_name_is_refused(name: str) -> None:
    assert list(it_is_named_in_the_ledger(Chapter(name, damaged(lambda notebook: None).text)))


# --- Boxes for Keras ------------------------------------------------------------------------------

ALONE = """\
import json, sys

sys.modules["helpers"] = None  # importing it fails
for name, source in json.load(sys.stdin):
    try:
        exec(compile(source, name, "exec"), {"__name__": "__main__"})
    except Exception as problem:
        print(f"{name}: {type(problem).__name__}: {problem}")
"""


def run_alone(boxes: list[tuple[str, str]]) -> list[str]:
    """Run each program in a namespace of its own, without the helpers; return what went wrong."""
    finished = subprocess.run(
        [sys.executable, "-c", ALONE],
        input=json.dumps(boxes),
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert finished.returncode == 0, finished.stderr
    return [line for line in finished.stdout.splitlines() if line.startswith("box ")]


@pytest.mark.slow
def test_every_box_for_keras_runs_alone() -> None:
    boxes = [
        (f"box {path.stem}: {cells[0].id}", "\n".join(cell.source for cell in cells))
        for path in CHAPTERS
        for boxed, run in itertools.groupby(
            read(path).cells("code"), lambda cell: IN_KERAS in tags(cell)
        )
        if boxed and (cells := list(run))
    ]
    assert boxes, "no chapter has a box for Keras"
    assert run_alone(boxes) == []


def test_a_box_that_does_not_run_alone_is_found() -> None:
    boxes = [("box 1", "x = 1"), ("box 2", "print(x)"), ("box 3", "import helpers")]
    problems = run_alone(boxes)
    assert [problem.split(":")[0] for problem in problems] == ["box 2", "box 3"]
