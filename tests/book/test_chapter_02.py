"""What chapter 02 teaches in its own cells gives the same numbers as the helpers."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from helpers.activations import get_activation
from helpers.data import spirals, xor
from helpers.folding import fold, fold_affine, relative_error
from helpers.network import build_network, predict
from helpers.probes import count_linear_regions_on_line, linear_region_boundaries
from helpers.settings import rngs

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "02-linear-collapse.ipynb"
# The cells that define the chapter's own functions; none of them trains or draws.
TAUGHT = ("fever-data", "fold-layers", "fourteen-count", "best-line", "bends", "count-pieces")


@pytest.fixture(scope="module")
def cells() -> dict[str, str]:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    return {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}


@pytest.fixture(scope="module")
def chapter(cells: dict[str, str]) -> dict[str, Any]:
    """Return what the chapter defines, from running its cells in order."""
    names: dict[str, Any] = {"build_network": build_network, "predict": predict}
    for ident in (*TAUGHT, "tent-network", "fourteen-fold", "fourteen-error"):
        exec(compile(cells[ident], ident, "exec"), names)
        names.setdefault("rng", lambda key: np.random.default_rng(key))
    return names


def test_relu_is_the_course_s_relu(chapter: dict[str, Any]) -> None:
    z = np.array([-2.0, -0.0, 0.0, 0.5, 3.0])
    np.testing.assert_array_equal(chapter["relu"](z), get_activation("relu")(z))


@pytest.mark.parametrize("sizes", [(3, 2), (4, 6, 3, 5, 2), (1, 9, 1, 9, 1, 4)])
def test_the_loop_of_the_proof_folds_like_the_helper(
    chapter: dict[str, Any], sizes: tuple[int, ...]
) -> None:
    generator = np.random.default_rng(len(sizes))
    weights = [generator.normal(size=shape) for shape in pairwise(sizes)]
    biases = [generator.normal(size=size) for size in sizes[1:]]
    taught, helper = chapter["fold_layers"](weights, biases), fold_affine(weights, biases)
    for a, b in zip(taught, helper, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


def test_the_folded_layer_is_the_theorem_s_formula(chapter: dict[str, Any]) -> None:
    generator = np.random.default_rng(0)
    sizes = (4, 6, 3, 5, 2)
    weights = [generator.normal(size=shape) for shape in pairwise(sizes)]
    biases = [generator.normal(size=size) for size in sizes[1:]]
    folded_weights, folded_bias = chapter["fold_layers"](weights, biases)
    np.testing.assert_allclose(folded_weights, np.linalg.multi_dot(weights), rtol=1e-12)
    terms = [np.linalg.multi_dot([b, *weights[i + 1 :], np.eye(2)]) for i, b in enumerate(biases)]
    np.testing.assert_allclose(folded_bias, sum(terms), rtol=1e-12)


def test_the_printed_network_has_7_370_762_numbers_and_folds_to_7_850(
    chapter: dict[str, Any],
) -> None:
    sizes = chapter["printed_sizes"]
    assert sizes == [784] + 5 * [1024] + 8 * [512] + [10]
    assert chapter["count_parameters"](sizes) == 7_370_762
    assert chapter["count_parameters"]([784, 10]) == 7_850
    fourteen, one = chapter["fourteen"], chapter["one"]
    assert fourteen.depth == 14
    assert fourteen.parameter_count == 7_370_762
    assert one.weights.size + one.biases.size == 7_850
    assert chapter["error_32"] < 1e-4
    assert chapter["error_64"] < 1e-12


@pytest.mark.parametrize("sizes", [(1, 12, 1), (1, 6, 6, 1), (1, 5, 5, 5, 5, 1)])
def test_the_chapter_finds_the_helper_s_bends(
    chapter: dict[str, Any], sizes: tuple[int, ...]
) -> None:
    for generator in rngs(10):
        network = build_network(sizes, "relu", "he", rng=generator, bias_initializer="normal")
        taught = chapter["bends"](network, -10, 10)
        helper = -10 + 20 * linear_region_boundaries(network, [-10], [10])
        np.testing.assert_allclose(taught, helper, atol=1e-9)
        # A unit may switch where nothing behind it listens: then the graph has no bend there.
        regions = count_linear_regions_on_line(network, [-10], [10])
        assert 1 <= chapter["count_pieces"](network, -10, 10) <= regions


def test_a_linear_network_has_one_piece_although_its_sums_change_sign(
    chapter: dict[str, Any],
) -> None:
    network = build_network([1, 8, 8, 1], "linear", "he", rng=rngs(1)[0], bias_initializer="normal")
    assert len(chapter["bends"](network, -10, 10)) > 0
    assert chapter["count_pieces"](network, -10, 10) == 1


@pytest.mark.parametrize("layers", [1, 2, 5, 12])
def test_the_tents_double_with_each_layer(chapter: dict[str, Any], layers: int) -> None:
    network = chapter["tent_network"](layers)
    assert chapter["count_pieces"](network, 0, 1) == 2**layers
    assert count_linear_regions_on_line(network, [0], [1]) == 2**layers
    heights = predict(network, np.arange(2**layers + 1)[:, None] / 2**layers)[:, 0]
    np.testing.assert_array_equal(heights, np.arange(2**layers + 1) % 2)


def test_no_line_beats_the_best_line(chapter: dict[str, Any]) -> None:
    generator = np.random.default_rng(1)
    for points, labels in (xor(), spirals(15, noise=0.05, rng=generator)):
        best = chapter["best_line"](points, labels)
        lines = generator.normal(size=(3, 20_000))
        right = ((points @ lines[:2] + lines[2] > 0) == labels[:, None].astype(bool)).mean(axis=0)
        assert max(right.max(), 1 - right.min()) <= best
    assert chapter["best_line"](*xor()) == 0.75


def test_the_best_line_of_separable_points_has_all_right(chapter: dict[str, Any]) -> None:
    points = np.random.default_rng(2).normal(size=(30, 2))
    labels = (points @ [1.0, -2.0] > 0.3).astype(int)
    assert chapter["best_line"](points, labels) == 1.0


def test_the_exercises_solutions_are_right(chapter: dict[str, Any]) -> None:
    assert chapter["count_parameters"]([30, 100, 50, 20, 50, 3]) == 10_373
    points, labels = xor()
    total, relu = points.sum(axis=1), chapter["relu"]
    np.testing.assert_array_equal(relu(total) - 2 * relu(total - 1), labels)

    generator = np.random.default_rng(3)
    steps, h = (
        [0.1 * generator.normal(size=(4, 4)) for _ in range(5)],
        generator.normal(size=(7, 4)),
    )
    residual = h
    for step in steps:
        residual = residual + residual @ step
    folded, _ = fold_affine([np.eye(4) + step for step in steps], 5 * [np.zeros(4)])
    np.testing.assert_allclose(residual, h @ folded)

    almost = chapter["fourteen"].copy()
    almost.layers[6].activation = get_activation("leaky_relu", slope=0.99)
    distance = relative_error(predict(almost, chapter["images"]), chapter["at_once"])
    assert 1000 * chapter["error_32"] < distance < 0.01
    with pytest.raises(ValueError, match="Hidden layer 7"):
        fold(almost)
