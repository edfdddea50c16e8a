"""What chapter 05 writes out by hand is what the helpers compute, and its exact facts are exact."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from helpers import network, probes, training
from helpers.activations import get_activation
from helpers.data import xor
from helpers.errors import ShapeError
from helpers.settings import rngs

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "05-backpropagation.ipynb"
ENGINE = ("activations", "forward", "backward", "loss-and-step")
CELLS = (
    *ENGINE,
    "numerical",
    "random-case",
    "relative-errors",
    "planted-mistakes",
    "page-start",
    "train",
    "inside-train",
    "promises",
    "careful",
)


@pytest.fixture(scope="module")
def cells() -> dict[str, str]:
    """The source of the chapter's code cells."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    return {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}


@pytest.fixture(scope="module")
def chapter(cells: dict[str, str]) -> SimpleNamespace:
    """The functions and constants of the chapter's own cells, without their experiments."""
    points, labels = xor()
    names: dict[str, object] = {"np": np, "points": points, "labels": labels}
    for ident in CELLS:
        tree = ast.parse(cells[ident])
        tree.body = [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ImportFrom)
            or (isinstance(node, ast.Assign) and ident in ("activations", "train"))
        ]
        exec(compile(tree, ident, "exec"), names)
    return SimpleNamespace(**names)


def as_network(layers: list) -> network.Network:
    """The chapter's list of layers as the course's network."""
    return network.Network(
        [
            network.Layer(w.copy(), b[..., 0, :].copy(), get_activation(name))
            for w, b, name in layers
        ]
    )


def page_case(chapter: SimpleNamespace, sizes: tuple[int, ...], runs: int = 7) -> list:
    return chapter.page_start(list(sizes), rngs(runs))


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh", "linear"])
def test_forward_and_backward_are_the_helpers(chapter: SimpleNamespace, activation: str) -> None:
    for generator in rngs(5):
        layers, x, targets = chapter.random_case(generator, activation)
        ours, theirs = chapter.forward(layers, x), network.forward(as_network(layers), x)
        for (_, z, h), their_z, their_h in zip(
            ours, theirs.pre_activations, theirs.activations, strict=True
        ):
            np.testing.assert_allclose(z, their_z, rtol=0, atol=1e-14)
            np.testing.assert_allclose(h, their_h, rtol=0, atol=1e-14)
        loss, gradient = chapter.squared_error(ours[-1][2], targets)
        their_loss, their_gradient = training.squared_error(theirs.outputs, targets)
        assert loss == pytest.approx(their_loss, rel=1e-14)
        np.testing.assert_array_equal(gradient, their_gradient)
        gradients = network.backward(as_network(layers), theirs, their_gradient)
        for (dw, db), their_dw, their_db in zip(
            chapter.backward(layers, ours, gradient),
            gradients.weights,
            gradients.biases,
            strict=True,
        ):
            np.testing.assert_allclose(dw, their_dw, rtol=1e-12, atol=1e-13)
            np.testing.assert_allclose(db[0], their_db, rtol=1e-12, atol=1e-13)


def test_the_slow_gradient_is_the_helpers(chapter: SimpleNamespace) -> None:
    layers, x, targets = chapter.random_case(rngs(1)[0], "tanh", (2, 3, 2))
    before = [array.copy() for w, b, _ in layers for array in (w, b)]
    ours = chapter.numerical_gradient(layers, x, targets)
    theirs = probes.numerical_gradient(as_network(layers), x, targets, training.squared_error)
    for (dw, db), their_dw, their_db in zip(ours, theirs.weights, theirs.biases, strict=True):
        np.testing.assert_allclose(dw, their_dw, atol=1e-9)
        np.testing.assert_allclose(db[0], their_db, atol=1e-9)
    after = [array for w, b, _ in layers for array in (w, b)]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-15)


def test_the_gradient_check_passes_and_finds_what_is_wrong(chapter: SimpleNamespace) -> None:
    layers, x, targets = chapter.random_case(rngs(1)[0], "sigmoid")
    assert chapter.relative_errors(layers, x, targets).max() < 1e-6
    trace = chapter.forward(layers, x)
    _, gradient = chapter.squared_error(trace[-1][2], targets)
    right = chapter.backward(layers, trace, gradient)
    spoilt = {
        "none": (False, False, False),
        "slope of layer 2 forgotten": (True, True, False),
        "bias of layer 2 averaged": (False, True, False),
        "factor 2 forgotten": (True, True, True),
    }
    for fault, expected in spoilt.items():
        wrong = chapter.faulty_backward(layers, trace, gradient, fault)
        errors = [chapter.difference(a, b) for a, b in zip(wrong, right, strict=True)]
        assert tuple(error > 1e-6 for error in errors) == expected, fault
    nothing = np.zeros((2, 2)), np.zeros((1, 2))
    assert chapter.difference(nothing, nothing) == 0


def test_the_engine_has_fewer_than_sixty_lines(cells: dict[str, str]) -> None:
    lines = [line for ident in ENGINE for line in cells[ident].splitlines() if line.strip()]
    assert len(lines) < 60


