"""The checker refuses verdicts that do not rest on evidence, and only those."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from types import ModuleType

import nbformat
import pytest

SETUP = """
import numpy as np
import math
import time
from helpers import data, figures, network, settings, statistics, training
from helpers.claims import verdict

net = network.build_network([2, 3, 1], rng=settings.rng())
error = abs(network.predict(net, data.xor()[0])).max()
"""
GOOD_EVIDENCE = 'measured=f"error {error:.2f}"'


def problems(checker: ModuleType, *cells: str) -> list[str]:
    """Return the problems of the one verdict in the cells, after a cell of imports and an error."""
    found = checker.verdicts_of_source(SETUP, *(dedent(cell) for cell in cells))
    assert len(found) == 1, found
    return list(found[0].problems)


def problems_of(checker: ModuleType, holds: str, before: str = "") -> list[str]:
    """Return the problems of a verdict with the given condition and good evidence."""
    return problems(checker, f'{dedent(before)}\nverdict("C01", holds={holds}, {GOOD_EVIDENCE})')


@pytest.mark.parametrize(
    "holds",
    [
        "True",
        "False",
        "1",
        '"yes"',
        "1 < 2",
        "1 < 2 < 3",
        "not False",
        "2 > 1 and 3 > 2",
        "bool(1)",
        "len([1, 2]) == 2",
        "max([1, 2]) > 1",
        "math.sqrt(4) == 2",
        "np.array([1]).sum() > 0",
        "np.mean([0.1, 0.2]) < 1",
        "np.linalg.norm(np.ones(3)) > 1",
        "(lambda: True)()",
        "[True][0]",
        '{"a": True}["a"]',
        "True if 1 < 2 else False",
        "all(x > 0 for x in [1, 2])",
        "any([x > 0 for x in range(3)])",
        "sum(1 for x in range(3)) == 3",
        "len(settings.seeds(5)) == 5",
        "statistics.mean_interval([1.0, 2.0]).low < 2",
        'figures.colour("relu") != ""',
        "np.pi > 3",
        "(x := 3) > 2",
        "np.vectorize(lambda z: z > 0)([1, 2]).all()",
        "undefined_name > 0",
    ],
)
def test_a_condition_that_was_typed_is_refused(checker: ModuleType, holds: str) -> None:
    (problem,) = problems_of(checker, holds)
    assert "constant" in problem or "never computed" in problem


@pytest.mark.parametrize(
    "before",
    [
        "holds = True",
        "holds: bool = True",
        "holds = bool(1)",
        "x = 3; holds = x > 2",
        "a = b = 3; holds = a == b",
        "a, b = 1, 2; holds = a < b",
        "(a, *b) = [1, 2, 3]; holds = a < b[0]",
        "a, holds = error, True",  # the pair holds something computed, the second part is not
        "holds = [x > 0 for x in (1, 2)][0]",
        "scores = {'relu': .9, 'linear': .8}; holds = scores['relu'] > scores['linear']",
        "scores = []\nscores.append(3)\nholds = scores[0] > 2",
        "holds = False\nfor value in [1, 2, 3]:\n    holds = value > 1",
        "n = 0\nwhile n < 3:\n    n += 1\nholds = n == 3",
        "for image in data.load_mnist().x_test:\n    holds = True",
        "def check():\n    return True\nholds = check()",
        "def check(x):\n    return x > 2\nholds = check(3)",
        "def check(x, limit=2):\n    '''Compare.'''\n    return x > limit\nholds = check(x=3)",
        "def check(x):\n    error = x\n    return error < 4\nholds = check(3)",
        "def check(measured):\n    return 3 > 2\nholds = check(error)",  # unused
        "check = lambda x: x > 2\nholds = check(3)",
        "def outer(x):\n    def inner(y):\n        return y > 2\n    return inner(x)\n"
        "holds = outer(3)",
        "def forever(x):\n    return forever(x - 1)\nholds = forever(3)",
        "def numbers():\n    yield 1\nholds = list(numbers())[0] == 1",
        "if 1 < 2:\n    holds = True",
        "with np.errstate(all='ignore'):\n    holds = np.float64(1) < 2",
        "try:\n    int('x')\nexcept ValueError:\n    holds = True",
        "class Case:\n    good = True\nholds = Case().good",
        "found = error\nfound = 3\nholds = found > 2",  # the computed value is gone
        "holds = error < 3\nholds = True",
        "import numpy.linalg as la\nholds = la.norm([1, 2]) > 2",
        "from numpy import array as a\nholds = a([1]).sum() == 1",
    ],
)
def test_a_name_that_stands_for_something_typed_is_refused(
    checker: ModuleType, before: str
) -> None:
    (problem,) = problems_of(checker, "holds", before)
    assert "never computed" in problem


@pytest.mark.parametrize(
    "holds",
    [
        "error < 1e-6",
        "1e-6 > error",
        "0 < error < 1",
        "bool(error < 1)",
        "not error > 1",
        "error < 1 and 1 < 2",
        "error < 1 or error > 2",
        "error.round() == 0",
        "net.layers[0].weights.sum() > 0",
        "(net.layers[0].weights > -9).all()",
        "np.all(net.layers[0].weights > -9)",
        "all(layer.weights.max() < 9 for layer in net.layers)",
        "sum(w > 0 for w in net.layers[0].weights.ravel()) > 1",
        "sum(1 for w in net.layers[0].weights.ravel() if w > 0) > 1",
        "len(net.layers) == 2",
        "net.parameter_count == 13",
        "np.random.default_rng(0).normal() < 9",
        "settings.rng().normal() < 9",
        "settings.rngs(3)[0].normal() < 9",
        "time.perf_counter() > 0",
        "np.isfinite(error)",
        "{'a': error}['a'] < 9",
        "(lambda x: x < 3)(error)",
        "(bound := error + 1) > 0.5",
        "f'{error:.0f}' == '0'",
        "np.allclose(error, 0)",
        "statistics.mean_interval([error, 1.0]).low < 2",
        "np.vectorize(lambda z: z > 0)([error]).all()",
        "True if error < 1 else False",
    ],
)
def test_a_condition_that_was_computed_passes(checker: ModuleType, holds: str) -> None:
    assert problems_of(checker, holds) == []


@pytest.mark.parametrize(
    "before",
    [
        "holds = error < 1",
        "a, b = error, 2; holds = a < b",
        "(a, b), c = (1, error), 2; holds = b < c",
        "x, y = data.xor(); holds = len(x) == 4",
        "first, *rest = net.layers; holds = rest[0].weights.max() < 9",
        "errors = [layer.weights.max() for layer in net.layers]; holds = max(errors) < 9",
        "errors = []\nfor layer in net.layers:\n    errors.append(layer.biases.sum())\n"
        "holds = max(errors) < 1",
        "errors = {}\nfor layer in net.layers:\n    errors[layer.activation] = error\n"
        "holds = max(errors.values()) < 1",
        "count = 0\nfor weight in net.layers[0].weights.ravel():\n    if weight > 0:\n"
        "        count += 1\nholds = count > 2",
        "count = 0\nfor layer in net.layers:\n    count += 1\nholds = count == 2",
        "steps = 0\nwhile error > 1:\n    steps += 1\nholds = steps < 9",
        "old = 0\nfor i in range(3):\n    holds = old < 1\n    old = error",  # carried to round two
        "if error < 1:\n    holds = True\nelse:\n    holds = False",
        "holds = False\nif error < 1:\n    holds = True",
        "if 1 < 2:\n    holds = error < 1\nelse:\n    holds = False",
        "def check(x):\n    return x < 2\nholds = check(error)",
        "def check(x, limit=2):\n    return x < limit\nholds = check(3, limit=error)",
        "def check(*values):\n    return max(values) < 2\nholds = check(1, error)",
        "def check(x, y):\n    return y < 2\nholds = check(*[1, error])",
        "def check(x, **others):\n    return others['y'] < 2\nholds = check(1, y=error)",
        "def check(x):\n    if x < 2:\n        return True\n    return False\nholds = check(error)",
        "def check():\n    return error < 1\nholds = check()",  # a name from outside
        "def run(seed):\n    return np.random.default_rng(seed).normal()\nholds = run(3) < 9",
        "def run(seed):\n    return np.random.default_rng(seed).normal()\n"
        "holds = max(map(run, [1, 2])) < 9",
        "def sweep(experiment):\n    return [experiment(i) for i in range(3)]\n"
        "holds = max(sweep(lambda seed: seed + error)) < 9",
        "def runs():\n    for layer in net.layers:\n        yield layer.biases.sum()\n"
        "holds = max(runs()) < 9",
        "def fold(layers):\n    total = np.eye(2)\n    for layer in layers:\n"
        "        total = total @ layer.weights\n    return total, 1\n"
        "matrix, _ = fold(net.layers)\nholds = np.abs(matrix).max() < 99",
        "order = np.arange(9)\nsettings.rng().shuffle(order)\nholds = order[0] < 9",
        "table = np.zeros((2, 2))\ntable[0, 1] = error\nholds = table.sum() < 9",
        "total = 0.0\ntotal += error\nholds = total < 9",
        "class Case:\n    pass\ncase = Case()\ncase.score = error\nholds = case.score < 9",
        "class Case:\n    score = error\n    def copy(self):\n        return Case()\n"
        "holds = error + len([Case().copy()]) < 9",
        "class Case:\n    def __init__(self):\n        self.x = settings.rng().normal()\n"
        "holds = Case().x < 9",
        "try:\n    network.predict(net, [[1]])\n    refused = False\nexcept ValueError:\n"
        "    refused = True\nholds = refused",
        "with time.strftime('%Y') as year:\n    pass\nholds = year > 1",
        "import tensorflow as tf\nsession = tf.compat.v1.Session()\nwith session as s:\n"
        "    loss = s.run('loss')\nholds = loss > 1",
        "from helpers.training import train as fit\nhistory = fit(net, 1, 1)\n"
        "holds = history.loss[-1] < history.loss[0]",
        "build = network.build_network\nholds = build([1, 1]).parameter_count == 2",
        "import helpers.network as hn\nholds = hn.build_network([1, 1]).depth == 1",
        "import helpers.network\nholds = helpers.network.build_network([1, 1]).depth == 1",
    ],
)
def test_a_name_that_stands_for_something_computed_passes(checker: ModuleType, before: str) -> None:
    assert problems_of(checker, "holds", before) == []


@pytest.mark.parametrize(
    "holds",
    [
        "error == error",
        "error <= error",
        "error < 1 or True",
        "error < 1 or 1 < 2",
        "error is not None",
        "error != None",
        "len(net.layers) >= 0",
        "len(net.layers) > -1",
        "0 <= abs(error)",
        "error ** 2 >= 0",
        "np.linalg.norm(error) >= 0.0",
        "isinstance(error, float)",
        "error == error and abs(error) >= 0",
        "bool(error == error)",
        "np.all(error == error)",
        "(error == error).all()",
        "np.allclose(error, error)",
        "not isinstance(error, str)",
    ],
)
def test_a_condition_that_cannot_fail_is_refused(checker: ModuleType, holds: str) -> None:
    (problem,) = problems_of(checker, holds)
    assert "cannot fail" in problem
    (problem,) = problems_of(checker, "fine", f"sure = {holds}\nfine = sure")
    assert "cannot fail" in problem


@pytest.mark.parametrize(
    "holds",
    ["error == error and error < 1", "len(net.layers) > 0", "abs(error) > 0", "error > 0 > -1"],
)
def test_a_condition_that_can_fail_in_one_part_passes(checker: ModuleType, holds: str) -> None:
    assert problems_of(checker, holds) == []


@pytest.mark.parametrize(
    "measured",
    [
        '"the error is small"',
        '"error " + "0.1"',
        '"error {:.2f}".format(error)',
        '"error %.2f" % error',
        "str(error)",
        "error",
        "statistics.describe(error)",
    ],
)
def test_evidence_has_to_be_an_f_string(checker: ModuleType, measured: str) -> None:
    (problem,) = problems(checker, f'verdict("C01", holds=error < 1, measured={measured})')
    assert "something else than an f-string" in problem


@pytest.mark.parametrize(
    "measured", ['f"error 0.1"', 'f"error {0.1}"', 'f"{len([1])} runs"', 'f"{np.pi:.2f}"']
)
def test_evidence_needs_a_computed_value(checker: ModuleType, measured: str) -> None:
    (problem,) = problems(checker, f'verdict("C01", holds=error < 1, measured={measured})')
    assert "measures nothing" in problem


@pytest.mark.parametrize(
    "measured",
    [
        'f"error {error:.2f}"',
        'f"error {error:.2f}" " in a run"',
        'f"of {3} runs, " f"{error:.0%} failed"',
        'f"error {error:.2f}" + "."',
        'f"error {statistics.describe(error)}"',
        "f\"{', '.join(str(layer.depth) for layer in net.layers)}\"",
    ],
)
def test_good_evidence_passes(checker: ModuleType, measured: str) -> None:
    assert problems(checker, f'verdict("C01", holds=error < 1, measured={measured})') == []
    named = f'text = {measured}\nverdict("C01", holds=error < 1, measured=text)'
    assert problems(checker, named) == []


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (f'card = verdict("C01", holds=error < 1, {GOOD_EVIDENCE})', "last expression"),
        (f'verdict("C01", holds=error < 1, {GOOD_EVIDENCE})\nprint(1)', "last expression"),
        (f'print(verdict("C01", holds=error < 1, {GOOD_EVIDENCE}))', "last expression"),
        (f'if error < 1:\n    verdict("C01", holds=error < 1, {GOOD_EVIDENCE})', "last expression"),
        (f"name = 'C01'\nverdict(name, holds=error < 1, {GOOD_EVIDENCE})", "names its claim"),
        (f"verdict(holds=error < 1, {GOOD_EVIDENCE})", "names its claim"),
        (f'verdict("C01", {GOOD_EVIDENCE})', "has no holds"),
        (f'verdict("C01", **{{"holds": error < 1}}, {GOOD_EVIDENCE})', "has no holds"),
        ('verdict("C01", holds=error < 1)', "has no measured"),
        (
            f'def verdict(*a, **b):\n    pass\nverdict("C01", holds=error < 1, {GOOD_EVIDENCE})',
            "not the course's",
        ),
    ],
)
def test_other_faults_are_named(checker: ModuleType, cell: str, problem: str) -> None:
    (found,) = problems(checker, cell)
    assert problem in found


def test_several_verdicts_are_found_in_order_with_their_places(checker: ModuleType) -> None:
    found = checker.verdicts_of_source(
        SETUP,
        f'verdict("C02", holds=error < 1, {GOOD_EVIDENCE})',
        "%matplotlib inline\nerror = 1",
        f'# typed now\nverdict("S01", holds=error < 2, {GOOD_EVIDENCE})',
    )
    assert [(each.claim, each.cell, each.line) for each in found] == [
        ("C02", "cell-1", 1),
        ("S01", "cell-3", 2),
    ]
    assert found[0].problems == ()
    assert len(found[1].problems) == 2


def test_the_verdict_may_go_by_another_name(checker: ModuleType) -> None:
    cells = [
        f'from helpers.claims import verdict as v\nv("C01", holds=error < 1, {GOOD_EVIDENCE})',
        f'from helpers import claims\nclaims.verdict("C01", holds=error < 1, {GOOD_EVIDENCE})',
    ]
    for cell in cells:
        assert problems(checker, cell) == []


def test_code_that_is_not_python_is_reported(checker: ModuleType) -> None:
    (found,) = checker.verdicts_of_source("x = (")
    assert found.claim is None
    assert found.problems == ("is not valid Python",)


def test_the_command_names_file_cell_line_and_claim(
    checker: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [
        nbformat.v4.new_markdown_cell("verdict('C01', holds=True) is only text here"),
        nbformat.v4.new_code_cell(SETUP),
        nbformat.v4.new_code_cell(f'#\nverdict("C35", holds=True, {GOOD_EVIDENCE})', id="bad"),
    ]
    path = tmp_path / "02-linear-collapse.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert checker.main([str(path)]) == 1
    said = capsys.readouterr().out
    assert said == f"{path}, cell bad, line 2: C35 has a constant condition, holds=True\n"
    cells[2].source = f'verdict("C35", holds=error < 1, {GOOD_EVIDENCE})'
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert checker.main([str(path)]) == 0
    assert capsys.readouterr().out == ""
