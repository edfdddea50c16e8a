"""The form of a chapter: what every notebook of the course has, and what none may have.

A rule is a function from a chapter to its complaints. Each rule is tried on every chapter, and on
small chapters of our own: on a good one it must be silent, on a broken one it must complain.
"""

from __future__ import annotations

import ast
import copy
import importlib.util
import inspect
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

from helpers import figures, quiz
from helpers.ledger import ledger

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FOR_COLAB = """\
# Google Colab only: fetch the course's helpers.
import sys

REPOSITORY = ""  # the https address of the course's repository
if "google.colab" in sys.modules:
    assert REPOSITORY, "Write the address of the repository between the quotes in this cell."
    %pip install -q "git+{REPOSITORY}"
"""
KEPT = "nbval-check-output"
TAGS = {KEPT, "remove-cell", "hide-input", "hide-output", "remove-input", "nbval-skip"}
LINES = 15
HIDDEN_LINES = 30  # of a cell that only draws a figure, and is folded away
PREDICTIONS = 3
EXERCISES = 2
QUESTIONS = 4
PARTS = ("check yourself", "takeaways", "exercises", "next")


def tool(name: str) -> ModuleType:
    """Import a script of tools/."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Chapter:
    """A notebook under the rules."""

    name: str
    text: str

    @property
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
        text = re.sub(r"\{[\w:-]+\}`[^`]*`", "", text)
        return re.sub(r"(`+)[^`].*?\1|\$[^$\n]+\$", "", text)


def tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


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


def is_chosen(argument: ast.AST) -> bool:
    """Whether an argument is more than a number or a text written there."""
    return not isinstance(argument, ast.Constant)


# --- The rules ------------------------------------------------------------------------------------


def it_is_stored_without_traces_of_a_run(chapter: Chapter) -> Iterator[str]:
    cleaned = tool("clean_notebooks").cleaned(chapter.notebook)
    if nbformat.writes(cleaned) + "\n" != chapter.text:
        yield "run `make clean-notebooks`"


def it_keeps_outputs_only_where_they_are_compared(chapter: Chapter) -> Iterator[str]:
    for cell in chapter.cells("code"):
        if KEPT not in tags(cell):
            if cell.outputs or cell.execution_count is not None:
                yield f"{cell.id}: has outputs, but not the tag {KEPT}"
            continue
        if not cell.outputs or not isinstance(cell.execution_count, int):
            yield f"{cell.id}: nothing to compare; run `tools/clean_notebooks.py --execute`"
        if "verdict(" in cell.source:
            yield f"{cell.id}: the numbers of a verdict change with the seed; do not compare them"
        for output in cell.outputs:
            if output.output_type == "error" or set(output.get("data", {})) - {"text/plain"}:
                yield f"{cell.id}: keeps more than text"


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
    known = ledger().chapters
    if not re.fullmatch(r"\d\d-[a-z]+(-[a-z]+)*\.ipynb", chapter.name):
        yield "a chapter is called NN-slug.ipynb, with hyphens"
    if chapter.slug not in known:
        yield "book/claims.yml has no such chapter"
    elif known[chapter.slug].planned:
        yield "book/claims.yml still lists it as planned"


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


def it_has_the_rhythm(chapter: Chapter) -> Iterator[str]:
    prose = chapter.prose
    predictions = len(re.findall(r"\{admonition\} +Predict before you run", prose))
    if predictions < PREDICTIONS:
        yield f"{predictions} predictions; a chapter has at least {PREDICTIONS}"
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
        "its time": r"\bminutes?\b|\bhours?\b",
        "prerequisites": "prerequisite|you need|before you",
    }
    for name, pattern in wanted.items():
        if not re.search(pattern, said):
            yield f"the box at the top does not say {name}"


def it_bears_the_name_that_the_ledger_gives(chapter: Chapter) -> Iterator[str]:
    known = ledger().chapters
    title = re.search(r"^# (.*)", chapter.prose)
    if chapter.slug in known and (not title or known[chapter.slug].title not in title[1]):
        yield f"its title is not {known[chapter.slug].title!r}"


def its_headings_name_no_claim(chapter: Chapter) -> Iterator[str]:
    for found in re.findall(r"^#+ .*\b[CS]\d\d\b.*", chapter.prose, re.M):
        yield f"{found}: say what it is about; the number of the claim stands on the card"


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


def its_prose_is_portable_myst(chapter: Chapter) -> Iterator[str]:
    for name in re.findall(r"\{(eval-rst|raw|only|tableofcontents)\}", chapter.prose):
        yield f"{{{name}}} works in one program only"
    for found in re.findall(r"</?[a-z][a-z0-9]*(?:\s[^>]*)?/?>", chapter.prose_without_code):
        yield f"{found}: HTML in the prose"
    if re.search(r"^\.\. \w+::", chapter.prose, re.M):
        yield "reStructuredText in the prose"


def its_citations_and_terms_are_known(chapter: Chapter) -> Iterator[str]:
    for group in re.findall(r"\{cite[a-z:]*\}`([^`]+)`", chapter.prose):
        for key in (part.strip() for part in group.split(",")):
            if key not in references():
                yield f"{key} is not in book/references.bib"
    for text in re.findall(r"\{term\}`([^`]+)`", chapter.prose):
        target = re.sub(r".*<(.*)>", r"\1", text, flags=re.S)
        if " ".join(target.split()).lower() not in glossary():
            yield f"{target} is not in the glossary"


def its_links_lead_to_files(chapter: Chapter) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)#\s]+\.(?:md|ipynb))", chapter.prose):
        if not (ROOT / "notebooks" / target).exists():
            yield f"{target}: there is no such file"


def its_cells_are_short(chapter: Chapter) -> Iterator[str]:
    for cell in chapter.cells("code"):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        most = HIDDEN_LINES if {"hide-input", "remove-cell"} & set(tags(cell)) else LINES
        if len(lines) > most:
            yield f"{cell.id}: {len(lines)} lines of code, more than {most}"


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
            own_seed = called(node) == "default_rng" and not any(map(is_chosen, node.args))
            if own_seed or called(node) in ("chdir", "seed") or ast.unparse(node) == "sys.path":
                yield f"{cell.id}: {ast.unparse(node)} (seeds come from helpers.settings)"


def it_names_no_place_on_a_disk(chapter: Chapter) -> Iterator[str]:
    for found in re.findall(r"(?<![\w.}])/(?:home|root|Users|mnt|tmp)/\w+|file://", chapter.text):
        yield f"{found}: a path that exists on one computer only"


RULES: list[Callable[[Chapter], Iterator[str]]] = [
    it_is_stored_without_traces_of_a_run,
    it_keeps_outputs_only_where_they_are_compared,
    its_cells_have_readable_names,
    its_tags_are_known,
    it_is_named_in_the_ledger,
    it_begins_with_the_cell_for_colab,
    its_headings_form_a_tree,
    it_has_the_rhythm,
    it_bears_the_name_that_the_ledger_gives,
    its_headings_name_no_claim,
    it_asks_its_own_quiz,
    every_exercise_has_a_solution,
    its_prose_is_portable_myst,
    its_citations_and_terms_are_known,
    its_links_lead_to_files,
    its_cells_are_short,
    every_figure_says_what_it_shows,
    its_code_has_manners,
    it_names_no_place_on_a_disk,
]


@cache
def references() -> frozenset[str]:
    text = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^@\w+\{([^,\s]+),", text, re.M))


@cache
def glossary() -> frozenset[str]:
    """The terms: the lines at the margin between an empty line and an indented one."""
    text = (ROOT / "book" / "glossary.md").read_text(encoding="utf-8")
    [entries] = re.findall(r"```\{glossary\}\n(.*?)```", text, re.S)
    return frozenset(line.lower() for line in entries.splitlines() if line and line[0] != " ")


@cache
def makers_of_figures() -> frozenset[str]:
    """The functions of helpers.figures that make a new figure."""
    functions = dict(inspect.getmembers(figures, inspect.isfunction))
    results = {name: inspect.signature(made).return_annotation for name, made in functions.items()}
    return frozenset(name for name, result in results.items() if "Figure" in str(result))


# --- The rules on the chapters of the course ------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter(path: Path, rule: Callable[[Chapter], Iterator[str]]) -> None:
    chapter = Chapter(path.name, path.read_text(encoding="utf-8"))
    assert list(rule(chapter)) == []


def test_every_finished_chapter_has_its_notebook() -> None:
    finished = {slug for slug, chapter in ledger().chapters.items() if not chapter.planned}
    assert finished == {path.stem for path in CHAPTERS}


def test_make_test_checks_the_style_of_notebooks_too() -> None:
    source = (ROOT / "tools" / "course.py").read_text(encoding="utf-8")
    assert '"ruff", "check", "."' in source
    assert '"ruff", "format", "--check", "."' in source
    assert "extend-include = [" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


# --- The rules on chapters of our own -------------------------------------------------------------

PROSE = """\
# Linear collapse

