"""The grid of settings and seeds, against the loops that it stands for."""

import numpy as np
import pytest

from helpers.data import xor
from helpers.errors import CourseError, ShapeError
from helpers.grid import Grid
from helpers.network import build_network
from helpers.settings import rngs
from helpers.training import Sgd, train

RATES = np.array([0.01, 0.1, 1.0])


def test_a_grid_equals_the_loop_that_it_stands_for() -> None:
    grid = Grid(RATES, seeds=4)
    network = build_network([2, 5, 2], rng=grid.rngs())
    history = train(network, *xor(), optimiser=Sgd(grid.values()), epochs=9, record_every=3)
    losses = grid.table(history.loss)
    assert losses.shape == (3, 3, 4)
    for row, rate in enumerate(RATES):
        alone = build_network([2, 5, 2], rng=rngs(4))
        looped = train(alone, *xor(), optimiser=Sgd(rate), epochs=9, record_every=3)
        np.testing.assert_array_equal(losses[:, row], looped.loss)


def test_other_values_can_be_given_for_each_setting() -> None:
    grid = Grid(["small", "large"], seeds=3)
    assert grid.values([1, 2]).tolist() == [1, 1, 1, 2, 2, 2]
    assert grid.runs == 6
    with pytest.raises(ShapeError, match="3 values for 2 settings"):
        grid.values([1, 2, 3])
    with pytest.raises(ShapeError, match=r"values are \(5,\).*the 6 runs"):
        grid.table(np.zeros(5))


@pytest.mark.parametrize("lowest", [False, True])
def test_the_best_setting_has_the_best_mean(lowest: bool) -> None:
    sign = -1 if lowest else 1
    scores = sign * np.array([[0.5, 0.6], [0.9, 0.5], [0.9, 0.4], [0.99, np.nan]])
    assert Grid([1, 2, 3, 4], seeds=2).best(scores, lowest=lowest) == 1
    with pytest.raises(CourseError, match="Every setting has a score that is NaN"):
        Grid([1, 2], seeds=2).best(np.full((2, 2), np.nan))


def test_a_best_setting_on_the_edge_is_refused() -> None:
    rising = np.array([[0.1], [0.2], [0.3]])
    with pytest.raises(
        CourseError, match=r"best setting, 1\.0 .*0\.3.* edge of the grid 0\.01 to 1\.0\. Add"
    ):
        Grid(RATES, seeds=1).best(rising)
    # names have no order, and two settings have no inside
    assert Grid(["a", "b", "c"], seeds=1).best(rising) == 2
    assert Grid([1, 2], seeds=1).best(rising[:2]) == 1


@pytest.mark.parametrize("lowest", [False, True])
def test_where_nothing_learns_the_best_may_lie_on_the_edge(lowest: bool) -> None:
    scores = (-1 if lowest else 1) * np.array([[0.1], [0.2], [0.3]])
    grid = Grid(RATES, seeds=1)
    assert grid.best(scores, lowest, unlearned=scores[2, 0]) == 2
    with pytest.raises(CourseError, match="on the edge"):
        grid.best(scores, lowest, unlearned=scores[1, 0])
