"""What chapter 14 teaches in its own cells gives the same numbers as the helpers and Keras."""

from __future__ import annotations

import ast
import re
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import numpy as np
import pytest

from helpers.data import load_mnist
from helpers.folding import relative_error
from helpers.keras_tools import graph_session, import_tensorflow, restart, to_keras
from helpers.network import build_network, predict
from helpers.progress import track
from helpers.settings import rngs
from helpers.training import Adam, accuracy, softmax_cross_entropy, train

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "14-mnist-tutorial.ipynb"
# The cells that define the chapter's own functions, in order; what they train is left out.
TAUGHT = (
    "program-model", "program-graph", "batches", "theory", "size-measured", "keras-model",
    "loop-logits", "loop-step", "loop-machine", "loop-run", "autopsy-plan", "autopsy-run",
)  # fmt: skip
TUTORIAL = [784, 500, 500, 500, 10]


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def tf() -> ModuleType:
    return import_tensorflow()


@pytest.fixture(scope="module")
def chapter(notebook: nbformat.NotebookNode, tf: ModuleType) -> dict[str, Any]:
    """Return what the chapter defines, on a few digits."""
    import helpers.settings

    digits = load_mnist(verbose=False)
    names: dict[str, Any] = {
        "tf": tf,
        "tf1": tf.compat.v1,
        "settings": helpers.settings,
        "predict": predict,
        "restart": restart,
        "track": track,
        "digits": digits,
        "x_train": digits.x_train[:300],
        "y_train": digits.y_train[:300],
        "x_test": digits.x_test[:200],
        "y_test": digits.y_test[:200],
        "count": 300,
        "epochs": 1,
        "runs": 2,
    }
    cells = {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}
    for ident in TAUGHT:
        source = cells[ident]
        if ident == "theory":  # the definitions without the numbers that the cell prints
            source = source[: source.index("expected_sizes")]
        exec(compile(source, ident, "exec"), names)
    return names


def test_the_sizes_are_the_tutorials(chapter: dict[str, Any]) -> None:
    assert chapter["sizes"] == TUTORIAL
    shapes = [weights.shape for weights in chapter["keras_model"]().get_weights()]
    assert shapes == [shape for pair in pairwise(TUTORIAL) for shape in (pair, pair[1:])]


def test_the_program_as_written_draws_from_a_standard_normal(
    chapter: dict[str, Any], tf: ModuleType
) -> None:
    graph, *_ = chapter["build_graph"](0)
    with graph.as_default():
        variables = tf.compat.v1.trainable_variables()
    with graph_session(graph) as session:
        weights = session.run(variables)
    assert [each.shape for each in weights] == [
        shape for pair in pairwise(TUTORIAL) for shape in (pair, pair[1:])
    ]
    for each in weights:
        assert abs(each.std() - 1) < 5 / np.sqrt(2 * each.size)


def test_the_keras_port_draws_the_same_and_no_two_layers_alike(chapter: dict[str, Any]) -> None:
    weights = chapter["keras_model"]().get_weights()
    for each in weights:
        assert abs(each.std() - 1) < 5 / np.sqrt(2 * each.size)
    assert not np.array_equal(weights[2], weights[4])
    assert not np.array_equal(weights[3], weights[5])


def test_the_graph_computes_what_the_network_from_scratch_does(
    chapter: dict[str, Any], tf: ModuleType
) -> None:
    graph, x, y, cost, *_ = chapter["build_graph"](0)
    ours = build_network(TUTORIAL, initializer="normal", rng=rngs(1)[0], dtype=np.float32)
    values = ours.parameters()
    with graph.as_default():
        variables = tf.compat.v1.trainable_variables()
        given = [tf.compat.v1.placeholder("float", value.shape) for value in values]
        assign = [v.assign(value) for v, value in zip(variables, given, strict=True)]
    labels = chapter["one_hot"](chapter["y_train"])
    with graph_session(graph) as session:
        session.run(assign, feed_dict=dict(zip(given, values, strict=True)))
        theirs = session.run(cost, feed_dict={x: chapter["x_train"], y: labels})
    expected, _ = softmax_cross_entropy(predict(ours, chapter["x_train"]), chapter["y_train"])
    assert theirs == pytest.approx(float(expected), rel=1e-4)


