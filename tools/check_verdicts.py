"""Check that the verdicts of a notebook rest on evidence, by reading its code without running it.

A verdict closes an experiment::

    verdict("C34", holds=error < 1e-6, measured=f"relative error {error:.1e}")

It proves nothing if `holds` is the constant True, or is made of numbers that somebody typed. So
both `holds` and the numbers in `measured` have to be *computed*; `computed_values` says what that
means and finds it out.

    python tools/check_verdicts.py notebooks/02-linear-collapse.ipynb

Its limits: it reads the form, not the meaning. A comparison of computed numbers that happens to be
always true passes, unless its form gives it away (the same thing on both sides, "is not None", a
length of at least zero, an "or" with something typed).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from computed_values import ComputedValues
from IPython.core.inputtransformer2 import TransformerManager

VERDICT = "helpers.claims.verdict"


@dataclass(frozen=True)
class Verdict:
    """A verdict found in a notebook, and what is wrong with it."""

    claim: str | None
    cell: str
    line: int
    problems: tuple[str, ...]


def verdicts(notebook: nbformat.NotebookNode) -> list[Verdict]:
    """Return the verdicts of a notebook in order, each with its problems."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return verdicts_of_cells((cell.get("id", "?"), cell.source) for cell in cells)


def verdicts_of_source(*cells: str) -> list[Verdict]:
    """Return the verdicts of code given as text, one text per cell."""
    return verdicts_of_cells((f"cell-{number}", source) for number, source in enumerate(cells))


def verdicts_of_cells(cells: Iterator[tuple[str, str]]) -> list[Verdict]:
    """Return the verdicts of cells, which are run one after the other, given by id and source."""
    program = ComputedValues()
    found = []
    for ident, source in cells:
        try:
            tree = ast.parse(TransformerManager().transform_cell(source))
        except SyntaxError as problem:
            found.append(Verdict(None, ident, problem.lineno or 0, ("is not valid Python",)))
            continue
        last = tree.body[-1].value if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        for statement in tree.body:
            # What a verdict may use is known when everything before it has been read.
            for part in ast.walk(statement):
                if isinstance(part, ast.Call) and _is_verdict(program, part.func):
                    problems = tuple(_problems(program, part, shown=part is last))
                    found.append(Verdict(_claim(part), ident, part.lineno, problems))
            program.run([statement])
    return found


# --- One verdict ----------------------------------------------------------------------------------


def _is_verdict(program: ComputedValues, function: ast.expr) -> bool:
    called_so = isinstance(function, ast.Name) and function.id == "verdict"
    return called_so or program.path(function) == VERDICT


