"""A comparison that must fail: found altered checks give no score.

Tests and answers share a process, so an answer can replace what the tests call. Before each test,
a canary tries comparisons that must fail, with fresh random numbers, through the names that the
notebook itself uses; and it compares the helpers in memory with their files. Somebody who reads
this file can still deceive it: it finds what is done by mistake or in haste. Most weight on hidden
tests, and a look at the best submissions, do the rest.
"""

from __future__ import annotations

import ast
import random
import secrets

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell

CHECKS = "helpers.checks"
COMPARISONS = [
    "[a] == [b]",
    "abs(a - b) < 1e-3",
    "max([0.0, abs(b - a)]) < 1e-3",
    "all([True, a == b])",
    "any([False, a == b])",
    "len([a, b]) == 1",
    "isinstance(a, str)",
    "np.allclose(x, y)",
    "np.isclose(x, y).all()",
    "np.array_equal(x, y)",
    "np.all(x == y)",
    "np.abs(x - y).max() < 1e-3",
    "np.max(np.abs(x - y)) < 1e-3",
    "np.linalg.norm(x - y) < 1e-3",
    "passes(np.testing.assert_allclose)",
    "passes(np.testing.assert_almost_equal)",
    "passes(np.testing.assert_array_almost_equal)",
    "passes(np.testing.assert_array_equal)",
    "passes(np.testing.assert_equal)",
]

# Runs in the kernel of a submission, in a name space of its own, so that a notebook with a variable
# called max is not taken for a cheat. The comparisons use the notebook's names. One that raises an
# error is none of our business: a test that uses it raises it as well.
CODE = """\
import ast, inspect, math, pathlib, sys, types
import numpy

x, y = numpy.array([a, 1.0]), numpy.array([b, 1.0])
altered = []

def passes(check):
    try:
        check(x, y)
    except AssertionError:
        return False
    return True

for comparison in comparisons:
    for np in [numpy, notebook.get("np", numpy)]:
        at_hand = dict(notebook, a=a, b=b, x=x, y=y, np=np, passes=passes)
        try:
            if eval(comparison, at_hand):
                altered.append(comparison)
        except Exception:
            continue

def code_of(thing):
    for inner in ("fget", "__func__", "func"):
        thing = getattr(thing, inner, None) or thing
    return getattr(inspect.unwrap(thing), "__code__", None)

def compare(where, namespace, code):
    definitions = {}
    for part in code.co_consts:
        if isinstance(part, types.CodeType) and not part.co_name.startswith("<"):
            definitions.setdefault(part.co_name, []).append(part)
    for name, written in definitions.items():
        thing = namespace.get(name)
        if isinstance(thing, type):
            compare(where + "." + name, vars(thing), written[-1])
        elif code_of(thing) not in written:
            altered.append(where + "." + name)

def values(tree):
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    yield alias.asname, sys.modules[alias.name]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Name, ast.Tuple)):
            names = getattr(node.targets[0], "elts", node.targets)
            texts = getattr(node.value, "elts", []) if len(names) > 1 else [node.value]
            for name, text in zip(names, texts):
                if isinstance(text, ast.Constant) and isinstance(name, ast.Name):
                    yield name.id, text.value

for name, module in list(sys.modules.items()):
    file = getattr(module, "__file__", None)
    if name.split(".")[0] == "helpers" and file:
        text = pathlib.Path(file).read_text(encoding="utf-8")
        compare(name, vars(module), compile(text, file, "exec", dont_inherit=True))
        for constant, value in values(ast.parse(text)):
            if vars(module).get(constant) != value:
                altered.append(name + "." + constant)

for name, module, original in imported:
    if name in notebook and notebook[name] is not getattr(sys.modules.get(module), original, None):
        altered.append(name)
"""

SOURCE = """\
{name} = dict(
    notebook=globals(), a={a!r}, b={b!r}, comparisons={comparisons!r}, imported={imported!r}
)
exec({code!r}, {name})
{name} = ", ".join(dict.fromkeys({name}["altered"]))
raise AssertionError("{token} altered: " + {name} if {name} else "{token} as it should be")
"""


class AlteredChecksError(Exception):
    """A comparison that must fail did not fail."""


def imported_checks(cells: list[NotebookNode]) -> list[tuple[str, str, str]]:
    """Return which names the given-out cells import from the checks, with module and name there."""
    found = []
    for cell in cells:
        settings = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or settings.get("solution") or not settings:
            continue
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:  # a magic, say
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == CHECKS:
                found += [(alias.asname or alias.name, CHECKS, alias.name) for alias in node.names]
    return found


def canary(imported: list[tuple[str, str, str]]) -> NotebookNode:
    """Return a cell that has to end in an AssertionError with its own token.

    Parameters
    ----------
    imported
        The names in the notebook that have to be those of the checks.
    """
    token = secrets.token_hex(8)
    a = random.SystemRandom().uniform(1, 2)
    source = SOURCE.format(
        name=f"_{secrets.token_hex(8)}",
        token=token,
        a=a,
        b=a + random.SystemRandom().uniform(1, 2),
        comparisons=COMPARISONS,
        imported=imported,
        code=CODE,
    )
    return new_code_cell(source, metadata={"canary": token})


def is_canary(cell: NotebookNode) -> bool:
    """Whether a cell is one of ours; the notebook of a submission holds none of its own."""
    return "canary" in cell.metadata


def with_canaries(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells with a canary before each test in code, and one at the end."""
    imported = imported_checks(cells)
    found = []
    for cell in cells:
        settings = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and settings.get("grade") and not settings.get("solution"):
            found.append(canary(imported))
        found.append(cell)
    return [*found, canary(imported)]


def check_canaries(cells: list[NotebookNode]) -> None:
    """See that each canary ended as it must.

    Raises
    ------
    AlteredChecksError
        If one did not; the message says what was altered, as far as it is known.
    """
    for cell in filter(is_canary, cells):
        token = cell.metadata["canary"]
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if any(
            error.ename == "AssertionError" and error.evalue == f"{token} as it should be"
            for error in errors
        ):
            continue
        said = [error.evalue for error in errors if error.evalue.startswith(f"{token} altered: ")]
        known = said[0].partition(": ")[2] if said else "a comparison that must fail did not"
        raise AlteredChecksError(known)
