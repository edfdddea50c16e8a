"""A comparison that must fail, and a mark in each test: found altered checks give no score.

Tests and answers share a process, so an answer can replace what the tests call. Before each test,
and after the last one, a canary tries comparisons that must fail, with fresh random numbers,
through the names that the notebook itself uses; it compares the helpers in memory with their files;
and it reports through which functions IPython sends a cell, which have to be those from before the
submission's first cell. A test's end leaves a mark for the canary that follows: a test that shows
no error has to have run. Somebody who reads this file can still deceive it: it finds what is done
by mistake or in haste. Most weight on hidden tests, and a look at the best submissions, do the
rest.
"""

from __future__ import annotations

import ast
import json
import random
import re
import secrets
from typing import Any

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
# error is none of our business: a test that uses it raises it as well. Of what IPython calls around
# a cell the identities are reported. The first report leaves before any answer runs, so that none
# can change both sides. What extensions of IPython and matplotlib add to the events is no cheat.
CODE = """\
import ast, inspect, json, math, pathlib, sys, types
import IPython, numpy

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

def identity(things):
    inner = [getattr(thing, "__func__", thing) for thing in things]
    return hash(tuple((id(each), id(getattr(each, "__code__", None))) for each in inner))

def methods(thing):
    for kind in type(thing).__mro__:
        yield from (each for each in vars(kind).values() if isinstance(each, types.FunctionType))
    for name, value in vars(thing).items():
        if isinstance(getattr(type(thing), name, None), types.FunctionType):
            yield value

def foreign(callback):
    module = getattr(callback, "__module__", None) or ""
    found = sys.modules.get(module)
    for part in getattr(callback, "__qualname__", "").split("."):
        found = getattr(found, part, None)
    known = module.split(".")[0] in ("IPython", "ipykernel", "matplotlib", "matplotlib_inline")
    return not known or found is not getattr(callback, "__func__", callback)

shell = IPython.get_ipython()
manager = shell.input_transformer_manager
parts = [shell, shell.kernel, shell.compile, shell.displayhook, shell.events, manager]
callbacks = [each for some in shell.events.callbacks.values() for each in some]
transformers = [shell.input_transformers_cleanup, shell.input_transformers_post]
transformers += [manager.cleanup_transforms, manager.line_transforms, manager.token_transformers]
hooks = {
    "input transformers": [each for some in transformers for each in some],
    "AST transformers": shell.ast_transformers,
    "events": filter(foreign, callbacks),
    "handlers of errors": [*shell.custom_exceptions, shell.CustomTB],
    "own methods": [each for part in parts for each in methods(part)],
}
report = json.dumps({
    "altered": altered,
    "hooks": {name: identity(things) for name, things in hooks.items()},
    "mark": notebook.pop(mark, None),
})
"""

SOURCE = """\
{name} = dict(
    notebook=globals(), a={a!r}, b={b!r}, comparisons={comparisons!r}, imported={imported!r},
    mark={mark!r},
)
exec({code!r}, {name})
{name} = {name}["report"]
raise AssertionError("{token} " + {name})
"""

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class AlteredChecksError(Exception):
    """A comparison that must fail did not fail, or a test did not run; the message says which."""


def is_test(cell: NotebookNode) -> bool:
    """Whether a cell is a test in code."""
    settings = cell.metadata.get("nbgrader", {})
    return bool(cell.cell_type == "code" and settings.get("grade") and not settings.get("solution"))


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