def _claim(call: ast.Call) -> str | None:
    """Return the claim that a verdict names."""
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _problems(program: ComputedValues, call: ast.Call, shown: bool) -> Iterator[str]:
    """Yield what is wrong with a verdict."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if program.path(call.func) != VERDICT:
        yield "is not the course's: from helpers.claims import verdict"
    if _claim(call) is None:
        yield "names its claim by something else than a text in quotes"
    if not shown:
        yield "is not the last expression of its cell, so its card is not shown"
    if given.get("holds") is None:
        yield "has no holds=..."
    else:
        yield from _problems_of_condition(program, given["holds"])
    if given.get("measured") is None:
        yield "has no measured=..."
    else:
        yield from _problems_of_evidence(program, given["measured"])


def _problems_of_condition(program: ComputedValues, holds: ast.expr) -> Iterator[str]:
    text = ast.unparse(holds)
    formula = program.formula(holds)
    if isinstance(holds, ast.Constant):
        yield f"has a constant condition, holds={text}"
    elif not program.value(holds):
        yield f"has a condition that was never computed from data: holds={text}"
    elif reason := _cannot_fail(program, formula):
        yield f"has a condition that cannot fail: {ast.unparse(formula)} ({reason})"


def _problems_of_evidence(program: ComputedValues, measured: ast.expr) -> Iterator[str]:
    texts = list(_f_strings(program, measured))
    parts = [part for text in texts for part in text.values]
    if not texts:
        yield "gives its evidence as something else than an f-string"
    elif not any(program.value(part) for part in parts if isinstance(part, ast.FormattedValue)):
        yield "measures nothing: no computed value stands in its f-string"


def _f_strings(program: ComputedValues, text: ast.expr) -> Iterator[ast.JoinedStr]:
    """Yield the f-strings that make up a text."""
    text = program.formula(text)
    if isinstance(text, ast.JoinedStr):
        yield text
    elif isinstance(text, ast.BinOp) and isinstance(text.op, ast.Add):
        yield from _f_strings(program, text.left)
        yield from _f_strings(program, text.right)


# --- Conditions that cannot fail ------------------------------------------------------------------


def _cannot_fail(program: ComputedValues, condition: ast.expr) -> str | None:
    """Return why the form of a condition makes it always true, or None if it does not."""
    condition = program.formula(condition)
    if isinstance(condition, ast.BoolOp):
        reasons = [_cannot_fail(program, part) for part in condition.values]
        if isinstance(condition.op, ast.And):
            return reasons[0] if all(reasons) else None
        if not all(map(program.value, condition.values)):
            return "one side of its 'or' was typed"
        return next(filter(None, reasons), None)
    if isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not):
        return _cannot_fail(program, condition.operand)
    if isinstance(condition, ast.Compare):
        sides = [condition.left, *condition.comparators]
        pairs = zip(sides, condition.ops, sides[1:], strict=False)
        reasons = [_comparison_cannot_fail(*pair) for pair in pairs]
        return reasons[0] if all(reasons) else None
    if isinstance(condition, ast.Call):
        return _call_cannot_fail(program, condition)
    return None


def _call_cannot_fail(program: ComputedValues, call: ast.Call) -> str | None:
    name = _name_of_function(call)
    if name in {"isinstance", "hasattr", "callable"}:
        return "it asks what something is, not how large"
    if name in {"allclose", "array_equal", "isclose"} and len(call.args) >= 2:
        return _comparison_cannot_fail(call.args[0], ast.Eq(), call.args[1])
    if name in {"bool", "bool_", "all", "any"}:
        inner = call.args[0] if call.args else getattr(call.func, "value", call.func)
        return None if inner is call.func else _cannot_fail(program, inner)
    return None


def _comparison_cannot_fail(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> str | None:
    texts = [ast.unparse(left), ast.unparse(right)]
    if texts[0] == texts[1]:
        return "both sides are the same"
    if "None" in texts:
        return "it only asks whether there is a value"
    if isinstance(operator, ast.LtE | ast.Lt):  # read it the other way round
        left, right = right, left
        operator = ast.GtE() if isinstance(operator, ast.LtE) else ast.Gt()
    bound = _number(right)
    if bound is None or not _is_never_negative(left):
        return None
    if (bound < 0 and isinstance(operator, ast.Gt | ast.GtE | ast.NotEq)) or (
        bound == 0 and isinstance(operator, ast.GtE)
    ):
        return "it is never negative"
    return None


def _number(expression: ast.expr) -> float | None:
    """Return the value of a typed number, which may carry a sign."""
    if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub):
        value = _number(expression.operand)
        return None if value is None else -value
    if isinstance(expression, ast.Constant) and isinstance(expression.value, int | float):
        return expression.value
    return None


def _is_never_negative(expression: ast.expr) -> bool:
    """Whether a value is a length, an absolute value, a norm or a square by its form."""
    if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Pow):
        return _number(expression.right) == 2
    return _name_of_function(expression) in {"len", "abs", "norm", "square"}


def _name_of_function(expression: ast.expr) -> str:
    """Return the last part of the name of the function that is called, or an empty text."""
    function = getattr(expression, "func", None)
    return getattr(function, "attr", getattr(function, "id", ""))


def main(paths: Sequence[str]) -> int:
    """Check notebooks, print what is wrong, and return the exit status."""
    problems = 0
    for path in paths:
        for verdict in verdicts(nbformat.read(Path(path), as_version=4)):
            for problem in verdict.problems:
                problems += 1
                name = verdict.claim or "a verdict"
                print(f"{path}, cell {verdict.cell}, line {verdict.line}: {name} {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