def test_the_loop_takes_the_same_step_as_the_helpers(
    chapter: dict[str, Any], tf: ModuleType
) -> None:
    x, y = chapter["x_train"][:100], chapter["y_train"][:100]
    ours = chapter["draw"](rngs(2), "he", "normal")
    parameters = [tf.Variable(p if p.ndim == 3 else p[:, None]) for p in ours.parameters()]
    optimizer = tf.keras.optimizers.Adam(1e-3, epsilon=1e-8)
    step = chapter["make_step"](parameters, optimizer, tf.nn.relu)
    losses = step(np.stack([x, x]), np.stack([y, y])).numpy()
    history = train(ours, x, y, optimiser=Adam(1e-3), epochs=1)
    np.testing.assert_allclose(losses, history.loss[0], rtol=1e-4)
    after = chapter["logits_of"](x, parameters).numpy()
    assert relative_error(after, predict(ours, x)) < 1e-2  # Adam's first step is a sign


def test_the_loop_computes_the_logits_of_keras(chapter: dict[str, Any]) -> None:
    ours = chapter["draw"](rngs(1), "normal", "normal").run(0)
    keras = to_keras(ours)(chapter["x_test"]).numpy()
    assert relative_error(chapter["logits_of"](chapter["x_test"], ours.parameters()), keras) < 1e-4


@pytest.mark.parametrize(
    ("initializer", "biases", "variance", "bias_variance"),
    [("normal", "normal", 1.0, 1.0), ("normal", "zeros", 1.0, 0.0)],
)
def test_the_theorem_predicts_the_size_of_the_sums(
    chapter: dict[str, Any], initializer: str, biases: str, variance: float, bias_variance: float
) -> None:
    x = chapter["x_train"]
    sizes, _ = chapter["measure"](chapter["draw"](rngs(10), initializer, biases))
    expected = np.sqrt(chapter["expected_squares"](x, variance, bias_variance))
    np.testing.assert_allclose(np.sqrt((sizes**2).mean(axis=1))[:3], expected[:3], rtol=0.15)
    np.testing.assert_allclose(np.sqrt((sizes**2).mean(axis=1))[3], expected[3], rtol=0.4)


def test_he_weights_start_near_the_logarithm_of_ten(chapter: dict[str, Any]) -> None:
    _, losses = chapter["measure"](chapter["draw"](rngs(5), "he", "zeros"))
    assert np.all((losses > 2.25) & (losses < 2.7))


def test_a_run_of_the_autopsy_is_the_helpers_training(chapter: dict[str, Any]) -> None:
    result = chapter["run"]("a test", initializer="he", biases="zeros")
    generators = rngs(2)
    network = chapter["draw"](generators, "he", "zeros")
    # Keras' Adam has its epsilon elsewhere by default, which matters little.
    how = {"epochs": 1, "batch_size": 100, "rng": generators, "record_every": 1}
    history = train(
        network, chapter["x_train"], chapter["y_train"], optimiser=Adam(epsilon=1e-7), **how
    )
    assert result.losses.shape == (3, 2)
    np.testing.assert_allclose(result.losses, history.loss, rtol=0.02)
    ours = [layer.weights for layer in network.layers]
    for begin, end, expected in zip(result.begin[::2], result.end[::2], ours, strict=True):
        assert relative_error(end, expected) < 0.02
        assert relative_error(begin, end) > 0.02  # `begin` was not trained with it
    right = accuracy(network, chapter["x_test"], chapter["y_test"])
    np.testing.assert_allclose(result.right, right, atol=0.03)


def test_a_run_can_be_repeated(chapter: dict[str, Any]) -> None:
    first = chapter["run"]("a test")
    chapter["run"]("another", learning_rate=0.02, biases="zeros")
    np.testing.assert_allclose(chapter["run"]("a test").losses, first.losses, rtol=1e-3)


def test_as_written_means_as_written(chapter: dict[str, Any], tf: ModuleType) -> None:
    written = chapter["AS_WRITTEN"]
    assert written["initializer"] == written["biases"] == "normal"
    assert written["hidden"] is tf.nn.relu
    assert written["shuffle"]
    graph, *_ = chapter["build_graph"](0)
    rates = [op for op in graph.get_operations() if op.name == "Adam/learning_rate"]
    with graph_session(graph) as session:
        assert session.run(rates[0].outputs[0]) == np.float32(written["learning_rate"])


def test_the_programs_in_the_tabs_are_python(notebook: nbformat.NotebookNode) -> None:
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    programs = re.findall(r"```python\n(.*?)```", prose, re.S)
    assert len(programs) >= 3
    for program in programs:
        ast.parse(program)