def canary(imported: list[tuple[str, str, str]], mark: str) -> NotebookNode:
    """Return a cell that has to end in an AssertionError with its own token.

    Parameters
    ----------
    imported
        The names in the notebook that have to be those of the checks.
    mark
        The name under which a test leaves its mark.
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
        mark=mark,
        code=CODE,
    )
    return new_code_cell(source, metadata={"canary": token})


def is_canary(cell: NotebookNode) -> bool:
    """Whether a cell is one of ours; the notebook of a submission holds none of its own."""
    return "canary" in cell.metadata


# --- The mark of a test ---------------------------------------------------------------------------


def marked(source: str, name: str, mark: str) -> str:
    """Return a test that leaves its mark when it has come to its end.

    The value of a last line stays that of the cell: nbgrader takes it as a part of the points.

    Examples
    --------
    >>> print(marked("x = 1\\ncheck(x)", "_m", "2b"))
    x = 1
    _m_value = check(x)
    _m = '2b'
    _m_value
    """
    last = ast.parse(source).body[-1:]
    if not last or not isinstance(last[0], ast.Expr):
        return f"{source}\n{name} = {mark!r}"
    lines = source.split("\n")
    line = lines[last[0].lineno - 1].encode()
    before, after = line[: last[0].col_offset].decode(), line[last[0].col_offset :].decode()
    lines[last[0].lineno - 1] = f"{before}{name}_value = {after}"
    return "\n".join([*lines, f"{name} = {mark!r}", f"{name}_value"])


def mark_test(cell: NotebookNode, name: str) -> None:
    """Let a test leave a mark of its own; one with a magic has none."""
    mark = secrets.token_hex(8)
    try:
        source = marked(cell.source, name, mark)
    except SyntaxError:
        return
    cell.metadata["mark"] = [name, cell.source, mark]
    cell.source = source


def unmark_test(cell: NotebookNode) -> None:
    """Give a test its own text back, in the lines that an error shows too."""
    name, cell.source, _ = cell.metadata.pop("mark")
    for output in filter(lambda output: output.output_type == "error", cell.outputs):
        output.traceback = [unmarked(frame, name) for frame in output.traceback]


def unmarked(shown: str, name: str) -> str:
    """Return lines that an error shows without the mark."""
    lines = []
    for line in shown.split("\n"):
        plain = ANSI.sub("", line)
        if f"{name}_value = " in plain:
            lines.append(plain.replace(f"{name}_value = ", ""))
        elif name not in plain:
            lines.append(line)
    return "\n".join(lines)


# --- All cells of a notebook ----------------------------------------------------------------------


def with_canaries(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells with marked tests, and with canaries.

    One stands at the top, one before each test, and one directly after the last test.
    """
    imported = imported_checks(cells)
    name = f"_{secrets.token_hex(8)}"
    found = [canary(imported, name)]
    behind = 1
    for cell in cells:
        if is_test(cell):
            mark_test(cell, name)
            found.append(canary(imported, name))
            behind = len(found) + 1
        found.append(cell)
    return [*found[:behind], canary(imported, name), *found[behind:]]


def without_canaries(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return the cells that were there before, when each canary has ended as it must.

    Raises
    ------
    AlteredChecksError
        If one did not, or a test did not run; the message says what, as far as it is known.
    """
    first: dict[str, int] = {}
    test = None
    for cell in cells:
        if is_canary(cell):
            said = report(cell)
            first = first or said["hooks"]
            changed = [f"IPython's {name}" for name in first if said["hooks"][name] != first[name]]
            if altered := [*said["altered"], *changed]:
                raise AlteredChecksError(", ".join(dict.fromkeys(altered)))
            if test and said["mark"] != test.metadata["mark"][-1] and not failed(test):
                name = test.metadata["nbgrader"]["grade_id"]
                raise AlteredChecksError(f"{name} showed no error, and did not run to its end")
            test = None
        elif "mark" in cell.metadata:
            test = cell
    found = [cell for cell in cells if not is_canary(cell)]
    for cell in found:
        if "mark" in cell.metadata:
            unmark_test(cell)
    return found


def failed(test: NotebookNode) -> bool:
    """Whether a test has shown an error."""
    return any(output.output_type == "error" for output in test.outputs)


def report(cell: NotebookNode) -> dict[str, Any]:
    """Return what a canary said.

    Raises
    ------
    AlteredChecksError
        If it did not end as it must.
    """
    head = f"{cell.metadata['canary']} "
    errors = [output.evalue for output in cell.outputs if output.output_type == "error"]
    said = [text.removeprefix(head) for text in errors if text.startswith(head)]
    if not said:
        raise AlteredChecksError("a comparison that must fail did not")
    return json.loads(said[0])
