"""What chapter 01 writes out by hand is what the helpers compute, and its exact facts are exact."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from helpers.activations import get_activation
from helpers.data import xor
from helpers.network import build_network, predict
from helpers.settings import rngs
from helpers.training import Sgd, squared_error, train

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "01-one-neuron.ipynb"
CELLS = (
    "flowers",
    "neuron",
    "old-text",
    "try-program",
    "mend",
    "three-ways",
    "three-values",
    "activation-functions",
    "standard",
    "candidate-lines",
    "best-line",
    "with-ones",
    "learn-code",
    "count-tables",
)


@pytest.fixture(scope="module")
def chapter() -> SimpleNamespace:
    """The names that the chapter's own cells define."""
    cells = {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    names: dict[str, object] = {}
    exec("from helpers.data import load_iris\niris = load_iris()", names)
    for ident in CELLS:
        exec(compile(cells[ident], ident, "exec"), names)
    return SimpleNamespace(**names)


def fewest_mistakes_at_least(points: np.ndarray, labels: np.ndarray) -> int:
    """A bound that no line can beat: mistakes off the line, over all lines through two points.

    Any line can be pushed until it touches two points without another point changing sides, so
    what it gets wrong off the line is no more than what the first line got wrong.
    """
    first, second = np.triu_indices(len(points), 1)
    along = points[second] - points[first]
    apart = np.hypot(*along.T) > 0
    normal = np.column_stack([-along[:, 1], along[:, 0]])[apart]
    normal = normal / np.hypot(*normal.T)[:, None]
    z = normal @ points.T - (normal * points[first][apart]).sum(axis=1)[:, None]
    off = np.abs(z) > 1e-9
    return min((off & ((sign * z > 0) != labels)).sum(axis=1).min() for sign in (1, -1))


def test_the_neuron_is_the_course_s_network(chapter: SimpleNamespace) -> None:
    for name in ("step", "linear", "sigmoid"):
        unit = build_network([4, 1], "linear", rng=rngs(1)[0], bias=0.3, output_activation=name)
        rows = rngs(2)[1].normal(size=(50, 4))
        weights, bias = unit.layers[0].weights[:, 0], unit.layers[0].biases[0]
        ours = chapter.neuron(rows, weights, bias, getattr(chapter, name))
        np.testing.assert_allclose(ours, predict(unit, rows)[:, 0], atol=1e-14)
        z = np.linspace(-5, 5, 101)
        np.testing.assert_allclose(getattr(chapter, name)(z), get_activation(name)(z), atol=1e-14)


def test_the_hand_made_neuron_knows_the_four_flowers(chapter: SimpleNamespace) -> None:
    answers = chapter.neuron(chapter.flowers, chapter.weights, chapter.bias, chapter.step)
    assert answers.tolist() == chapter.labels.tolist() == [1, 0, 1, 0]


def test_the_old_program(chapter: SimpleNamespace) -> None:
    assert isinstance(chapter.before, SyntaxError)
    given = {"input_vec": [1, 2, 3], "weights": [4, 5, 6]}
    assert isinstance(chapter.try_program(chapter.no_pairs, **given), NameError)
    assert chapter.try_program(chapter.mended, **given) == 32.0


def test_three_ways_agree_and_differ_in_what_they_refuse(chapter: SimpleNamespace) -> None:
    assert [dot([1, 2, 3], [4, 5, 6]) for dot in chapter.ways.values()] == [32.0] * 3
    assert chapter.dot_map([1, 2], [4, 5, 6]) == chapter.dot_loop([1, 2], [4, 5, 6]) == 14.0
    assert chapter.dot_map([1, 2, 3, 100], [4, 5, 6]) == 32.0
    with pytest.raises(IndexError):
        chapter.dot_loop([1, 2, 3, 100], [4, 5, 6])
    for x in ([1, 2], [1, 2, 3, 100]):
        with pytest.raises(ValueError, match="size"):
            chapter.dot_numpy(x, [4, 5, 6])


def test_learning_is_the_course_s_gradient_descent(chapter: SimpleNamespace) -> None:
    generator = rngs(1)[0]
    rows, target = generator.normal(size=(40, 3)), generator.normal(size=40)
    ours = chapter.learn(chapter.with_ones(rows), target, chapter.linear, 0.1, 50)[-1]
    unit = build_network([3, 1], initializer="zeros")
    train(unit, rows, target[:, None], loss=squared_error, optimiser=Sgd(0.05), epochs=50)
    layer = unit.layers[0]
    np.testing.assert_allclose(ours, [*layer.weights[:, 0], *layer.biases], atol=1e-12)


@pytest.mark.parametrize("count", [1, 5, 20])
def test_the_path_has_one_point_for_each_step(chapter: SimpleNamespace, count: int) -> None:
    path = chapter.learn(np.ones((3, 1)), np.ones(3), chapter.linear, 0.5, count, start=[0])
    np.testing.assert_allclose(path[:, 0], 1 - 0.5 ** np.arange(count + 1))


def test_no_line_beats_the_best_line(chapter: SimpleNamespace) -> None:
    for sets, mistakes in (("easy", 0), ("hard", 3), ("either", 1)):
        points, labels = getattr(chapter, sets)
        line, wrong = chapter.best_line(points, labels)
        answers = chapter.neuron(points, line[:2], line[2], chapter.step)
        assert wrong == (answers != labels).sum() == mistakes
        assert fewest_mistakes_at_least(points, labels) == mistakes


def test_no_neuron_answers_xor(chapter: SimpleNamespace) -> None:
    # more weights find no more tables, and the counts are those of the literature
    assert [len(chapter.tables_of_one_neuron(n, 3)) for n in (1, 2, 3, 4)] == [4, 14, 104, 1882]
    assert len(chapter.tables_of_one_neuron(2, 9)) == 14
    tables = {tuple(table) for table in chapter.tables_of_one_neuron(2, 9)}
    assert tuple(xor()[1]) not in tables