:::{admonition} In this chapter
You will fold networks, in one hour; no prerequisites.
:::

## A claim

A {term}`ReLU` bends {cite}`nair2010`; $a < b > c$ and `<b>` are not HTML.

:::{admonition} Predict before you run
:class: tip
Will it bend?
:::

:::{admonition} Predict before you run
Once more?
:::

:::{admonition} Predict before you run
And now?
:::

## Check yourself

## Takeaways

## Exercises

:::{exercise}
:label: fold-it
Fold it.
:::

:::{solution} fold-it
:class: dropdown
Done.
:::

:::{exercise}
:label: unfold-it
Unfold it, as in [the next chapter](03-activations.ipynb).
:::

:::{solution} unfold-it
:class: dropdown
Impossible.
:::

## What is next
"""


def good() -> nbformat.NotebookNode:
    """A small chapter that breaks no rule."""
    v4 = nbformat.v4
    alt = {"image": {"alt": "The line stays straight, whatever the depth of the network."}}
    cells = [
        v4.new_markdown_cell(PROSE, id="prose"),
        v4.new_code_cell(FOR_COLAB.strip(), id="for-colab", metadata={"tags": ["remove-cell"]}),
        v4.new_code_cell("fig, ax = new_figure()", id="a-figure", metadata={"mystnb": alt}),
        v4.new_code_cell("2 + 2", id="a-sum", metadata={"tags": [KEPT]}, execution_count=3),
        v4.new_code_cell('quiz.show("02-linear-collapse")', id="check-yourself"),
    ]
    cells[3].outputs = [v4.new_output("execute_result", {"text/plain": "4"}, execution_count=3)]
    return v4.new_notebook(cells=cells, metadata=tool("clean_notebooks").NOTEBOOK_METADATA)


def as_chapter(notebook: nbformat.NotebookNode, name: str = "02-linear-collapse.ipynb") -> Chapter:
    return Chapter(name, nbformat.writes(notebook) + "\n")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_chapter_breaks_no_rule(rule: Callable[[Chapter], Iterator[str]]) -> None:
    assert list(rule(as_chapter(good()))) == []


def change(**changes: object) -> Callable[[nbformat.NotebookNode], None]:
    """Return what sets fields of the cell called `cell`."""
    name = changes.pop("cell")

    def apply(notebook: nbformat.NotebookNode) -> None:
        [cell] = [cell for cell in notebook.cells if cell.id == name]
        for field, value in changes.items():
            cell[field] = nbformat.from_dict(value)

    return apply


def replace(old: str, new: str) -> Callable[[nbformat.NotebookNode], None]:
    """Return what changes the prose."""
    return change(cell="prose", source=PROSE.replace(old, new))


def image(alt: str) -> dict[str, object]:
    return {"mystnb": {"image": {"alt": alt}}}


STREAM = [{"output_type": "stream", "name": "stdout", "text": "hello\n"}]
PICTURE = [{"output_type": "display_data", "data": {"image/png": ""}, "metadata": {}}]

BROKEN = [
    (it_is_stored_without_traces_of_a_run, change(cell="a-figure", metadata={"collapsed": True})),
    (it_is_stored_without_traces_of_a_run, change(cell="a-figure", execution_count=1)),
    (it_keeps_outputs_only_where_they_are_compared, change(cell="a-figure", outputs=STREAM)),
    (it_keeps_outputs_only_where_they_are_compared, change(cell="a-sum", execution_count=None)),
    (it_keeps_outputs_only_where_they_are_compared, change(cell="a-sum", outputs=[])),
    (it_keeps_outputs_only_where_they_are_compared, change(cell="a-sum", outputs=PICTURE)),
    (it_keeps_outputs_only_where_they_are_compared, change(cell="a-sum", source="verdict(1)")),
    (its_cells_have_readable_names, change(cell="a-sum", id="A_Sum")),
    (its_cells_have_readable_names, change(cell="a-sum", id="ab12cd34")),
    (its_tags_are_known, change(cell="a-sum", metadata={"tags": ["hide_input"]})),
    (it_begins_with_the_cell_for_colab, change(cell="for-colab", source="import sys")),
    (it_begins_with_the_cell_for_colab, change(cell="for-colab", metadata={})),
    (its_headings_form_a_tree, replace("# Linear collapse\n", "")),
    (its_headings_form_a_tree, replace("## A claim", "# A claim")),
    (its_headings_form_a_tree, replace("## A claim", "### A claim")),
    (it_has_the_rhythm, replace("Predict before you run\nOnce", "Guess\nOnce")),
    (it_has_the_rhythm, replace("## Takeaways", "## Summary")),
    (it_has_the_rhythm, replace("## What is next", "## The end")),
    (
        it_has_the_rhythm,
        replace("## Check yourself\n\n## Takeaways", "## Takeaways\n\n## Check yourself"),
    ),
    (it_has_the_rhythm, replace(", in one hour", "")),
    (it_bears_the_name_that_the_ledger_gives, replace("# Linear collapse", "# Collapsing")),
    (its_headings_name_no_claim, replace("## A claim", "## Claim C35")),
    (it_asks_its_own_quiz, change(cell="check-yourself", source='quiz.show("14-mnist")')),
    (every_exercise_has_a_solution, replace("{solution} fold-it", "{solution} other")),
    (every_exercise_has_a_solution, replace(":label: fold-it\n", "")),
    (every_exercise_has_a_solution, replace(PROSE[PROSE.index(":::{exercise}") :], "## Next")),
    (every_exercise_has_a_solution, replace(":class: dropdown\n", "")),
    (its_prose_is_portable_myst, replace("Will it bend?", "Will it <b>bend</b>?")),
    (its_prose_is_portable_myst, replace("## Takeaways", "```{eval-rst}\n```\n\n## Takeaways")),
    (its_citations_and_terms_are_known, replace("nair2010", "nobody1999")),
    (its_citations_and_terms_are_known, replace("`ReLU`", "`RuLE`")),
    (its_links_lead_to_files, replace("03-activations.ipynb", "03-nothing.ipynb")),
    (its_cells_are_short, change(cell="a-sum", source="x = 1\n" * 16)),
    (its_cells_are_short, change(cell="for-colab", source="x = 1\n" * 31)),
    (every_figure_says_what_it_shows, change(cell="a-figure", metadata={})),
    (every_figure_says_what_it_shows, change(cell="a-sum", source="f, a = figures.new_figure(2)")),
    (
        every_figure_says_what_it_shows,
        change(cell="a-figure", metadata=image("Figure of the losses over time, in five colours")),
    ),
    (every_figure_says_what_it_shows, change(cell="a-figure", metadata=image("Losses"))),
    (every_figure_says_what_it_shows, change(cell="a-sum", source="slider_figure(draw, [1], 'x')")),
    (its_code_has_manners, change(cell="a-sum", source="from numpy import *")),
    (its_code_has_manners, change(cell="a-sum", source="def f():\n    global x\n    x = 1")),
    (its_code_has_manners, change(cell="a-sum", source="warnings.filterwarnings('ignore')")),
    (its_code_has_manners, change(cell="a-sum", source="np.random.seed(3)")),
    (its_code_has_manners, change(cell="a-sum", source="rng = np.random.default_rng(3)")),
    (its_code_has_manners, change(cell="a-sum", source="rng = np.random.default_rng()")),
    (its_code_has_manners, change(cell="a-sum", source="sys.path.append('..')")),
    (it_names_no_place_on_a_disk, change(cell="a-sum", source="open('file://x')")),
]


@pytest.mark.parametrize(
    ("rule", "damage"), BROKEN, ids=[f"{n}-{rule.__name__}" for n, (rule, _) in enumerate(BROKEN)]
)
def test_a_broken_chapter_is_refused(
    rule: Callable[[Chapter], Iterator[str]], damage: Callable[[nbformat.NotebookNode], None]
) -> None:
    notebook = copy.deepcopy(good())
    damage(notebook)
    assert list(rule(as_chapter(notebook))) != []


def test_two_cells_of_one_name_are_refused() -> None:
    text = as_chapter(good()).text.replace('"id": "a-sum"', '"id": "a-figure"')
    [complaint] = its_cells_have_readable_names(Chapter("02-linear-collapse.ipynb", text))
    assert "a-figure" in complaint


@pytest.mark.parametrize("name", ["02_linear_collapse.ipynb", "99-nothing.ipynb", "Untitled.ipynb"])
def test_a_chapter_with_another_name_is_refused(name: str) -> None:
    assert list(it_is_named_in_the_ledger(as_chapter(good(), name))) != []


def test_a_planned_chapter_is_refused_until_the_ledger_says_otherwise() -> None:
    planned = [slug for slug, chapter in ledger().chapters.items() if chapter.planned]
    for slug in planned[:1]:
        [complaint] = it_is_named_in_the_ledger(as_chapter(good(), f"{slug}.ipynb"))
        assert "planned" in complaint


def test_every_rule_is_tried_on_something_broken() -> None:
    tried = {rule for rule, _ in BROKEN} | {it_is_named_in_the_ledger}
    assert set(RULES) == tried