@pytest.mark.parametrize("sizes", [(2, 10, 2), (2, 10, 1), (2, 10, 5, 1), (2, 10, 10, 1)])
def test_the_page_s_networks_start_and_train_as_the_helpers(
    chapter: SimpleNamespace, sizes: tuple[int, ...]
) -> None:
    start = page_case(chapter, sizes)
    theirs = network.build_network(sizes, "relu", "normal", 0.1, rngs(7))
    for (w, b, _), layer in zip(start, theirs.layers, strict=True):
        np.testing.assert_array_equal(w, layer.weights)
        np.testing.assert_array_equal(b[:, 0], layer.biases)
    wanted = np.repeat(chapter.targets, sizes[-1], axis=1)  # what the page's broadcasting does
    how = {"loss": training.squared_error, "epochs": 40}
    training.train(theirs, chapter.points, wanted, optimiser=training.Sgd(0.02), **how)
    final, notes = chapter.train(start, 0.02, 40, look=lambda *seen: seen[2])
    ours = chapter.answers(final)
    np.testing.assert_allclose(ours, network.predict(theirs, chapter.points), atol=1e-8)
    assert np.shape(notes) == (40, 7)


def test_the_page_s_labels_are_stretched_and_the_helpers_refuse_that(
    chapter: SimpleNamespace,
) -> None:
    outputs = chapter.answers(page_case(chapter, (2, 10, 2)))
    both, _ = chapter.squared_error(outputs, chapter.targets)
    single = [chapter.squared_error(outputs[..., [k]], chapter.targets)[0] for k in (0, 1)]
    np.testing.assert_allclose(both, single[0] + single[1])
    with pytest.raises(ShapeError):
        training.squared_error(outputs, chapter.targets)


def test_solved_means_all_points_and_all_outputs(chapter: SimpleNamespace) -> None:
    identity = [(np.ones((1, 2, 2)), np.zeros((1, 1, 2)), "linear")]
    assert not chapter.solved(identity)[0]
    # relu(s) - 2 relu(s - 1) with s the sum of the inputs
    by_hand = [
        (np.ones((1, 2, 2)), np.array([[[0.0, -1.0]]]), "relu"),
        (np.array([[[1.0], [-2.0]]]), np.zeros((1, 1, 1)), "linear"),
    ]
    assert chapter.solved(by_hand)[0]
    not_a_number = [(np.full((1, 2, 1), np.nan), np.zeros((1, 1, 1)), "linear")]
    assert not chapter.solved(not_a_number)[0]


def test_a_promise_in_a_bowl(chapter: SimpleNamespace) -> None:
    # theorem: a promise of r times the loss leaves (1 - r/2)^2 of it
    for ratio in (0.5, 2.0, 3.0, 4.0, 5.0):
        s, a = 3.0, 0.7
        rate = ratio / (2 * s)
        loss, gradient = s * a**2 / 2, s * a
        gradients = [(np.array([[[gradient]]]), np.zeros((1, 1, 1)))]
        assert chapter.promise(np.array([loss]), gradients, rate)[0] == pytest.approx(ratio)
        after = s * (a - rate * gradient) ** 2 / 2
        assert after == pytest.approx((1 - ratio / 2) ** 2 * loss, abs=1e-15)


def test_careful_training_keeps_its_promises(chapter: SimpleNamespace) -> None:
    start = page_case(chapter, (2, 10, 10, 1), runs=50)
    assert chapter.first_promise(start).max() > 4
    final = chapter.train_carefully(start, steps=1)
    trace = chapter.forward(start, chapter.points)
    loss, gradient = chapter.squared_error(trace[-1][2], chapter.targets)
    gradients = chapter.backward(start, trace, gradient)
    squares = sum((dw**2).sum((-2, -1)) + (db**2).sum((-2, -1)) for dw, db in gradients)
    moved = sum(
        ((new - old) ** 2).sum((-2, -1))
        for after, before in zip(final, start, strict=True)
        for new, old in zip(after[:2], before[:2], strict=True)
    )
    promised = np.sqrt(moved * squares) / loss  # the step's length times the gradient's
    assert promised.max() <= 1 + 1e-9
    # small promises are left alone
    plain, _ = chapter.train(start, rate=1e-4, steps=3)
    careful = chapter.train_carefully(start, rate=1e-4, steps=3)
    np.testing.assert_allclose(chapter.answers(careful), chapter.answers(plain), atol=1e-12)


def test_the_numbers_of_the_example_by_hand(cells: dict[str, str]) -> None:
    names: dict[str, object] = {"np": np, "print": lambda *text: None}
    exec(cells["by-hand-check"], names)
    assert names["z"].tolist() == [1, -0.5]
    assert names["y"] == 1
    assert names["blame_z"].tolist() == [2, 0]
    exec(cells["by-hand-step"], names)
    assert names["y"] == pytest.approx(0.12, abs=1e-12)
