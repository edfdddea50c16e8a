"""Check that the verdicts of a notebook rest on evidence, by reading its code without running it.

A verdict closes an experiment::

    verdict("C34", holds=error < 1e-6, measured=f"relative error {error:.1e}")

It proves nothing if `holds` is the constant True, or is made of numbers that somebody typed. So the
checker follows every name through the cells, in order, and asks whether it was *computed*: whether
its value goes back to a call of the course's helpers, of another library, of a random generator or
of a clock. Literals are not computed, nor is arithmetic on literals with Python or numpy, nor a
function of the notebook whose result does not depend on anything computed.

    python tools/check_verdicts.py notebooks/02-linear-collapse.ipynb

Its limits: it reads the form, not the meaning. A comparison of computed numbers that happens to be
always true passes, unless its form gives it away (the same thing on both sides, "is not None", a
bound of infinity, an "or" with a constant).
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

# Modules whose functions give back nothing but what they are given.
PURE_MODULES = {
    "collections",
    "copy",
    "dataclasses",
    "functools",
    "IPython",
    "itertools",
    "json",
    "math",
    "matplotlib",
    "numpy",
    "operator",
    "re",
    "statistics",
    "string",
    "textwrap",
    "typing",
    # Of the course: what shows things, or only says which seeds to use.
    "helpers.claims",
    "helpers.errors",
    "helpers.figures",
    "helpers.ledger",
    "helpers.progress",
    "helpers.quiz",
    "helpers.settings",
    "helpers.statistics",
    "helpers.widgets",
}
# Names inside these modules that do produce something new, and names in the others that do not.
SOURCES = {"numpy.random", "helpers.settings.rng", "helpers.settings.rngs"}
WRAPPERS = {"constant", "convert_to_tensor", "Variable"}
CHANGING_METHODS = {"add", "append", "appendleft", "extend", "insert", "setdefault", "update"}
DEEPEST_CALL = 12


@dataclass(frozen=True)
class Verdict:
    """A verdict found in a notebook, and what is wrong with it."""

    claim: str | None
    cell: str
    line: int
    problems: tuple[str, ...]


def verdicts(notebook: nbformat.NotebookNode) -> list[Verdict]:
    """Return the verdicts of a notebook in order, each with its problems."""
    reader = _Reader()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            reader.read_cell(cell.get("id", "?"), cell.source)
    return reader.found


def verdicts_of_source(*cells: str) -> list[Verdict]:
    """Return the verdicts of code given as text, one text per cell."""
    reader = _Reader()
    for number, source in enumerate(cells):
        reader.read_cell(f"cell-{number}", source)
    return reader.found


@dataclass
class _Scope:
    """What is known of the names at one point of the program."""

    computed: dict[str, bool] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)  # name -> what was imported
    functions: dict[str, ast.AST] = field(default_factory=dict)
    parent: _Scope | None = None
    returns: list[bool] = field(default_factory=list)

    def find(self, kind: str, name: str) -> object:
        """Look a name up here and outside."""
        scope: _Scope | None = self
        while scope is not None:
            if name in scope.computed or name in scope.modules or name in scope.functions:
                return getattr(scope, kind).get(name)
            scope = scope.parent
        return None

    def bind(self, name: str, computed: bool) -> None:
        """Give a name a new value."""
        self.modules.pop(name, None)
        self.functions.pop(name, None)
        self.computed[name] = computed

    def touch(self, name: str) -> None:
        """Note that something computed has gone into the value of a name."""
        scope: _Scope | None = self
        while scope is not None:
            if name in scope.computed or scope.parent is None:
                scope.computed[name] = True
                return
            scope = scope.parent


class _Reader:
    """Follows computed values through the cells of a notebook."""

    def __init__(self) -> None:
        self.scope = _Scope()
        self.found: list[Verdict] = []
        self.conditions = 0  # how many computed conditions govern the statement that is read
        self.depth = 0
        self.place = ("?", False)

    # --- cells and verdicts -----------------------------------------------------------------------

    def read_cell(self, ident: str, source: str) -> None:
        """Read one cell."""
        try:
            tree = ast.parse(TransformerManager().transform_cell(source))
        except SyntaxError as problem:
            self.found.append(Verdict(None, ident, problem.lineno or 0, ("is not valid Python",)))
            return
        last = tree.body[-1].value if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        for statement in tree.body:
            for call in ast.walk(statement):
                if isinstance(call, ast.Call) and self._is_verdict(call.func):
                    # What a verdict may use is known when everything before it has been read.
                    self._judge(call, ident, shown=call is last)
            self.run([statement])

    def _is_verdict(self, function: ast.expr) -> bool:
        return self._path(function) in {"helpers.claims.verdict", "verdict"}

    def _judge(self, call: ast.Call, cell: str, shown: bool) -> None:
        """Note a verdict with its problems."""
        problems = []
        claim = None
        if call.args and isinstance(call.args[0], ast.Constant):
            claim = call.args[0].value
        else:
            problems.append("names its claim by something else than a text in quotes")
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if not shown:
            problems.append("is not the last expression of its cell, so its card is not shown")
        holds, measured = given.get("holds"), given.get("measured")
        if holds is None:
            problems.append("has no holds=...")
        elif isinstance(holds, ast.Constant):
            problems.append(f"has a constant condition, holds={ast.unparse(holds)}")
        elif form := _always_the_same(holds):
            problems.append(f"has a condition that cannot fail: {form}")
        elif not self.value(holds):
            problems.append(
                f"has a condition that was never computed from data: holds={ast.unparse(holds)}"
            )
        elif isinstance(holds, ast.Name | ast.Attribute) and self._path(holds) in self._fixed:
            problems.append("has a condition that cannot fail: it was set by one that cannot")
        if measured is None:
            problems.append("has no measured=...")
        elif not any(isinstance(part, ast.JoinedStr) for part in _joined(measured)):
            problems.append("gives its evidence as something else than an f-string")
        elif not any(
            self.value(part.value)
            for text in _joined(measured)
            if isinstance(text, ast.JoinedStr)
            for part in text.values
            if isinstance(part, ast.FormattedValue)
        ):
            problems.append("measures nothing: no computed value stands in its f-string")
        self.found.append(Verdict(claim, cell, call.lineno, tuple(problems)))

    @property
    def _fixed(self) -> set[str]:
        """Names that were last set by a condition that cannot fail."""
        return {name for name, value in self.fixed.items() if value}

    fixed: dict[str, bool] = {}  # noqa: RUF012

    # --- statements -------------------------------------------------------------------------------

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Read statements in order."""
        for statement in body:
            method = getattr(self, f"do_{type(statement).__name__}", None)
            if method is not None:
                method(statement)
            else:
                for part in ast.iter_child_nodes(statement):
                    if isinstance(part, ast.expr):
                        self.value(part)
